"""Writing of rows, some or many, on both databases."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
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
    if rows:
        await connection.execute(_insert(connection.dialect.name, table, tuple(changing)), rows)


async def put_plain(
    connection: AsyncConnection,
    table: sa.Table,
    columns: tuple[str, ...],
    rows: Sequence[tuple[Any, ...]],
    changing: tuple[str, ...] = (),
) -> None:
    """The same of rows by the ten thousand: values are as the driver takes them (JSON as text), in the order of
    `columns`, and SQLAlchemy looks at none of them. Of rows with the same key the last counts."""
    if not rows:
        return
    text = _text(connection.dialect, table, columns, changing)
    if connection.dialect.name == "sqlite":
        await connection.exec_driver_sql(text, list(rows))
        return
    # One statement for all of them takes no row twice.
    key = [columns.index(column.name) for column in table.primary_key.columns]
    last = {tuple(row[place] for place in key): row for row in rows}
    await connection.exec_driver_sql(text, tuple(map(list, zip(*last.values(), strict=True))))


def among(
    connection: AsyncConnection, column: sa.ColumnElement[Any], values: Iterable[str]
) -> sa.ColumnElement[bool]:
    """`column` is one of `values`, any number of them: one parameter, however many."""
    if connection.dialect.name == "postgresql":
        return column == sa.any_(sa.cast(sorted(values), postgresql.ARRAY(sa.String)))
    told = sa.func.json_each(sa.literal(json.dumps(sorted(values), ensure_ascii=False)))
    return column.in_(sa.select(told.table_valued("value").c.value))


def _insert(dialect: str, table: sa.Table, changing: tuple[str, ...]) -> Any:
    insert: Any = (sqlite if dialect == "sqlite" else postgresql).insert(table)
    key = list(table.primary_key.columns)
    new = {name: insert.excluded[name] for name in changing}
    return insert.on_conflict_do_update(index_elements=key, set_=new) if new else insert.on_conflict_do_nothing()


@lru_cache
def _text(dialect: sa.Dialect, table: sa.Table, columns: tuple[str, ...], changing: tuple[str, ...]) -> str:
    """On SQLite a row's values, on PostgreSQL a list of each column's."""
    compiled = _insert(dialect.name, table, changing).compile(dialect=dialect, column_keys=list(columns))
    assert tuple(compiled.positiontup) == columns, "in the order of the table"
    if dialect.name == "sqlite":
        return str(compiled)
    begin, conflict = re.split(r"VALUES \(.*?\)", str(compiled), maxsplit=1)
    types = [str(table.c[name].type.compile(dialect)) for name in columns]
    # No string is cast to its column's type: it would be cut off without a word.
    arrays = ["TEXT" if type.startswith(("VARCHAR", "JSON")) else type for type in types]
    given = ", ".join(f"${n}::{array}[]" for n, array in enumerate(arrays, 1))
    picked = ", ".join(f"{name}::JSON" if type == "JSON" else name for name, type in zip(columns, types, strict=True))
    return f"{begin}SELECT {picked} FROM unnest({given}) AS told({', '.join(columns)}){conflict}"  # noqa: S608
