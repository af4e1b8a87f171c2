"""Lists narrowed by several things at once, each in two ways: asked of one row, and as a set that an index finds.

Which is faster depends on how many it leaves: a few are found as a set and put in order; of many the list is walked
in its order and each row asked, until a page is full. Which it is is told by counting no further than need be.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from .records import as_found

Fits = sa.ColumnElement[bool]
FEW = 4000
"""So many are read and put in order; of more, the list is walked."""
WALKED = 20_000
"""Rows that are looked at one by one before a set is found after all,"""
MANY = 300_000
"""of so many at most."""


class Way(NamedTuple):
    fits: Fits
    """Of a row of the list, looked at where it stands."""
    among: Fits | None = None
    """The same by a set that is found by itself; None: there is no index for it."""
    some: sa.Select[Any] | None = None
    """At least as many rows as are in the set; None: there are few, whatever is asked for."""


def asked(*where: Fits) -> Fits:
    """There is such a row, looked for each time: by the offset PostgreSQL may not make a join of it, which would
    begin with all such rows; and SQLite rather walks an index that holds all columns than one that finds the few."""
    return sa.select(sa.literal_column("*")).where(*where).offset(0).exists()


async def read(
    connection: AsyncConnection, query: sa.Select[Any], order: Sequence[sa.ColumnElement[Any]], ways: Sequence[Way],
    limit: int, *, rising: bool = False,
) -> Sequence[sa.Row[Any]]:  # fmt: skip
    """The first `limit` rows of `query` that fit all `ways`, by `order`, for which there is an index."""

    def by(columns: Sequence[sa.ColumnElement[Any]]) -> list[sa.ColumnElement[Any]]:
        return [column if rising else column.desc() for column in columns]

    async def rows(*where: Fits, walking: bool) -> Sequence[sa.Row[Any]]:
        # A set that was found is put in order; else the index of the order is walked, from end to end.
        columns = order if walking else [as_found(column) for column in order]
        found: Sequence[sa.Row[Any]]
        found = (await connection.execute(query.where(*where).order_by(*by(columns)).limit(limit))).all()
        return found

    sets = [way for way in ways if way.among is not None]
    if not sets:
        return await rows(*(way.fits for way in ways), walking=True)
    if connection.dialect.name == "postgresql":
        # Each plan by what is asked for: after some turns it would be one for all, which takes the rare for common.
        await connection.exec_driver_sql("SET LOCAL plan_cache_mode = force_custom_plan")
    fewest = await _fewest(connection, sets, FEW)
    if fewest is None:
        key = order[0]
        edge = await connection.scalar(query.with_only_columns(key).order_by(*by(order)).offset(WALKED).limit(1))
        near = [] if edge is None else [key <= edge if rising else key >= edge]
        found = await rows(*near, *(way.fits for way in ways), walking=True)
        if edge is None or len(found) == limit:
            return found
        fewest = await _fewest(connection, sets, MANY)
        if fewest is None:  # they are all over the list, but hardly any fits all
            return await rows(*(way.fits for way in ways), walking=True)
    assert fewest.among is not None
    return await rows(fewest.among, *(way.fits for way in ways if way is not fewest), walking=False)


async def _fewest(connection: AsyncConnection, ways: Sequence[Way], most: int) -> Way | None:
    """The one that leaves the fewest; None: each leaves more than so many."""
    best: Way | None = None
    for way in ways:
        if way.some is None:
            return way
        some = way.some.limit(most + 1).subquery()
        count = await connection.scalar(sa.select(sa.func.count()).select_from(some)) or 0
        if count <= most:
            best, most = way, count
    return best
