"""Whose turn it is to renew a tenant's tags and counts: one process at a time, for as long as it shows life."""

from __future__ import annotations

import time
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.records import new_id

from ..storing import put
from .tables import renewal

EVERY_S = 3600.0
HELD_S = 60.0
"""Without a sign of life it is another's turn."""
AGAIN_S = 600.0
"""After it broke."""


class Turn(NamedTuple):
    tenant: str
    holder: str


async def ask(connection: AsyncConnection, tenant: str) -> None:
    """It is due now, also when it is under way."""
    now = time.time()
    await put(connection, renewal, [{"tenant": tenant, "due_at": now}], ("due_at",))


async def take(connection: AsyncConnection) -> Turn | None:
    """The longest due one that nobody holds, from now on held by whoever asks."""
    now = time.time()
    free = (renewal.c.due_at <= now, renewal.c.held_until < now)
    query = sa.select(renewal.c.tenant).where(*free).order_by(renewal.c.due_at).limit(1)
    tenant = await connection.scalar(query)
    if tenant is None:
        return None
    holder = new_id()
    values = {"holder": holder, "held_until": now + HELD_S, "started_at": now, "problem": ""}
    taken = await connection.execute(renewal.update().where(renewal.c.tenant == tenant, *free).values(**values))
    return Turn(tenant, holder) if taken.rowcount == 1 else None


async def hold(connection: AsyncConnection, turn: Turn) -> bool:
    """A sign of life, in the transaction of what is written; False: it is another's turn by now, write nothing."""
    mine = _mine(turn)
    held = await connection.execute(renewal.update().where(*mine).values(held_until=time.time() + HELD_S))
    return held.rowcount == 1


async def end(connection: AsyncConnection, turn: Turn, problem: str = "") -> None:
    """The next is in a while, unless it was asked for meanwhile. `problem`: why it broke."""
    now = time.time()
    after = now + (AGAIN_S if problem else EVERY_S)
    asked_again = renewal.c.due_at > renewal.c.started_at
    due = sa.case((asked_again, renewal.c.due_at), else_=after) if not problem else after
    values = {"held_until": 0.0, "holder": "", "due_at": due, "problem": problem}
    if not problem:
        values["ended_at"] = now
    await connection.execute(renewal.update().where(*_mine(turn)).values(**values))


def _mine(turn: Turn) -> tuple[sa.ColumnElement[bool], ...]:
    return renewal.c.tenant == turn.tenant, renewal.c.holder == turn.holder
