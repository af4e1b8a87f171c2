"""All customers of a tenant compared: not each with each, but those who have an identity, or a name and something
more, in common. In small steps with rests between, beside the work of the day."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.records import Records

from .. import tables as customers
from ..storing import put
from . import pairs
from . import tables as t
from .finding import MOST, facts

STEP = 200
"""Groups at a time."""
REST_S = 0.02
PAIRS_MOST = 20_000
"""More than people can decide; the rest is found once these are."""
FRESH_S, DEAD_S = 600.0, 60.0
"""For how long a sweep will do; after which silence another may begin."""

Groups = list[set[str]]


async def begin(connection: AsyncConnection, tenant: str, anew: bool) -> float | None:
    """When it began, if it is for the caller to do; None while somebody does it, or did of late (unless `anew`)."""
    last, now = await state(connection, tenant), time.time()
    if last["running"] or (not anew and (last["ended_at"] or 0) > now - FRESH_S):
        return None
    row = {"tenant": tenant, "started_at": now, "beat_at": now, "ended_at": None, "full": False}
    await put(connection, t.sweep, [row], ("started_at", "beat_at", "ended_at", "full"))
    return now


async def state(connection: AsyncConnection, tenant: str) -> dict[str, Any]:
    """`{running, ended_at, full}`; `full`: there are more than are kept."""
    row = (await connection.execute(sa.select(t.sweep).where(t.sweep.c.tenant == tenant))).first()
    if row is None:
        return {"running": False, "ended_at": None, "full": False}
    running = row.ended_at is None and row.beat_at > time.time() - DEAD_S
    return {"running": running, "ended_at": row.ended_at, "full": row.full}


async def sweep(records: Records, tenant: str, began: float) -> None:
    """What `begin` gave. One that is cut short leaves what it has found; the next one begins anew."""
    count, full = 0, False
    async for groups in _groups(records, tenant):
        asked = {pairs.pair(*both) for group in groups for both in itertools.combinations(sorted(group)[:MOST], 2)}
        async with records.read() as connection:
            known = await facts(connection, tenant, {id for both in asked for id in both})
        async with records.write() as connection:
            count += await pairs.keep(connection, tenant, asked, known)
            await _note(connection, tenant, beat_at=time.time())
        if full := count >= PAIRS_MOST:
            break
        await asyncio.sleep(REST_S)
    async with records.write() as connection:
        if not full:
            p = t.pair.c
            await connection.execute(sa.delete(t.pair).where(p.tenant == tenant, p.found_at < began))
        await _note(connection, tenant, ended_at=time.time(), full=full)


async def _note(connection: AsyncConnection, tenant: str, **told: Any) -> None:
    await connection.execute(t.sweep.update().where(t.sweep.c.tenant == tenant).values(**told))


class _Way(NamedTuple):
    """By what customers are brought together: those for whom all of `key` is the same."""

    key: tuple[sa.ColumnElement[Any], ...]
    rows: tuple[sa.ColumnElement[bool], ...]
    members: sa.Select[Any]
    """What they have in common, then who stands for them."""


def _ways(tenant: str) -> tuple[_Way, ...]:
    c, i, a = customers.customer.c, customers.identity.c, customers.address.c
    held = sa.and_(c.tenant == i.tenant, c.id == i.customer)
    lives = sa.and_(c.tenant == a.tenant, c.id == a.customer)
    known = sa.select(i.kind, i.value, c.current).join(customers.customer, held)
    named = sa.select(c.name_key, c.born, c.current)
    return (
        _Way((i.kind, i.value), (i.tenant == tenant,), known),
        _Way((c.name_key, c.born), (c.tenant == tenant, c.name_key > "", c.born > ""), named),
        # An address is of a whole block of flats: only of those of one name.
        _Way(
            (a.key,), (a.tenant == tenant,), sa.select(a.key, c.name_key, c.current).join(customers.customer, lives)
        ),
    )


async def _groups(records: Records, tenant: str) -> AsyncIterator[Groups]:
    """Customers who have something in common, `STEP` such things at a time."""
    for way in _ways(tenant):
        key = sa.tuple_(*way.key)
        several = sa.select(*way.key).where(*way.rows).group_by(*way.key).having(sa.func.count() > 1)
        begin, found = several, [()] * STEP
        while len(found) == STEP:
            async with records.read() as connection:
                some = await connection.execute(begin.order_by(*way.key).limit(STEP))
                found = [tuple(row) for row in some]
                # Each part for itself as well: SQLite finds nothing by an index for several at once.
                parts = (column.in_({told[n] for told in found}) for n, column in enumerate(way.key))
                members = way.members.where(*way.rows, key.in_(found), *parts)
                groups = _several(await connection.execute(members)) if found else []
            yield groups
            if found:
                begin = several.where(key > sa.tuple_(*map(sa.literal, found[-1])))


def _several(rows: Iterable[Any]) -> Groups:
    together: dict[Any, set[str]] = defaultdict(set)
    for *key, current in rows:
        if key[-1]:
            together[tuple(key)].add(current)
    return [group for group in together.values() if len(group) > 1]
