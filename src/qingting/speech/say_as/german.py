from __future__ import annotations

import datetime
from decimal import Decimal

from .language import Language, Names, by_rules, largest_two, split

CURRENCIES = {
    "CNY": Names("Yuan", "Yuan", "Fen", "Fen"),
    "HKD": Names("Hongkong-Dollar", "Hongkong-Dollar", "Cent", "Cent"),
    "USD": Names("Dollar", "Dollar", "Cent", "Cent"),
    "EUR": Names("Euro", "Euro", "Cent", "Cent"),
    "GBP": Names("Pfund", "Pfund", "Penny", "Pence"),
    "JPY": Names("Yen", "Yen"),
    "KRW": Names("Won", "Won"),
}
MONTHS = [
    "Januar",
    "Februar",
    "März",
    "April",
    "Mai",
    "Juni",
    "Juli",
    "August",
    "September",
    "Oktober",
    "November",
    "Dezember",
]
WEEKDAYS = ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"]
UNITS = (("Tag", "Tage"), ("Stunde", "Stunden"), ("Minute", "Minuten"), ("Sekunde", "Sekunden"))


class German(Language):
    minus, point, plus, star, hash = "minus", "Komma", "plus", "Stern", "Raute"
    digits = ("null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun")

    def whole(self, n: int) -> str:
        return by_rules("de", n, "spellout-numbering")

    def money(self, amount: Decimal, currency: str) -> str:
        units, cents = split(abs(amount))
        name = CURRENCIES[currency]
        words = [_counted(units, name.one, name.many)] if units or not cents else []
        if cents:
            words.append(_counted(cents, name.cent, name.cents))
        return ("minus " if amount < 0 else "") + " und ".join(words)

    def date(self, date: datetime.date) -> str:
        day = by_rules("de", date.day, "spellout-ordinal")
        return f"der {day} {MONTHS[date.month - 1]} {by_rules('de', date.year, 'spellout-numbering-year')}"

    def weekday(self, day: int) -> str:
        return WEEKDAYS[day]

    def time(self, at: datetime.time) -> str:
        hour = f"{_masculine(at.hour)} Uhr"
        return f"{hour} {self.whole(at.minute)}" if at.minute else hour

    def duration(self, seconds: int) -> str:
        return " und ".join(_counted(n, *UNITS[unit], feminine=unit > 0) for unit, n in largest_two(seconds))


def _masculine(n: int) -> str:
    return by_rules("de", n, "spellout-cardinal-masculine")


def _counted(n: int, one: str, many: str, *, feminine: bool = False) -> str:
    words = by_rules("de", n, "spellout-cardinal-feminine") if feminine else _masculine(n)
    return f"{words} {one if n == 1 else many}"


LANGUAGE = German()
