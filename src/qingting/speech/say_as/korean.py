"""Korean: Sino-Korean numbers, native ones for hours; 공 for the zero of telephone numbers."""

from __future__ import annotations

import datetime
from decimal import Decimal

from .language import Language, Names, by_rules, largest_two, split

CURRENCIES = {
    "HKD": Names("홍콩 달러", "", "센트"),
    "USD": Names("달러", "", "센트"),
    "EUR": Names("유로", "", "센트"),
    "GBP": Names("파운드", "", "펜스"),
    "JPY": Names("엔", ""),
    "KRW": Names("원", ""),
}
MONTHS = ["일월", "이월", "삼월", "사월", "오월", "유월", "칠월", "팔월", "구월", "시월", "십일월", "십이월"]
UNITS = ("일", "시간", "분", "초")
NATIVE_BELOW = 100
"""Hours."""


class Korean(Language):
    minus, point, plus, star, hash = "마이너스", "점", "플러스", "별표", "우물정"
    digits = ("영", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구")

    def whole(self, n: int) -> str:
        return by_rules("ko", n, "spellout-cardinal-sinokorean")

    def money(self, amount: Decimal, currency: str) -> str:
        sign, amount = ("마이너스 " if amount < 0 else ""), abs(amount)
        units, cents = split(amount)
        if currency == "CNY":
            return f"{sign}{self.number(Decimal(units) if not cents else amount.normalize())} 위안"
        name = CURRENCIES[currency]
        words = [f"{self.whole(units)} {name.one}"] if units or not cents else []
        if cents:
            words.append(f"{self.whole(cents)} {name.cent}")
        return sign + " ".join(words)

    def date(self, date: datetime.date) -> str:
        return f"{self.whole(date.year)}년 {MONTHS[date.month - 1]} {self.whole(date.day)}일"

    def weekday(self, day: int) -> str:
        return "월화수목금토일"[day] + "요일"

    def time(self, at: datetime.time) -> str:
        words = [("오전" if at.hour < 12 else "오후"), _native(at.hour % 12 or 12), "시"]
        return " ".join(words + ([self.whole(at.minute), "분"] if at.minute else []))

    def duration(self, seconds: int) -> str:
        return " ".join(
            f"{_native(n) if unit == 1 and n < NATIVE_BELOW else self.whole(n)} {UNITS[unit]}"
            for unit, n in largest_two(seconds)
        )

    def character(self, c: str, phone: bool) -> str:
        return "공" if c == "0" else super().character(c, phone)


def _native(n: int) -> str:
    return by_rules("ko", n, "spellout-cardinal-native-attributive")


LANGUAGE = Korean()
