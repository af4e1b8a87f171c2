from __future__ import annotations

import datetime
from decimal import Decimal

from .language import Language, Names, by_rules, largest_two, split

CURRENCIES = {
    "CNY": Names("yuan", "yuanes", "fen", "fenes"),
    "HKD": Names("dólar de Hong Kong", "dólares de Hong Kong", "centavo", "centavos"),
    "USD": Names("dólar", "dólares", "centavo", "centavos"),
    "EUR": Names("euro", "euros", "céntimo", "céntimos"),
    "GBP": Names("libra esterlina", "libras esterlinas", "penique", "peniques"),
    "JPY": Names("yen", "yenes"),
    "KRW": Names("won", "wones"),
}
MONTHS = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
]
WEEKDAYS = ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"]
UNITS = (("día", "días"), ("hora", "horas"), ("minuto", "minutos"), ("segundo", "segundos"))
PERIODS = (
    (6, "de la madrugada"),
    (12, "de la mañana"),
    (13, "del mediodía"),
    (20, "de la tarde"),
    (24, "de la noche"),
)
"""Until which hour."""


class Spanish(Language):
    minus, point, plus, star, hash = "menos", "coma", "más", "asterisco", "almohadilla"
    digits = ("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve")

    def whole(self, n: int) -> str:
        return by_rules("es", n, "spellout-numbering")

    def money(self, amount: Decimal, currency: str) -> str:
        units, cents = split(abs(amount))
        name = CURRENCIES[currency]
        words = [_counted(units, name.one, name.many, feminine=currency == "GBP")] if units or not cents else []
        if cents:
            words.append(_counted(cents, name.cent, name.cents))
        return ("menos " if amount < 0 else "") + " con ".join(words)

    def date(self, date: datetime.date) -> str:
        return f"{self.whole(date.day)} de {MONTHS[date.month - 1]} de {self.whole(date.year)}"

    def weekday(self, day: int) -> str:
        return WEEKDAYS[day]

    def time(self, at: datetime.time) -> str:
        hour = at.hour % 12 or 12
        words = ["la" if hour == 1 else "las", _feminine(hour)]
        if at.minute:
            words += ["y", self.whole(at.minute)]
        return " ".join([*words, next(name for until, name in PERIODS if at.hour < until)])

    def duration(self, seconds: int) -> str:
        return " y ".join(_counted(n, *UNITS[unit], feminine=unit == 1) for unit, n in largest_two(seconds))


def _feminine(n: int) -> str:
    return by_rules("es", n, "spellout-cardinal-feminine")


def _counted(n: int, one: str, many: str, *, feminine: bool = False) -> str:
    words = _feminine(n) if feminine else by_rules("es", n, "spellout-cardinal-masculine")
    of = "de " if n and n % 1_000_000 == 0 else ""
    return f"{words} {of}{one if n == 1 else many}"


LANGUAGE = Spanish()
