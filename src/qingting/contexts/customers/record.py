"""All that is known of one customer, of every record that stands with theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from . import merging
from . import tables as t
from .merged import as_one
from .model import LEVELS

NOTES_SHOWN = 50
_c = t.customer.c
_RECORDS = sa.select(t.customer).where(
    _c.tenant == sa.bindparam("tenant"),
    _c.current
    == sa.select(_c.current)
    .where(_c.tenant == sa.bindparam("tenant"), _c.id == sa.bindparam("id"))
    .scalar_subquery(),
)


class Whole(NamedTuple):
    one: dict[str, Any]
    """The row of the record that stands for all, as `merged.as_one`."""
    records: list[dict[str, Any]]
    """The rows themselves."""
    identities: list[dict[str, Any]]
    """`{kind, value, level, origin, at}`, the surest first within a kind."""
    addresses: list[dict[str, Any]]
    """`{text, purpose, used_at}`, the last used first."""
    tags: list[dict[str, Any]]
    """`{layer, tag, origin, source, confidence, at}`."""
    consents: list[dict[str, Any]]
    """`{purpose, medium, given, at, how, user_id, contact}`: of each purpose and medium what was said last."""
    notes: list[dict[str, Any]]
    """`{id, at, user_id, contact, pinned, text}`: those pinned, then the latest."""

    @property
    def ids(self) -> list[str]:
        return [row["id"] for row in self.records]

    @property
    def numbers(self) -> list[str]:
        return sorted(it["value"] for it in self.identities if it["kind"] == "phone")


def _of(table: sa.Table, *order: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Made once; whatever of it hangs on any of the records."""
    some: sa.BindParameter[str] = sa.bindparam("some", expanding=True)
    what = [c for c in table.c if c.name not in ("tenant", "key", "tail")]
    return (
        sa.select(*what).where(table.c.tenant == sa.bindparam("tenant"), table.c.customer.in_(some)).order_by(*order)
    )


_IDENTITIES = _of(t.identity, t.identity.c.kind.desc(), t.identity.c.level.desc(), t.identity.c.value)
_ADDRESSES = _of(t.address, t.address.c.used_at.desc(), t.address.c.key)
_TAGS = _of(t.tag, t.tag.c.layer, t.tag.c.confidence.desc(), t.tag.c.tag)
_CONSENTS = _of(t.consent, t.consent.c.at.desc()).limit(500)
_NOTES = _of(t.note, t.note.c.pinned.desc(), t.note.c.at.desc()).limit(NOTES_SHOWN)


async def whole(connection: AsyncConnection, tenant: str, id: str) -> Whole | None:
    """Of whoever stands for the record of this id."""
    rows = [dict(row) for row in (await connection.execute(_RECORDS, {"tenant": tenant, "id": id})).mappings()]
    if not rows:
        return None
    asked = {"tenant": tenant, "some": [row["id"] for row in rows]}

    async def parts(query: sa.Select[Any], *by: str) -> list[dict[str, Any]]:
        """One of each that is the same, the first."""
        found: dict[Any, dict[str, Any]] = {}
        for row in (await connection.execute(query, asked)).mappings():
            it = {name: value for name, value in row.items() if name != "customer"}
            found.setdefault(tuple(it[name] for name in by), it)
        return list(found.values())

    return Whole(
        as_one(rows),
        sorted(rows, key=lambda row: (row["id"] != row["current"], row["id"])),
        [it | {"level": LEVELS[it["level"]]} for it in await parts(_IDENTITIES, "kind", "value")],
        await parts(_ADDRESSES, "text"),
        await parts(_TAGS, "layer", "tag", "origin"),
        await parts(_CONSENTS, "purpose", "medium"),
        await parts(_NOTES, "id"),
    )


def together(one: Whole, other: Whole, stands: str) -> Whole:
    """What both would say if the record of this id stood for all of them. Asked before anything is merged."""
    rows = [row | {"current": stands} for row in (*one.records, *other.records)]

    def both(of: Callable[[Whole], list[dict[str, Any]]], *by: str) -> list[dict[str, Any]]:
        found: dict[Any, dict[str, Any]] = {}
        for it in (*of(one), *of(other)):
            found.setdefault(tuple(it[name] for name in by), it)
        return list(found.values())

    levels = {level: i for i, level in enumerate(LEVELS)}
    surest = both(lambda it: sorted(it.identities, key=lambda known: -levels[known["level"]]), "kind", "value")
    said = sorted((*one.consents, *other.consents), key=lambda it: -float(it["at"]))
    consents = {(it["purpose"], it["medium"]): it for it in reversed(said)}
    return Whole(
        as_one(rows),
        sorted(rows, key=lambda row: (row["id"] != stands, row["id"])),
        sorted(surest, key=lambda it: (it["kind"] != "phone", it["kind"], -levels[it["level"]], it["value"])),
        both(lambda it: it.addresses, "text"),
        both(lambda it: it.tags, "layer", "tag", "origin"),
        list(consents.values()),
        sorted((*one.notes, *other.notes), key=lambda it: (not it["pinned"], -it["at"]))[:NOTES_SHOWN],
    )


async def merges(connection: AsyncConnection, tenant: str, ids: Sequence[str]) -> list[dict[str, Any]]:
    return await merging.of(connection, tenant, ids) if len(ids) > 1 else []


def of_record(row: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of a record that stands with others."""
    return {name: row[name] for name in ("id", "name", "external_id", "created_at")}
