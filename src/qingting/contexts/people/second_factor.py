"""The second factor: codes of an app (TOTP, RFC 6238), and recovery codes for when the phone is lost."""

from __future__ import annotations

from ...access import Identity
from ...errors import Invalid, Refused
from . import attempts, credentials, model, queries
from .audit import record_audit
from .parts import People
from .passwords import prove
from .sessions import own_session
from .tables import recovery_codes, users


async def begin(people: People, who: Identity) -> tuple[str, str]:
    """(secret, otpauth address) for the app; nothing changes until a code of it is confirmed.

    Raises `Refused("second_factor.on")`.
    """
    own_session(who)
    secret = credentials.new_totp_secret()
    async with people.records.write() as c:
        user = await queries.user(c, who.tenant, who.user, lock=True)
        if user.totp:
            raise Refused("second_factor.on", "it is on already: take it off first")
        await c.execute(
            users.update()
            .where(users.c.tenant == who.tenant, users.c.id == who.user)
            .values(totp_pending=people.vault.seal(secret.encode(), "totp"))
        )
        company = (await queries.tenant(c, who.tenant)).name
    return secret, credentials.totp_uri(secret, user.name, company)


async def confirm(people: People, who: Identity, code: str) -> list[str]:
    """On from now; returns the recovery codes, which are shown this once.

    Raises `Refused("second_factor.not_begun")`, `Invalid("sign_in.code_wrong")`, `TooMany("sign_in.locked")`.
    """
    own_session(who)
    attempt = await attempts.begin(people, attempts.subject("confirm", who.tenant, who.user), who.address)
    codes = credentials.new_recovery_codes(model.RECOVERY_CODES)
    async with people.records.write() as c:
        user = await queries.user(c, who.tenant, who.user, lock=True)
        if not user.totp_pending:
            raise Refused("second_factor.not_begun", "ask for a secret first")
        secret = people.vault.open(user.totp_pending, "totp").decode()
        step = credentials.totp_step(secret, code, people.now())
        if step is None:
            raise Invalid("sign_in.code_wrong", "the code does not fit; is the phone's clock right?")
        await attempts.forgive(c, attempt)
        await c.execute(
            users.update()
            .where(users.c.tenant == who.tenant, users.c.id == who.user)
            .values(totp=user.totp_pending, totp_pending=None, totp_step=step)
        )
        mine = (recovery_codes.c.tenant == who.tenant, recovery_codes.c.user_id == who.user)
        await c.execute(recovery_codes.delete().where(*mine))
        await c.execute(
            recovery_codes.insert(),
            [
                {"tenant": who.tenant, "user_id": who.user, "code_hash": credentials.recovery_hash(code)}
                for code in codes
            ],
        )
        await record_audit(c, who, "second_factor.on", who.user, at=people.now())
    return codes


async def take_off(people: People, who: Identity, password: str) -> None:
    """Raises as `passwords.prove`. No error when it is off."""
    await prove(people, who, password)
    await _clear(people, who, who.user)


async def take_off_for(people: People, by: Identity, id: str) -> None:
    """An administrator helps somebody who lost phone and recovery codes."""
    async with people.records.read() as c:
        user = await queries.user(c, by.tenant, id)
    model.check_grant(by, user.roles, user.sites, user.lines)
    await _clear(people, by, id)


async def _clear(people: People, by: Identity, id: str) -> None:
    async with people.records.write() as c:
        await c.execute(
            users.update()
            .where(users.c.tenant == by.tenant, users.c.id == id)
            .values(totp=None, totp_pending=None, totp_step=0)
        )
        await c.execute(
            recovery_codes.delete().where(recovery_codes.c.tenant == by.tenant, recovery_codes.c.user_id == id)
        )
        await record_audit(c, by, "second_factor.off", id, at=people.now())
