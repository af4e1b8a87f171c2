"""All rows of the records from one database to another, whatever kinds they are."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from .. import migrate

T = TypeVar("T")
AT_ONCE = 1000


async def copy_rows(source: AsyncConnection, target: AsyncConnection) -> int:
    """Both have today's tables, the target's are empty. In the callers' transactions; returns how many."""
    copied = 0
    for table in migrate.every_table().sorted_tables:
        result = await source.stream(sa.select(table))
        async for rows in result.mappings().partitions(AT_ONCE):
            await target.execute(table.insert(), [dict(row) for row in rows])
            copied += len(rows)
        await _after_the_last(target, table)
    return copied


async def has_rows(connection: AsyncConnection) -> bool:
    there = await connection.run_sync(lambda sync: set(sa.inspect(sync).get_table_names()))
    for table in migrate.every_table().sorted_tables:
        if table.name in there and (await connection.execute(sa.select(1).select_from(table).limit(1))).first():
            return True
    return False


async def _after_the_last(target: AsyncConnection, table: sa.Table) -> None:
    """PostgreSQL's own counters know nothing of numbers that came from elsewhere."""
    counter = table.autoincrement_column
    if counter is None or target.dialect.name != "postgresql":
        return
    last = await target.scalar(sa.select(sa.func.max(counter)))
    if last is not None:
        sequence = sa.func.pg_get_serial_sequence(table.name, counter.name)
        await target.execute(sa.select(sa.func.setval(sequence, last)))


def run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """In a thread with a loop of its own, so that it can be called from anywhere."""
    outcome: list[T] = []
    failed: list[BaseException] = []

    def go() -> None:
        try:
            outcome.append(asyncio.run(work()))
        except BaseException as e:
            failed.append(e)

    thread = threading.Thread(target=go, name="backup")
    thread.start()
    thread.join()
    if failed:
        raise failed[0]
    return outcome[0]
