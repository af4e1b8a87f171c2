"""What a customer record is, and which input no rule accepts. Pure: the same for a form, a file and a machine."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from qingting import numbers

KINDS = ("person", "organisation")
PHONE, MAIL = "phone", "mail"
IDENTITIES = (PHONE, MAIL, "openid", "unionid", "cookie", "account", "member", "device")
"""By what somebody is known, on every medium."""
LEVELS = ("claimed", "confirmed", "proven")
"""How sure it is that it is theirs: they (or a file) said so; they answered there; they proved it (code, paper)."""
LAYERS = ("identity", "value", "business", "preference")
MEDIA = ("voice", "sms", "mail", "chat", "social", "post", "any")

NAME_MOST, NOTE_MOST, EXTERNAL_MOST, VALUE_MOST, ADDRESS_MOST = 500, 4000, 120, 254, 500
IDENTITIES_MOST, TAGS_MOST, ADDRESSES_MOST, CONSENTS_MOST, FIELDS_MOST = 50, 100, 20, 50, 100
RELATIONS_MOST, THING_MOST = 50, 200
BOOK_MOST, REACHED_MOST, REACHED_NOTE_MOST = 50, 200, 500
"""Of one telling; a customer may have more of them."""

_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")
_MAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]{1,185}\.[^@\s,;<>\".]{2,}")
_TAG = re.compile(r"[^\x00-\x1f\x7f]{1,60}")

Scalar = str | float | bool


class Known(NamedTuple):
    """By what somebody is known."""

    kind: str
    """Of `IDENTITIES`."""
    value: str
    """As `normalised`."""
    level: str = "claimed"
    """Of `LEVELS`."""
    origin: str = ""
    """Where it was learnt: `call`, `desk`, `import`, `web` … ; at most 40 characters."""


class Tagged(NamedTuple):
    layer: str
    """Of `LAYERS`."""
    tag: str
    """At most 60 characters."""
    confidence: float = 1.0
    """0 to 1."""


class Consented(NamedTuple):
    """That somebody gave, or refused, consent."""

    purpose: str
    """A code: `marketing`, `survey`, `recording` …"""
    medium: str
    """Of `MEDIA`."""
    given: bool
    at: float
    """When they said so, UTC epoch seconds; 0: some time, which counts from now on unless it holds anyway."""
    how: str = ""
    """The proof: a form's number, a file's name, what was said; at most 200 characters."""


class Related(NamedTuple):
    """How they belong to somebody else, or to what they own."""

    type: str
    """The id of the tenant's type."""
    other: str = ""
    """The external id of the other customer, or:"""
    thing: str = ""
    """what it is; at most 200 characters."""


class Reached(NamedTuple):
    """Somebody in the customer's own contact book."""

    name: str
    """At most 200 characters."""
    kind: str
    """Of `IDENTITIES`."""
    value: str
    """As `normalised`."""
    note: str = ""
    """At most 500 characters."""


@dataclass(slots=True)
class Record:
    """One customer as somebody else tells of them. `None`: not told, what is known stays; empty: known to be empty.

    Identities, tags, addresses, consents, relations, people of a book are added to what is known, never taken away.
    """

    external_id: str = ""
    """Their key in the other system; empty: they are found by an identity alone."""
    name: str | None = None
    kind: str | None = None
    """Of `KINDS`; somebody new is a person."""
    language: str | None = None
    """As `zh` or `zh-CN`."""
    born: str | None = None
    """A day as 1990-05-01."""
    since: str | None = None
    """Day since which they are a customer."""
    note: str | None = None
    identities: Sequence[Known] = ()
    fields: dict[str, Scalar | None] = field(default_factory=dict)
    """Custom fields by their id, values as `read_field` gives them; None takes one away."""
    attributes: dict[str, str | float] = field(default_factory=dict)
    """For rules of routing: codes and numbers."""
    tags: Sequence[Tagged] = ()
    addresses: Sequence[str] = ()
    consents: Sequence[Consented] = ()
    relations: Sequence[Related] = ()
    book: Sequence[Reached] = ()


def normalised(kind: str, value: str, country: str = "CN") -> str | None:
    """The one form under which an identity is kept; None for what is none.

    Phones are E.164 (or the digits of a short one are none at all), mail addresses are of small letters, the rest are
    kept as they are without space around.
    """
    text = unicodedata.normalize("NFKC", value).strip()
    if not text or len(text) > VALUE_MOST or kind not in IDENTITIES or MASK in text:
        return None
    if kind == PHONE:
        return numbers.to_e164(_DASHES.sub("-", text), country=country)
    if any(unicodedata.category(c)[0] == "C" for c in text):
        return None
    if kind == MAIL:
        return text.lower() if _MAIL.fullmatch(text) else None
    return text


