"""Who may run beside whom, also in several processes: tests marked `serial` come last, one by one, alone.

Those with a browser are the very last: Playwright keeps a loop running in its process, beside which no test of
asyncio can run.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _is_serial(item) + (item.get_closest_marker("browser") is not None))
    for item in items:
        if _is_serial(item):
            item.add_marker(pytest.mark.xdist_group("serial"))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Readers and a writer of one lock. Outermost, so that no test's own time limit counts the waiting."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    if run is None:
        return (yield)
    with (Path(tempfile.gettempdir()) / f"qingting-turns-{run}").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX if _is_serial(item) else fcntl.LOCK_SH)
        return (yield)


def _is_serial(item: pytest.Item) -> bool:
    return item.get_closest_marker("serial") is not None
