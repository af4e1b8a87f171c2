"""Ids that the core derives from others, as it makes none."""

from __future__ import annotations


def after(visit: str) -> str:
    """The visit that follows another by itself: `v`, `v~2`, `v~3`."""
    first, mark, n = visit.rpartition("~")
    return f"{first}~{int(n) + 1}" if mark and n.isdigit() else f"{visit}~2"


def attempt(callback: str, n: int) -> tuple[str, str]:
    """Contact and visit of a callback's n-th attempt."""
    return f"{callback}~{n}", f"{callback}~{n}.v1"
