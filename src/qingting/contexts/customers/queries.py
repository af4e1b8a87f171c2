"""Who is known by what, in short: asked for each caller."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ...records import in_batches
from .merged import as_one
from .model import PHONE
from .tables import customer, identity


class Customer(NamedTuple):
    id: str
    version: int
    name: str
    numbers: tuple[str, ...]
    """E.164, sorted."""
    note: str
    since: str
    """Day since which they are a customer, as 2021-05-01; empty: not known."""
    attributes: dict[str, str | float]
    """What rules of routing may ask for: codes and numbers."""

    def years(self, today: dt.date) -> int | None:
        """Whole years as a customer."""
        if not self.since:
            return None
        began = dt.date.fromisoformat(self.since)
        return today.year - began.year - ((today.month, today.day) < (began.month, began.day))


# Made once: they are asked for each caller, and to build one takes longer than to run it.
_tenant: sa.BindParameter[str] = sa.bindparam("tenant")
_some: sa.BindParameter[str] = sa.bindparam("some", expanding=True)
_kind: sa.BindParameter[str] = sa.bindparam("kind")
_i, _c = identity.c, customer.c
_of_record = sa.and_(_c.tenant == _i.tenant, _c.id == _i.customer)
_OWNERS = (
    # Who stands for the one who is known by it: the surest last, of equals the oldest.
    sa.select(_i.value, _c.current)
    .join(customer, _of_record)
    .where(_i.tenant == _tenant, _i.kind == _kind, _i.value.in_(_some))
    .order_by(_i.level, _i.customer.desc())
)
# Kind and order are looked at here: SQLite, which knows no figures of its tables, would rather walk all phones.
_KNOWN = sa.select(identity).where(_i.tenant == _tenant, _i.customer.in_(_some))
_RECORDS = sa.select(customer).where(_c.tenant == _tenant, _c.current.in_(_some))
_CURRENT = sa.select(_c.current).where(_c.tenant == _tenant, _c.id == sa.bindparam("id"))


async def current(connection: AsyncConnection, tenant: str, id: str) -> str | None:
    """Who stands for the record of this id."""
    found: str | None = await connection.scalar(_CURRENT, {"tenant": tenant, "id": id})
    return found


async def by_id(connection: AsyncConnection, tenant: str, id: str) -> Customer | None:
    """Who stands for the record of this id."""
    now = await current(connection, tenant, id)
    return None if now is None else (await by_ids(connection, tenant, [now])).get(now)


async def by_numbers(connection: AsyncConnection, tenant: str, numbers: Iterable[str]) -> dict[str, Customer]:
    """Customers by each number that is known."""
    owner = await owners(connection, tenant, PHONE, numbers)
    customers = await by_ids(connection, tenant, sorted(set(owner.values())))
    return {number: customers[id] for number, id in owner.items()}


async def owners(connection: AsyncConnection, tenant: str, kind: str, values: Iterable[str]) -> dict[str, str]:
    """Identity → the customer who is found by it: one, however many have it."""
    owner: dict[str, str] = {}
    for some in in_batches(sorted({v for v in values if v})):
        rows = await connection.execute(_OWNERS, {"tenant": tenant, "kind": kind, "some": some})
        owner.update({row.value: row.current for row in rows})
    return owner


async def by_ids(connection: AsyncConnection, tenant: str, ids: Iterable[str]) -> dict[str, Customer]:
    """Of those who stand for themselves."""
    found: dict[str, Customer] = {}
    for some in in_batches(sorted(set(ids))):
        asked = {"tenant": tenant, "some": some}
        groups: dict[str, list[Any]] = defaultdict(list)
        for record in (await connection.execute(_RECORDS, asked)).mappings():
            groups[record["current"]].append(record)
        of_record = {record["id"]: id for id, rows in groups.items() for record in rows}
        numbers: dict[str, set[str]] = defaultdict(set)
        for row in await connection.execute(_KNOWN, {"tenant": tenant, "some": sorted(of_record)}):
            if row.kind == PHONE:
                numbers[of_record[row.customer]].add(row.value)
        for id, rows in groups.items():
            one = as_one(rows)
            told = (one["note"], one["since"], one["attributes"])
            found[id] = Customer(id, one["version"], one["name"], tuple(sorted(numbers[id])), *told)
    return found
