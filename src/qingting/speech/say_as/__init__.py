"""How values are spoken in each language: text in words, for any engine to say.

`spoken(kind, value, language)` is pure and never raises: it is asked in the middle of a call. Whoever wants to know
beforehand asks `problem`, which answers a stable code.

| kind | value | `zh` |
|---|---|---|
| `number` | `1234.5` | 一千二百三十四点五 |
| `digits` | `8613`, `A-12` (each one; blanks and hyphens are pauses) | 八六一三 |
| `money` | `128.50 CNY` (a bare amount is `CNY`) | 一百二十八元五角 |
| `date` | `2026-11-22` | 二零二六年十一月二十二日 |
| `weekday` | `2026-11-22`, or 1 (Monday) to 7 | 星期日 |
| `time` | `18:30` | 十八点三十分 |
| `duration` | seconds | 两分钟五秒 (the two largest units) |
| `phone` | `+8613800138000` | 幺三八，零零幺三，八零零零 |
| `text` | as it stands | |

Numbers and amounts below 10^15, with at most 6 decimals; amounts are rounded to what the currency has.
"""

from __future__ import annotations

import datetime
from decimal import Decimal

from . import arabic, cantonese, english, french, german, japanese, korean, mandarin, spanish
from .language import Language
from .values import CURRENCIES, KINDS, TEXT_LIMIT, Amount, Bad, read

LANGUAGES: dict[str, Language] = {
    "zh": mandarin.LANGUAGE,
    "yue": cantonese.LANGUAGE,
    "en": english.LANGUAGE,
    "ja": japanese.LANGUAGE,
    "ko": korean.LANGUAGE,
    "fr": french.LANGUAGE,
    "de": german.LANGUAGE,
    "es": spanish.LANGUAGE,
    "ar": arabic.LANGUAGE,
}


def problem(kind: str, value: str) -> str:
    """A stable code (`say_as.…`) when this value is none of its kind; empty when it can be spoken."""
    try:
        read(kind, value)
    except Bad as bad:
        return bad.code
    return ""


def spoken(kind: str, value: str, language: str) -> str:
    """Text in words. A value that is none of its kind, or a language without words of its own: as it stands,
    cut to 200 characters."""
    words = LANGUAGES.get(language) or LANGUAGES.get(language.partition("-")[0])
    try:
        found = read(kind, value)
    except Bad:
        return _as_it_stands(value)
    if words is None or isinstance(found, str):
        return _as_it_stands(value)
    match found:
        case Decimal():
            return words.number(found)
        case Amount():
            return words.money(found.of, found.currency)
        case datetime.date():
            return words.date(found)
        case datetime.time():
            return words.time(found)
        case int():
            return words.weekday(found) if kind == "weekday" else words.duration(found)
        case tuple():
            return words.groups(found, phone=kind == "phone")


def _as_it_stands(value: str) -> str:
    return "".join(c for c in value if c.isprintable())[:TEXT_LIMIT].strip()


__all__ = ["CURRENCIES", "KINDS", "LANGUAGES", "problem", "spoken"]
