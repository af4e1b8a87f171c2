"""Sums over a time, within the lines of who asks: of quarters of an hour, and of days where these are merged.

Both are read by one statement: a merge that ends meanwhile is seen in both or in neither.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from . import tables as t
from .model import Figures, Totals, added
from .periods import Interval, Period

S = TypeVar("S", Totals, Figures)


class Wanted(NamedTuple):
    tenant: str
    period: Period
    lines: frozenset[str] | None
    """None: all."""
    flow: str = ""
    version: int = 0
    """0: all."""


async def flows(connection: AsyncConnection, wanted: Wanted) -> dict[tuple[str, int], Totals]:
    """By flow and version."""
    query = _sums(t.flow, Totals, wanted, ("flow", "version"))
    return {(flow, version): _read(Totals, sums) for flow, version, *sums in await connection.execute(query)}


async def trend(connection: AsyncConnection, wanted: Wanted, interval: Interval) -> dict[str, Totals]:
    """By interval, in order; those in which nobody came are not among them."""
    query = _sums(t.flow, Totals, wanted, ("day", "at"))
    return _by_interval(Totals, await connection.execute(query), wanted, interval)


async def nodes(connection: AsyncConnection, wanted: Wanted) -> dict[str, Figures]:
    query = _sums(t.node, Figures, wanted, ("node",))
    return {node: _read(Figures, sums) for node, *sums in await connection.execute(query)}


async def node_trend(
    connection: AsyncConnection, wanted: Wanted, node: str, interval: Interval
) -> dict[str, Figures]:
    query = _sums(t.node, Figures, wanted, ("day", "at"), node=node)
    return _by_interval(Figures, await connection.execute(query), wanted, interval)


async def ways(connection: AsyncConnection, wanted: Wanted) -> list[dict[str, Any]]:
    """`source` (empty: the beginning), `target`, `via`, `times`."""
    by = ("source", "target", "via")
    found = _both(t.way, wanted, (*by, "times"))
    key = [found.c[name] for name in by]
    query = sa.select(*key, sa.func.sum(found.c.times).label("times")).group_by(*key).order_by(*key)
    return [{**row, "times": int(row["times"])} for row in (await connection.execute(query)).mappings()]


def _sums(table: sa.Table, sums: type[S], wanted: Wanted, by: tuple[str, ...], **where: str) -> sa.Select[Any]:
    """`where`: columns that are to have a value."""
    names: tuple[str, ...] = sums._fields
    found = _both(table, wanted, (*by, *names), **where)
    key = [found.c[name] for name in by]
    return sa.select(*key, *(sa.func.sum(found.c[name]) for name in names)).group_by(*key)


def _both(table: sa.Table, wanted: Wanted, names: tuple[str, ...], **where: str) -> sa.Subquery:
    """Of quarters and of days. A quarter has no `day`, a day no `at`."""
    period, (first, last) = wanted.period, wanted.period.days
    days = t.DAYS[table]
    parts = [
        sa.select(*(_column(each, name) for name in names)).where(
            *_where(each, wanted), *(each.c[name] == value for name, value in where.items()), *within
        )
        for each, within in (
            (table, (table.c.at >= period.since, table.c.at < period.until)),
            (days, (days.c.day >= first, days.c.day <= last)),
        )
    ]
    return sa.union_all(*parts).subquery()


def _column(table: sa.Table, name: str) -> sa.ColumnElement[Any]:
    if name in table.c:
        return table.c[name]
    return sa.cast(sa.null(), t.flow.c.at.type if name == "at" else t.flow_day.c.day.type).label(name)


def _where(table: sa.Table, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    c = table.c
    found = [c.tenant == wanted.tenant]
    if wanted.flow:
        found.append(c.flow == wanted.flow)
    if wanted.version:
        found.append(c.version == wanted.version)
    if wanted.lines is not None:
        found.append(c.line.in_(sorted(wanted.lines)))
    return found


def _read(sums: type[S], row: Sequence[Any]) -> S:
    """PostgreSQL gives a Decimal for a sum of large integers."""
    usual = sums()
    return sums._make(type(like)(value or 0) for like, value in zip(usual, row, strict=True))


def _by_interval(sums: type[S], rows: Any, wanted: Wanted, interval: Interval) -> dict[str, S]:
    found: dict[str, S] = {}
    for day, at, *row in rows:
        if day is None:
            name = wanted.period.of(at, interval)
        else:
            name = wanted.period.of_day(dt.date.fromisoformat(day), interval)
        found[name] = added(found.get(name, sums()), _read(sums, row))
    return dict(sorted(found.items()))
