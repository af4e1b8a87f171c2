"""Passwords over their life: changed by their owner, or chosen anew through a link that works once."""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from ...access import Identity
from ...errors import NotFound, NotSignedIn
from ...records import new_id
from . import attempts, credentials, model, queries
from .audit import record_audit
from .owners import mail_owner
from .parts import People, SessionEnd
from .sessions import end_sessions, own_session
from .tables import links, users


async def prove(people: People, who: Identity, password: str) -> Row[Any]:
    """The person at this session types their password again; guesses are slow here too.

    Raises `NotSignedIn("password.wrong")`, `TooMany("sign_in.locked")`, `NotAllowed("session.needed")`.
    """
    own_session(who)
    async with people.records.read() as c:
        user = await queries.user(c, who.tenant, who.user)
    attempt = await attempts.begin(people, attempts.subject("prove", who.tenant, who.user), who.address)
    fits, _ = await people.passwords.verify(password, user.password)
    if not fits:
        raise NotSignedIn("password.wrong", "the password is wrong")
    async with people.records.write() as c:
        await attempts.forgive(c, attempt)
    return user


async def change_password(people: People, who: Identity, old: str, new: str) -> None:
    """Every other session of this person ends. Raises as `prove`, and `Invalid("password.weak")`."""
    user = await prove(people, who, old)
    model.check_password(new, (user.name, user.display_name))
    kept = await people.passwords.hash(new)
    async with people.records.write() as c:
        await _set_password(people, c, user, kept, but=who.session)
        await record_audit(c, who, "password.changed", user.id, at=people.now())
    people.outgoing.wake()
    await people.tell_end(SessionEnd(who.tenant, who.user, "", "", "password_changed"))


async def make_link(people: People, c: AsyncConnection, user: Row[Any], kind: str) -> str:
    """A link that works once; those made before for the same end stop working."""
    token, now = credentials.new_token(), people.now()
    await c.execute(links.delete().where(links.c.tenant == user.tenant, links.c.user_id == user.id))
    await c.execute(
        links.insert().values(
            id=new_id("l-"), tenant=user.tenant, user_id=user.id, kind=kind, token_hash=credentials.hashed(token),
            created=now, expires=now + (model.INVITATION_S if kind == "invitation" else model.RESET_S),
        )
    )  # fmt: skip
    # The secret stands behind `#`, so that no server, proxy or referrer sees it.
    return f"{people.base_url}/{'invitation' if kind == 'invitation' else 'password-reset'}#{token}"


async def mail_link(people: People, c: AsyncConnection, user: Row[Any], kind: str, link: str, by: str = "") -> bool:
    """Whether it could be mailed; if not, the link has to reach its person some other way."""
    if not people.outgoing.enabled or not user.mail:
        return False
    company = (await queries.tenant(c, user.tenant)).name
    await people.outgoing.put(
        c,
        tenant=user.tenant,
        about=user.id,
        to=user.mail,
        template=kind,
        language=user.language,
        values={
            "company": company,
            "display_name": user.display_name,
            "name": user.name,
            "by": by,
            "link": link,
            "days": str(int(model.INVITATION_S / 86400)),
            "minutes": str(int(model.RESET_S / 60)),
        },
    )
    return True


async def ask_reset(people: People, name_or_mail: str, *, address: str) -> None:
    """Answers the same, in much the same time, whether there is such a person or not.

    Raises `TooMany("sign_in.locked")` when asked for too often.
    """
    code_of_tenant, key = model.split_name(name_or_mail)
    async with people.records.write() as c:
        tenant = await queries.tenant_by_code(c, code_of_tenant)
        what = attempts.subject("reset", tenant, key)
        await attempts.begin_in(c, what, address, now=people.now(), free=model.RESETS_FREE)
        user = await queries.user_by_name(c, tenant, key) or await queries.user_by_mail(c, tenant, key)
        if user is not None and user.active and user.password is not None:
            if people.outgoing.enabled and user.mail:
                await mail_link(people, c, user, "reset", await make_link(people, c, user, "reset"))
            who = Identity(user.tenant, user.id, user.name, frozenset(), address=address)
            await record_audit(c, who, "password.reset_asked", user.id, at=people.now())
    people.outgoing.wake()


async def confirm_reset(people: People, token: str, password: str, *, address: str) -> None:
    """Every session of this person ends. Raises `NotFound("link.unknown")`, `Invalid("password.weak")`."""
    await use_link(people, "reset", token, password, {}, address=address)


async def use_link(
    people: People, kind: str, token: str, password: str, changes: dict[str, Any], *, address: str
) -> None:
    """Set a password through a link; an unfit password leaves the link usable."""
    async with people.records.read() as c:
        user = await linked_user(people, c, kind, token)
    model.check_password(password, (user.name, changes.get("display_name") or user.display_name))
    kept = await people.passwords.hash(password)
    async with people.records.write() as c:
        user = await linked_user(people, c, kind, token, use=True)
        await _set_password(people, c, user, kept, **changes)
        who = Identity(user.tenant, user.id, user.name, frozenset(), address=address)
        await attempts.know_address(c, user.tenant, user.id, address, people.now())
        done = "invitation.accepted" if kind == "invitation" else "password.reset"
        await record_audit(c, who, done, user.id, at=people.now())
    people.outgoing.wake()
    await people.tell_end(SessionEnd(user.tenant, user.id, "", "", "password_changed"))


async def linked_user(people: People, c: AsyncConnection, kind: str, token: str, *, use: bool = False) -> Row[Any]:
    """Raises `NotFound("link.unknown")`: unknown, used, or expired. `use` takes the link away."""
    link = await queries.link_by_hash(c, credentials.hashed(token), kind, people.now())
    user = await queries.user(c, link.tenant, link.user_id, lock=use) if link else None
    if link is None or user is None or not user.active:
        raise NotFound("link.unknown", "this link was used already, or is too old: ask for a new one")
    if use:
        used = await c.execute(links.delete().where(links.c.tenant == link.tenant, links.c.id == link.id))
        if used.rowcount != 1:
            raise NotFound("link.unknown", "this link was used already")
    return user


async def _set_password(
    people: People, c: AsyncConnection, user: Row[Any], kept: str, but: str = "", **changes: Any
) -> None:
    """The rest of its transaction: other sessions end, open links stop, whoever owns it is told."""
    await c.execute(
        users.update()
        .where(users.c.tenant == user.tenant, users.c.id == user.id)
        .values(password=kept, must_change=False, **changes)
    )
    await c.execute(links.delete().where(links.c.tenant == user.tenant, links.c.user_id == user.id))
    await end_sessions(c, user.tenant, user.id, but=but)
    await attempts.unlock(c, attempts.subject("sign_in", user.tenant, user.name_key))
    if user.password is not None:
        await mail_owner(people, c, user, "password_changed")