def why_not(kind: str, value: str) -> str:
    """The code of what is no identity (`normalised`)."""
    if MASK in unicodedata.normalize("NFKC", value):
        return "identity.masked"
    return {PHONE: "number.bad", MAIL: "mail.bad"}.get(kind, "identity.bad")


MASK = "**"
"""In what is shown to those who may not see numbers: whoever takes it for an address has lost the one behind it."""
_DASHES = re.compile("[\u2010-\u2015\u2212\u00b7.]")


def name_key(name: str) -> str:
    """By which names are searched and compared: width, case, spaces and dots do not matter."""
    text = unicodedata.normalize("NFKC", name).casefold()
    if text.isalnum():  # as most are
        return text[:200]
    return "".join(c for c in text if unicodedata.category(c)[0] not in "ZCP")[:200]


def address_key(address: str) -> str:
    """By which addresses are compared."""
    return name_key(address)


def tail(kind: str, value: str) -> str:
    """The last four digits of a phone, by which people ask for it; else empty."""
    return value[-4:] if kind == PHONE else ""


def day(text: str) -> str | None:
    """A day as 1990-05-01, empty for none; None for what is no day."""
    if not text:
        return ""
    try:
        found = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return found.isoformat() if len(text) == 10 and 1850 <= found.year < 2200 else None


def clean(text: str) -> str:
    """Without what no page can show: control characters (line ends and tabs become spaces) and half characters."""
    text = re.sub(r"[\t\r\n\v\f\x85\u2028\u2029]+", " ", text)
    return "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cs")).strip()


def problems(record: Record) -> dict[str, str]:
    """Path → code of what no rule accepts (empty: all well): `name`, `identities.0`, `fields.colour` …

    Codes: `string_too_long` (or too short), `too_long` (too many), `kind.bad`, `language.bad`, `day.bad`,
    `number.bad`, `mail.bad`, `identity.bad`, `identity.masked`, `level.bad`, `tag.bad`, `purpose.bad`, `medium.bad`,
    `record.nobody` (neither an external id nor an identity).
    Custom fields are judged by `read_field`, not here.
    """
    found: dict[str, str] = {}

    def must(held: bool, path: str, code: str) -> None:
        if not held:
            found.setdefault(path, code)

    for path, text, most in (
        ("external_id", record.external_id, EXTERNAL_MOST),
        ("name", record.name, NAME_MOST),
        ("note", record.note, NOTE_MOST),
    ):
        must(len(text or "") <= most, path, "string_too_long")
    must(record.kind in (None, *KINDS), "kind", "kind.bad")
    must(not record.language or _LANGUAGE.fullmatch(record.language) is not None, "language", "language.bad")
    for path, text in (("born", record.born), ("since", record.since)):
        must(text is None or day(text) == text, path, "day.bad")
    for path, many, most in (
        ("identities", record.identities, IDENTITIES_MOST),
        ("tags", record.tags, TAGS_MOST),
        ("addresses", record.addresses, ADDRESSES_MOST),
        ("consents", record.consents, CONSENTS_MOST),
        ("relations", record.relations, RELATIONS_MOST),
        ("book", record.book, BOOK_MOST),
        ("fields", record.fields, FIELDS_MOST),
    ):
        must(len(many) <= most, path, "too_long")
    for i, known in enumerate(record.identities):
        bad = why_not(known.kind, known.value)
        must(normalised(known.kind, known.value) == known.value, f"identities.{i}", bad)
        must(known.level in LEVELS, f"identities.{i}", "level.bad")
        must(len(known.origin) <= 40, f"identities.{i}", "string_too_long")
    for i, tag in enumerate(record.tags):
        fits = tag.layer in LAYERS and _TAG.fullmatch(tag.tag) is not None and 0 <= tag.confidence <= 1
        must(fits, f"tags.{i}", "tag.bad")
    for i, address in enumerate(record.addresses):
        must(0 < len(address) <= ADDRESS_MOST and bool(address_key(address)), f"addresses.{i}", "string_too_long")
    for i, said in enumerate(record.consents):
        must(_CODE.fullmatch(said.purpose) is not None, f"consents.{i}", "purpose.bad")
        must(said.medium in MEDIA, f"consents.{i}", "medium.bad")
        must(len(said.how) <= 200, f"consents.{i}", "string_too_long")
    for i, entry in enumerate(record.book):
        bad = why_not(entry.kind, entry.value)
        must(normalised(entry.kind, entry.value) == entry.value, f"book.{i}", bad)
        must(0 < len(entry.name) <= REACHED_MOST, f"book.{i}", "string_too_long")
        must(len(entry.note) <= REACHED_NOTE_MOST, f"book.{i}", "string_too_long")
    must(bool(record.external_id or record.identities), "external_id", "record.nobody")
    return found
