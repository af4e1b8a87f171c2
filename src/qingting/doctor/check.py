"""What a check says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple


class Check(NamedTuple):
    name: str
    state: str
    """`ok`, `warn` (works, but somebody should look), `fail`."""
    message: str
    mend: str = ""
    """What to do; empty when there is nothing to do."""

    def __str__(self) -> str:
        mark = {"ok": "✓", "warn": "!", "fail": "✗"}[self.state]
        return f"{mark} {self.name:<12} {self.message}" + (f"  → {self.mend}" if self.mend else "")


Checks = Iterable[Check]


def ok(name: str, message: str) -> Check:
    return Check(name, "ok", message)


def warn(name: str, message: str, mend: str) -> Check:
    return Check(name, "warn", message, mend)


def fail(name: str, message: str, mend: str) -> Check:
    return Check(name, "fail", message, mend)
