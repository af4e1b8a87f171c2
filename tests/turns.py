"""The order in which tests run, and which of them one process keeps together.

Those with a browser come last: Playwright keeps a loop running in its process, beside which no test of asyncio can
run. Those that share a running centre, all of a file, stay in one process.
"""

from __future__ import annotations

import pytest


def pytest_itemcollected(item: pytest.Item) -> None:
    """Here already: when a process puts its items in order, xdist has read their groups."""
    if _in_a_browser(item) or _at_a_centre(item):
        item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_in_a_browser)


def _in_a_browser(item: pytest.Item) -> bool:
    return item.get_closest_marker("browser") is not None


def _at_a_centre(item: pytest.Item) -> bool:
    return item.get_closest_marker("asterisk") is not None and "centre" in getattr(item, "fixturenames", ())
