"""Reads of customers."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ...records import in_batches
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


"""Parameters of one statement: both databases take more, within limits."""

# Made once: they are asked for each caller, and to build one takes longer than to run it.
_tenant: sa.BindParameter[str] = sa.bindparam("tenant")
_some: sa.BindParameter[str] = sa.bindparam("some", expanding=True)
_phones = sa.select(identity.c.value, identity.c.customer).where(
    identity.c.tenant == _tenant, identity.c.kind == "phone"
)
_OWNERS = _phones.where(identity.c.value.in_(_some))
_NUMBERS = _phones.where(identity.c.customer.in_(_some)).order_by(identity.c.value)
_CUSTOMERS = sa.select(customer).where(customer.c.tenant == _tenant, customer.c.id.in_(_some))


async def by_id(connection: AsyncConnection, tenant: str, id: str) -> Customer | None:
    return (await _load(connection, tenant, [id])).get(id)


async def by_numbers(connection: AsyncConnection, tenant: str, numbers: Iterable[str]) -> dict[str, Customer]:
    """Customers by each number that is known."""
    wanted = sorted({n for n in numbers if n})
    owner: dict[str, str] = {}
    for some in in_batches(wanted):
        rows = await connection.execute(_OWNERS, {"tenant": tenant, "some": some})
        owner.update({row.value: row.customer for row in rows})
    customers = await _load(connection, tenant, sorted(set(owner.values())))
    return {number: customers[id] for number, id in owner.items()}


async def _load(connection: AsyncConnection, tenant: str, ids: list[str]) -> dict[str, Customer]:
    found: dict[str, Customer] = {}
    for batch in in_batches(ids):
        some = {"tenant": tenant, "some": batch}
        numbers: dict[str, list[str]] = defaultdict(list)
        for row in await connection.execute(_NUMBERS, some):
            numbers[row.customer].append(row.value)
        for row in await connection.execute(_CUSTOMERS, some):
            found[row.id] = Customer(
                row.id, row.version, row.name, tuple(numbers[row.id]), row.note, row.since, row.attributes
            )
    return found
