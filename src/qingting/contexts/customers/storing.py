"""Writing of rows, some or many, on both databases."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

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
    if not rows:
        return
    insert: Any = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table)
    key = list(table.primary_key.columns)
    new = {name: insert.excluded[name] for name in changing}
    insert = insert.on_conflict_do_update(index_elements=key, set_=new) if new else insert.on_conflict_do_nothing()
    await connection.execute(insert, rows)
