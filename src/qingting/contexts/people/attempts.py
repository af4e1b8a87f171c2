"""Guessing made slow. An attempt is counted before it is judged, so that many at once cannot slip through."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from ...access import network
from ...errors import TooMany
from . import model
from .parts import People
from .tables import attempts, known_addresses


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
    row = await _row(c, subject(what, network(address)), what)
    if row.until > now:
        _wait(row.until - now)
    await _count(c, row, now, model.guess_delay_s, free)
    return str(row.key)


async def _row(c: AsyncConnection, key: str, what: str) -> Row[Any]:
    """Locked, made when it is not there."""
    insert = postgresql.insert if c.dialect.name == "postgresql" else sqlite.insert
    new = insert(attempts).values(key=key, subject=what, tries=0, until=0, forget=0)
    # One statement: between two, somebody who got in could have it deleted.
    there = new.on_conflict_do_update(index_elements=["key"], set_={"subject": what}).returning(attempts)
    row: Row[Any] = (await c.execute(there)).one()
    return row


async def _count(c: AsyncConnection, row: Row[Any], now: float, delay: Callable[[int, int], float], free: int) -> int:
    count = 1 if row.forget <= now else int(row.tries) + 1
    until = now + delay(count, free)
    await c.execute(
        attempts.update()
        .where(attempts.c.key == row.key)
        .values(tries=count, until=until, forget=until + model.GUESSES_FORGOTTEN_S)
    )
    return count


def _wait(seconds: float) -> NoReturn:
    wait = math.ceil(seconds)
    raise TooMany("sign_in.locked", f"too many attempts: wait {wait} s", retry_after_s=wait)


class SignInAttempt(NamedTuple):
    own: str
    """Key of the guesses at this name from this address."""
    joint: tuple[str, str]
    """Of those at this name from anywhere, and from this address at any name."""
    at_name: int
    """Wrong guesses at this name lately, this one included should it be wrong."""


async def begin_sign_in(people: People, tenant: str, name: str, user: str | None, address: str) -> SignInAttempt:
    """Counted thrice: by name and address, by name, by address. `user` is who has this name, if anybody.

    Who has come in from this address before does not wait for what others guess. Raises `TooMany("sign_in.locked")`.
    """
    what, source, now = subject("sign_in", tenant, name), network(address), people.now()
    joint = (
        (subject(what, "anywhere"), what, model.GUESSES_AT_NAME_FREE),
        (subject("sign_in", source), subject("sign_in", source), model.GUESSES_FROM_ADDRESS_FREE),
    )
    counts = []
    async with people.records.write() as c:
        own = await begin_in(c, what, address, now=now, free=model.GUESSES_FREE)
        known = None
        for key, of, free in joint:
            row = await _row(c, key, of)
            if row.until > now:
                if known is None:
                    known = user is not None and await knows_address(c, user, address, now)
                if not known:
                    _wait(row.until - now)
            counts.append(await _count(c, row, now, model.joint_delay_s, free))
    return SignInAttempt(own, (joint[0][0], joint[1][0]), counts[0])


async def succeed(c: AsyncConnection, attempt: SignInAttempt) -> None:
    """It was right: nothing is held against this address, and the joint counts are as if it had not been."""
    await forgive(c, attempt.own)
    await _uncount(c, attempt.joint)


async def take_back(c: AsyncConnection, attempt: SignInAttempt) -> None:
    """It was neither right nor wrong yet (a second factor is asked for): as if not tried."""
    await c.execute(
        attempts.update().where(attempts.c.key == attempt.own).values(tries=attempts.c.tries - 1, until=0)
    )
    await _uncount(c, attempt.joint)


async def _uncount(c: AsyncConnection, keys: tuple[str, ...]) -> None:
    for key in keys:  # in the order in which they are counted, so that two never wait for each other
        await c.execute(
            attempts.update().where(attempts.c.key == key, attempts.c.tries > 0).values(tries=attempts.c.tries - 1)
        )


async def know_address(c: AsyncConnection, tenant: str, user: str, address: str, now: float) -> None:
    """This person has just proven who they are, from here."""
    insert = postgresql.insert if c.dialect.name == "postgresql" else sqlite.insert
    key = subject(user, network(address))
    statement = insert(known_addresses).values(tenant=tenant, user_id=user, address_hash=key, seen=now)
    again = statement.on_conflict_do_update(index_elements=["user_id", "address_hash"], set_={"seen": now})
    await c.execute(again)


async def knows_address(c: AsyncConnection, user: str, address: str, now: float) -> bool:
    query = sa.select(known_addresses.c.seen).where(
        known_addresses.c.user_id == user, known_addresses.c.address_hash == subject(user, network(address))
    )
    seen = await c.scalar(query)
    return seen is not None and seen > now - model.ADDRESS_KNOWN_S


async def forgive(c: AsyncConnection, key: str) -> None:
    """It was right: nothing is held against this address any more."""
    await c.execute(attempts.delete().where(attempts.c.key == key))


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
    await c.execute(known_addresses.delete().where(known_addresses.c.seen < now - model.ADDRESS_KNOWN_S))
