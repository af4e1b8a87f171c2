"""Rows by the thousand: a statement's text is made once, and SQLAlchemy looks at no row.

For each row of an ordinary `execute` it makes a dictionary of parameters and looks up how to turn each into what the
driver takes. Of rows that are written behind every call that is most of what writing them costs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

import sqlalchemy as sa
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
