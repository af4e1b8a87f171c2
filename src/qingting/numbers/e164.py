"""Phone numbers: one form inside (E.164 with plus), the far side's form at a trunk, a person's form on a page.

A trunk's `number_format`: `e164` is digits with country code, `plus` the same with a plus, `national` is as
dialled within the country (trunk prefix for inland, international prefix for abroad). A caller's number is a
hint, never proof. Short numbers (10086, 110, extensions) have no E.164 form: they stay as digits.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from itertools import chain

import phonenumbers as lib

from . import localities

MOST = 40
"""Longest text that is looked at as a number."""
_FORMATS = ("plus", "e164", "national")


def load() -> None:
    """What is else read at the first number, a tenth of a second long."""
    localities.load()
    lib.parse("95588", "CN")


@lru_cache(maxsize=20_000)
def to_e164(raw: str, number_format: str = "national", country: str = "CN") -> str | None:
    """The number that someone sent or typed, as `+…`, or None where it is none.

    `number_format` says how it is written; another reading is taken only where that one gives no valid number,
    because trunks do not always keep to what was agreed.
    """
    digits = _bare(raw)
    if not digits:
        return None
    if (mobile := _mobile(digits, number_format, country)) is not None:
        return mobile
    as_agreed = _read(digits, number_format, country)
    others = (_read(digits, f, country) for f in _FORMATS if f != number_format)
    number = next((n for n in chain([as_agreed], others) if n is not None and lib.is_valid_number(n)), None)
    if number is None and number_format != "national" and as_agreed is not None and _possible(as_agreed):
        number = as_agreed  # numbering plans move faster than tables of them
    return None if number is None else str(lib.format_number(number, lib.PhoneNumberFormat.E164))


def dialled(raw: str, number_format: str = "national", country: str = "CN") -> str | None:
    """The key under which an entry point is kept: E.164, or the digits of a short number (3 to 8)."""
    digits = _bare(raw)
    return to_e164(raw, number_format, country) or (digits if re.fullmatch(r"\d{3,8}", digits) else None)


def for_trunk(e164: str, number_format: str = "e164", country: str = "CN") -> str:
    """How the far side wants it. Short numbers go as they are."""
    if not e164.startswith("+"):
        return e164
    if number_format == "plus":
        return e164
    if number_format == "national":
        formatted = lib.format_out_of_country_calling_number(lib.parse(e164), country)
        return "".join(c for c in formatted if c.isdigit())
    return e164[1:]


def national(e164: str, country: str = "CN") -> str:
    """For people: `138 1234 5678` at home, `+1 415-555-2671` for abroad. What is no number comes back as it was."""
    number = _parse(e164)
    if number is None:
        return e164
    home = lib.region_code_for_number(number) == country
    form = lib.PhoneNumberFormat.NATIONAL if home else lib.PhoneNumberFormat.INTERNATIONAL
    return str(lib.format_number(number, form))


def masked(number: str) -> str:
    """For those who may not see numbers: the middle is hidden (`+86138****5678`), short ones wholly."""
    shown = 6 if number.startswith("+") else 3
    if len(number) < shown + 6:
        return "*" * len(number)
    return f"{number[:shown]}{'*' * (len(number) - shown - 4)}{number[-4:]}"


def locality(e164: str, language: str = "zh") -> str:
    """Where it is from, in `zh` or `en`: town, else country; empty when that is not known."""
    if not e164.startswith("+"):
        return ""
    zh, en = localities.place(e164)
    if not (zh or en):
        number = _parse(e164)
        zh, en = localities.country((number and lib.region_code_for_number(number)) or "")
    return (zh or en) if language.startswith("zh") else (en or zh)


def match_locality(e164: str, area: str, country: str = "CN") -> int:
    """How well a caller fits an area: digits of prefix that fit, 0 when they do not.

    `area` is an E.164 prefix (`+8610`) or an area code of `country` (`0755`, `755`). A mobile number fits the
    area code of the place that issued it. What is no E.164 number (withheld, an extension) fits nowhere.
    """
    if not e164.startswith("+"):
        return 0
    prefix = area_prefix(area, country)
    if e164.startswith(prefix):
        return len(prefix) - 1
    here = localities.place(e164)
    # Any subscriber number will do: only its area decides.
    return len(prefix) - 1 if any(here) and here == localities.place(prefix + "88888888") else 0


def area_prefix(area: str, country: str = "CN") -> str:
    """`0755` → `+86755`."""
    if area.startswith("+"):
        return area
    return f"+{lib.country_code_for_region(country)}{area.lstrip('0')}"


def _bare(raw: str) -> str:
    """Digits with a leading plus where there was one; empty for what holds letters or is too long."""
    if raw.isdigit() and raw.isascii() and len(raw) <= MOST:  # as most are
        return raw
    if len(raw) > MOST or re.search(r"[^\d+\s().\-/]", raw):
        return ""
    digits = "".join(c for c in raw if c in "0123456789")
    return f"+{digits}" if raw.lstrip(" (").startswith("+") and digits else digits


def _mobile(digits: str, number_format: str, country: str) -> str | None:
    """The short way for what most callers are, mobiles of the country: such digits can mean nothing else."""
    code, national_number = _mobiles(country)
    agreed = code + digits if number_format == "national" and digits[0] != "+" else digits.lstrip("+")
    fits = agreed.startswith(code) and national_number.fullmatch(agreed, len(code))
    return "+" + agreed if fits else None


@cache
def _mobiles(country: str) -> tuple[str, re.Pattern[str]]:
    """Country code, and what mobile numbers look like; for an unknown country, what none looks like."""
    known = lib.PhoneMetadata.metadata_for_region(country)
    pattern = known and known.mobile and known.mobile.national_number_pattern
    return (str(known.country_code), re.compile(pattern)) if known and pattern else ("", re.compile(r"(?!)"))


def _read(digits: str, number_format: str, country: str) -> lib.PhoneNumber | None:
    if digits.startswith("+"):
        return _parse(digits)
    return _parse(digits, country) if number_format == "national" else _parse(f"+{digits}")


def _parse(text: str, country: str | None = None) -> lib.PhoneNumber | None:
    try:
        return lib.parse(text, country)
    except lib.NumberParseException:
        return None


def _possible(number: lib.PhoneNumber) -> bool:
    return bool(lib.is_possible_number_with_reason(number) == lib.ValidationResult.IS_POSSIBLE)
