"""How customers belong together (a household, an employer) and what they own, in the tenant's own words; and the
people whom a customer has in their own contact book."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.errors import Invalid, NotFound, Refused
from qingting.records import new_id

from . import queries
from . import tables as t

TYPES_MOST, RELATIONS_MOST, BOOK_MOST = 50, 500, 1000
MEMBERS_MOST = 100
"""That are shown of a household, whatever hangs together by mistake."""


class Type(NamedTuple):
    id: str
    names: dict[str, str]
    """As the one says it: works for. By language."""
    back: dict[str, str]
    """As the other says it: employs. Of a thing: belongs to."""
    target: Literal["customer", "thing"] = "customer"
    transitive: bool = False
    """A household: members of members belong to it as well."""
    retired: bool = False
    version: int = 0


async def types(connection: AsyncConnection, tenant: str) -> dict[str, Type]:
    c = t.relation_type.c
    rows = await connection.execute(sa.select(t.relation_type).where(c.tenant == tenant).order_by(c.id))
    return {row["id"]: Type(**{name: row[name] for name in Type._fields}) for row in rows.mappings()}


async def keep_type(connection: AsyncConnection, tenant: str, type: Type) -> Type:
    """Make one (`version` 0) or change the one whose `version` was seen. Raises `NotFound("relation.unknown_type")`,
    `Refused("name.taken" | "changed_meanwhile" | "relation.too_many_types" | "relation.target_fixed")`,
    `Invalid("request.invalid")`: `transitive: relation.of_things`."""
    if type.transitive and type.target == "thing":
        raise Invalid("request.invalid", fields={"transitive": "relation.of_things"})
    known = await types(connection, tenant)
    old, made = known.get(type.id), type._replace(version=type.version + 1)
    if type.version == 0:
        if old is not None:
            raise Refused("name.taken", "there is a type of this id")
        if len(known) >= TYPES_MOST:
            raise Refused("relation.too_many_types", f"{TYPES_MOST} types at most")
        await connection.execute(t.relation_type.insert().values(tenant=tenant, **made._asdict()))
        return made
    if old is None:
        raise NotFound("relation.unknown_type", id=type.id)
    if old.target != type.target:
        raise Refused("relation.target_fixed", "what it leads to stays: make another")
    c = t.relation_type.c
    where = (c.tenant == tenant, c.id == type.id, c.version == type.version)
    if (await connection.execute(t.relation_type.update().where(*where).values(**made._asdict()))).rowcount == 0:
        raise Refused("changed_meanwhile", "somebody else changed it meanwhile")
    return made


async def relate(
    connection: AsyncConnection, tenant: str, id: str, type: str, other: str = "", thing: str = "", detail: str = ""
) -> str:
    """Returns the relation's id; the same said twice is one. Raises `NotFound("customer.unknown")`,
    `Refused("relation.too_many")`, `Invalid("request.invalid")`: `type: relation.unknown_type`, `other:
    relation.itself`, `other` or `thing`: `missing`."""
    known = (await types(connection, tenant)).get(type)
    if known is None or known.retired:
        raise Invalid("request.invalid", fields={"type": "relation.unknown_type"})
    field = "other" if known.target == "customer" else "thing"
    if not (other if field == "other" else thing):
        raise Invalid("request.invalid", fields={field: "missing"})
    if field == "other":
        thing, stands = "", await queries.current(connection, tenant, other)
        if stands is None:
            raise NotFound("customer.unknown", id=other)
        if stands == id:
            raise Invalid("request.invalid", fields={"other": "relation.itself"})
    r = t.relation.c
    count = sa.select(sa.func.count()).select_from(t.relation).where(r.tenant == tenant, r.customer == id)
    if (await connection.scalar(count) or 0) >= RELATIONS_MOST:
        raise Refused("relation.too_many", f"{RELATIONS_MOST} relations of a customer at most")
    row = {"type": type, "customer": id, "other": other if field == "other" else None, "thing": thing}
    same = sa.select(r.id).filter_by(tenant=tenant, **row)
    if (held := await connection.scalar(same)) is not None:
        return str(held)
    made = new_id()
    await connection.execute(t.relation.insert().values(tenant=tenant, id=made, at=time.time(), detail=detail, **row))
    return made


async def unrelate(connection: AsyncConnection, tenant: str, ids: Sequence[str], relation: str) -> None:
    """Raises `NotFound("relation.unknown")`."""
    r = t.relation.c
    mine = (r.tenant == tenant, r.id == relation, sa.or_(r.customer.in_(ids), r.other.in_(ids)))
    if (await connection.execute(sa.delete(t.relation).where(*mine))).rowcount == 0:
        raise NotFound("relation.unknown", id=relation)


async def related(connection: AsyncConnection, tenant: str, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Of records that stand together, from both ends: `{id, type, words, other: {id, name}|null, thing, detail, at}`;
    `words` as this end says it. `other` is who stands for them now. Those who belong to a household by others alone
    come last, with an empty `id`."""
    r, known = t.relation.c, await types(connection, tenant)
    query = (
        sa.select(t.relation)
        .where(r.tenant == tenant, sa.or_(r.customer.in_(ids), r.other.in_(ids)))
        .order_by(r.type, r.at)
        .limit(2 * RELATIONS_MOST)
    )
    rows = (await connection.execute(query)).all()
    far = {row.other if row.customer in ids else row.customer for row in rows} - {None}
    c = t.customer.c
    found = await connection.execute(sa.select(c.id, c.current).where(c.tenant == tenant, c.id.in_(sorted(far))))
    stands = {row.id: row.current for row in found}
    named = await queries.by_ids(connection, tenant, stands.values())
    items = []
    for row in rows:
        ours = row.customer in ids
        other = stands.get(row.other if ours else row.customer)
        if other in ids:  # they turned out to be the same
            continue
        type = known.get(row.type)
        words = {} if type is None else type.names if ours else type.back
        who = None if other is None else {"id": other, "name": named[other].name}
        items.append(
            {"id": row.id, "type": row.type, "words": words, "other": who, "thing": row.thing}
            | {"detail": row.detail, "at": row.at}
        )
    for type in known.values():
        if type.transitive:
            there = {it["other"]["id"] for it in items if it["type"] == type.id}
            items += await _members(connection, tenant, type, there, {*ids})
    return items


