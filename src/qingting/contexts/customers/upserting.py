"""Customers by the thousand, as files and other systems tell of them: a few statements for a whole batch."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.records import Records, in_batches, new_id, tell

from . import tables as t
from .held import JSON_COLUMNS, Held, Shelf
from .leaf import Leaf
from .model import LEVELS, PHONE, Consented, Known, Reached, Record, Related, Tagged, address_key, name_key, tail
from .relations import BOOK_MOST, RELATIONS_MOST
from .storing import alone

BATCH = 2000
"""Most records at a time: whoever waits to write meanwhile waits for one batch."""
_TOLD_AT_ONCE = 500
_WRITTEN_AT_ONCE = 250
_TAKEN_AT_ONCE = 10
"""Then the database may be given its next statement."""
_OUTGROWN = 4
"""Times the size that PostgreSQL knows of."""
_LOOKED_AT = {
    t.customer.name: "tenant, id, current, external_id",
    t.identity.name: "tenant, kind, value, customer",
}
_PLAIN = ("name", "kind", "language", "born", "since", "note")
_told = attrgetter(*_PLAIN)
_LEVEL = {level: n for n, level in enumerate(LEVELS)}


class Upserted(NamedTuple):
    id: str
    """Empty where it was refused."""
    outcome: Literal["new", "changed", "same", "refused"]
    why: str = ""
    """`relation.unknown_other`, `relation.itself`, `relation.too_many`, `book.full`."""
    shared: bool = False
    """Another customer has one of its phones as well."""


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
    the same batch count one after the other. Where records stand together, what they say together counts as known,
    and the record that was found changes.

    A record that names somebody (`relations`) whom nobody knows is refused, all of it.

    Consents told by a file are on record as of `user`; `origin` stands with identities that name none. `as_new`:
    nobody is looked for.
    """
    await alone(connection, tenant)
    book = _Book(tenant, time.time(), origin, user, await _searchable(connection, tenant))
    done = await book.take_and_write(connection, records, as_new)
    await _say(connection, tenant, done)
    return done


async def foresee(connection: AsyncConnection, tenant: str, records: Sequence[Record]) -> list[Upserted]:
    """What `upsert` would do now. Writes nothing; ids of those who are new are made up."""
    book = _Book(tenant, time.time(), "import", "", frozenset())
    return await book.take_all(connection, records, as_new=False)


async def look_again(records: Records) -> None:
    """After a batch. PostgreSQL keeps plans that it made while a table was nearly empty, and would read all customers
    for each row's foreign key. Once a table has outgrown what it knows it is told the size, from few rows and of keys
    only, which takes a tenth of the time; the rest is left to its autovacuum."""
    if records.engine.dialect.name != "postgresql":
        return
    outgrown = sa.text(
        "SELECT relname FROM pg_class WHERE oid = ANY(CAST(:names AS regclass[]))"
        " AND pg_relation_size(oid) > :times * current_setting('block_size')::int * relpages"
    )
    async with records.write() as connection:
        asked = {"names": list(_LOOKED_AT), "times": _OUTGROWN}
        for name in (await connection.execute(outgrown, asked)).scalars().all():
            await connection.exec_driver_sql("SET LOCAL default_statistics_target = 10")
            await connection.exec_driver_sql(f"ANALYZE {name} ({_LOOKED_AT[name]})")


async def _searchable(connection: AsyncConnection, tenant: str) -> frozenset[str]:
    c = t.custom_field.c
    rows = await connection.execute(sa.select(c.id).where(c.tenant == tenant, c.searchable))
    return frozenset(rows.scalars())


