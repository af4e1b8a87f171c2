"""Doors that close by themselves, and live sockets that have to hear of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from itertools import islice

import sqlalchemy as sa

from ...access import Identity
from . import attempts, model
from .parts import People, SessionEnd, Watch
from .sessions import is_over, seen_now
from .tables import api_tokens, links, sessions, users

_AT_ONCE = 500


async def until_ended(people: People, who: Identity) -> str:
    """Returns when the session or token behind an identity has ended, or means something else now; says why.

    While somebody waits here the session does not idle out: a long call is no absence.
    """
    key, me = (who.tenant, who.user), asyncio.get_running_loop()
    while True:
        watch = Watch(who, me.create_future())
        people.watches.setdefault(key, []).append(watch)
        try:
            if who not in await _open(people, [who]):
                return "expired"
            why = await watch.ended
        finally:
            people.watches[key].remove(watch)
            if not people.watches[key]:
                del people.watches[key]
        if why == "permissions_changed" or who not in await _open(people, [who]):
            return why


async def sweep(people: People) -> None:
    """Every minute: sessions in use by sockets are kept, what has run out goes, and its sockets are told."""
    watched = [watch.who for watches in people.watches.values() for watch in watches]
    still_open: set[Identity] = set()
    for some in _chunks(watched):
        still_open |= await _open(people, some)
        now = people.now()
        kept = [who for who in some if who in still_open and who.session]
        if kept:
            async with people.records.write() as c:
                await seen_now(c, [who.session for who in kept], [who.user for who in kept], now)
    now = people.now()
    async with people.records.write() as c:
        gone = await c.execute(
            sessions.delete()
            .where(sa.or_(sessions.c.expires <= now, sessions.c.seen <= now - model.SESSION_IDLE_S))
            .returning(sessions.c.tenant, sessions.c.user_id, sessions.c.id)
        )
        ended = {SessionEnd(row.tenant, row.user_id, row.id, "", "expired") for row in gone}
        await c.execute(links.delete().where(links.c.expires <= now))
        await attempts.forget_old(c, now)
    for who in watched:
        if who not in still_open:
            token = "" if who.session else who.via.removeprefix("token:")
            ended.add(SessionEnd(who.tenant, who.user, who.session, token, "expired"))
    for end in sorted(ended):
        await people.tell_end(end)


async def _open(people: People, some: Iterable[Identity]) -> set[Identity]:
    """Those whose door is still open, whoever closed the others."""
    some, now = set(some), people.now()
    async with people.records.read() as c:
        rows = await c.execute(
            sa.select(sessions)
            .join(users, users.c.id == sessions.c.user_id)
            .where(sessions.c.id.in_([who.session for who in some if who.session]), users.c.active)
        )
        doors = {row.id for row in rows if not is_over(row, now)}
        rows = await c.execute(
            sa.select(api_tokens.c.id)
            .join(users, users.c.id == api_tokens.c.user_id)
            .where(
                api_tokens.c.id.in_([who.via.removeprefix("token:") for who in some if not who.session]),
                sa.or_(api_tokens.c.expires.is_(None), api_tokens.c.expires > now),
                users.c.active,
            )
        )
        doors |= {f"token:{row.id}" for row in rows}
    return {who for who in some if (who.session or who.via) in doors}


def _chunks(some: list[Identity]) -> Iterable[list[Identity]]:
    rest = iter(some)
    while chunk := list(islice(rest, _AT_ONCE)):
        yield chunk
