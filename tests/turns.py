"""Who may run beside whom, also in several processes: tests marked `serial` come last, one by one, alone.

Those with a browser are the very last: Playwright keeps a loop running in its process, beside which no test of
asyncio can run.
"""

from __future__ import annotations

import fcntl
import os
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
    if "PYTEST_XDIST_WORKER" not in os.environ:
        return (yield)
    with Path(__file__).open() as turn:
        fcntl.flock(turn, fcntl.LOCK_EX if _is_serial(item) else fcntl.LOCK_SH)
        return (yield)


def _is_serial(item: pytest.Item) -> bool:
    return item.get_closest_marker("serial") is not None
