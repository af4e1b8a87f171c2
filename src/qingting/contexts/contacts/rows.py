"""Rows of contacts while events are folded into them: dictionaries by id, changed in place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

Row = dict[str, Any]


class Caller(NamedTuple):
    """Who they say they are; `number` in E.164, None when withheld or erased."""

    number: str | None
    withheld: bool


@dataclass
class Rows:
    contacts: dict[str, Row] = field(default_factory=dict)
    visits: dict[str, Row] = field(default_factory=dict)
    assignments: dict[str, Row] = field(default_factory=dict)
    rules: dict[str, Row] = field(default_factory=dict)
    happenings: list[Row] = field(default_factory=list)
    references: dict[tuple[str, str], Row] = field(default_factory=dict)
    """By holder and reference; new ones only."""
    ended: dict[str, float] = field(default_factory=dict)
    """Holders of references who need no more, and since when."""


def visit_of(assignment: str) -> str:
    return assignment.rpartition("/")[0]
