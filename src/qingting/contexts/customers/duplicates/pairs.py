"""Pairs that may be the same, kept until somebody decides; what people said of them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.errors import NotFound, Refused

from .. import tables as customers
from ..record import whole
from ..storing import alone, put
from . import tables as t
from .comparing import LEAST, Facts, score, why
from .finding import facts, suspects

Pair = tuple[str, str]


class Found(NamedTuple):
    a: str
    b: str
    score: float
    why: list[str]
    put_off: float
    """When somebody put it off; 0: nobody did."""

    @property
    def key(self) -> tuple[float, float, str, str]:
        """The surest first, what was put off last."""
        return self.put_off, -self.score, self.a, self.b


def pair(one: str, other: str) -> Pair:
    return (one, other) if one < other else (other, one)


async def keep(connection: AsyncConnection, tenant: str, asked: Iterable[Pair], known: Mapping[str, Facts]) -> int:
    """Those of `asked` that may be the same, of whom nobody said that they are not; how many. One that was put off
    stays so."""
    now, rows = time.time(), []
    asked = list(asked)
    said = await _said_distinct(connection, tenant, {id for both in asked for id in both})
    for a, b in asked:
        if a not in known or b not in known or (a, b) in said:
            continue
        reasons = why(known[a], known[b])
        if (sure := score(reasons)) >= LEAST:
            row = {"tenant": tenant, "a": a, "b": b, "score": sure, "why": sorted(reasons)}
            rows.append(row | {"put_off": 0.0, "found_at": now})
    await put(connection, t.pair, rows, ("score", "why", "found_at"))
    return len(rows)


async def renew(connection: AsyncConnection, tenant: str, id: str) -> None:
    """After records came to stand together, or no longer do: with whom they may be the same now."""
    it = await whole(connection, tenant, id)
    if it is None:
        return
    p = t.pair.c
    theirs = sa.or_(p.a.in_(it.ids), p.b.in_(it.ids))
    await connection.execute(sa.delete(t.pair).where(p.tenant == tenant, theirs))
    me = it.one["id"]
    others = [one.customer for one in await suspects(connection, tenant, it)]
    known = await facts(connection, tenant, [me, *others])
    await keep(connection, tenant, [pair(me, other) for other in others], known)


async def still_open(
    connection: AsyncConnection, tenant: str, after: tuple[Any, ...] | None, limit: int
) -> list[Found]:
    p = t.pair.c
    query = sa.select(p.a, p.b, p.score, p.why, p.put_off).where(*_open(tenant))
    key = (p.put_off, -p.score, p.a, p.b)
    if after is not None:
        query = query.where(sa.tuple_(*key) > sa.tuple_(*map(sa.literal, after)))
    return [Found(*row) for row in await connection.execute(query.order_by(*key).limit(limit))]


async def said_distinct(
    connection: AsyncConnection, tenant: str, after: tuple[Any, ...] | None, limit: int
) -> list[dict[str, Any]]:
    """`{a, b, at, user_id}`, what was said last first; `a`, `b` are who stands for them now."""
    d, one, other = t.distinct.c, customers.customer.alias(), customers.customer.alias()
    query = (
        sa.select(one.c.id.label("a"), other.c.id.label("b"), d.at, d.user_id)
        .join(one, sa.and_(one.c.tenant == d.tenant, one.c.id == d.a))
        .join(other, sa.and_(other.c.tenant == d.tenant, other.c.id == d.b))
        .where(d.tenant == tenant, one.c.current != other.c.current)
    )
    key = (-d.at, d.a, d.b)
    if after is not None:
        query = query.where(sa.tuple_(*key) > sa.tuple_(*map(sa.literal, after)))
    return [dict(row) for row in (await connection.execute(query.order_by(*key).limit(limit))).mappings()]


async def counts(connection: AsyncConnection, tenant: str) -> dict[str, int]:
    """`{open, distinct}`."""
    opened = sa.select(sa.func.count()).select_from(t.pair).where(*_open(tenant))
    said = sa.select(sa.func.count()).select_from(t.distinct).where(t.distinct.c.tenant == tenant)
    return {"open": await connection.scalar(opened) or 0, "distinct": await connection.scalar(said) or 0}


async def say_distinct(connection: AsyncConnection, tenant: str, one: str, other: str, user: str) -> None:
    """They are not the same. Said twice it is said once. Raises as `_both`."""
    a, b = await _both(connection, tenant, one, other)
    row = {"tenant": tenant, "a": a, "b": b, "at": time.time(), "user_id": user}
    await put(connection, t.distinct, [row])
    await connection.execute(sa.delete(t.pair).filter_by(tenant=tenant, a=a, b=b))


async def take_back(connection: AsyncConnection, tenant: str, one: str, other: str) -> None:
    """They may be the same after all, whichever of the records that stand with theirs it was said of."""
    a, b = await _both(connection, tenant, one, other)
    c, d = customers.customer.c, t.distinct.c
    of = {id: sa.select(c.id).where(c.tenant == tenant, c.current == id) for id in (a, b)}
    either = sa.or_(sa.and_(d.a.in_(of[a]), d.b.in_(of[b])), sa.and_(d.a.in_(of[b]), d.b.in_(of[a])))
    await connection.execute(sa.delete(t.distinct).where(d.tenant == tenant, either))
    await keep(connection, tenant, [(a, b)], await facts(connection, tenant, (a, b)))


async def put_off(connection: AsyncConnection, tenant: str, one: str, other: str) -> None:
    """It comes after all others. Raises as `_both`, or `NotFound("pair.unknown")`."""
    a, b = await _both(connection, tenant, one, other)
    mine = t.pair.update().where(t.pair.c.tenant == tenant, t.pair.c.a == a, t.pair.c.b == b)
    if (await connection.execute(mine.values(put_off=time.time()))).rowcount == 0:
        raise NotFound("pair.unknown", a=a, b=b)


async def _both(connection: AsyncConnection, tenant: str, one: str, other: str) -> Pair:
    """Who stands for them. Raises `NotFound("customer.unknown")`, `Refused("merge.already")`."""
    await alone(connection, tenant)
    c = customers.customer.c
    rows = await connection.execute(sa.select(c.id, c.current).where(c.tenant == tenant, c.id.in_((one, other))))
    stands = {row.id: row.current for row in rows}
    for id in (one, other):
        if id not in stands:
            raise NotFound("customer.unknown", id=id)
    if stands[one] == stands[other]:
        raise Refused("merge.already", "they are one customer by now")
    return pair(stands[one], stands[other])


def _open(tenant: str) -> tuple[sa.ColumnElement[bool], ...]:
    """Both still stand for themselves: a merge that was made since is no question any more."""
    p, c = t.pair.c, customers.customer.c
    stands = sa.select(c.id).where(c.tenant == p.tenant, c.current == c.id)
    return p.tenant == tenant, stands.where(c.id == p.a).exists(), stands.where(c.id == p.b).exists()


async def _said_distinct(connection: AsyncConnection, tenant: str, ids: set[str]) -> set[Pair]:
    d, one, other = t.distinct.c, customers.customer.alias(), customers.customer.alias()
    query = (
        sa.select(one.c.current, other.c.current)
        .select_from(t.distinct)
        .join(one, sa.and_(one.c.tenant == d.tenant, one.c.id == d.a))
        .join(other, sa.and_(other.c.tenant == d.tenant, other.c.id == d.b))
        .where(d.tenant == tenant, sa.or_(one.c.current.in_(sorted(ids)), other.c.current.in_(sorted(ids))))
    )
    return {pair(*row) for row in await connection.execute(query)}
