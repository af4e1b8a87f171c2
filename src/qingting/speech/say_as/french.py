from __future__ import annotations

import datetime
from decimal import Decimal

from .language import Language, Names, by_rules, largest_two, split

CURRENCIES = {
    "CNY": Names("yuan", "yuans", "fen", "fens"),
    "HKD": Names("dollar de Hong Kong", "dollars de Hong Kong", "cent", "cents"),
    "USD": Names("dollar", "dollars", "cent", "cents"),
    "EUR": Names("euro", "euros", "centime", "centimes"),
    "GBP": Names("livre sterling", "livres sterling", "penny", "pence"),
    "JPY": Names("yen", "yens"),
    "KRW": Names("won", "wons"),
}
MONTHS = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
]
WEEKDAYS = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]
UNITS = (("jour", "jours"), ("heure", "heures"), ("minute", "minutes"), ("seconde", "secondes"))


class French(Language):
    minus, point, plus, star, hash = "moins", "virgule", "plus", "étoile", "dièse"
    digits = ("zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf")

    def whole(self, n: int) -> str:
        return by_rules("fr", n, "spellout-cardinal-masculine")

    def money(self, amount: Decimal, currency: str) -> str:
        units, cents = split(abs(amount))
        name = CURRENCIES[currency]
        words = [self._counted(units, name.one, name.many, currency == "GBP")] if units or not cents else []
        if cents:
            words.append(self._counted(cents, name.cent, name.cents, False))
        return ("moins " if amount < 0 else "") + " et ".join(words)

    def date(self, date: datetime.date) -> str:
        day = "premier" if date.day == 1 else self.whole(date.day)
        return f"le {day} {MONTHS[date.month - 1]} {self.whole(date.year)}"

    def weekday(self, day: int) -> str:
        return WEEKDAYS[day]

    def time(self, at: datetime.time) -> str:
        hour = self._counted(at.hour, "heure", "heures", True)
        return f"{hour} {_feminine(at.minute)}" if at.minute else hour

    def duration(self, seconds: int) -> str:
        return " et ".join(self._counted(n, *UNITS[unit], unit > 0) for unit, n in largest_two(seconds))

    def _counted(self, n: int, one: str, many: str, feminine: bool) -> str:
        of = ("d'" if many[0] in "aeiouh" else "de ") if n and n % 1_000_000 == 0 else ""
        return f"{_feminine(n) if feminine else self.whole(n)} {of}{one if n < 2 else many}"


def _feminine(n: int) -> str:
    return by_rules("fr", n, "spellout-cardinal-feminine")


LANGUAGE = French()
