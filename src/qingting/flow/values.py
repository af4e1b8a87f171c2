"""What a dialogue remembers: texts, numbers, yes and no, or nothing, by name.

Numbers are decimal throughout: amounts of money are compared and spoken, never rounded on the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

Value = str | Decimal | bool | None

VALUES_LIMIT = 60
"""Names that one dialogue may remember."""
TEXT_LIMIT = 500
"""Characters of one text."""
DIGITS_LIMIT = 30
"""Of a number; longer ones stay texts, as account numbers should."""

Values = tuple[tuple[str, Value], ...]


def put(values: Values, new: Iterable[tuple[str, Value]]) -> Values:
    """Later ones win. What is over the limit is not remembered."""
    found = dict(values)
    for name, value in new:
        if name in found or len(found) < VALUES_LIMIT:
            found[name] = value[:TEXT_LIMIT] if isinstance(value, str) else value
    return tuple(found.items())


def number(text: str) -> Decimal | None:
    """None for what is no finite number of a length that people use."""
    if len(text) > DIGITS_LIMIT:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value.adjusted()) <= DIGITS_LIMIT else None


def of_json(value: Any) -> Value:
    """A scalar as JSON reads it (also with `parse_float=Decimal`); a list or mapping is nothing."""
    match value:
        case bool() | None:
            return value
        case str():
            return value[:TEXT_LIMIT]
        case int() | float() | Decimal():
            return number(str(value)) if not isinstance(value, int) or abs(value) < 10**DIGITS_LIMIT else None
    return None


def written(value: Value) -> str:
    """As a text: what goes into an address, a mail, or the agent's desk. Nothing is empty."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case Decimal():
            return format(value.normalize() if value == value.to_integral_value() else value, "f")
    return value


def dump(values: Values) -> dict[str, Any]:
    """As JSON takes it; a number is `{"n": text}`."""
    return {name: {"n": str(value)} if isinstance(value, Decimal) else value for name, value in values}


def load(found: Mapping[str, Any]) -> Values:
    """What cannot be read is left out."""
    values: Values = ()
    for name, value in found.items():
        match value:
            case {"n": str(text)}:
                values = put(values, [(name, number(text))])
            case str() | bool() | None:
                values = put(values, [(name, value)])
    return values


def found_in(body: Any, path: str) -> Value:
    """`path` is keys and indices with points between (`customer.lines.0.name`); `lines.count` is how many."""
    for step in path.split("."):
        match body:
            case {} if step in body:
                body = body[step]
            case [*items] if step == "count":
                body = len(items)
            case [*items] if step.isdecimal() and len(step) < 6 and int(step) < len(items):
                body = items[int(step)]
            case _:
                return None
    return of_json(body)
