"""Segments as they are kept: made, changed, counted."""

from __future__ import annotations

import time
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.errors import NotFound, Refused, TooMany
from qingting.records import new_id

from .. import fields, listing
from .. import tables as t
from . import compiling, reading, renewing
from . import rule as r
from .bounded import TooSlow, within
from .tables import segment

MOST = 200
"""Of a tenant."""
COUNT_S = 2.0
"""How long somebody waits for a count, at most; then once more so long for `FEW`."""
FEW = 1000


class Counted(NamedTuple):
    many: int | None
    """None: not even a part of them could be counted in time."""
    how: str
    """`now`; `known`: when they were last counted to the end, `at`; `more_than`."""
    at: float


async def of_tenant(connection: AsyncConnection, tenant: str) -> list[dict[str, Any]]:
    rows = await connection.execute(sa.select(segment).where(segment.c.tenant == tenant).order_by(segment.c.id))
    return [told(row) for row in rows.mappings()]


async def one(connection: AsyncConnection, tenant: str, id: str) -> dict[str, Any]:
    """Raises `NotFound("segment.unknown")`."""
    query = sa.select(segment).where(segment.c.tenant == tenant, segment.c.id == id)
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        raise NotFound("segment.unknown", id=id)
    return told(row)


def told(row: Any) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("tenant", "user_id")}


async def read(connection: AsyncConnection, tenant: str, raw: object) -> r.Rule:
    """Raises as `reading.read`."""
    return reading.read(raw, await fields.of_tenant(connection, tenant))


async def create(connection: AsyncConnection, tenant: str, user: str, names: dict[str, str], raw: Any) -> str:
    """Returns its id. Raises as `read`, `TooMany("segment.too_many")`."""
    await read(connection, tenant, raw)
    count = sa.select(sa.func.count()).where(segment.c.tenant == tenant)
    if (await connection.scalar(count) or 0) >= MOST:
        raise TooMany("segment.too_many", f"{MOST} segments at most", most=MOST)
    values = {"id": new_id("sg-"), "version": 1, "names": names, "rule": raw, "changed_at": time.time()}
    await connection.execute(segment.insert().values(tenant=tenant, user_id=user, **values))
    await renewing.ask(connection, tenant)
    return str(values["id"])


async def change(
    connection: AsyncConnection, tenant: str, id: str, version: int, names: dict[str, str], raw: Any
) -> None:
    """Raises as `read` and `one`, `Refused("changed_meanwhile")`."""
    await one(connection, tenant, id)
    await read(connection, tenant, raw)
    values = {"version": version + 1, "names": names, "rule": raw, "changed_at": time.time()}
    mine = (segment.c.tenant == tenant, segment.c.id == id)
    done = await connection.execute(
        segment.update().where(*mine, segment.c.version == version).values(**values, counted=None, counted_at=None)
    )
    if done.rowcount != 1:
        raise Refused("changed_meanwhile", "somebody else changed it meanwhile")
    await renewing.ask(connection, tenant)


async def remove(connection: AsyncConnection, tenant: str, id: str) -> None:
    """Raises as `one`."""
    await one(connection, tenant, id)
    await connection.execute(segment.delete().where(segment.c.tenant == tenant, segment.c.id == id))


async def applied(connection: AsyncConnection, tenant: str, zone: str, wanted: listing.Filter) -> listing.Filter:
    """`zone`: the tenant's. Raises as `one`."""
    if not wanted.segment:
        return wanted
    rule = await read(connection, tenant, (await one(connection, tenant, wanted.segment))["rule"])
    return wanted._replace(members=members(rule, world(connection, tenant, zone)))


def members(rule: r.Rule, world: compiling.World) -> listing.Segment:
    return listing.Segment(lambda leader: compiling.fits(rule, world, leader))


def world(connection: AsyncConnection, tenant: str, zone: str) -> compiling.World:
    return compiling.World(tenant, time.time(), zone, connection.dialect.name)


async def count(connection: AsyncConnection, rule: r.Rule, world: compiling.World) -> Counted:
    """In the time there is. Raises `TooSlow` never; `known` is for whoever keeps what was counted."""
    those = sa.select(t.customer.c.id).where(compiling.of_all(world), compiling.fits(rule, world))
    for query in (those, those.limit(FEW + 1)):
        try:
            async with within(connection, COUNT_S):
                found = await connection.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0
        except TooSlow:
            await connection.rollback()
            continue
        if query is those or found <= FEW:
            return Counted(found, "now", world.now)
        return Counted(FEW, "more_than", world.now)
    return Counted(None, "more_than", world.now)


async def keep_count(connection: AsyncConnection, tenant: str, it: dict[str, Any], counted: Counted) -> None:
    """Of the segment as it was when it was counted."""
    mine = (segment.c.tenant == tenant, segment.c.id == it["id"], segment.c.version == it["version"])
    await connection.execute(segment.update().where(*mine).values(counted=counted.many, counted_at=counted.at))
