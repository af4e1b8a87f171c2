"""Writing of rows, some or many, on both databases."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.records_plain import insert_or_change

_LOCK = 7_404_332


async def alone(connection: AsyncConnection, tenant: str) -> None:
    """Until the transaction ends nobody else makes, matches or merges customers of this tenant: two who come at once
    with the same number become one. On SQLite writers come one after the other anyway."""
    if connection.dialect.name == "postgresql":
        key = zlib.crc32(tenant.encode()) - (1 << 31)  # an int4
        await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK, sa.cast(key, sa.Integer))))


async def put(
    connection: AsyncConnection, table: sa.Table, rows: Sequence[dict[str, Any]], changing: Iterable[str] = ()
) -> None:
    """Insert rows; of one that is there already the columns `changing` are set, or nothing is."""
    if rows:
        await connection.execute(insert_or_change(connection.dialect.name, table, tuple(changing)), rows)


def among(
    connection: AsyncConnection, column: sa.ColumnElement[Any], values: Iterable[str]
) -> sa.ColumnElement[bool]:
    """`column` is one of `values`, any number of them: one parameter, however many."""
    if connection.dialect.name == "postgresql":
        return column == sa.any_(sa.cast(sorted(values), postgresql.ARRAY(sa.String)))
    told = sa.func.json_each(sa.literal(json.dumps(sorted(values), ensure_ascii=False)))
    return column.in_(sa.select(told.table_valued("value").c.value))
