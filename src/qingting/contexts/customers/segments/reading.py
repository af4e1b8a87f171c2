"""Rules read from data that anybody may send: bounded, typed, refused in place. Pure.

    {"all": [rule, …]} | {"any": [rule, …]} | {"not": rule} | {"of": subject, …}

`{"of": …}` is a condition; each subject has a reader below, which says what else stands in it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, cast

from qingting.errors import Invalid

from ..fields import Field
from ..model import IDENTITIES, KINDS, LAYERS, LEVELS, MEDIA, day, name_key
from . import rule as r

_PATH_MOST = 200


def read(raw: object, fields: Mapping[str, Field]) -> r.Rule:
    """`fields`: the tenant's own. Raises `Invalid("request.invalid")`; `fields` say where and why: paths such as
    `rule.all.0.days`, codes `rule.bad_shape`, `rule.subject_unknown`, `rule.unknown_part`, `rule.missing`,
    `rule.empty`, `rule.too_deep`, `rule.too_long`, `rule.bad_choice`, `rule.bad_text`, `rule.bad_number`,
    `rule.bad_day`, `rule.bad_span`, `rule.field_unknown`, `rule.field_not_searchable`."""
    reading = _Reading(fields)
    found = reading.rule(raw, "rule", 0)
    if reading.bad or found is None:
        raise Invalid("request.invalid", "the rule cannot be read", fields=reading.bad or {"rule": "rule.bad_shape"})
    return found


class _Reading:
    def __init__(self, fields: Mapping[str, Field]) -> None:
        self.fields = fields
        self.bad: dict[str, str] = {}
        self.parts = 0

    def wrong(self, path: str, code: str) -> None:
        if len(self.bad) < r.PARTS_MOST:
            self.bad.setdefault(path[:_PATH_MOST], code)

    def rule(self, raw: object, path: str, depth: int) -> r.Rule | None:
        self.parts += 1
        if self.parts > r.PARTS_MOST:
            self.wrong("rule", "rule.too_long")
            return None
        if not isinstance(raw, dict) or not all(isinstance(key, str) for key in raw):
            self.wrong(path, "rule.bad_shape")
            return None
        if "of" in raw:
            return self.condition(raw, path)
        if len(raw) != 1 or next(iter(raw)) not in ("all", "any", "not"):
            self.wrong(path, "rule.bad_shape")
            return None
        if depth >= r.DEPTH_MOST:
            self.wrong(path, "rule.too_deep")
            return None
        ((how, inner),) = raw.items()
        if how == "not":
            part = self.rule(inner, f"{path}.not", depth + 1)
            return r.Not(part) if part is not None else None
        if not isinstance(inner, list):
            self.wrong(f"{path}.{how}", "rule.bad_shape")
            return None
        if not inner:
            self.wrong(f"{path}.{how}", "rule.empty")
            return None
        if len(inner) > r.PARTS_MOST:
            self.wrong(f"{path}.{how}", "rule.too_long")
            return None
        parts = [self.rule(it, f"{path}.{how}.{place}", depth + 1) for place, it in enumerate(inner)]
        good = tuple(part for part in parts if part is not None)
        return r.All(good) if how == "all" else r.Any_(good)

    def condition(self, raw: dict[str, Any], path: str) -> r.Condition | None:
        reader = READERS.get(raw["of"]) if isinstance(raw["of"], str) else None
        if reader is None:
            self.wrong(f"{path}.of", "rule.subject_unknown")
            return None
        parts = Parts(self, raw, path)
        before = len(self.bad)
        made = reader(parts)
        for name in raw.keys() - parts.asked - {"of"}:
            self.wrong(f"{path}.{name[:40]}", "rule.unknown_part")
        return made if len(self.bad) == before else None


class Parts:
    """What stands in one condition, asked for by name. What is wrong is noted, and something harmless returned."""

    def __init__(self, reading: _Reading, raw: dict[str, Any], path: str) -> None:
        self._reading, self._raw, self._path = reading, raw, path
        self.asked: set[str] = set()

    @property
    def fields(self) -> Mapping[str, Field]:
        return self._reading.fields

    def wrong(self, name: str, code: str) -> None:
        return self._reading.wrong(f"{self._path}.{name}", code)

    def has(self, name: str) -> bool:
        return self._raw.get(name) is not None

    def raw(self, name: str) -> Any:
        self.asked.add(name)
        return self._raw.get(name)

    def text(self, name: str, most: int = 60, needed: bool = False) -> str:
        value = self.raw(name)
        if value is None or value == "":
            if needed:
                self.wrong(name, "rule.missing")
            return ""
        if not isinstance(value, str) or len(value) > most or not value.isprintable():
            self.wrong(name, "rule.bad_text")
            return ""
        return value

    def choice(self, name: str, among: Sequence[str], needed: bool = False, default: str = "") -> str:
        value = self.raw(name)
        if value is None or value == "":
            if needed:
                self.wrong(name, "rule.missing")
            return default
        if value not in among:
            self.wrong(name, "rule.bad_choice")
            return default
        return str(value)

    def flag(self, name: str, default: bool) -> bool:
        value = self.raw(name)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.wrong(name, "rule.bad_choice")
            return default
        return value

    def number(self, name: str, least: float, most: float) -> float | None:
        value = self.raw(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.wrong(name, "rule.bad_number")
            return None
        if not least <= value <= most:
            self.wrong(name, "rule.bad_number")
            return None
        return float(value)

    def whole(self, name: str, most: int) -> int | None:
        value = self.number(name, 0, most)
        if value is not None and value != int(value):
            self.wrong(name, "rule.bad_number")
            return None
        return None if value is None else int(value)

    def day(self, name: str) -> str | None:
        value = self.raw(name)
        if value is None or value == "":
            return None
        found = day(value) if isinstance(value, str) else None
        if not found:
            self.wrong(name, "rule.bad_day")
        return found or None

    def values(self, name: str, good: Callable[[Any], bool], needed: bool = False) -> tuple[Any, ...]:
        value = self.raw(name)
        if value is None or value == []:
            if needed:
                self.wrong(name, "rule.missing")
            return ()
        if not isinstance(value, list):
            self.wrong(name, "rule.bad_shape")
            return ()
        if len(value) > r.VALUES_MOST:
            self.wrong(name, "rule.too_long")
            return ()
        if not all(good(it) for it in value):
            self.wrong(name, "rule.bad_choice")
            return ()
        return tuple(dict.fromkeys(value))

    def codes(self, name: str, among: Sequence[str] | None = None, needed: bool = False) -> tuple[str, ...]:
        def good(it: Any) -> bool:
            return isinstance(it, str) and 0 < len(it) <= 80 and it.isprintable() and (among is None or it in among)

        return self.values(name, good, needed)

    def span(self, least: float | str | None, most: float | str | None, at: str, needed: bool) -> r.Span | None:
        if least is None and most is None:
            if needed:
                self.wrong(at, "rule.missing")
            return None
        if least is not None and most is not None and least > most:  # type: ignore[operator]
            self.wrong(at, "rule.bad_span")
        return r.Span(least, most)

    def amounts(self) -> r.Span | None:
        return self.span(self.number("least", -1e12, 1e12), self.number("most", -1e12, 1e12), "least", False)

    def days(self, needed: bool = False) -> r.Span | None:
        return self.span(self.day("from"), self.day("to"), "from", needed)


def _identified(it: Parts) -> r.Condition:
    return r.Identified(it.choice("kind", IDENTITIES), it.choice("level", LEVELS, default="claimed"))


def _tagged(it: Parts) -> r.Condition:
    tag, layer = it.text("tag"), it.choice("layer", LAYERS)
    if not tag and not layer:
        it.wrong("tag", "rule.missing")
    return r.Tagged(tag, layer, it.choice("origin", r.ORIGINS))


def _of_field(it: Parts) -> r.Condition:
    id = it.text("field", 40, needed=True)
    field = it.fields.get(id)
    if id and field is None:
        it.wrong("field", "rule.field_unknown")
    elif field is not None and not field.searchable:
        it.wrong("field", "rule.field_not_searchable")
    match field.type if field is not None else "text":
        case "number" | "money":
            return r.OfField(id, (), it.amounts())
        case "date":
            return r.OfField(id, (), it.days())
        case "yes_no":
            return r.OfField(id, it.values("is", lambda value: isinstance(value, bool)), None)
        case "choice" if field is not None:
            return r.OfField(id, it.codes("is", field.choices), None)
    texts = it.values("is", lambda value: isinstance(value, str) and len(value) <= 500 and name_key(value) != "")
    return r.OfField(id, texts, None)


def _of_attribute(it: Parts) -> r.Condition:
    def good(value: Any) -> bool:
        if isinstance(value, str):
            return 0 < len(value) <= 64
        return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= 1e12

    values, span = it.values("is", good), it.amounts()
    if values and span:
        it.wrong("is", "rule.bad_span")
    name = it.text("name", 40, needed=True)
    if name and not (name.isascii() and name.isidentifier() and name == name.lower()):
        it.wrong("name", "rule.bad_text")
    return r.OfAttribute(name, tuple(float(v) if isinstance(v, int) else v for v in values), span)


def _consents(it: Parts) -> r.Condition:
    return r.Consents(it.text("purpose", 40, needed=True), it.choice("medium", MEDIA), it.flag("given", True))


def _lives(it: Parts) -> r.Condition:
    text = it.text("has", 200, needed=True)
    if text and not name_key(text):
        it.wrong("has", "rule.bad_text")
    return r.Lives(text)


def _on_day(what: Literal["born", "since"]) -> Callable[[Parts], r.Condition]:
    return lambda it: r.OnDay(what, it.days(needed=True) or r.Span())


def _when(what: Literal["created", "changed", "contact"]) -> Callable[[Parts], r.Condition]:
    def read_it(it: Parts) -> r.Condition:
        within, before = it.number("within_days", 0, r.DAYS_MOST), it.number("before_days", 0, r.DAYS_MOST)
        span = it.days()
        told = sum(given is not None for given in (within, before, span))
        if told > 1 or (told == 0 and what != "contact"):
            it.wrong("within_days", "rule.bad_span" if told else "rule.missing")
        return r.When(what, within, before, span)

    return read_it


def _contacts(it: Parts) -> r.Condition:
    days = it.number("days", 1, r.DAYS_MOST)
    if days is None and not it.has("days"):
        it.wrong("days", "rule.missing")
    least, most = it.whole("least", r.COUNT_MOST), it.whole("most", r.COUNT_MOST)
    if least is None and most is None:
        least = 1
    if least is not None and most is not None and least > most:
        it.wrong("least", "rule.bad_span")
    return r.Contacts(
        days=days or 1,
        what=cast(r.What, it.choice("what", r.WHATS, default="contacts")),
        direction=it.choice("direction", ("in", "out", "any"), default="in"),
        media=it.codes("media", r.CONTACT_MEDIA),
        queues=it.codes("queues"),
        outcomes=it.codes("outcomes"),
        dispositions=it.codes("dispositions"),
        waited_s=it.number("waited_s", 0, 86_400) or 0.0,
        least=least or 0,
        most=most,
    )


READERS: dict[str, Callable[[Parts], r.Condition]] = {
    "kind": lambda it: r.Kind(it.codes("is", KINDS, needed=True)),
    "language": lambda it: r.Language(it.codes("is", needed=True)),
    "identity": _identified,
    "tag": _tagged,
    "field": _of_field,
    "attribute": _of_attribute,
    "consent": _consents,
    "address": _lives,
    "born": _on_day("born"),
    "since": _on_day("since"),
    "created": _when("created"),
    "changed": _when("changed"),
    "last_contact": _when("contact"),
    "contacts": _contacts,
}
SUBJECTS = tuple(READERS)
