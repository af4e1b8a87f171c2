"""Customers whose line falls, and who sees to them: from the lines in short."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from .. import tables as customers
from . import tables as t

FRESH_S = 90 * 86_400.0
"""A fall that ended longer ago is no longer listed: nobody can make up for it any more."""
_c, _l, _r = customers.customer.c, t.line.c, t.recovery.c
_FOUND = (
    sa.select(
        t.line,
        _c.name,
        _r.user_id,
        _r.taken_at,
        _r.done_at,
        _r.result,
    )
    # A line of a record for which another stands by now is no line.
    .join(customers.customer, sa.and_(_c.tenant == _l.tenant, _c.id == _l.customer, _c.current == _l.customer))
    .outerjoin(t.recovery, sa.and_(_r.tenant == _l.tenant, _r.id == _l.recovery))
)


async def falling(
    connection: AsyncConnection,
    tenant: str,
    states: tuple[str, ...],
    lines: frozenset[str] | None,
    now: float,
    before: tuple[float, str] | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Those who fell last first, one more than `limit` when there is more. `lines`: of which it may be told; None:
    all."""
    query = _FOUND.where(_l.tenant == tenant, _l.ended_at >= now - FRESH_S)
    if lines is not None:
        query = query.where(_l.line.in_(sorted(lines)))
    if before is not None:
        at, id = before
        query = query.where(_l.ended_at <= at, sa.or_(_l.ended_at < at, _l.customer < id))
    query = query.order_by(_l.ended_at.desc(), _l.customer.desc()).limit(limit + 1)
    found: list[dict[str, Any]] = []
    for state in states:  # one after the other: each is read in the order of the index, and no further than need be
        found += [dict(row) for row in (await connection.execute(query.where(_l.state == state))).mappings()]
    return sorted(found, key=lambda row: (row["ended_at"], row["customer"]), reverse=True)[: limit + 1]


async def one(connection: AsyncConnection, tenant: str, customer: str) -> dict[str, Any] | None:
    row = (await connection.execute(_FOUND.where(_l.tenant == tenant, _l.customer == customer))).mappings().first()
    return dict(row) if row is not None else None
