"""What a language must know to speak values, and what all have in common."""

from __future__ import annotations

import datetime
from abc import ABC, abstractmethod
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import ClassVar, NamedTuple

from unicode_rbnf import RbnfEngine

UNITS_S = (86_400, 3_600, 60, 1)
"""Days, hours, minutes, seconds."""


class Names(NamedTuple):
    """Of a currency: its unit and hundredth, of one and of several."""

    one: str
    many: str
    cent: str = ""
    cents: str = ""


class Language(ABC):
    minus: ClassVar[str]
    point: ClassVar[str]
    plus: ClassVar[str]
    """Before a country's code."""
    digits: ClassVar[Sequence[str]]
    star: ClassVar[str]
    hash: ClassVar[str]
    between: ClassVar[str] = " "
    """Between words."""
    pause: ClassVar[str] = ", "

    @abstractmethod
    def whole(self, n: int) -> str:
        """0 to 10^15 - 1."""

    @abstractmethod
    def money(self, amount: Decimal, currency: str) -> str:
        """`amount` has the decimals of its currency."""

    @abstractmethod
    def date(self, date: datetime.date) -> str: ...

    @abstractmethod
    def weekday(self, day: int) -> str:
        """0 is Monday."""

    @abstractmethod
    def time(self, at: datetime.time) -> str: ...

    @abstractmethod
    def duration(self, seconds: int) -> str: ...

    def number(self, value: Decimal) -> str:
        sign, text = ("-", format(-value, "f")) if value < 0 else ("", format(value, "f"))
        whole, _, part = text.partition(".")
        words = [self.minus] if sign else []
        words.append(self.whole(int(whole)))
        if part:
            words += [self.point, *(self.digits[int(digit)] for digit in part)]
        return self.between.join(words)

    def groups(self, groups: Sequence[str], *, phone: bool) -> str:
        return self.pause.join(self.between.join(self.character(c, phone) for c in group) for group in groups)

    def character(self, c: str, phone: bool) -> str:
        if c.isdigit():
            return self.digits[int(c)]
        return {"*": self.star, "#": self.hash, "+": self.plus}.get(c, c)


def split(amount: Decimal) -> tuple[int, int]:
    """Units and hundredths of an amount that is not negative."""
    units, cents = divmod(int(amount.scaleb(2)), 100)
    return units, cents


def largest_two(seconds: int) -> list[tuple[int, int]]:
    """(unit's index in `UNITS_S`, how many): the largest that is there and the one after it; 0 is no seconds."""
    for at, unit in enumerate(UNITS_S):
        if seconds >= unit:
            first, rest = divmod(seconds, unit)
            found = [(at, first)]
            if at + 1 < len(UNITS_S) and (second := rest // UNITS_S[at + 1]):
                found.append((at + 1, second))
            return found
    return [(3, 0)]


@lru_cache(maxsize=16)
def _engine(language: str) -> RbnfEngine:
    return RbnfEngine.for_language(language)


@lru_cache(maxsize=4096)
def by_rules(language: str, n: int, rules: str) -> str:
    """As the rules of the Unicode CLDR spell a number out; `rules` names the rule set."""
    found = _engine(language).format_number(n, ruleset_names=[rules])
    return found.text_by_ruleset[rules].replace("\xad", "")
