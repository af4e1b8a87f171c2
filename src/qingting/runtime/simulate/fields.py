"""Bounded values off a parsed text, each fault with its line and column."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from ...core.policy import MEASURED, TO, WHEN, Overflow
from ...core.values import ANYWHERE, Relaxation, Skills
from ...flow.tree import Items, Pairs, Problem, Scalar, Tree, problem

NAME = re.compile(r"[\w][\w .:+-]{0,63}")
CLOCK = re.compile(r"(\d{1,2}):(\d{2})")
T = TypeVar("T")
ALL = "all"
"""In `relax`: every site."""
DAY_S = 86_400.0


class Fields:
    """One mapping: each field is asked for once, what is left over is a fault (`done`).

    Every method returns its default where the text is wrong, and keeps the fault in `problems`.
    """

    def __init__(self, tree: Tree, what: str, problems: list[Problem], of: str = "scenario") -> None:
        """`of`: what the codes of faults begin with."""
        self.tree, self.what, self.problems, self.of = tree, what, problems, of
        self._left: dict[str, tuple[Scalar, Tree]] = {}
        if isinstance(tree, Pairs):
            self._left = {key.text: (key, value) for key, value in tree.pairs}
        else:
            self.wrong(tree, "bad_value", f"{what} is a mapping of fields to values")

    def wrong(self, at: Tree, code: str, message: str) -> None:
        self.problems.append(problem(at, f"{self.of}.{code}", message))

    def __contains__(self, field: str) -> bool:
        return field in self._left

    def take(self, field: str, needed: bool = False) -> Tree | None:
        found = self._left.pop(field, None)
        if found is None:
            if needed:
                self.wrong(self.tree, "missing", f"{self.what} needs {field!r}")
            return None
        return found[1]

    def done(self) -> None:
        for key, _ in self._left.values():
            self.wrong(key, "unknown_field", f"{self.what} has no field {key.text[:40]!r}")

    # --- values ------------------------------------------------------------------------------------------

    def text(self, field: str, default: str = "", longest: int = 200) -> str:
        tree = self.take(field)
        if tree is None:
            return default
        if isinstance(tree, Scalar) and 0 < len(tree.text) <= longest:
            return tree.text
        self.wrong(tree, "bad_value", f"{field} is a text of at most {longest} characters")
        return default

    def name(self, field: str, among: Sequence[str] | None = None, default: str = "", *, needed: bool = False) -> str:
        tree = self.take(field, needed)
        return default if tree is None else self.as_name(tree, field, among) or default

    def names(self, field: str, among: Sequence[str] | None, most: int) -> tuple[str, ...]:
        tree = self.take(field)
        if tree is None:
            return ()
        found = [self.as_name(item, field, among) for item in self.items(tree, field, most)]
        return tuple(dict.fromkeys(filter(None, found)))

    def number(self, field: str, least: float, most: float, default: float | None = None) -> float:
        """`default` None: the field is needed."""
        tree = self.take(field, needed=default is None)
        if tree is None:
            return least if default is None else default
        return self.as_number(tree, field, least, most)

    def whole(self, field: str, least: int, most: int, default: int | None = None) -> int:
        tree = self.take(field, needed=default is None)
        if tree is None:
            return least if default is None else default
        value = self.as_number(tree, field, least, most)
        if value != int(value):
            self.wrong(tree, "bad_value", f"{field} is a whole number")
        return int(value)

    def numbers(self, field: str, least: float, most: float, longest: int) -> tuple[float, ...]:
        """One number, or a list of them; needed."""
        tree = self.take(field, needed=True)
        if tree is None:
            return (least,)
        items = [tree] if isinstance(tree, Scalar) else list(self.items(tree, field, longest))
        if not items:
            self.wrong(tree, "bad_value", f"{field} is a number or a list of numbers")
            return (least,)
        return tuple(self.as_number(item, field, least, most) for item in items)

    def clock(self, field: str, default: float | None = None) -> float:
        tree = self.take(field, needed=default is None)
        return (default or 0.0) if tree is None else self.as_clock(tree, field)

    def span(self, field: str, default: tuple[float, float] | None = None) -> tuple[float, float]:
        """`08:00-20:30`, in seconds after midnight."""
        tree = self.take(field, needed=default is None)
        if tree is None:
            return default or (0.0, 0.0)
        first, dash, last = tree.text.partition("-") if isinstance(tree, Scalar) else ("", "", "")
        if not dash:
            self.wrong(tree, "bad_value", f"{field} is a span of the day such as 08:00-20:00")
            return default or (0.0, 0.0)
        at = Scalar(tree.line, tree.column, first.strip()), Scalar(tree.line, tree.column, last.strip())
        wrong = len(self.problems)
        begins, ends = (self.as_clock(scalar, field) for scalar in at)
        if begins >= ends and len(self.problems) == wrong:
            self.wrong(tree, "bad_value", f"{field} ends before it begins: a day is from 00:00 to 24:00")
        return begins, ends

    def switch(self, field: str) -> bool:
        """`yes` or `no`; no where it is not said."""
        tree = self.take(field)
        if tree is None:
            return False
        if isinstance(tree, Scalar) and tree.text in ("yes", "true", "no", "false"):
            return tree.text in ("yes", "true")
        self.wrong(tree, "bad_value", f"{field} is yes or no")
        return False

    # --- parts -------------------------------------------------------------------------------------------

    def fields(self, field: str, needed: bool = False) -> Fields | None:
        tree = self.take(field, needed)
        return None if tree is None else Fields(tree, f"{self.what}: {field}", self.problems, self.of)

    def several(self, field: str, what: str, most: int) -> Iterator[Fields]:
        tree = self.take(field)
        if tree is not None:
            for item in self.items(tree, field, most):
                yield Fields(item, what, self.problems, self.of)

    def overflow(self, field: str, queues: Sequence[str]) -> tuple[Overflow, ...]:
        """`{when: size, limit: 20, to: queue, target: billing}` each."""
        return tuple([f._overflow(queues) for f in self.several(field, "an overflow", 16)])

    def _overflow(self, queues: Sequence[str]) -> Overflow:
        when = self.name("when", WHEN, needed=True)
        limit = self.number("limit", 0, MEASURED[when]) if when in MEASURED else 0.0
        to = self.name("to", TO, "queue")
        target = self.name("target", queues, needed=True) if to in ("queue", "site") else ""
        self.done()
        return Overflow(when, limit, to, target)

    def relax(self, field: str, skills: Sequence[str], sites: Sequence[str]) -> tuple[Relaxation, ...]:
        """`{after_s: 60, lower: {zh: 1}, sites: [all], priority_s: 30, anyone: no}` each."""
        steps: list[Relaxation] = []
        for f in self.several(field, "a step", 8):
            steps.append(f._relaxation(skills, sites))
            if len(steps) > 1 and steps[-1].after_s <= steps[-2].after_s:
                self.wrong(f.tree, "bad_value", "each step of relaxation comes after the one before")
        return tuple(steps)

    def _relaxation(self, skills: Sequence[str], sites: Sequence[str]) -> Relaxation:
        step = Relaxation(
            after_s=self.number("after_s", 0.1, DAY_S),
            lower=self.levels("lower", skills, 0, 5) or (),
            sites=tuple(ANYWHERE if site == ALL else site for site in self.names("sites", [*sites, ALL], 100)),
            priority_s=self.number("priority_s", 0, DAY_S, 0.0),
            anyone=self.switch("anyone"),
        )
        self.done()
        return step

    def levels(self, field: str, among: Sequence[str], least: int, most: int) -> Skills | None:
        """`{zh: 1, billing: 3}`; None where nothing is said."""
        tree = self.take(field)
        if tree is None:
            return None
        found: dict[str, int] = {}
        for key, value in self.pairs(tree, field, 100):
            level = self.as_number(value, key.text, least, most)
            if level != int(level):
                self.wrong(value, "bad_value", f"{key.text} is a whole number")
            if self.as_name(key, field, among):
                found[key.text] = int(level)
        return tuple(sorted(found.items()))

    def keys(self, field: str) -> dict[str, Scalar]:
        """Names of a mapping that is still to be taken, and where they stand."""
        found = self._left.get(field)
        pairs = found[1].pairs if found is not None and isinstance(found[1], Pairs) else ()
        return {key.text: key for key, _ in pairs}

    def named(self, field: str, most: int, each: Callable[[str, Fields], T], what: str) -> list[T]:
        """A mapping of names to mappings; needed."""
        tree = self.take(field, needed=True)
        if tree is None:
            return []
        result = []
        for key, value in self.pairs(tree, field, most):
            name = self.as_name(key, f"the name of {what}")
            if name:
                result.append(each(name, Fields(value, f"{what} {name!r}", self.problems, self.of)))
        return result

    def items(self, tree: Tree, field: str, most: int) -> tuple[Tree, ...]:
        if not isinstance(tree, Items):
            self.wrong(tree, "bad_value", f"{field} is a list")
            return ()
        if len(tree.items) > most:
            self.wrong(tree.items[most], "too_many", f"{field} has at most {most}")
        return tree.items[:most]

    def pairs(self, tree: Tree, field: str, most: int) -> tuple[tuple[Scalar, Tree], ...]:
        if not isinstance(tree, Pairs):
            self.wrong(tree, "bad_value", f"{field} is a mapping")
            return ()
        if len(tree.pairs) > most:
            self.wrong(tree.pairs[most][0], "too_many", f"{field} has at most {most}")
        return tree.pairs[:most]

    # --- one value ---------------------------------------------------------------------------------------

    def as_name(self, tree: Tree, field: str, among: Sequence[str] | None = None) -> str:
        if not isinstance(tree, Scalar) or not NAME.fullmatch(tree.text):
            self.wrong(tree, "bad_name", f"{field}: letters, digits and .:+-_ only, at most 64")
            return ""
        if among is not None and tree.text not in among:
            self.wrong(tree, "unknown_name", f"{field}: there is no {tree.text!r} here")
            return ""
        return tree.text

    def as_number(self, tree: Tree, field: str, least: float, most: float) -> float:
        try:
            value = float(tree.text) if isinstance(tree, Scalar) else math.nan
        except ValueError:
            value = math.nan
        if least <= value <= most:
            return value
        self.wrong(tree, "bad_value", f"{field} is a number from {least:g} to {most:g}")
        return least

    def as_clock(self, tree: Tree, field: str) -> float:
        found = CLOCK.fullmatch(tree.text) if isinstance(tree, Scalar) else None
        if found is not None:
            seconds = int(found[1]) * 3600 + int(found[2]) * 60
            if int(found[2]) < 60 and seconds <= 86_400:
                return float(seconds)
        self.wrong(tree, "bad_value", f"{field} is a time of day such as 08:30, at most 24:00")
        return 0.0
