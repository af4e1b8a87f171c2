"""What a column of a file may be, and how its cells are read: parts of a record, a tenant's own fields among them.

external_id name kind phone mail language born since address note
tag, tag:LAYER          several in a cell; `tag` alone is of the business layer
identity:KIND           an openid, an account …
field:ID                the tenant's own, read by its type
consent:PURPOSE:MEDIUM  yes or no
book                    the customer's own contact book: name, number (or mail …), note; an entry a line
relation:TYPE           external ids of other customers, or what they own
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from .. import fields as custom
from .. import model, purposes, relations
from ..fields import Field
from ..model import Consented, Known, Record, Related, Tagged
from ..purposes import Purpose
from . import book, cells

PLAIN: dict[str, Callable[[str], Any]] = {
    "external_id": cells.plain(model.EXTERNAL_MOST),
    "name": cells.plain(model.NAME_MOST),
    "kind": cells.kind,
    "language": cells.language,
    "born": cells.day,
    "since": cells.day,
    "note": cells.plain(model.NOTE_MOST),
}
OTHER_IDENTITIES = tuple(kind for kind in model.IDENTITIES if kind not in (model.PHONE, model.MAIL))
FIXED = (
    *("external_id", "name", "kind", "phone", "mail", "language", "born", "since", "address", "note", "book", "tag"),
    *(f"tag:{layer}" for layer in model.LAYERS if layer != "business"),
    *(f"identity:{kind}" for kind in OTHER_IDENTITIES),
)
"""What every tenant is offered."""


class Offered(NamedTuple):
    """What a tenant has of its own, retired ones left out."""

    fields: Mapping[str, Field]
    relations: Mapping[str, relations.Type]
    purposes: Mapping[str, Purpose]


class Column(NamedTuple):
    read: Callable[[str], Any]
    """Raises `cells.Bad`."""
    tell: Callable[[Record, Any], None]
    """Into a record whose sequences are lists."""
    many: bool = False
    """There may be several of it."""
    key: bool = False
    """By it a row finds its customer, so that to repeat it changes nothing."""


async def offered(connection: AsyncConnection, tenant: str) -> Offered:
    fields = await custom.of_tenant(connection, tenant)
    types = await relations.types(connection, tenant)
    asked = await purposes.of_tenant(connection, tenant)
    return Offered(
        {id: it for id, it in fields.items() if not it.retired},
        {id: it for id, it in types.items() if not it.retired},
        {id: it for id, it in asked.items() if not it.retired},
    )


def column(target: str, own: Offered, how: str = "") -> Column | None:
    """None where there is no such thing. `how`: the proof of a consent."""
    if target in PLAIN:
        return Column(
            PLAIN[target], lambda record, value: setattr(record, target, value), key=target == "external_id"
        )
    kind, _, rest = target.partition(":")
    match kind:
        case "phone" | "mail" if not rest:
            return _identity(kind, cells.phones if kind == "phone" else cells.mails)
        case "identity" if rest in OTHER_IDENTITIES:
            return _identity(rest, cells.identities(rest))
        case "address" if not rest:
            read = cells.plain(model.ADDRESS_MOST)
            return Column(read, lambda record, text: _lists(record.addresses).append(text), many=True)
        case "book" if not rest:
            return Column(book.entries, lambda record, told: _lists(record.book).extend(told), many=True)
        case "tag" if rest in ("", *model.LAYERS):
            return _tag(rest or "business")
        case "field" if (field := own.fields.get(rest)) is not None:
            return Column(cells.own(field), lambda record, value: record.fields.__setitem__(rest, value))
        case "consent":
            purpose, _, medium = rest.partition(":")
            if purpose in own.purposes and medium in model.MEDIA:
                return _consent(purpose, medium, how)
        case "relation" if (type := own.relations.get(rest)) is not None:
            return _relation(type)
    return None


def _lists(sequence: Any) -> list[Any]:
    assert isinstance(sequence, list)
    return sequence


def _identity(kind: str, read: Callable[[str], list[str]]) -> Column:
    def tell(record: Record, values: list[str]) -> None:
        found = _lists(record.identities)
        for value in values:
            known = Known(kind, value, "claimed", "import")
            if not found or known not in found:
                found.append(known)

    return Column(read, tell, many=True, key=True)


def _tag(layer: str) -> Column:
    def tell(record: Record, values: list[str]) -> None:
        _lists(record.tags).extend(Tagged(layer, value) for value in values)

    return Column(cells.tags, tell, many=True)


def _consent(purpose: str, medium: str, how: str) -> Column:
    def tell(record: Record, given: bool) -> None:
        _lists(record.consents).append(Consented(purpose, medium, given, 0.0, how))

    return Column(cells.yes_no, tell)


def _relation(type: relations.Type) -> Column:
    thing = type.target == "thing"

    def tell(record: Record, values: list[str]) -> None:
        made = (Related(type.id, thing=it) if thing else Related(type.id, other=it) for it in values)
        _lists(record.relations).extend(made)

    return Column(cells.several(model.THING_MOST if thing else model.EXTERNAL_MOST), tell, many=True)
