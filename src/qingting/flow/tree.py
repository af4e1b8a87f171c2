"""A parsed text as a tree with positions, whatever its syntax was: what the builder reads.

Every value is text here; only the builder knows what it should be. Lines and columns count from 1.
"""

from __future__ import annotations

from typing import NamedTuple


class Problem(NamedTuple):
    """What is wrong, and where. `code` is stable (`flow.unknown_node`), `message` is English for people."""

    line: int
    column: int
    code: str
    message: str


class Scalar(NamedTuple):
    line: int
    column: int
    text: str
    quoted: bool = False


class Items(NamedTuple):
    line: int
    column: int
    items: tuple[Tree, ...]


class Pairs(NamedTuple):
    line: int
    column: int
    pairs: tuple[tuple[Scalar, Tree], ...]
    """In the order of the text; keys are unique, the parser sees to it."""


Tree = Scalar | Items | Pairs


def problem(at: Tree, code: str, message: str) -> Problem:
    return Problem(at.line, at.column, code, message)