class _Book:
    """What comes to the customers whom a batch is about."""

    def __init__(self, tenant: str, now: float, origin: str, user: str, searchable: frozenset[str]) -> None:
        self._tenant, self._now, self._origin, self._user = tenant, now, origin, user
        self._searchable = searchable
        self._by = "hand" if origin == "desk" else "import"
        self._shelf = Shelf(tenant, self._by)
        self._blank: dict[str, Any] = {
            **dict.fromkeys(_PLAIN, ""), **dict.fromkeys(JSON_COLUMNS, "{}"), "kind": "person", "name_key": "",
            "tenant": tenant, "version": 0, "external_id": None, "created_at": now,
        }  # fmt: skip
        self._leaf = Leaf()

    async def take_all(self, connection: AsyncConnection, records: Sequence[Record], as_new: bool) -> list[Upserted]:
        await self._load(connection, records, as_new)
        return [self._take(record) for record in records]

    async def take_and_write(
        self, connection: AsyncConnection, records: Sequence[Record], as_new: bool
    ) -> list[Upserted]:
        """While the database writes some, the next are taken."""
        await self._load(connection, records, as_new)
        done: list[Upserted] = []
        writing: asyncio.Task[None] | None = None
        try:
            for some in in_batches(records, _WRITTEN_AT_ONCE):
                for few in in_batches(some, _TAKEN_AT_ONCE):
                    done += map(self._take, few)
                    await asyncio.sleep(0)
                if writing is not None:
                    await writing
                leaf, self._leaf = self._leaf, Leaf()
                writing = asyncio.create_task(leaf.write(connection, *leaf.rows()))
        finally:
            if writing is not None:  # whatever failed: until then the connection is its
                await writing
        return done

    async def _load(self, connection: AsyncConnection, records: Sequence[Record], as_new: bool) -> None:
        assert len(records) <= BATCH
        if not as_new:
            await self._shelf.load(connection, records)

    def _take(self, record: Record) -> Upserted:
        others = [self._other(it) for it in record.relations] if record.relations else []
        if None in others:
            return Upserted("", "refused", "relation.unknown_other")
        owners = [id for it in record.identities for id in self._shelf.by_identity.get((it.kind, it.value), ())]
        held = self._of(record, owners)
        id, was_new = held.row["id"], held.is_new and not held.row["version"]
        new = dict.fromkeys(it for it in record.book if it[:3] not in held.book) if record.book else {}
        if len(held.book) + len(new) > BOOK_MOST:
            return Upserted("", "refused", "book.full")
        held.changed = False
        if record.relations and (why := self._relate(held, record.relations, others)):
            return Upserted("", "refused", why)
        if new:
            self._enter(held, new)
        self._columns(held, record)
        for it in record.identities:
            self._identity(held, id, it)
        for tagged in record.tags:
            self._tag(held, id, tagged)
        for address in record.addresses:
            self._address(held, id, address)
        for said in record.consents:
            self._consent(held, id, said)
        if held.changed or was_new:
            held.row["version"] += 1
            held.row["changed_at"] = self._now
            self._leaf.customers[id] = held
        shared = len(owners) > 0 and self._shared(held, record)
        return Upserted(id, "new" if was_new else "changed" if held.changed else "same", shared=shared)

    def _of(self, record: Record, owners: list[str]) -> Held:
        held = self._shelf.held
        id = self._shelf.by_external.get(record.external_id) if record.external_id else None
        if id is None and owners:
            if record.external_id:
                id = next((it for it in owners if not held[it].row["external_id"]), None)
            else:
                id = held[owners[0]].row["current"]
        if id is None:
            id = new_id()
            held[id] = Held({**self._blank, "id": id, "current": id}, is_new=True)
        if record.external_id:
            self._shelf.by_external[record.external_id] = id
        return held[id]

    def _shared(self, held: Held, record: Record) -> bool:
        mine, all = held.row["current"], self._shelf
        phones = (all.by_identity[PHONE, it.value] for it in record.identities if it.kind == PHONE)
        return any(all.held[id].row["current"] != mine for owners in phones for id in owners)

    def _columns(self, held: Held, record: Record) -> None:
        row, known = held.row, held.together or held.row
        for name, told in zip(_PLAIN, _told(record), strict=True):
            if told is not None and told != row[name] and told != known[name]:
                row[name] = known[name] = told
                if name == "name":
                    row["name_key"] = name_key(told)
                held.changed = True
        if record.external_id and row["external_id"] != record.external_id:
            row["external_id"] = record.external_id
            held.changed = True
        if record.attributes:
            self._named(held, "attributes", record.attributes)
        if record.fields:
            self._named(held, "fields", record.fields)

    def _named(self, held: Held, column: str, told: dict[str, Any]) -> None:
        mine = json.loads(held.row[column])
        known = held.together[column] if held.together else mine
        other = {name: value for name, value in told.items() if known.get(name) != value}
        if not other:
            return
        if column == "fields":
            searchable = [(name, value) for name, value in other.items() if name in self._searchable]
            for name, value in searchable:
                text, number = indexed(value).values()
                self._leaf.fields.append((self._tenant, held.row["id"], name, text, number))
        for values in (mine, known):
            values |= other
        held.row[column] = json.dumps({name: value for name, value in mine.items() if value is not None})
        held.changed = True

    def _identity(self, held: Held, id: str, it: Known) -> None:
        key, level = (it.kind, it.value), _LEVEL[it.level]
        known = held.identities.get(key, -1)
        if level > known:
            held.identities[key] = level
            row = (self._tenant, *key, id, level, it.origin or self._origin, tail(*key), self._now)
            if known < 0:
                self._shelf.by_identity[key].append(id)
                self._leaf.new_identities.append(row)
            else:
                self._leaf.identities.append(row)
            held.changed = True

    def _tag(self, held: Held, id: str, it: Tagged) -> None:
        key = (it.layer, it.tag)
        if held.tags.get(key) != it.confidence and (key in held.tags or key not in held.tagged):
            held.tags[key] = it.confidence
            self._leaf.tags.append((self._tenant, id, *key, self._by, self._user, it.confidence, self._now))
            held.changed = True

    def _address(self, held: Held, id: str, address: str) -> None:
        if (key := address_key(address)) not in held.addresses:
            held.addresses.add(key)
            self._leaf.addresses.append((self._tenant, id, key, address, "", self._now))
            held.changed = True

    def _consent(self, held: Held, id: str, said: Consented) -> None:
        facts = held.consents.setdefault((said.purpose, said.medium), {})
        at = said.at or self._now
        holds = facts[max(facts)] if facts else None
        if at not in facts if said.at else holds != said.given:
            facts[at] = said.given
            row = (self._tenant, id, said.purpose, said.medium, at, said.given, said.how, self._user, "")
            self._leaf.consents.append(row)
            held.changed = True

    def _other(self, it: Related) -> str | None:
        """Whom or what it leads to; None where nobody is known by that."""
        if it.thing:
            return it.thing
        id = self._shelf.by_external.get(it.other)
        return None if id is None else str(self._shelf.held[id].row["current"])

    def _relate(self, held: Held, relations: Sequence[Related], others: Sequence[str | None]) -> str:
        """Why not, or empty."""
        new = {(it.type, str(other)): it for it, other in zip(relations, others, strict=True)}
        new = {key: it for key, it in new.items() if key not in held.relations}
        if any(other == held.row["current"] and not it.thing for (_, other), it in new.items()):
            return "relation.itself"
        if len(held.relations) + len(new) > RELATIONS_MOST:
            return "relation.too_many"
        for (type, other), it in new.items():
            held.relations.add((type, other))
            whom = (None, it.thing) if it.thing else (other, "")
            self._leaf.relations.append((self._tenant, new_id(), type, held.row["id"], *whom, "", self._now))
            held.changed = True
        return ""

    def _enter(self, held: Held, new: Iterable[Reached]) -> None:
        for it in new:
            held.book.add(it[:3])
            self._leaf.reached.append((self._tenant, new_id(), held.row["id"], *it))
        held.changed = True


def identity_row(it: Known, origin: str, now: float) -> dict[str, Any]:
    level = _LEVEL[it.level]
    row = {"kind": it.kind, "value": it.value, "level": level, "origin": it.origin or origin}
    return row | {"tail": tail(it.kind, it.value), "at": now}


def indexed(value: Any) -> dict[str, Any]:
    """How a value of a searchable field is found: as text, and as a number where it is one."""
    number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    text = "" if value is None else str(value).lower() if isinstance(value, bool) else name_key(str(value))
    return {"text": text, "number": number}


async def _say(connection: AsyncConnection, tenant: str, done: Sequence[Upserted]) -> None:
    outcomes = {it.id: it.outcome for it in reversed(done) if it.outcome in ("new", "changed")}
    for some in in_batches(sorted(outcomes.items()), _TOLD_AT_ONCE):
        new = [id for id, outcome in some if outcome == "new"]
        changed = [id for id, outcome in some if outcome == "changed"]
        await tell(connection, tenant, "customers", "customers_upserted", {"new": new, "changed": changed})
