"""What Mandarin and Cantonese share: numbers in groups of 10^4 and 10^8, and two words for 2."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import ClassVar

from .language import Language, Names, split


class Chinese(Language):
    digits = "零一二三四五六七八九"
    star, hash, between, pause = "星", "井", "", "，"
    two: ClassVar[str]
    """2 before what is counted, and at the head of thousands, 10^4 and 10^8."""
    ten_thousand: ClassVar[str]
    hundred_million: ClassVar[str]
    tenths: ClassVar[tuple[str, str, str]]
    """Unit, tenth and hundredth of the currency at home."""
    currencies: ClassVar[Mapping[str, Names]]
    before: ClassVar[Mapping[str, str]] = {}
    """Said ahead of amounts of other currencies that are counted in tenths as well."""

    def whole(self, n: int) -> str:
        words = self._parts(n).removeprefix("一") if str(n)[:1] == "1" and _leads_with_ten(n) else self._parts(n)
        if words[0] == "二" and words[1:2] in ("千", self.ten_thousand, self.hundred_million):
            words = self.two + words[1:]
        return words

    def counted(self, n: int) -> str:
        return self.two if n == 2 else self.whole(n)

    def money(self, amount: Decimal, currency: str) -> str:
        sign, amount = (self.minus, -amount) if amount < 0 else ("", amount)
        units, cents = split(amount)
        if currency in self.currencies:
            name = self.currencies[currency]
            words = self.counted(units) + name.one if units or not cents else ""
            return sign + words + (self.counted(cents) + name.cent if cents else "")
        return sign + self.before.get(currency, "") + self._in_tenths(units, cents)

    def _in_tenths(self, units: int, cents: int) -> str:
        unit, tenth, hundredth = self.tenths
        tenths, hundredths = divmod(cents, 10)
        words = self.counted(units) + unit if units or not cents else ""
        if tenths:
            words += self.counted(tenths) + tenth
        if hundredths:
            words += ("零" if units and not tenths else "") + self.counted(hundredths) + hundredth
        return words

    def _parts(self, n: int) -> str:
        """With 一 before every ten."""
        for size, name in ((10**8, self.hundred_million), (10**4, self.ten_thousand)):
            if n >= size:
                high, low = divmod(n, size)
                rest = ("零" if low < size // 10 else "") + self._parts(low) if low else ""
                return self._parts(high) + name + rest
        words, zero = "", False
        for size, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
            digit = n // size % 10
            if digit:
                words += ("零" if zero and words else "") + self.digits[digit] + name
            zero = digit == 0
        return words or self.digits[0]


def _leads_with_ten(n: int) -> bool:
    """Whether its first group is one of 10 to 19: 12, 12 0000, 12 0000 0000."""
    return len(str(n)) % 4 == 2
