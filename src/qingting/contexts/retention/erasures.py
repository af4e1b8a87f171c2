"""One person's data is erased on request: what is to go is on record before anything goes, by ids alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.records import new_id

from .tables import erasure


class Erased(NamedTuple):
    tenant: str
    id: str
    at: float
    user: str
    customers: tuple[str, ...]
    contacts: tuple[str, ...]
    others: tuple[str, ...]
    refs: tuple[str, ...]
    recordings: bool


async def begin(
    connection: AsyncConnection, tenant: str, user: str, now: float, customers: Iterable[str],
    contacts: Iterable[str], others: Iterable[str], refs: Iterable[str], recordings: bool,
) -> Erased:  # fmt: skip
    some = [tuple(sorted(ids)) for ids in (customers, contacts, others, refs)]
    made = Erased(tenant, new_id("er-"), now, user, some[0], some[1], some[2], some[3], recordings)
    await connection.execute(erasure.insert().values(**_row(made)))
    return made


async def done(connection: AsyncConnection, it: Erased, now: float, waiting: bool = False) -> bool:
    """Whether it was not before. `waiting`: for the end of a conversation, which leaves more."""
    one = (*_this(it), erasure.c.done_at.is_(None))
    values = {"done_at": now, "waiting": waiting}
    return (await connection.execute(erasure.update().where(*one).values(**values))).rowcount == 1


async def waiting(connection: AsyncConnection) -> list[Erased]:
    """For the end of a conversation."""
    return await _all(connection, erasure.c.waiting, erasure.c.done_at.is_not(None))


async def more(connection: AsyncConnection, it: Erased, refs: Iterable[str]) -> Erased:
    """That these are to go as well."""
    it = it._replace(refs=tuple(sorted({*it.refs, *refs})))
    await connection.execute(erasure.update().where(*_this(it)).values(refs=list(it.refs)))
    return it


async def waits_no_more(connection: AsyncConnection, it: Erased) -> None:
    await connection.execute(erasure.update().where(*_this(it)).values(waiting=False))


async def unfinished(connection: AsyncConnection, before: float) -> list[Erased]:
    """That were asked for before, and whose process has died at it."""
    return await _all(connection, erasure.c.done_at.is_(None), erasure.c.at < before)


async def since(connection: AsyncConnection, at: float) -> list[Erased]:
    """Asked for from then on."""
    return await _all(connection, erasure.c.at >= at)


async def remember(connection: AsyncConnection, some: Iterable[Erased]) -> None:
    """Those that this database does not know yet; to be done."""
    known = {(row.tenant, row.id) for row in await connection.execute(sa.select(erasure.c.tenant, erasure.c.id))}
    rows = [_row(it) for it in some if (it.tenant, it.id) not in known]
    if rows:
        await connection.execute(erasure.insert(), rows)


async def forget(connection: AsyncConnection, tenant: str, before: float) -> None:
    await connection.execute(erasure.delete().where(erasure.c.tenant == tenant, erasure.c.done_at < before))


def _this(it: Erased) -> tuple[sa.ColumnElement[bool], ...]:
    return erasure.c.tenant == it.tenant, erasure.c.id == it.id


async def _all(connection: AsyncConnection, *which: sa.ColumnElement[bool]) -> list[Erased]:
    rows = await connection.execute(sa.select(erasure).where(*which).order_by(erasure.c.at, erasure.c.id))
    return [
        Erased(
            row.tenant, row.id, row.at, row.user_id, tuple(row.customers), tuple(row.contacts), tuple(row.others),
            tuple(row.refs), row.recordings,
        )
        for row in rows
    ]  # fmt: skip


def _row(it: Erased) -> dict[str, object]:
    return {
        "tenant": it.tenant, "id": it.id, "at": it.at, "user_id": it.user, "customers": list(it.customers),
        "contacts": list(it.contacts), "others": list(it.others), "refs": list(it.refs), "recordings": it.recordings,
    }  # fmt: skip
