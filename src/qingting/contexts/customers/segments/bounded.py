"""Statements that end after so long, whatever they are about."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection


class TooSlow(Exception):
    """It was stopped. The transaction is of no use any more."""


@asynccontextmanager
async def within(connection: AsyncConnection, seconds: float) -> AsyncIterator[None]:
    """What is asked of the database in the block ends within so long. Raises `TooSlow`."""
    if connection.dialect.name == "postgresql":
        await connection.execute(sa.text(f"SET LOCAL statement_timeout = {int(seconds * 1000)}"))
        try:
            yield
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", "") == "57014":
                raise TooSlow from None
            raise
        await connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
        return
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None

    async def stop() -> None:
        await asyncio.sleep(seconds)
        while True:  # what begins after it is stopped as well
            await driver.interrupt()
            await asyncio.sleep(0.1)

    watch = asyncio.create_task(stop(), name="segments.bounded")
    try:
        yield
    except DBAPIError as error:
        if "interrupted" in str(error.orig):
            raise TooSlow from None
        raise
    finally:
        watch.cancel()
        await asyncio.wait([watch])
