"""Values as flows hold them, read and bounded; no language here."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

import phonenumbers

KINDS = ("number", "digits", "money", "date", "weekday", "time", "duration", "phone", "text")
CURRENCIES = {"CNY": 2, "HKD": 2, "USD": 2, "EUR": 2, "GBP": 2, "JPY": 0, "KRW": 0}
"""Decimals that are spoken."""
TEXT_LIMIT = 200
LONGEST_S = 10_000 * 86_400

_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,6})?", re.ASCII)
_AMOUNT = re.compile(r"([A-Z]{3} )?([+-]?\d{1,15}(?:\.\d{1,6})?)( [A-Z]{3})?", re.ASCII)
_DIGITS = re.compile(r"[0-9A-Za-z*#][0-9A-Za-z*# -]{0,63}")
_PHONE = re.compile(r"\+?[0-9][0-9() -]{1,30}")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(:[0-5]\d(\.\d{1,6})?)?", re.ASCII)
RUN = 6
"""Digits that are said in one breath; longer rows are said in fours."""


class Bad(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Amount:
    of: Decimal
    currency: str


Value = Decimal | Amount | datetime.date | datetime.time | int | tuple[str, ...] | str


def read(kind: str, value: str) -> Value:
    """By kind: Decimal, Amount, date, weekday 0 (Monday) to 6, time, whole seconds, groups of characters, the text.

    Raises `Bad`, and nothing else."""
    reader = _READERS.get(kind)
    if reader is None:
        raise Bad("say_as.unknown_kind")
    if len(value) > (TEXT_LIMIT if kind == "text" else 64):
        raise Bad(f"say_as.bad_{kind}")
    found = reader(value.strip())
    if found is None:
        raise Bad(f"say_as.bad_{kind}")
    return found


def _number(value: str) -> Decimal | None:
    return Decimal(value) if _NUMBER.fullmatch(value) else None


def _amount(value: str) -> Amount | None:
    found = _AMOUNT.fullmatch(value)
    if found is None or (found[1] and found[3]):
        return None
    currency = (found[1] or found[3] or "CNY").strip()
    if currency not in CURRENCIES:
        raise Bad("say_as.bad_currency")
    step = Decimal(1).scaleb(-CURRENCIES[currency])
    return Amount(Decimal(found[2]).quantize(step, ROUND_HALF_UP), currency)


def _date(value: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(value) if len(value) == 10 else None
    except ValueError:
        return None


def _weekday(value: str) -> int | None:
    if len(value) == 1 and value in "1234567":
        return int(value) - 1
    date = _date(value)
    return date.weekday() if date is not None else None


def _time(value: str) -> datetime.time | None:
    found = _CLOCK.fullmatch(value)
    return datetime.time(int(found[1]), int(found[2])) if found else None


def _duration(value: str) -> int | None:
    seconds = _number(value)
    if seconds is None or not 0 <= seconds <= LONGEST_S:
        return None
    return int(seconds.quantize(Decimal(1), ROUND_DOWN))


def _digits(value: str) -> tuple[str, ...] | None:
    if not _DIGITS.fullmatch(value):
        return None
    return tuple(part for group in re.split(r"[ -]+", value.upper()) for part in _in_breaths(group) if part)


def _phone(value: str) -> tuple[str, ...] | None:
    """As the country groups it; numbers of China without its code, others with theirs."""
    if not _PHONE.fullmatch(value):
        return None
    plain = ("+" if value.startswith("+") else "") + re.sub(r"\D", "", value)
    try:
        number = phonenumbers.parse(plain, "CN")
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        return tuple(part for group in re.split(r"\D+", value) for part in _in_breaths(group) if part)
    style = phonenumbers.PhoneNumberFormat
    at_home = number.country_code == 86
    written = phonenumbers.format_number(number, style.NATIONAL if at_home else style.INTERNATIONAL)
    groups = tuple(part for group in re.split(r"\D+", written) for part in _in_breaths(group) if part)
    return groups if at_home else ("+" + groups[0], *groups[1:])


def _text(value: str) -> str | None:
    return value or None


def _in_breaths(digits: str) -> Iterator[str]:
    if len(digits) <= RUN:
        yield digits
        return
    for start in range(0, len(digits), 4):
        yield digits[start : start + 4]


_READERS = {
    "number": _number,
    "digits": _digits,
    "money": _amount,
    "date": _date,
    "weekday": _weekday,
    "time": _time,
    "duration": _duration,
    "phone": _phone,
    "text": _text,
}
