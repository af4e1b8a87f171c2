"""The order in which tests run: those with a browser come last.

Playwright keeps a loop running in its process, beside which no test of asyncio can run. Tests of a file stay in one
process (`tools/check.sh`): they may share a running centre.
"""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
