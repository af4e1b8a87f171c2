from __future__ import annotations

import datetime
from decimal import Decimal

from .language import Language, Names, by_rules, largest_two, split

CURRENCIES = {
    "CNY": Names("yuan", "yuan", "fen", "fen"),
    "HKD": Names("Hong Kong dollar", "Hong Kong dollars", "cent", "cents"),
    "USD": Names("dollar", "dollars", "cent", "cents"),
    "EUR": Names("euro", "euros", "cent", "cents"),
    "GBP": Names("pound", "pounds", "penny", "pence"),
    "JPY": Names("yen", "yen"),
    "KRW": Names("won", "won"),
}
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
UNITS = (("day", "days"), ("hour", "hours"), ("minute", "minutes"), ("second", "seconds"))


class English(Language):
    minus, point, plus, star, hash = "minus", "point", "plus", "star", "hash"
    digits = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

    def whole(self, n: int) -> str:
        return by_rules("en", n, "spellout-cardinal")

    def money(self, amount: Decimal, currency: str) -> str:
        units, cents = split(abs(amount))
        name = CURRENCIES[currency]
        words = [self._counted(units, name.one, name.many)] if units or not cents else []
        if cents:
            words.append(self._counted(cents, name.cent, name.cents))
        return ("minus " if amount < 0 else "") + " and ".join(words)

    def date(self, date: datetime.date) -> str:
        day = by_rules("en", date.day, "spellout-ordinal")
        return f"{MONTHS[date.month - 1]} {day}, {by_rules('en', date.year, 'spellout-numbering-year')}"

    def weekday(self, day: int) -> str:
        return WEEKDAYS[day]

    def time(self, at: datetime.time) -> str:
        words = [self.whole(at.hour % 12 or 12)]
        if at.minute:
            words += (["oh"] if at.minute < 10 else []) + [self.whole(at.minute)]
        return " ".join([*words, "a.m." if at.hour < 12 else "p.m."])

    def duration(self, seconds: int) -> str:
        return " and ".join(self._counted(n, *UNITS[unit]) for unit, n in largest_two(seconds))

    def _counted(self, n: int, one: str, many: str) -> str:
        return f"{self.whole(n)} {one if n == 1 else many}"


LANGUAGE = English()
