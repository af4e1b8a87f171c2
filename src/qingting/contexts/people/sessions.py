"""Signing in and out, and who stands behind a cookie or a token."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
import structlog
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from ...access import Identity
from ...errors import NotAllowed, NotSignedIn
from ...records import new_id
from . import attempts, credentials, model, queries
from .audit import record_audit
from .owners import warn_owner
from .parts import People, SessionEnd
from .tables import api_tokens, recovery_codes, sessions, users

log = structlog.get_logger(__name__)

_SEEN_EVERY_S = 60.0
"""A sign of life is written at most this often."""


class SignedIn(NamedTuple):
    token: str
    """For the cookie; it is kept nowhere else."""
    identity: Identity


async def sign_in(
    people: People, name: str, password: str, code: str | None, *, address: str, device: str
) -> SignedIn:
    """`name` or `tenant/name`; without a tenant it is the oldest one's.

    Raises `NotSignedIn("sign_in.wrong" | "sign_in.code_needed" | "sign_in.code_wrong")`,
    `TooMany("sign_in.locked" | "sign_in.busy")`.
    """
    code_of_tenant, name_key = model.split_name(name)
    async with people.records.read() as c:
        tenant = await queries.tenant_by_code(c, code_of_tenant)
        user = await queries.user_by_name(c, tenant, name_key)
    attempt = await attempts.begin_sign_in(people, tenant, name_key, user.id if user else None, address)
    fits, newer = await people.passwords.verify(password, user.password if user else None)
    if user is None or not fits or not user.active:
        if user is not None:
            await _failed(people, user, address, "wrong", attempt.at_name)
        raise NotSignedIn("sign_in.wrong", "name or password is wrong")
    if user.totp and not code:
        async with people.records.write() as c:
            await attempts.take_back(c, attempt)
        raise NotSignedIn("sign_in.code_needed", "the code of the second factor is needed")

    async with people.records.write() as c:
        # Read again: what was judged above may have changed meanwhile, and codes count once.
        user = await queries.user(c, tenant, user.id, lock=True)
        signed_in = None
        if user.active and (not user.totp or await use_code(people, c, user, code or "")):
            signed_in, ended = await _open_session(people, c, user, newer, address, device)
            await attempts.succeed(c, attempt)
    if signed_in is None:
        await _failed(people, user, address, "code_wrong", attempt.at_name)
        raise NotSignedIn("sign_in.code_wrong", "the code does not fit, or was used already")
    for end in ended:
        await people.tell_end(end)
    return signed_in


async def _open_session(
    people: People, c: AsyncConnection, user: Row[Any], newer: str | None, address: str, device: str
) -> tuple[SignedIn, list[SessionEnd]]:
    """The new session, and those that gave way to it."""
    now, token, session = people.now(), credentials.new_token(), new_id("s-")
    await c.execute(
        sessions.insert().values(
            id=session, tenant=user.tenant, user_id=user.id, token_hash=credentials.hashed(token), created=now,
            seen=now, expires=now + model.SESSION_MOST_S, address=address[:60], device=device[:200],
        )
    )  # fmt: skip
    mine = (sessions.c.tenant == user.tenant, sessions.c.user_id == user.id)
    kept = sa.select(sessions.c.id).where(*mine).order_by(sessions.c.seen.desc(), sessions.c.id.desc())
    gone = await c.execute(
        sessions.delete().where(*mine, sessions.c.id.not_in(kept.limit(model.SESSIONS_MOST))).returning(sessions.c.id)
    )
    ended = [SessionEnd(user.tenant, user.id, row.id, "", "expired") for row in gone]
    await c.execute(
        users.update()
        .where(users.c.tenant == user.tenant, users.c.id == user.id)
        .values(last_seen=now, **({"password": newer} if newer else {}))
    )
    who = _identity(user, session=session, address=address)
    await attempts.know_address(c, user.tenant, user.id, address, now)
    await record_audit(c, who, "session.started", session, at=now)
    return SignedIn(token, who), ended


async def use_code(people: People, c: AsyncConnection, user: Row[Any], code: str) -> bool:
    """A code of the app, each time step once, or a recovery code, each once."""
    secret = people.vault.open(user.totp, "totp").decode()
    step = credentials.totp_step(secret, code, people.now())
    mine = (users.c.tenant == user.tenant, users.c.id == user.id)
    if step is not None:
        used = await c.execute(users.update().where(*mine, users.c.totp_step < step).values(totp_step=step))
        return used.rowcount == 1
    spent = await c.execute(
        recovery_codes.delete().where(
            recovery_codes.c.tenant == user.tenant,
            recovery_codes.c.user_id == user.id,
            recovery_codes.c.code_hash == credentials.recovery_hash(code),
        )
    )
    return spent.rowcount == 1


async def identify_session(people: People, token: str, address: str) -> Identity:
    """Raises `NotSignedIn("session.ended")`. Each use keeps the session alive."""
    async with people.records.read() as c:
        row = await queries.session_by_hash(c, credentials.hashed(token))
    if row is None or not row.active or is_over(row, people.now()):
        raise NotSignedIn("session.ended", "your session has ended: sign in again")
    await _seen(people, row)
    return _identity(row, session=row.id, user=row.user_id, name=row.user_name, address=address)


async def identify_token(people: People, token: str, address: str) -> Identity:
    """What the token may, as long as its maker may. Raises `NotSignedIn("token.wrong")`."""
    async with people.records.read() as c:
        row = await queries.api_token_by_hash(c, credentials.hashed(token))
    now = people.now()
    if row is None or not _token_holds(row, now):
        raise NotSignedIn("token.wrong", "this API token is unknown, expired or taken back")
    if row.last_used is None or row.last_used < now - _SEEN_EVERY_S:
        async with people.records.write() as c:
            await c.execute(
                api_tokens.update()
                .where(api_tokens.c.tenant == row.tenant, api_tokens.c.id == row.id)
                .values(last_used=now)
            )
    return _token_identity(row, address)


async def identity_now(people: People, who: Identity) -> Identity | None:
    """What stands behind the same session or token at this moment; None when it has ended. No sign of life."""
    now = people.now()
    async with people.records.read() as c:
        if who.session:
            row = await queries.session_by_id(c, who.tenant, who.session)
            if row is None or not row.active or is_over(row, now):
                return None
            return _identity(row, session=row.id, user=row.user_id, name=row.user_name, address=who.address)
        row = await queries.api_token_by_id(c, who.tenant, who.via.removeprefix("token:"))
    return _token_identity(row, who.address) if row is not None and _token_holds(row, now) else None


async def desk_is_open(people: People, tenant: str, agent: str) -> bool:
    """Whether somebody who is this agent, and may use a desk, has a session or a token that holds."""
    now = people.now()
    async with people.records.read() as c:
        rows = await queries.doors_of_agent(c, tenant, agent)
    return any(
        row.active
        and "desk.use" in model.permissions_of(row.roles)
        and (row.seen is None or not is_over(row, now))
        and (row.expires is None or row.expires > now)
        for row in rows
    )


async def is_signed_in(people: People, tenant: str, user: str) -> bool:
    async with people.records.read() as c:
        rows = await queries.sessions_of(c, tenant, user)
    return any(not is_over(row, people.now()) for row in rows)


def _token_holds(row: Row[Any], now: float) -> bool:
    return bool(row.active and (row.expires is None or row.expires > now))


def _token_identity(row: Row[Any], address: str) -> Identity:
    """What the token may, as long as its maker may."""
    return Identity(
        tenant=row.tenant,
        user=row.user_id,
        name=row.user_name,
        permissions=model.permissions_of(row.roles) & frozenset(row.permissions),
        agent=row.agent or "",
        sites=frozenset(row.sites),
        lines=frozenset(row.lines),
        via=f"token:{row.id}",
        address=address,
    )


async def sign_out(people: People, who: Identity) -> None:
    """Raises `NotAllowed("session.needed")` for an API token."""
    session = own_session(who)
    async with people.records.write() as c:
        await c.execute(sessions.delete().where(sessions.c.tenant == who.tenant, sessions.c.id == session))
        await record_audit(c, who, "session.ended", session, at=people.now())
    await people.tell_end(SessionEnd(who.tenant, who.user, session, "", "signed_out"))


def own_session(who: Identity) -> str:
    """Some things a person does themselves, not a token of theirs. Raises `NotAllowed("session.needed")`."""
    if not who.session:
        raise NotAllowed("session.needed", "sign in with your password for this; a token will not do")
    return who.session


async def end_sessions(c: AsyncConnection, tenant: str, user: str, *, but: str = "") -> None:
    """All of a user's, in the caller's transaction; tell the listeners after the commit."""
    await c.execute(
        sessions.delete().where(sessions.c.tenant == tenant, sessions.c.user_id == user, sessions.c.id != but)
    )


def is_over(row: Row[Any], now: float) -> bool:
    return bool(row.expires <= now or row.seen <= now - model.SESSION_IDLE_S)


async def _seen(people: People, row: Row[Any]) -> None:
    now = people.now()
    if row.seen > now - _SEEN_EVERY_S:
        return
    async with people.records.write() as c:
        await seen_now(c, [row.id], [row.user_id], now)


async def seen_now(c: AsyncConnection, session_ids: Sequence[str], user_ids: Sequence[str], now: float) -> None:
    await c.execute(sessions.update().where(sessions.c.id.in_(session_ids)).values(seen=now))
    await c.execute(users.update().where(users.c.id.in_(user_ids)).values(last_seen=now))


async def _failed(people: People, user: Row[Any], address: str, why: str, at_name: int) -> None:
    async with people.records.write() as c:
        who = _identity(user, session="", address=address)
        await record_audit(c, who, "session.refused", user.id, {"why": why}, at=people.now())
        if _worth_telling(at_name):
            await record_audit(c, who, "session.guessed_at", user.id, {"attempts": at_name}, at=people.now())
            await warn_owner(people, c, user, at_name)
    people.outgoing.wake()


def _worth_telling(guesses: int) -> bool:
    """When joint guessing begins to be slowed down, and at each doubling."""
    times, rest = divmod(guesses, model.GUESSES_AT_NAME_FREE)
    return not rest and times.bit_count() == 1


def _identity(row: Row[Any], *, session: str, address: str, user: str = "", name: str = "") -> Identity:
    """Whoever still has to choose a password of their own may do nothing else."""
    return Identity(
        tenant=row.tenant,
        user=user or row.id,
        name=name or row.name,
        permissions=frozenset() if row.must_change else model.permissions_of(row.roles),
        agent=row.agent or "",
        sites=frozenset(row.sites),
        lines=frozenset(row.lines),
        session=session,
        address=address,
    )
