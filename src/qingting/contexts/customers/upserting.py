"""Customers by the thousand, as files and other systems tell of them: a few statements for a whole batch."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.records import in_batches, new_id, tell

from . import tables as t
from .model import LEVELS, Known, Record, address_key, name_key, tail
from .storing import alone, put

BATCH = 2000
"""Most records at a time: whoever waits to write meanwhile waits for one batch."""
_TOLD_AT_ONCE = 500
_PLAIN = ("name", "kind", "language", "born", "since", "note")


class Upserted(NamedTuple):
    id: str
    outcome: Literal["new", "changed", "same"]


@dataclass(slots=True)
class _Held:
    """One customer as they are, and what comes to them."""

    row: dict[str, Any]
    is_new: bool
    changed: bool = False
    identities: dict[tuple[str, str], int] = field(default_factory=dict)
    """(kind, value) → level."""
    tags: dict[tuple[str, str], float] = field(default_factory=dict)
    """(layer, tag) → confidence, as files told it."""
    addresses: set[str] = field(default_factory=set)
    consents: set[tuple[str, str, float]] = field(default_factory=set)


@dataclass(slots=True)
class _Rows:
    """What is to be written."""

    identities: list[dict[str, Any]] = field(default_factory=list)
    tags: list[dict[str, Any]] = field(default_factory=list)
    addresses: list[dict[str, Any]] = field(default_factory=list)
    consents: list[dict[str, Any]] = field(default_factory=list)
    fields: list[dict[str, Any]] = field(default_factory=list)


async def upsert(
    connection: AsyncConnection,
    tenant: str,
    records: Sequence[Record],
    origin: str = "import",
    user: str = "",
    as_new: bool = False,
) -> list[Upserted]:
    """Make or change customers; what became of each, in order. In the transaction given: all of them or none.

    `records`: at most `BATCH`, each without `problems`. The customer of a record is the one with its external id;
    else, by its identities in order, one who is known by it — of a record with an external id only somebody who has
    none yet, and takes it. Otherwise somebody new. Doing it again changes nothing. Two records of one customer in
    the same batch count one after the other.

    Consents told by a file are on record as of `user`; `origin` stands with identities that name none. `as_new`:
    nobody is looked for.
    """
    assert len(records) <= BATCH
    await alone(connection, tenant)
    now = time.time()
    book = _Book(tenant, now, origin, user, await _searchable(connection, tenant))
    if not as_new:
        await book.load(connection, records)
    done = [book.take(record) for record in records]
    await book.write(connection)
    await _say(connection, tenant, done)
    return done


async def _searchable(connection: AsyncConnection, tenant: str) -> frozenset[str]:
    c = t.custom_field.c
    rows = await connection.execute(sa.select(c.id).where(c.tenant == tenant, c.searchable))
    return frozenset(rows.scalars())


class _Book:
    """The customers whom a batch is about."""

    def __init__(self, tenant: str, now: float, origin: str, user: str, searchable: frozenset[str]) -> None:
        self._tenant, self._now, self._origin, self._user = tenant, now, origin, user
        self._searchable = searchable
        self._by = "hand" if origin == "desk" else "import"
        self._held: dict[str, _Held] = {}
        self._by_external: dict[str, str] = {}
        self._by_identity: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._rows = _Rows()

    async def load(self, connection: AsyncConnection, records: Sequence[Record]) -> None:
        by_kind: dict[str, set[str]] = defaultdict(set)
        for record in records:
            for known in record.identities:
                by_kind[known.kind].add(known.value)
        c, i = t.customer.c, t.identity.c
        owners: set[str] = set()
        for kind, values in by_kind.items():
            where = (i.tenant == self._tenant, i.kind == kind)
            # The surest, then the oldest, comes first.
            whose = sa.select(i.value, i.customer).where(*where).order_by(i.level.desc(), i.customer)
            async for value, id in _each(connection, whose, i.value, values):
                self._by_identity[kind, value].append(id)
                owners.add(id)
        everything = sa.select(t.customer).where(c.tenant == self._tenant)
        external = {record.external_id for record in records if record.external_id}
        for by, values in ((c.external_id, external), (c.id, owners)):
            async for row in _each(connection, everything, by, values):
                self._held[row.id] = _Held(dict(row._mapping), is_new=False)
        self._by_external = {it.row["external_id"]: id for id, it in self._held.items() if it.row["external_id"]}
        await self._load_parts(connection)

    async def _load_parts(self, connection: AsyncConnection) -> None:
        i, g, a, s = t.identity.c, t.tag.c, t.address.c, t.consent.c
        ids = self._held
        what = sa.select(i.customer, i.kind, i.value, i.level).where(i.tenant == self._tenant)
        async for id, kind, value, level in _each(connection, what, i.customer, ids):
            self._held[id].identities[kind, value] = level
        tags = sa.select(g.customer, g.layer, g.tag, g.confidence)
        async for id, layer, tag, confidence in _each(
            connection, tags.where(g.tenant == self._tenant, g.origin == self._by), g.customer, ids
        ):
            self._held[id].tags[layer, tag] = confidence
        addresses = sa.select(a.customer, a.key).where(a.tenant == self._tenant)
        async for id, key in _each(connection, addresses, a.customer, ids):
            self._held[id].addresses.add(key)
        consents = sa.select(s.customer, s.purpose, s.medium, s.at).where(s.tenant == self._tenant)
        async for id, purpose, medium, at in _each(connection, consents, s.customer, ids):
            self._held[id].consents.add((purpose, medium, at))

    def take(self, record: Record) -> Upserted:
        held = self._of(record)
        was_new, held.changed = held.is_new and not held.row["version"], False
        self._columns(held, record)
        self._parts(held, record)
        if held.changed or was_new:
            held.row["version"] += 1
            held.row["changed_at"] = self._now
        return Upserted(held.row["id"], "new" if was_new else "changed" if held.changed else "same")

    def _of(self, record: Record) -> _Held:
        id = self._by_external.get(record.external_id) if record.external_id else None
        if id is None:
            owners = [id for it in record.identities for id in self._by_identity.get((it.kind, it.value), ())]
            if record.external_id:
                owners = [id for id in owners if not self._held[id].row["external_id"]]
            id = next(iter(owners), None)
        if id is None:
            id = new_id()
            self._held[id] = _Held(self._blank(id), is_new=True)
        if record.external_id:
            self._by_external[record.external_id] = id
        return self._held[id]

    def _blank(self, id: str) -> dict[str, Any]:
        row: dict[str, Any] = dict.fromkeys(_PLAIN, "")
        ours = {"tenant": self._tenant, "id": id, "version": 0, "current": id, "external_id": None, "kind": "person"}
        return row | ours | {"name_key": "", "attributes": {}, "fields": {}, "created_at": self._now}

    def _columns(self, held: _Held, record: Record) -> None:
        told = {name: value for name in _PLAIN if (value := getattr(record, name)) is not None}
        if record.external_id:
            told["external_id"] = record.external_id
        if record.name is not None:
            told["name_key"] = name_key(record.name)
        if record.attributes:
            told["attributes"] = held.row["attributes"] | record.attributes
        if record.fields:
            fields = held.row["fields"] | record.fields
            told["fields"] = {name: value for name, value in fields.items() if value is not None}
            self._index(held, record.fields)
        for name, value in told.items():
            if held.row[name] != value:
                held.row[name] = value
                held.changed = True

    def _index(self, held: _Held, told: dict[str, Any]) -> None:
        for name, value in told.items():
            if name in self._searchable and held.row["fields"].get(name) != value:
                self._rows.fields.append(self._mine(held) | {"field": name} | indexed(value))

    def _parts(self, held: _Held, record: Record) -> None:
        mine, now = self._mine(held), self._now
        for it in record.identities:
            level = LEVELS.index(it.level)
            if level > held.identities.get((it.kind, it.value), -1):
                if (it.kind, it.value) not in held.identities:
                    self._by_identity[it.kind, it.value].append(held.row["id"])
                held.identities[it.kind, it.value] = level
                self._rows.identities.append(mine | identity_row(it, self._origin, now))
                held.changed = True
        for layer, tag, confidence in record.tags:
            if held.tags.get((layer, tag)) != confidence:
                held.tags[layer, tag] = confidence
                what = {"layer": layer, "tag": tag, "origin": self._by, "source": self._user}
                self._rows.tags.append(mine | what | {"confidence": confidence, "at": now})
                held.changed = True
        for address in record.addresses:
            key = address_key(address)
            if key not in held.addresses:
                held.addresses.add(key)
                self._rows.addresses.append(mine | {"key": key, "text": address, "purpose": "", "used_at": now})
                held.changed = True
        for said in record.consents:
            fact = (said.purpose, said.medium, said.at)
            if fact not in held.consents:
                held.consents.add(fact)
                self._rows.consents.append(mine | said._asdict() | {"user_id": self._user, "contact": ""})
                held.changed = True

    def _mine(self, held: _Held) -> dict[str, Any]:
        return {"tenant": self._tenant, "customer": held.row["id"]}

    async def write(self, connection: AsyncConnection) -> None:
        rows = [it.row for it in self._held.values() if it.row.get("changed_at") == self._now]
        columns = [c.name for c in t.customer.c if c.name not in ("tenant", "id", "current", "created_at")]
        await put(connection, t.customer, rows, columns)
        await put(connection, t.identity, self._rows.identities, ("level", "origin", "at"))
        await put(connection, t.tag, self._rows.tags, ("source", "confidence", "at"))
        await put(connection, t.address, self._rows.addresses, ("used_at",))
        await put(connection, t.consent, self._rows.consents)
        await put(connection, t.field_index, self._rows.fields, ("text", "number"))


def identity_row(it: Known, origin: str, now: float) -> dict[str, Any]:
    level = LEVELS.index(it.level)
    row = {"kind": it.kind, "value": it.value, "level": level, "origin": it.origin or origin}
    return row | {"tail": tail(it.kind, it.value), "at": now}


def indexed(value: Any) -> dict[str, Any]:
    """How a value of a searchable field is found: as text, and as a number where it is one."""
    number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    text = "" if value is None else str(value).lower() if isinstance(value, bool) else name_key(str(value))
    return {"text": text, "number": number}


async def _each(
    connection: AsyncConnection, what: sa.Select[Any], by: sa.ColumnElement[str], values: Iterable[str]
) -> Any:
    for some in in_batches(sorted(values)):
        for row in await connection.execute(what.where(by.in_(some))):
            yield row


async def _say(connection: AsyncConnection, tenant: str, done: Sequence[Upserted]) -> None:
    told = sorted({it for it in done if it.outcome != "same"})
    for some in in_batches(told, _TOLD_AT_ONCE):
        new = sorted({it.id for it in some if it.outcome == "new"})
        changed = sorted({it.id for it in some if it.outcome == "changed"} - set(new))
        await tell(connection, tenant, "customers", "customers_upserted", {"new": new, "changed": changed})
