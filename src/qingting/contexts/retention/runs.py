"""Whose turn it is, and the log of what went."""

from __future__ import annotations

from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.records import new_id

from .tables import run, turn

LEASE_S = 120.0
"""A process that was killed keeps others waiting so long."""


class TurnLost(Exception):
    """Another process has taken the turn: this one erases nothing more."""


class Turn(NamedTuple):
    tenant: str
    holder: str


async def due(connection: AsyncConnection, tenant: str, now: float) -> bool:
    found = (await connection.execute(sa.select(turn).where(turn.c.tenant == tenant))).one_or_none()
    return found is None or (found.next_at <= now and found.until <= now)


async def take(connection: AsyncConnection, tenant: str, now: float) -> Turn | None:
    """None: it is not due, or another process is at it."""
    await _there(connection, tenant)
    mine = Turn(tenant, new_id("rt-"))
    free = (turn.c.tenant == tenant, turn.c.until <= now, turn.c.next_at <= now)
    taken = await connection.execute(turn.update().where(*free).values(holder=mine.holder, until=now + LEASE_S))
    return mine if taken.rowcount == 1 else None


async def keep(connection: AsyncConnection, mine: Turn, now: float) -> None:
    """Raises `TurnLost`, which rolls back the batch it belongs to."""
    held = (turn.c.tenant == mine.tenant, turn.c.holder == mine.holder)
    kept = await connection.execute(turn.update().where(*held).values(until=now + LEASE_S))
    if kept.rowcount != 1:
        raise TurnLost


async def give_back(connection: AsyncConnection, mine: Turn, now: float, next_at: float) -> None:
    held = (turn.c.tenant == mine.tenant, turn.c.holder == mine.holder)
    await connection.execute(
        # One who asked for a run meanwhile is not forgotten.
        turn.update()
        .where(*held)
        .values(holder="", until=0.0, last_at=now, next_at=sa.case((turn.c.next_at == 0.0, 0.0), else_=next_at))
    )


async def begin_pass(connection: AsyncConnection, mine: Turn, next_at: float) -> None:
    held = (turn.c.tenant == mine.tenant, turn.c.holder == mine.holder)
    await connection.execute(turn.update().where(*held).values(next_at=next_at))


async def ask(connection: AsyncConnection, tenant: str) -> None:
    """As soon as may be."""
    await _there(connection, tenant)
    await connection.execute(turn.update().where(turn.c.tenant == tenant).values(next_at=0.0))


async def _there(connection: AsyncConnection, tenant: str) -> None:
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    await connection.execute(insert(turn).values(tenant=tenant, next_at=0.0).on_conflict_do_nothing())


# --- the log -----------------------------------------------------------------------------------------------------


async def unfinished(connection: AsyncConnection, tenant: str) -> list[Any]:
    query = sa.select(run).where(run.c.tenant == tenant, run.c.ended_at.is_(None)).order_by(run.c.id)
    return list(await connection.execute(query))


async def begin(
    connection: AsyncConnection, tenant: str, kind: str, days: int, before: float, now: float
) -> tuple[str, str]:
    """(tenant, id)"""
    id = new_id("rr-")
    values = {"tenant": tenant, "id": id, "kind": kind, "days": days, "before": before, "started_at": now}
    await connection.execute(run.insert().values(**values))
    return tenant, id


async def count(connection: AsyncConnection, which: tuple[str, str], erased: int) -> None:
    await connection.execute(run.update().where(*_is(which)).values(erased=run.c.erased + erased))


async def end(connection: AsyncConnection, which: tuple[str, str], now: float, held: int, trouble: str = "") -> int:
    """How many went in all; of one in which nothing did nothing is kept."""
    erased = await connection.scalar(sa.select(run.c.erased).where(*_is(which))) or 0
    if erased or trouble:
        ended = {"ended_at": now, "held": held, "trouble": trouble}
        await connection.execute(run.update().where(*_is(which)).values(**ended))
    else:
        await connection.execute(run.delete().where(*_is(which)))
    return int(erased)


async def forget(connection: AsyncConnection, tenant: str, before: float) -> None:
    await connection.execute(run.delete().where(run.c.tenant == tenant, run.c.ended_at < before))


async def latest(connection: AsyncConnection, tenant: str) -> dict[str, Any]:
    """By kind."""
    newest = sa.select(sa.func.max(run.c.id)).where(run.c.tenant == tenant).group_by(run.c.kind)
    rows = await connection.execute(sa.select(run).where(run.c.tenant == tenant, run.c.id.in_(newest)))
    return {row.kind: row for row in rows}


async def listed(connection: AsyncConnection, tenant: str, before: str, limit: int) -> list[Any]:
    """Newest first."""
    query = sa.select(run).where(run.c.tenant == tenant).order_by(run.c.id.desc()).limit(limit)
    return list(await connection.execute(query.where(run.c.id < before) if before else query))


async def state(connection: AsyncConnection, tenant: str) -> Any:
    return (await connection.execute(sa.select(turn).where(turn.c.tenant == tenant))).one_or_none()


def _is(which: tuple[str, str]) -> tuple[sa.ColumnElement[bool], ...]:
    return run.c.tenant == which[0], run.c.id == which[1]
