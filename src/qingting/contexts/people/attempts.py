"""Guessing made slow. An attempt is counted before it is judged, so that many at once cannot slip through."""

from __future__ import annotations

import hashlib
import math

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from ...errors import TooMany
from . import model
from .parts import People
from .tables import attempts


def subject(*parts: str) -> str:
    """What is guessed at: `subject("sign_in", tenant, name)`."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


async def begin(people: People, what: str, address: str, *, free: int = model.GUESSES_FREE) -> str:
    """Count one attempt at `what` from `address`; returns its key, for `forgive` and `take_back`.

    Raises `TooMany("sign_in.locked", retry_after_s=…)` while this address has to wait.
    """
    async with people.records.write() as c:
        return await begin_in(c, what, address, now=people.now(), free=free)


async def begin_in(c: AsyncConnection, what: str, address: str, *, now: float, free: int) -> str:
    """The same within the caller's transaction."""
    key = subject(what, address)
    insert = postgresql.insert if c.dialect.name == "postgresql" else sqlite.insert
    await c.execute(
        insert(attempts).values(key=key, subject=what, tries=0, until=0, forget=0).on_conflict_do_nothing()
    )
    row = (await c.execute(sa.select(attempts).where(attempts.c.key == key).with_for_update())).one()
    if row.until > now:
        wait = math.ceil(row.until - now)
        raise TooMany("sign_in.locked", f"too many attempts: wait {wait} s", retry_after_s=wait)
    count = 1 if row.forget <= now else row.tries + 1
    until = now + model.guess_delay_s(count, free)
    await c.execute(
        attempts.update()
        .where(attempts.c.key == key)
        .values(tries=count, until=until, forget=until + model.GUESSES_FORGOTTEN_S)
    )
    return key


async def forgive(c: AsyncConnection, key: str) -> None:
    """It was right: nothing is held against this address any more."""
    await c.execute(attempts.delete().where(attempts.c.key == key))


async def take_back(c: AsyncConnection, key: str) -> None:
    """It was neither right nor wrong yet (a second factor is asked for): as if not tried."""
    await c.execute(attempts.update().where(attempts.c.key == key).values(tries=attempts.c.tries - 1, until=0))


async def locked_until(c: AsyncConnection, what: list[str], now: float) -> dict[str, float]:
    """Of each subject that some address has to wait for: until when."""
    rows = await c.execute(
        sa.select(attempts.c.subject, sa.func.max(attempts.c.until))
        .where(attempts.c.subject.in_(what), attempts.c.until > now)
        .group_by(attempts.c.subject)
    )
    return {row[0]: row[1] for row in rows}


async def unlock(c: AsyncConnection, what: str) -> None:
    await c.execute(attempts.delete().where(attempts.c.subject == what))


async def forget_old(c: AsyncConnection, now: float) -> None:
    await c.execute(attempts.delete().where(attempts.c.forget < now))
