"""Parts that the routes of this process know, with other insides for each test.

Routes take a third of a second to build, most of a test: they are built once, and one house after the other is behind
them.
"""

from __future__ import annotations

from typing import Any, TypeVar

T = TypeVar("T")
_known: dict[type, Any] = {}


def as_known(part: T) -> T:
    """The first part of this kind, now with all that `part` is and has."""
    known: T = _known.setdefault(type(part), part)
    object.__setattr__(known, "__dict__", part.__dict__)
    return known