async def _members(
    connection: AsyncConnection, tenant: str, type: Type, direct: set[str], own: set[str]
) -> list[dict[str, Any]]:
    """Of a household, beyond those whom one is related to: as `related`."""
    r, c = t.relation.c, t.customer.c
    found, asked = set(direct), direct
    while asked and len(found) < MEMBERS_MOST:
        records = sa.select(c.id).where(c.tenant == tenant, c.current.in_(sorted(asked)))
        here = set((await connection.execute(records)).scalars())
        ends = sa.select(r.customer, r.other).where(r.tenant == tenant, r.type == type.id)
        ends = ends.where(sa.or_(r.customer.in_(here), r.other.in_(here))).limit(RELATIONS_MOST)
        far = {id for row in await connection.execute(ends) for id in row} - here - {None}
        stands = sa.select(c.current).where(c.tenant == tenant, c.id.in_(sorted(far))).distinct()
        asked = set((await connection.execute(stands)).scalars()) - found - own
        found |= set(sorted(asked)[: MEMBERS_MOST - len(found)])
    named = await queries.by_ids(connection, tenant, found - direct)
    members = sorted((who.name, who.id) for who in named.values())
    shown = {"id": "", "type": type.id, "words": type.names, "thing": "", "detail": "", "at": 0.0}
    return [shown | {"other": {"id": id, "name": name}} for name, id in members]


async def add_to_book(
    connection: AsyncConnection, tenant: str, id: str, name: str, kind: str, value: str, note: str
) -> str:
    """Returns the entry's id. Raises `Refused("book.full")`."""
    b = t.book.c
    count = sa.select(sa.func.count()).select_from(t.book).where(b.tenant == tenant, b.customer == id)
    if (await connection.scalar(count) or 0) >= BOOK_MOST:
        raise Refused("book.full", f"{BOOK_MOST} entries of a customer at most")
    made = {"tenant": tenant, "id": new_id(), "customer": id, "name": name, "kind": kind, "value": value}
    await connection.execute(t.book.insert().values(**made, note=note))
    return str(made["id"])


async def book(connection: AsyncConnection, tenant: str, ids: Sequence[str]) -> list[dict[str, Any]]:
    """`{id, name, kind, value, note}`, by name."""
    b = t.book.c
    what = sa.select(b.id, b.name, b.kind, b.value, b.note)
    rows = await connection.execute(what.where(b.tenant == tenant, b.customer.in_(ids)).order_by(b.name, b.id))
    return [dict(row) for row in rows.mappings()]


async def remove_from_book(connection: AsyncConnection, tenant: str, ids: Sequence[str], entry: str) -> None:
    """Raises `NotFound("book.unknown")`."""
    b = t.book.c
    mine = (b.tenant == tenant, b.id == entry, b.customer.in_(ids))
    if (await connection.execute(sa.delete(t.book).where(*mine))).rowcount == 0:
        raise NotFound("book.unknown", id=entry)
