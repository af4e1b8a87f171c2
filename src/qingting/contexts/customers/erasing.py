"""Customers go for good, with all that hangs on their records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.records import in_batches, tell

from . import merging
from . import tables as t
from .model import PHONE
from .queries import current
from .storing import alone


class Standing(NamedTuple):
    ids: tuple[str, ...]
    """Of all records that stand together."""
    numbers: tuple[str, ...]
    """E.164."""


async def standing(connection: AsyncConnection, tenant: str, id: str) -> Standing | None:
    """Of whoever stands for the record of this id."""
    if (now := await current(connection, tenant, id)) is None:
        return None
    c, i = t.customer.c, t.identity.c
    records = await connection.execute(sa.select(c.id).where(c.tenant == tenant, c.current == now).order_by(c.id))
    ids = tuple(records.scalars())
    phones = sa.select(i.value).where(i.tenant == tenant, i.customer.in_(ids), i.kind == PHONE).distinct()
    return Standing(ids, tuple(sorted((await connection.execute(phones)).scalars())))


async def erase(connection: AsyncConnection, tenant: str, ids: Sequence[str]) -> int:
    """Exactly these records, the merges that named them, and what others' contact books hold of the same people; who
    stood with them stands by themselves again. How many there were."""
    await alone(connection, tenant)
    stood = await merging.beside(connection, tenant, ids)
    gone = sorted(stood.keys() & set(ids))
    for some in in_batches(gone):
        await _out_of_books(connection, tenant, some)
        m, c, i = t.merge.c, t.customer.c, t.identity.c
        named = sa.or_(m.source.in_(some), m.target.in_(some))
        await connection.execute(sa.delete(t.merge).where(m.tenant == tenant, named))
        await connection.execute(sa.delete(t.identity).where(i.tenant == tenant, i.customer.in_(some)))
        await connection.execute(sa.delete(t.customer).where(c.tenant == tenant, c.id.in_(some)))
    if left := {id: now for id, now in stood.items() if id not in gone}:
        await merging.stand(connection, tenant, left)
    for id in gone:
        await tell(connection, tenant, "customers", "customer_removed", {"customer": id})
    return len(gone)


async def _out_of_books(connection: AsyncConnection, tenant: str, ids: Sequence[str]) -> None:
    i, b = t.identity.c, t.book.c
    theirs = sa.select(i.kind, i.value).where(i.tenant == tenant, i.customer.in_(ids)).distinct()
    for kind, value in (await connection.execute(theirs)).all():
        await connection.execute(sa.delete(t.book).where(b.tenant == tenant, b.kind == kind, b.value == value))
