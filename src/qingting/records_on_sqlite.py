"""Records on SQLite: how its connections are opened, and one visit to a connection's thread for each statement.

aiosqlite gives every step of a cursor (made, executed, fetched, closed) to the connection's thread and back. For rows
found in microseconds these ways are nearly all the time that a statement takes; so here they are gone together.
"""

from __future__ import annotations

import functools
import sqlite3
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from typing import Any

import aiosqlite
import sqlalchemy as sa
from sqlalchemy import event

AT_ONCE = 1000
"""Rows that come along with their statement; those beyond are fetched as they are asked for."""
WAIT_MS = 5000
"""For whoever holds the file's lock; then it fails."""
LOOKS_MS = 8
"""After 1, 2 and 5 ms, and so on. SQLite itself would look ever more rarely, in the end ten times a second, and miss
the few milliseconds that long work in another process leaves to others between its transactions."""
_BEGIN_TO_WRITE = "BEGIN IMMEDIATE"
_PRAGMAS = (
    "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={WAIT_MS}",
    "secure_delete=ON",  # who is erased is not left in free pages
)  # fmt: skip


def connect(*args: Any, **options: Any) -> aiosqlite.Connection:
    """As `sqlite3.connect`; for SQLAlchemy's `async_creator_fn`."""
    connection = _Connection(functools.partial(sqlite3.connect, *args, **options), AT_ONCE)
    connection._thread.daemon = True
    return connection


def prepare(engine: sa.Engine, cache_mib: int) -> None:
    """Durable, and a transaction begins when it is said: at once for one that writes."""

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (*_PRAGMAS, f"cache_size={-1024 * cache_mib}"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: sa.Connection) -> None:
        # The driver begins late and deferred: what a use case read could then be stale when it writes.
        writes = connection.get_execution_options().get("qingting_write", False)
        connection.exec_driver_sql(_BEGIN_TO_WRITE if writes else "BEGIN")


def _begin_to_write(db: sqlite3.Connection) -> sqlite3.Cursor:
    until = time.monotonic() + WAIT_MS / 1000
    db.execute(f"PRAGMA busy_timeout={LOOKS_MS}")
    try:
        while True:
            try:
                return db.execute(_BEGIN_TO_WRITE)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                    raise
    finally:
        db.execute(f"PRAGMA busy_timeout={WAIT_MS}")


class _Connection(aiosqlite.Connection):
    def cursor(self) -> _Cursor:  # type: ignore[override]
        return _Cursor(self)


class _Cursor:
    """What SQLAlchemy asks of an asynchronous cursor."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self._visit: Callable[..., Awaitable[Any]] = connection._execute
        self._rest: sqlite3.Cursor | None = None
        self._rows: deque[Any] = deque()
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None
        self.arraysize = 1

    async def __aenter__(self) -> _Cursor:
        return self

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> _Cursor:
        if sql == _BEGIN_TO_WRITE:
            await self._run(_begin_to_write)
        else:
            await self._run(lambda connection: connection.execute(sql, parameters))
        return self

    async def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> _Cursor:
        await self._run(lambda connection: connection.executemany(sql, parameters))
        return self

    async def _run(self, work: Callable[[sqlite3.Connection], sqlite3.Cursor]) -> None:
        await self.close()
        await self._visit(self._done, work)

    def _done(self, work: Callable[[sqlite3.Connection], sqlite3.Cursor]) -> None:
        cursor = work(self._connection._conn)
        self.description, self._rows = cursor.description, deque(cursor.fetchmany(AT_ONCE))
        self.rowcount, self.lastrowid = cursor.rowcount, cursor.lastrowid
        if len(self._rows) < AT_ONCE:
            cursor.close()
        else:
            self._rest = cursor

    async def fetchone(self) -> Any:
        rows = await self.fetchmany(1)
        return rows[0] if rows else None

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        size = size or self.arraysize
        if len(self._rows) < size and self._rest is not None:
            self._rows.extend(await self._visit(self._rest.fetchmany, max(size, AT_ONCE)))
        return [self._rows.popleft() for _ in range(min(size, len(self._rows)))]

    async def fetchall(self) -> list[Any]:
        rows = list(self._rows)
        self._rows.clear()
        if self._rest is not None:
            rest, self._rest = self._rest, None
            rows += await self._visit(rest.fetchall)
        return rows

    async def __aiter__(self) -> AsyncIterator[Any]:
        while rows := await self.fetchmany(AT_ONCE):
            for row in rows:
                yield row

    async def close(self) -> None:
        self._rows.clear()
        if self._rest is not None:
            rest, self._rest = self._rest, None
            await self._visit(rest.close)
