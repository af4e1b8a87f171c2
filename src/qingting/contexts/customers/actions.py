"""Making, changing and removing of customers by hand, each in the transaction that it is given."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.errors import Invalid, NotFound, Refused
from qingting.records import tell

from . import fields as custom
from . import queries
from . import tables as t
from .model import PHONE, Known, Record, address_key, name_key
from .queries import Customer
from .record import Whole, whole
from .storing import alone, put
from .upserting import identity_row, indexed, upsert

PLAIN = ("name", "kind", "language", "born", "since", "note", "attributes", "fields")


async def create(
    connection: AsyncConnection, tenant: str, record: Record, user: str = "", shared: bool = False
) -> str:
    """Somebody new; returns their id. `record` has no `problems`, but may be of nobody: a name alone will do.

    Raises `Invalid("request.invalid")`: `external_id.taken`, and unless `shared` for each identity that somebody else
    has, `identities.<i>`: `number.taken` of a phone, else `identity.taken`.
    """
    await alone(connection, tenant)
    c = t.customer.c
    if record.external_id:
        other = await connection.scalar(
            sa.select(c.id).where(c.tenant == tenant, c.external_id == record.external_id)
        )
        if other is not None:
            raise Invalid("request.invalid", fields={"external_id": "external_id.taken"})
    if not shared:
        await _nobodys(connection, tenant, dict(enumerate(record.identities)))
    (made,) = await upsert(connection, tenant, [record], "desk", user, as_new=True)
    return made.id


async def change(
    connection: AsyncConnection,
    tenant: str,
    id: str,
    version: int,
    told: dict[str, Any],
    identities: Sequence[Known] | None = None,
    addresses: Sequence[str] | None = None,
    shared: bool = False,
) -> list[str]:
    """`told`: some of `PLAIN`, complete; `identities`, `addresses`: all there are from now on; the rest stays.
    Returns which fields are others now.

    Of records that stand together the one that stands for them changes, and only what it says otherwise than they did
    together. Raises `NotFound("customer.unknown")`, `Refused("changed_meanwhile")`, or as `create`.
    """
    await alone(connection, tenant)
    old = await whole(connection, tenant, id)
    if old is None:
        raise NotFound("customer.unknown", id=id)
    if old.one["version"] != version:
        raise Refused("changed_meanwhile", "somebody else changed it meanwhile")
    row: dict[str, Any] = {name: value for name, value in told.items() if old.one[name] != value}
    changed = sorted(row)
    if "name" in row:
        row["name_key"] = name_key(row["name"])
    if "fields" in row:
        await _index_fields(connection, tenant, old, row["fields"])
    if identities is not None and await _keep_identities(connection, tenant, old, identities, shared):
        changed.append("identities")
    if addresses is not None and await _keep_addresses(connection, tenant, old, addresses):
        changed.append("addresses")
    if changed:
        await _next_version(connection, tenant, old, row)
        await tell(connection, tenant, "customers", "customer_changed", {"customer": old.one["id"]})
    return changed


async def _next_version(connection: AsyncConnection, tenant: str, old: Whole, row: dict[str, Any]) -> None:
    mine = (t.customer.c.tenant == tenant, t.customer.c.id == old.one["id"])
    after = {"version": old.one["version"] + 1, "changed_at": time.time()}
    await connection.execute(t.customer.update().where(*mine).values(**row, **after))


async def remember(connection: AsyncConnection, tenant: str, number: str, name: str = "", note: str = "") -> Customer:
    """The customer of a number (E.164), made if there is none; one who exists stays as they are."""
    await alone(connection, tenant)
    found = (await queries.by_numbers(connection, tenant, [number])).get(number)
    if found is None:
        id = await create(connection, tenant, Record(name=name, note=note, identities=[Known(PHONE, number)]))
        found = await queries.by_id(connection, tenant, id)
        assert found is not None
    return found


async def _nobodys(connection: AsyncConnection, tenant: str, identities: Mapping[int, Known]) -> None:
    """`identities` by their place in what was asked."""
    i = t.identity.c
    taken = {}
    for place, it in identities.items():
        theirs = (i.tenant == tenant, i.kind == it.kind, i.value == it.value)
        if await connection.scalar(sa.select(sa.exists().where(*theirs))):
            taken[f"identities.{place}"] = "number.taken" if it.kind == PHONE else "identity.taken"
    if taken:
        raise Invalid("request.invalid", fields=taken)


async def _keep_identities(
    connection: AsyncConnection, tenant: str, old: Whole, wanted: Sequence[Known], shared: bool
) -> bool:
    """Whether anything is another. Those that stay keep where and when they were learnt."""
    before = {(it["kind"], it["value"]): it["level"] for it in old.identities}
    after = {(it.kind, it.value): it for it in wanted}
    if {key: it.level for key, it in after.items()} == before:
        return False
    if not shared:
        new_ones = {place: it for place, it in enumerate(wanted) if (it.kind, it.value) not in before}
        await _nobodys(connection, tenant, new_ones)
    i = t.identity.c
    for kind, value in before.keys() - after.keys():
        await connection.execute(
            sa.delete(t.identity).where(i.tenant == tenant, i.kind == kind, i.value == value, i.customer.in_(old.ids))
        )
    mine, now = {"tenant": tenant, "customer": old.one["id"]}, time.time()
    other = [it for key, it in after.items() if before.get(key) != it.level]
    for it in other:
        if (it.kind, it.value) in before:  # of whichever record it is
            theirs = (i.tenant == tenant, i.kind == it.kind, i.value == it.value, i.customer.in_(old.ids))
            row = identity_row(it, "desk", now)
            await connection.execute(t.identity.update().where(*theirs).values(level=row["level"]))
    new = [mine | identity_row(it, "desk", now) for it in other if (it.kind, it.value) not in before]
    await put(connection, t.identity, new)
    return True


async def _keep_addresses(connection: AsyncConnection, tenant: str, old: Whole, wanted: Sequence[str]) -> bool:
    before = {address_key(it["text"]): it["text"] for it in old.addresses}
    after = {address_key(text): text for text in wanted}
    a = t.address.c
    for key in before.keys() - after.keys():
        theirs = (a.tenant == tenant, a.customer.in_(old.ids), a.key == key)
        await connection.execute(sa.delete(t.address).where(*theirs))
    mine = {"tenant": tenant, "customer": old.one["id"], "purpose": "", "used_at": time.time()}
    new = [mine | {"key": key, "text": text} for key, text in after.items() if before.get(key) != text]
    await put(connection, t.address, new, ("text", "used_at"))
    return bool(new) or before.keys() != after.keys()


async def _index_fields(connection: AsyncConnection, tenant: str, old: Whole, after: dict[str, Any]) -> None:
    known = await custom.of_tenant(connection, tenant)
    before = old.one["fields"]
    rows = [
        {"tenant": tenant, "customer": old.one["id"], "field": id} | indexed(after.get(id))
        for id, field in known.items()
        if field.searchable and before.get(id) != after.get(id)
    ]
    await put(connection, t.field_index, rows, ("text", "number"))
