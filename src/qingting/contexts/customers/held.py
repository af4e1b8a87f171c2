"""Customers as they are while a batch comes to them: found by key or identity, all of them in a few questions."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from . import tables as t
from .merged import as_one
from .model import Record
from .storing import among

COLUMNS = tuple(c.name for c in t.customer.c)
JSON_COLUMNS = ("attributes", "fields")
# As they are stored: most customers come and go without anybody asking what is in these.
STORED = [sa.cast(c, sa.Text) if c.name in JSON_COLUMNS else c for c in t.customer.c]


@dataclass(slots=True)
class Held:
    """One record as it is, and what is known of whom it belongs to: what all records that stand together say."""

    row: dict[str, Any]
    """Of the table; `JSON_COLUMNS` as text."""
    is_new: bool
    """Not in the table yet."""
    changed: bool = False
    together: dict[str, Any] | None = None
    """What they say together (`merged.as_one`), where there are several; values of `JSON_COLUMNS` as they are."""
    identities: dict[tuple[str, str], int] = field(default_factory=dict)
    """(kind, value) → level."""
    tags: dict[tuple[str, str], float] = field(default_factory=dict)
    """(layer, tag) → confidence, as told by the same origin."""
    tagged: set[tuple[str, str]] = field(default_factory=set)
    """The same as said by others: by hand, by a rule."""
    addresses: set[str] = field(default_factory=set)
    consents: dict[tuple[str, str], dict[float, bool]] = field(default_factory=dict)
    """(purpose, medium) → when → whether it was given."""
    relations: set[tuple[str, str]] = field(default_factory=set)
    """(type, who or what)."""
    book: set[tuple[str, str, str]] = field(default_factory=set)
    """(name, kind, value)."""


class Shelf:
    """Those whom a batch is about."""

    def __init__(self, tenant: str, by: str) -> None:
        """`by`: whose tags are told."""
        self._tenant, self._by = tenant, by
        self.held: dict[str, Held] = {}
        self.by_external: dict[str, str] = {}
        self.by_identity: dict[tuple[str, str], list[str]] = defaultdict(list)
        """Who are known by it, the surest first, then the oldest."""

    async def load(self, connection: AsyncConnection, records: Sequence[Record]) -> None:
        by_kind: dict[str, set[str]] = defaultdict(set)
        for record in records:
            for known in record.identities:
                by_kind[known.kind].add(known.value)
        i = t.identity.c
        owners: set[str] = set()
        for kind, values in by_kind.items():
            where = (i.tenant == self._tenant, i.kind == kind, among(connection, i.value, values))
            whose = sa.select(i.value, i.customer).where(*where).order_by(i.level.desc(), i.customer)
            for value, id in await connection.execute(whose):
                self.by_identity[kind, value].append(id)
                owners.add(id)
        external = {record.external_id for record in records if record.external_id}
        external |= {it.other for record in records for it in record.relations if it.other}
        await self._rows(connection, t.customer.c.external_id, external)
        await self._rows(connection, t.customer.c.id, owners - self.held.keys())
        self.by_external = {it.row["external_id"]: id for id, it in self.held.items() if it.row["external_id"]}
        if self.held:
            groups = await self._together(connection)
            await self._parts(connection, groups)
            if any(record.book for record in records):
                await self._books(connection, groups)

    async def _rows(self, connection: AsyncConnection, by: sa.ColumnElement[Any], values: Iterable[str]) -> None:
        if not (wanted := set(values)):
            return
        query = sa.select(*STORED).where(t.customer.c.tenant == self._tenant, among(connection, by, wanted))
        for found in await connection.execute(query):
            row = dict(zip(COLUMNS, found, strict=True))
            self.held[row["id"]] = Held(row, is_new=False)

    async def _together(self, connection: AsyncConnection) -> dict[str, list[Held]]:
        """Record → those held that belong to the same customer; the others of each group are read as well."""
        c, m = t.customer.c, t.merge.c
        holds = sa.select(sa.literal(1)).where(m.tenant == self._tenant, m.undone_at.is_(None)).limit(1)
        if await connection.scalar(holds) is None:
            return {id: [it] for id, it in self.held.items()}
        asked = list(self.held)
        stand = {it.row["current"] for it in self.held.values()}
        query = sa.select(c.id).where(c.tenant == self._tenant, among(connection, c.current, stand))
        others = set((await connection.execute(query)).scalars()) - self.held.keys()
        await self._rows(connection, c.id, others)
        groups: dict[str, list[Held]] = defaultdict(list)
        for it in self.held.values():
            groups[it.row["current"]].append(it)
        for id in asked:
            it = self.held[id]
            if len(group := groups[it.row["current"]]) > 1:
                told = (each.row | {name: json.loads(each.row[name]) for name in JSON_COLUMNS} for each in group)
                it.together = as_one(list(told))
        return {id: groups[it.row["current"]] for id, it in self.held.items()}

    async def _parts(self, connection: AsyncConnection, groups: dict[str, list[Held]]) -> None:
        i, g, a, s, r = t.identity.c, t.tag.c, t.address.c, t.consent.c, t.relation.c

        async def each(table: sa.Table, *what: sa.ColumnElement[Any]) -> list[Any]:
            mine = (table.c.tenant == self._tenant, among(connection, table.c.customer, groups))
            return list(await connection.execute(sa.select(table.c.customer, *what).where(*mine)))

        for id, kind, value, level in await each(t.identity, i.kind, i.value, i.level):
            for it in groups[id]:
                it.identities[kind, value] = max(level, it.identities.get((kind, value), -1))
        for id, layer, tag, origin, confidence in await each(t.tag, g.layer, g.tag, g.origin, g.confidence):
            for it in groups[id]:
                if origin == self._by:
                    it.tags[layer, tag] = confidence
                else:
                    it.tagged.add((layer, tag))
        for id, key in await each(t.address, a.key):
            for it in groups[id]:
                it.addresses.add(key)
        for id, purpose, medium, at, given in await each(t.consent, s.purpose, s.medium, s.at, s.given):
            for it in groups[id]:
                it.consents.setdefault((purpose, medium), {})[at] = given
        for id, type, other, thing in await each(t.relation, r.type, r.other, r.thing):
            for it in groups[id]:
                it.relations.add((type, other or thing))

    async def _books(self, connection: AsyncConnection, groups: dict[str, list[Held]]) -> None:
        b = t.book.c
        mine = (b.tenant == self._tenant, among(connection, b.customer, groups))
        for id, *entry in await connection.execute(sa.select(b.customer, b.name, b.kind, b.value).where(*mine)):
            for it in groups[id]:
                it.book.add((entry[0], entry[1], entry[2]))
