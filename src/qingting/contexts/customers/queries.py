"""Reads of customers."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ...records import in_batches
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
_OWNERS = (
    # Who stands for the one who is known by it: the surest last, of equals the oldest.
    sa.select(_i.value, _c.current)
    .join(customer, sa.and_(_c.tenant == _i.tenant, _c.id == _i.customer))
    .where(_i.tenant == _tenant, _i.kind == _kind, _i.value.in_(_some))
    .order_by(_i.level, _i.customer.desc())
)
_NUMBERS = (
    sa.select(_i.value, _c.current)
    .join(customer, sa.and_(_c.tenant == _i.tenant, _c.id == _i.customer))
    .where(_c.tenant == _tenant, _i.kind == PHONE, _c.current.in_(_some))
    .order_by(_i.value)
)
_CUSTOMERS = sa.select(customer).where(_c.tenant == _tenant, _c.id.in_(_some))
_CURRENT = sa.select(_c.id, _c.current).where(_c.tenant == _tenant, _c.id.in_(_some))


async def by_id(connection: AsyncConnection, tenant: str, id: str) -> Customer | None:
    """Who stands for the record of this id."""
    rows = (await connection.execute(_CURRENT, {"tenant": tenant, "some": [id]})).all()
    return (await _load(connection, tenant, [row.current for row in rows])).get(rows[0].current) if rows else None


async def by_numbers(connection: AsyncConnection, tenant: str, numbers: Iterable[str]) -> dict[str, Customer]:
    """Customers by each number that is known."""
    wanted = sorted({n for n in numbers if n})
    owner: dict[str, str] = {}
    for some in in_batches(wanted):
        rows = await connection.execute(_OWNERS, {"tenant": tenant, "kind": PHONE, "some": some})
        owner.update({row.value: row.current for row in rows})
    customers = await _load(connection, tenant, sorted(set(owner.values())))
    return {number: customers[id] for number, id in owner.items()}


async def _load(connection: AsyncConnection, tenant: str, ids: list[str]) -> dict[str, Customer]:
    found: dict[str, Customer] = {}
    for batch in in_batches(ids):
        some = {"tenant": tenant, "some": batch}
        numbers: dict[str, dict[str, None]] = defaultdict(dict)
        for row in await connection.execute(_NUMBERS, some):
            numbers[row.current][row.value] = None
        for row in await connection.execute(_CUSTOMERS, some):
            found[row.id] = Customer(
                row.id, row.version, row.name, tuple(numbers[row.id]), row.note, row.since, row.attributes
            )
    return found
