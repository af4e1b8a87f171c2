"""Counts for desks and floors. Metric definitions as in the glossary: per visit, in the interval of its offer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.records import as_found

from . import tables as t

YEAR_S = 365 * 86_400
REMEMBERED_S = 30 * 86_400
"""How long ago the agent whom a customer had last may be."""


class CustomerCounts(NamedTuple):
    today: int
    year: int
    """In the last 365 days, today's among them."""
    last_at: float | None
    answered: int = 0
    """Of the year's, those in which they talked with a person."""


class QueueToday(NamedTuple):
    """Visits offered since midnight. decided = answered + abandoned + `overdue`; level = in target / decided."""

    offered: int
    answered: int
    answered_in_target: int
    abandoned: int
    """After more than the short-abandon threshold."""
    short_abandoned: int
    flow_out: int
    escalated: int
    """Answered, and passed on to the second line."""
    overdue: int
    """Still waiting, longer than the service level's seconds."""


def midnight(now: float, zone: str) -> float:
    local = dt.datetime.fromtimestamp(now, ZoneInfo(zone))
    return local.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()


async def counts(
    connection: AsyncConnection, tenant: str, numbers: Iterable[str], now: float, zone: str, but: str = ""
) -> CustomerCounts:
    """Contacts by any of these numbers (E.164), `but` one: the contact that is just coming in."""
    c = t.contact.c
    row = (
        await connection.execute(
            sa.select(
                sa.func.count().filter(c.arrived_at >= midnight(now, zone)),
                sa.func.count(),
                sa.func.max(c.arrived_at),
                sa.func.count().filter(c.outcome == "answered"),
            ).where(
                c.tenant == tenant,
                c.number.in_(sorted(set(numbers))),
                c.arrived_at >= now - YEAR_S,
                c.id != but,
            )
        )
    ).one()
    return CustomerCounts(*row)


_c = t.contact.c
_BY_NUMBER = (
    sa.select(
        _c.number,
        sa.func.count().filter(_c.arrived_at >= sa.bindparam("midnight")),
        sa.func.count(),
        sa.func.max(_c.arrived_at),
        sa.func.count().filter(_c.outcome == "answered"),
    )
    .where(
        _c.tenant == sa.bindparam("tenant"),
        _c.number.in_(sa.bindparam("numbers", expanding=True)),
        _c.arrived_at >= sa.bindparam("since"),
        _c.id.not_in(sa.bindparam("but", expanding=True)),
    )
    .group_by(_c.number)
)
"""Made once: it is asked for each caller, and to build it takes longer than to run it."""


async def counts_by_number(
    connection: AsyncConnection, tenant: str, numbers: Iterable[str], now: float, zone: str, but: Iterable[str]
) -> dict[str, CustomerCounts]:
    """As `counts`, for many numbers at once; numbers without an earlier contact are absent."""
    asked = {"tenant": tenant, "numbers": sorted(set(numbers)), "but": sorted(but)}
    rows = await connection.execute(_BY_NUMBER, asked | {"midnight": midnight(now, zone), "since": now - YEAR_S})
    return {row[0]: CustomerCounts(*row[1:]) for row in rows}


async def last_agents(connection: AsyncConnection, tenant: str, numbers: Iterable[str], now: float) -> dict[str, str]:
    """By number, the agent with whom they talked last; absent where there was none of late."""
    rows = await connection.execute(
        _LAST_AGENTS, {"tenant": tenant, "numbers": sorted(set(numbers)), "since": now - REMEMBERED_S}
    )
    return {row.number: row.agent for row in rows}  # the latest of a number comes last


_LAST_AGENTS = (
    sa.select(_c.number, _c.agent)
    .where(
        _c.tenant == sa.bindparam("tenant"),
        _c.number.in_(sa.bindparam("numbers", expanding=True)),
        _c.arrived_at >= sa.bindparam("since"),
        _c.outcome == "answered",
        _c.agent != "",
    )
    .order_by(_c.arrived_at)
)


async def today(connection: AsyncConnection, tenant: str, now: float, zone: str) -> dict[str, QueueToday]:
    """By queue; queues without visits today are absent."""
    c = t.visit.c
    queue = as_found(c.queue)
    overdue = sa.and_(c.outcome == "open", c.answered_at.is_(None), now - c.started_at > c.service_level_s)
    rows = await connection.execute(
        sa.select(
            queue,
            sa.func.count(),
            sa.func.count().filter(c.answered_at.is_not(None)),
            sa.func.count().filter(c.in_target),
            sa.func.count().filter(c.outcome == "abandoned", ~c.short),
            sa.func.count().filter(c.outcome == "abandoned", c.short),
            sa.func.count().filter(c.outcome == "flow_out"),
            sa.func.count().filter(c.detail == t.SECOND_LINE),
            sa.func.count().filter(overdue),
        )
        .where(c.tenant == tenant, c.started_at >= midnight(now, zone), c.queue != "")
        .group_by(queue)
    )
    return {row[0]: QueueToday(*row[1:]) for row in rows}


async def answered_today(connection: AsyncConnection, tenant: str, now: float, zone: str) -> dict[str, int]:
    """Contacts that each agent was connected to since midnight."""
    c = t.assignment.c
    agent = as_found(c.agent)
    rows = await connection.execute(
        sa.select(agent, sa.func.count())
        .where(c.tenant == tenant, c.offered_at >= midnight(now, zone), c.connected_at.is_not(None))
        .group_by(agent)
    )
    return {row[0]: row[1] for row in rows}
