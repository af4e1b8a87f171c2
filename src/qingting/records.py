"""The records database: ordinary tables, ordinary transactions, on SQLite or PostgreSQL.

Each context declares its tables in its `tables.py` on `metadata`; every row carries its tenant. What others
need to know goes into `outbox` in the same transaction (`tell`); the relay appends it to the context's stream.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from . import records_on_sqlite

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
    sa.Column("tenant", sa.String(40), nullable=False),
    sa.Column("stream", sa.String(40), nullable=False),
    sa.Column("kind", sa.String(80), nullable=False),
    sa.Column("occurred", sa.Double, nullable=False),
    sa.Column("cause", sa.String(80), nullable=False, server_default=""),
    sa.Column("payload", sa.JSON, nullable=False),
)


_T = TypeVar("_T")


def in_batches(values: Sequence[_T], most: int = 500) -> Iterator[Sequence[_T]]:
    """Some at a time, in order: a statement takes only so many values, and long ones keep others waiting."""
    for start in range(0, len(values), most):
        yield values[start : start + most]


def as_found(column: sa.ColumnElement[_T]) -> sa.ColumnElement[_T]:
    """To put few rows in order, or together. SQLite, which is not told how many a condition leaves, would rather walk
    all of an index that holds the order."""
    return sa.func.coalesce(column, column)


def each_value(column: sa.ColumnElement[_T], *where: sa.ColumnElement[bool]) -> sa.Select[tuple[_T]]:
    """The values that there are in a column, rising; one step in the index each, however many rows have it.

    Of rows that fit `where`, which with the column is what the index holds. Callers limit them.
    """
    first = sa.select(sa.func.min(column)).where(*where)
    each = sa.select(first.scalar_subquery().label("value")).cte("each_value", recursive=True)
    after = first.where(column > each.c.value).scalar_subquery()
    each = each.union_all(sa.select(after).where(each.c.value.is_not(None)))
    return sa.select(each.c.value).where(each.c.value.is_not(None))


def new_id(prefix: str = "") -> str:
    """Sortable by time, 26 characters after the prefix, not guessable (80 random bits)."""
    return prefix + _instant(int(time.time() * 1000)) + secrets.token_bytes(16).translate(_DIGIT).decode("ascii")


_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_DIGIT = 8 * _ALPHABET.encode()
"""Of a random byte: five bits of it."""


@lru_cache(1)
def _instant(ms: int) -> str:
    return "".join(_ALPHABET[(ms >> shift) & 31] for shift in range(45, -1, -5))


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


class Records:
    def __init__(self, url: str, cache_mib: int = 2) -> None:
        """`cache_mib`: of pages, per connection, on SQLite; whoever writes all over large tables wants more."""
        self.url = url
        self.on_told: list[Callable[[], None]] = []
        """Called after a transaction that told something was committed: the relay need not poll."""
        on_sqlite = sa.make_url(url).get_backend_name() == "sqlite"
        self.engine: AsyncEngine = create_async_engine(
            url,
            hide_parameters=True,  # errors end up in logs
            json_serializer=_json,
            json_deserializer=msgspec.json.decode,
            connect_args={"async_creator_fn": records_on_sqlite.connect} if on_sqlite else {},
        )
        if on_sqlite:
            records_on_sqlite.prepare(self.engine.sync_engine, cache_mib)
        self._writer = self.engine.execution_options(qingting_write=True)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One use case, one transaction: committed on return, rolled back on any error.

        On SQLite writers come one after the other from their first read on; on PostgreSQL take rows that are
        read in order to be changed `with_for_update()`.
        """
        async with self._writer.begin() as connection:
            yield connection
            told = connection.info.pop("told", False)
        if told:
            for wake in self.on_told:
                wake()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        async with self.engine.connect() as connection:
            yield connection

    async def empty_log(self) -> bool:
        """What was overwritten leaves SQLite's write-ahead log as well; whether it did: a reader may hold it."""
        if self.engine.dialect.name != "sqlite":
            return True
        async with self.engine.connect() as connection:
            raw = await connection.execution_options(isolation_level="AUTOCOMMIT")
            busy = (await raw.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")).scalar()
        return not busy

    async def close(self) -> None:
        await self.engine.dispose()


async def tell(
    connection: AsyncConnection, tenant: str, stream: str, kind: str, payload: dict[str, Any], cause: str = ""
) -> None:
    """Say a fact to other contexts, in this transaction. Payloads carry ids, no personal data."""
    await connection.execute(
        outbox.insert().values(
            tenant=tenant, stream=stream, kind=kind, occurred=time.time(), cause=cause, payload=payload
        )
    )
    connection.info["told"] = True
