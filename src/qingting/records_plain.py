"""Rows by the thousand: a statement's text is made once, and SQLAlchemy looks at no row.

For each row of an ordinary `execute` it makes a dictionary of parameters and looks up how to turn each into what the
driver takes. Of rows that are written behind every call that is most of what writing them costs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

import asyncpg
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


async def execute_plain(
    connection: AsyncConnection, statement: sa.Insert | sa.Update, rows: Sequence[Mapping[str, Any]]
) -> None:
    """`statement`, one that is made once, for each row; of an insert the columns of the first row are written.

    Of an update, parameters are called as the row's keys with an underscore before them. Values are as the driver
    takes them, but for JSON.
    """
    if rows:
        columns = tuple(rows[0]) if isinstance(statement, sa.Insert) else ()
        text, values = _plain(statement, columns, connection.dialect)
        await connection.exec_driver_sql(text, [values(row) for row in rows])


async def put_plain(
    connection: AsyncConnection,
    table: sa.Table,
    columns: tuple[str, ...],
    rows: Sequence[tuple[Any, ...]],
    changing: tuple[str, ...] = (),
) -> None:
    """Rows by the ten thousand as `insert_or_change` has them: values are as the driver takes them (JSON as text), in
    the order of `columns`. On PostgreSQL they go as one statement. Of rows with the same key the last counts."""
    if not rows:
        return
    text = _text(connection.dialect, table, columns, changing)
    if connection.dialect.name == "sqlite":
        await _put_on_sqlite(connection, text, rows)
        return
    # One statement for all of them takes no row twice.
    key = [columns.index(column.name) for column in table.primary_key.columns]
    last = {tuple(row[place] for place in key): row for row in rows}
    await connection.exec_driver_sql(text, tuple(map(list, zip(*last.values(), strict=True))))


async def add_plain(
    connection: AsyncConnection, table: sa.Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """As `put_plain`, of rows that are not there yet. PostgreSQL copies them (a fifth cheaper), in a transaction in
    which something was asked before. One that is there after all is an `IntegrityError`."""
    if not rows:
        return
    if connection.dialect.name == "sqlite":
        await _put_on_sqlite(connection, _text(connection.dialect, table, columns, None), rows)
    else:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        assert driver.is_in_transaction(), "the driver begins one with the first statement; a copy is none"
        try:
            await driver.copy_records_to_table(table.name, records=rows, columns=columns)
        except asyncpg.PostgresError as error:
            raise _as_of_a_statement(error, f"COPY {table.name}") from error


def _as_of_a_statement(error: asyncpg.PostgresError, text: str) -> sa.exc.DBAPIError:
    """What SQLAlchemy makes of an error of a statement that went through it."""
    contradicts = isinstance(error, asyncpg.IntegrityConstraintViolationError)
    return (sa.exc.IntegrityError if contradicts else sa.exc.DBAPIError)(text, None, error)


AT_ONCE = 250
"""Rows of one statement on SQLite: while it runs, Python goes on."""


async def _put_on_sqlite(connection: AsyncConnection, text: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """The driver takes the interpreter's lock back after each row of an `executemany`; of one statement with many
    rows after all of them."""
    whole = len(rows) - len(rows) % AT_ONCE
    for start in range(0, whole, AT_ONCE):
        some = rows[start : start + AT_ONCE]
        await connection.exec_driver_sql(_many(text, len(rows[0])), tuple(chain.from_iterable(some)))
    if whole < len(rows):
        await connection.exec_driver_sql(text, list(rows[whole:]))


@lru_cache
def _many(text: str, columns: int) -> str:
    one = f"({', '.join('?' * columns)})"
    assert text.count(one) == 1, text
    return text.replace(one, ", ".join([one] * AT_ONCE))


def insert_or_change(dialect: str, table: sa.Table, changing: tuple[str, ...]) -> Any:
    """Inserts rows; of one that is there already the columns `changing` are set, or nothing is."""
    insert: Any = (sqlite if dialect == "sqlite" else postgresql).insert(table)
    key = list(table.primary_key.columns)
    new = {name: insert.excluded[name] for name in changing}
    return insert.on_conflict_do_update(index_elements=key, set_=new) if new else insert.on_conflict_do_nothing()


class _Plain(NamedTuple):
    text: str
    values: Callable[[Mapping[str, Any]], tuple[Any, ...]]


@lru_cache(256)
def _plain(statement: sa.Insert | sa.Update, columns: tuple[str, ...], dialect: sa.Dialect) -> _Plain:
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(columns) or None)
    types = [compiled.binds[name].type for name in compiled.positiontup]
    pick = itemgetter(*(name.removeprefix("_") for name in compiled.positiontup))
    json: list[tuple[int, Any]] = [
        (place, type_.dialect_impl(dialect).bind_processor(dialect))
        for place, type_ in enumerate(types)
        if isinstance(type_, sa.JSON)
    ]

    def with_json(row: Mapping[str, Any]) -> tuple[Any, ...]:
        found = list(pick(row))
        for place, text_of in json:
            found[place] = text_of(found[place])
        return tuple(found)

    assert len(types) > 1, "one value alone would be picked as no tuple"
    return _Plain(str(compiled), with_json if json else pick)


@lru_cache
def _text(dialect: sa.Dialect, table: sa.Table, columns: tuple[str, ...], changing: tuple[str, ...] | None) -> str:
    """On SQLite a row's values, on PostgreSQL a list of each column's. With `changing` None no row may be there."""
    statement = sa.insert(table) if changing is None else insert_or_change(dialect.name, table, changing)
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(columns))
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
