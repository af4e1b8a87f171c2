"""Quarters of an hour are merged into days of the tenant's calendar, and days go: two kinds of retention.

A quarter's rows are taken out and added to its day in one transaction: what was deleted is what is added, also when a
contact that was long on its way is counted meanwhile; one that comes after the merge stands in its quarter until the
next. Killed anywhere in it, either all of it has happened or nothing.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.contexts.retention.api import Kind, Old, Page, Position, Tell
from qingting.records import Records, in_batches

from . import tables as t
from .counting import add
from .periods import day_of, midnight

AT_ONCE = 10
"""Of one flow, version, line and quarter, or day; each has a row for every node and way that somebody went: some
hundreds. In one transaction."""

ZoneOf = Callable[[str], str]
"""Of a tenant."""


def kinds(records: Records, zone_of: ZoneOf) -> list[Kind]:
    """`self_service_detail`: quarters, which become days; `self_service`: the days."""
    merge, erase = partial(_merge, records, zone_of), partial(_erase, records)
    return [
        Kind("self_service_detail", "self_service_detail_days", partial(_quarters, zone_of), merge),
        Kind("self_service", "self_service_days", partial(_days, zone_of), erase),
    ]


# --- found -------------------------------------------------------------------------------------------------------


async def _quarters(
    zone_of: ZoneOf, connection: AsyncConnection, tenant: str, before: float, after: Position | None, limit: int
) -> Page:
    """Of days that are wholly over by then, flow by flow."""
    zone = ZoneInfo(zone_of(tenant))
    first = midnight(dt.datetime.fromtimestamp(before, zone).date(), zone)
    return await _page(connection, t.flow, tenant, t.flow.c.at < first, after, limit)


async def _days(
    zone_of: ZoneOf, connection: AsyncConnection, tenant: str, before: float, after: Position | None, limit: int
) -> Page:
    first = day_of(before, ZoneInfo(zone_of(tenant)))
    return await _page(connection, t.flow_day, tenant, t.flow_day.c.day < first, after, limit)


async def _page(
    connection: AsyncConnection,
    table: sa.Table,
    tenant: str,
    old: sa.ColumnElement[bool],
    after: Position | None,
    limit: int,
) -> Page:
    key = _key(table)
    query = sa.select(*key).where(table.c.tenant == tenant, old).order_by(*key).limit(limit)
    if after is not None:
        query = query.where(sa.tuple_(*key) > sa.tuple_(*map(sa.literal, after)))
    rows = [tuple(row) for row in await connection.execute(query)]
    return Page([Old(json.dumps(row)) for row in rows], rows[-1] if len(rows) == limit else None)


# --- merged, erased ----------------------------------------------------------------------------------------------


async def _merge(records: Records, zone_of: ZoneOf, tenant: str, ids: Sequence[str], tell: Tell) -> None:
    zone = ZoneInfo(zone_of(tenant))
    for some in in_batches(ids, AT_ONCE):
        keys = [json.loads(id) for id in some]
        async with records.write() as connection:
            gone = 0
            for quarters, days in t.DAYS.items():
                sums: dict[tuple[Any, ...], list[Any]] = {}
                of, sum_names = [it.name for it in days.primary_key if it.name != "day"], t.sums_of(days)
                for row in await _taken(connection, quarters, tenant, keys):
                    key = (day_of(row["at"], zone), *(row[name] for name in of))
                    told = [row[name] for name in sum_names]
                    sums[key] = [a + b for a, b in zip(sums[key], told, strict=True)] if key in sums else told
                    gone += quarters is t.flow
                names = ("day", *of, *sum_names)
                await add(connection, days, (dict(zip(names, (*k, *it), strict=True)) for k, it in sums.items()))
            await tell(connection, gone)


async def _erase(records: Records, tenant: str, ids: Sequence[str], tell: Tell) -> None:
    for some in in_batches(ids, AT_ONCE):
        keys = [json.loads(id) for id in some]
        async with records.write() as connection:
            taken = [await _taken(connection, days, tenant, keys) for days in (t.way_day, t.node_day, t.flow_day)]
            await tell(connection, len(taken[-1]))


async def _taken(
    connection: AsyncConnection, table: sa.Table, tenant: str, keys: Sequence[Sequence[Any]]
) -> list[sa.RowMapping]:
    """The rows of these, deleted."""
    found: list[sa.RowMapping] = []
    names = [column.name for column in _key(table)]
    for key in keys:
        these = {"_tenant": tenant} | {f"_{name}": value for name, value in zip(names, key, strict=True)}
        found += (await connection.execute(_taking(table), these)).mappings()
    return found


@cache
def _taking(table: sa.Table) -> sa.Executable:
    own = [column == sa.bindparam(f"_{column.name}") for column in (table.c.tenant, *_key(table))]
    return table.delete().where(*own).returning(table)


def _key(table: sa.Table) -> list[sa.Column[Any]]:
    """What all rows of one flow, version, line and time share, in the order in which they stand."""
    return [table.c.flow, table.c.at if "at" in table.c else table.c.day, table.c.version, table.c.line]
