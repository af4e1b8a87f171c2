"""Customers with whom nobody has been in touch for long, and old notes: found, and erased."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.contexts.contacts.api import in_touch
from qingting.contexts.retention.api import Kind, Old, Page, Position, Tell
from qingting.records import Records

from . import tables as t
from .erasing import erase, standing
from .model import PHONE


def kinds(records: Records) -> list[Kind]:
    return [
        Kind("notes", "notes_days", _notes, partial(_erase_notes, records)),
        Kind("customers", "customers_days", _silent, partial(_erase_customers, records)),
    ]


async def _silent(
    connection: AsyncConnection, tenant: str, before: float, after: Position | None, limit: int
) -> Page:
    """Those of whose records none was changed since, who had no contact, wait for none, and said nothing else."""
    c, i = t.customer.c, t.identity.c
    key = (c.changed_at, c.id)
    mine = (c.tenant == tenant, c.current == c.id, c.changed_at < before)
    query = sa.select(*key).where(*mine).order_by(*key).limit(limit)
    if after is not None:
        query = query.where(sa.tuple_(*key) > sa.tuple_(*map(sa.literal, after)))
    rows = (await connection.execute(query)).all()
    stands = sa.select(c.id, c.current, c.changed_at).where(c.tenant == tenant, c.current.in_([it.id for it in rows]))
    current, touched = {}, set[str]()
    for row in await connection.execute(stands):
        current[row.id] = row.current
        if row.changed_at >= before:
            touched.add(row.current)
    for table in (t.note, t.consent):
        said = sa.select(table.c.customer).where(
            table.c.tenant == tenant, table.c.customer.in_(list(current)), table.c.at >= before
        )
        touched.update(current[id] for id in (await connection.execute(said.distinct())).scalars())
    phones = sa.select(i.customer, i.value).where(i.tenant == tenant, i.customer.in_(list(current)), i.kind == PHONE)
    numbers = [(row.value, current[row.customer]) for row in await connection.execute(phones)]
    calling = await in_touch(connection, tenant, [number for number, _ in numbers], before)
    touched.update(id for number, id in numbers if number in calling)
    records_of: dict[str, set[str]] = {}
    for id, stands_for in current.items():
        records_of.setdefault(stands_for, set()).add(id)
    silent = [Old(row.id, frozenset(records_of[row.id])) for row in rows if row.id not in touched]
    return Page(silent, tuple(rows[-1]) if len(rows) == limit else None)


async def _notes(connection: AsyncConnection, tenant: str, before: float, after: Position | None, limit: int) -> Page:
    """But those that are pinned: somebody wants them seen."""
    n, c = t.note.c, t.customer.c
    both = t.note.join(t.customer, sa.and_(c.tenant == n.tenant, c.id == n.customer))
    query = (
        sa.select(n.id, n.customer, c.current, n.contact)
        .select_from(both)
        .where(n.tenant == tenant, n.at < before, n.pinned.is_(False))
        .order_by(n.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(n.id > after[0])
    rows = (await connection.execute(query)).all()
    found = [Old(row.id, frozenset({row.customer, row.current, row.contact} - {""})) for row in rows]
    return Page(found, (rows[-1].id,) if len(rows) == limit else None)


async def _erase_customers(records: Records, tenant: str, ids: Sequence[str], tell: Tell) -> None:
    for id in ids:  # each with all its records: none is half gone
        async with records.write() as connection:
            if (it := await standing(connection, tenant, id)) is not None:
                await erase(connection, tenant, it.ids)
                await tell(connection, 1)


async def _erase_notes(records: Records, tenant: str, ids: Sequence[str], tell: Tell) -> None:
    async with records.write() as connection:
        n = t.note.c
        gone = await connection.execute(sa.delete(t.note).where(n.tenant == tenant, n.id.in_(ids)))
        await tell(connection, gone.rowcount)
