"""Sums over a time, within the lines of who asks."""

from __future__ import annotations

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
    query = _sums(t.flow, Totals, wanted, t.flow.c.flow, t.flow.c.version)
    return {(flow, version): _read(Totals, sums) for flow, version, *sums in await connection.execute(query)}


async def trend(connection: AsyncConnection, wanted: Wanted, interval: Interval) -> dict[str, Totals]:
    """By interval, in order; those in which nobody came are not among them."""
    query = _sums(t.flow, Totals, wanted, t.flow.c.at).order_by(t.flow.c.at)
    return _by_interval(Totals, await connection.execute(query), wanted, interval)


async def nodes(connection: AsyncConnection, wanted: Wanted) -> dict[str, Figures]:
    query = _sums(t.node, Figures, wanted, t.node.c.node)
    return {node: _read(Figures, sums) for node, *sums in await connection.execute(query)}


async def node_trend(
    connection: AsyncConnection, wanted: Wanted, node: str, interval: Interval
) -> dict[str, Figures]:
    query = _sums(t.node, Figures, wanted, t.node.c.at).where(t.node.c.node == node).order_by(t.node.c.at)
    return _by_interval(Figures, await connection.execute(query), wanted, interval)


async def ways(connection: AsyncConnection, wanted: Wanted) -> list[dict[str, Any]]:
    """`source` (empty: the beginning), `target`, `via`, `times`."""
    c = t.way.c
    query = (
        sa.select(c.source, c.target, c.via, sa.func.sum(c.times).label("times"))
        .where(*_where(t.way, wanted))
        .group_by(c.source, c.target, c.via)
        .order_by(c.source, c.target, c.via)
    )
    return [{**row, "times": int(row["times"])} for row in (await connection.execute(query)).mappings()]


def _sums(table: sa.Table, sums: type[S], wanted: Wanted, *by: sa.Column[Any]) -> sa.Select[Any]:
    added = [sa.func.sum(table.c[name]) for name in sums._fields]
    return sa.select(*by, *added).where(*_where(table, wanted)).group_by(*by)


def _where(table: sa.Table, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    c = table.c
    found = [c.tenant == wanted.tenant, c.at >= wanted.period.since, c.at < wanted.period.until]
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
    for at, *row in rows:
        name = wanted.period.of(at, interval)
        found[name] = added(found.get(name, sums()), _read(sums, row))
    return found
