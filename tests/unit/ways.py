"""Each way in which a narrowed list may be found, whatever there is in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from qingting import records_narrowed

_WAYS = {
    "few": (4000, 20_000, 300_000),
    "walked": (0, 20_000, 0),
    "a set after all": (0, 3, 4000),
    "to the end": (0, 3, 0),
}


def each_way(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Its name, while it is the one that is taken."""
    for name, limits in _WAYS.items():
        for constant, value in zip(("FEW", "WALKED", "MANY"), limits, strict=True):
            monkeypatch.setattr(records_narrowed, constant, value)
        yield name
