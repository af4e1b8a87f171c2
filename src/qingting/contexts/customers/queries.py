"""Reads of customers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from .tables import customer, identity


class Customer(NamedTuple):
    id: str
    version: int
    name: str
    numbers: tuple[str, ...]
    """E.164, sorted."""
    note: str


_AT_ONCE = 500
"""Parameters of one statement: both databases take more, within limits."""


async def by_id(connection: AsyncConnection, tenant: str, id: str) -> Customer | None:
    return (await _load(connection, tenant, [id])).get(id)


async def by_numbers(connection: AsyncConnection, tenant: str, numbers: Iterable[str]) -> dict[str, Customer]:
    """Customers by each number that is known."""
    wanted = sorted({n for n in numbers if n})
    owner: dict[str, str] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        rows = await connection.execute(
            sa.select(identity.c.value, identity.c.customer).where(
                identity.c.tenant == tenant,
                identity.c.kind == "phone",
                identity.c.value.in_(wanted[start : start + _AT_ONCE]),
            )
        )
        owner.update({row.value: row.customer for row in rows})
    customers = await _load(connection, tenant, sorted(set(owner.values())))
    return {number: customers[id] for number, id in owner.items()}


async def _load(connection: AsyncConnection, tenant: str, ids: list[str]) -> dict[str, Customer]:
    found: dict[str, Customer] = {}
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        numbers: dict[str, list[str]] = defaultdict(list)
        for row in await connection.execute(
            sa.select(identity.c.customer, identity.c.value)
            .where(identity.c.tenant == tenant, identity.c.customer.in_(some), identity.c.kind == "phone")
            .order_by(identity.c.value)
        ):
            numbers[row.customer].append(row.value)
        for row in await connection.execute(
            sa.select(customer).where(customer.c.tenant == tenant, customer.c.id.in_(some))
        ):
            found[row.id] = Customer(row.id, row.version, row.name, tuple(numbers[row.id]), row.note)
    return found
