"""Tenants and users: one function, one use case, one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from ...access import Identity
from ...errors import Invalid, NotAllowed, Refused
from ...records import new_id, tell
from . import attempts, credentials, model, passwords, queries
from .audit import record_audit
from .parts import People, SessionEnd
from .sessions import end_sessions
from .tables import api_tokens, links, tenants, users


class NewUser(NamedTuple):
    """What an administrator says of somebody; `agent` is the id of the agent that this person is, or empty."""

    name: str
    display_name: str = ""
    mail: str = ""
    language: str = "zh"
    roles: Sequence[str] = ()
    sites: Sequence[str] = ()
    lines: Sequence[str] = ()
    agent: str = ""


class Created(NamedTuple):
    id: str
    password: str
    """One-time, shown once; empty for an invitation."""
    link: str
    """Of an invitation that could not be mailed."""


async def create_tenant(people: People, *, code: str, name: str, timezone: str = "Asia/Shanghai") -> str:
    """Its id. `code` is what stands before `/` at sign-in. Raises `Refused("tenant.code_taken")`."""
    id = new_id("t-")
    try:
        async with people.records.write() as c:
            await c.execute(
                tenants.insert().values(
                    id=id, code=model.fold(code), name=name, timezone=timezone, created=people.now()
                )
            )
    except IntegrityError as e:
        raise Refused("tenant.code_taken", "there is a tenant with this code") from e
    return id


async def create_user(
    people: People, by: Identity, new: NewUser, *, password: str | None = None, must_change: bool = True
) -> Created:
    """With a one-time password, made here unless one is given; `must_change`: they can do nothing before that.

    Raises `Refused("name.taken" | "mail.taken" | "agent.taken")`, `Invalid("user.bad_name" | "user.bad_mail" |
    "role.unknown")`, `NotAllowed("people.beyond_own")`.
    """
    secret = password or credentials.one_time_password()
    kept = await people.passwords.hash(secret)
    async with people.records.write() as c:
        id = await _insert(people, c, by, new, password=kept, must_change=must_change)
        await record_audit(c, by, "user.created", id, {"roles": list(new.roles)}, at=people.now())
    return Created(id, secret, "")


async def invite(people: People, by: Identity, new: NewUser) -> Created:
    """They choose their password through a link that is mailed, or returned when no mail can be sent."""
    async with people.records.write() as c:
        id = await _insert(people, c, by, new, password=None, must_change=False)
        await record_audit(c, by, "user.invited", id, {"roles": list(new.roles)}, at=people.now())
        link = await _send_link(people, c, by, id)
    people.outgoing.wake()
    return Created(id, "", link)


async def renew_link(people: People, by: Identity, id: str) -> str:
    """A new invitation, or a new way to set a password for whoever lost it; the link if it could not be mailed.

    The password in use goes on working until the link is followed.
    """
    async with people.records.write() as c:
        user = await queries.user(c, by.tenant, id, lock=True)
        model.check_grant(by, user.roles, user.sites, user.lines)
        if not user.active:
            raise Refused("user.inactive", "let this person in again first")
        await record_audit(c, by, "user.link_made", id, at=people.now())
        link = await _send_link(people, c, by, id)
    people.outgoing.wake()
    return link


async def accept_invitation(
    people: People, token: str, password: str, *, display_name: str | None, language: str | None, address: str
) -> None:
    """Raises `NotFound("link.unknown")`, `Invalid("password.weak")`."""
    changes = {k: v for k, v in (("display_name", display_name), ("language", language)) if v}
    await passwords.use_link(people, "invitation", token, password, changes, address=address)


async def change_user(people: People, by: Identity, id: str, changes: dict[str, Any]) -> None:
    """Any of display_name, mail, language, roles, sites, lines, agent, active, and `unlock`.

    Sockets of whoever may now do something else are told to come again; whoever is let go is signed out.
    Raises as `create_user`, and `Refused("people.last_administrator" | "people.not_yourself")`.
    """
    changes = dict(changes)
    unlock = changes.pop("unlock", False)
    async with people.records.write() as c:
        user = await queries.user(c, by.tenant, id, lock=True)
        model.check_grant(by, user.roles, user.sites, user.lines)
        after = {"roles": user.roles, "sites": user.sites, "lines": user.lines, "active": user.active, **changes}
        model.check_grant(by, after["roles"], after["sites"], after["lines"])
        if not after["active"] and id == by.user:
            raise Refused("people.not_yourself", "somebody else has to do this")
        await _keep_one_administrator(c, by.tenant, id, after)
        values = _values(changes)
        if values:
            await _guarded(c, users.update().where(users.c.tenant == by.tenant, users.c.id == id).values(values))
            await tell(c, by.tenant, "people", "user.changed", {"user": id})
        if unlock:
            await attempts.unlock(c, attempts.subject("sign_in", by.tenant, user.name_key))
        if user.active and not after["active"]:
            await end_sessions(c, by.tenant, id)
            await c.execute(links.delete().where(links.c.tenant == by.tenant, links.c.user_id == id))
            await c.execute(api_tokens.delete().where(api_tokens.c.tenant == by.tenant, api_tokens.c.user_id == id))
        shown = {k: v for k, v in changes.items() if k in ("roles", "sites", "lines", "agent", "active")}
        detail = {**shown, "fields": sorted(changes), **({"unlock": True} if unlock else {})}
        await record_audit(c, by, "user.changed", id, detail, at=people.now())
    if user.active and not after["active"]:
        await people.tell_end(SessionEnd(by.tenant, id, "", "", "deactivated"))
    elif {"roles", "sites", "lines", "agent"} & set(changes):
        await people.tell_end(SessionEnd(by.tenant, id, "", "", "permissions_changed"))


async def change_own(people: People, who: Identity, *, display_name: str | None, language: str | None) -> None:
    values = {k: v for k, v in (("display_name", display_name), ("language", language)) if v is not None}
    if not values:
        return
    async with people.records.write() as c:
        await c.execute(users.update().where(users.c.tenant == who.tenant, users.c.id == who.user).values(values))
        await tell(c, who.tenant, "people", "user.changed", {"user": who.user})


async def create_api_token(
    people: People, who: Identity, name: str, permissions: Sequence[str], expires: float | None
) -> tuple[str, str]:
    """(id, token). Raises `NotAllowed("people.beyond_own")`, `Refused("token.too_many")`."""
    if beyond := sorted(set(permissions) - who.permissions):
        raise NotAllowed("people.beyond_own", f"you do not hold {beyond[0][:40]} yourself", permission=beyond[0])
    if expires is not None and expires <= people.now():
        raise Invalid("token.expired", "this instant has passed", fields={"expires_at": "past"})
    id, token = new_id("tk-"), credentials.new_token(credentials.TOKEN_PREFIX)
    async with people.records.write() as c:
        await queries.user(c, who.tenant, who.user, lock=True)
        count = await c.scalar(
            sa.select(sa.func.count())
            .select_from(api_tokens)
            .where(api_tokens.c.tenant == who.tenant, api_tokens.c.user_id == who.user)
        )
        if (count or 0) >= model.TOKENS_MOST:
            raise Refused("token.too_many", f"at most {model.TOKENS_MOST} tokens a person: take one back first")
        await c.execute(
            api_tokens.insert().values(
                id=id, tenant=who.tenant, user_id=who.user, name=name, token_hash=credentials.hashed(token),
                permissions=sorted(set(permissions)), created=people.now(), expires=expires,
            )
        )  # fmt: skip
        await record_audit(c, who, "token.created", id, {"permissions": sorted(set(permissions))}, at=people.now())
    return id, token


async def revoke_api_token(people: People, who: Identity, id: str) -> None:
    """No error when it is gone already."""
    async with people.records.write() as c:
        gone = await c.execute(
            api_tokens.delete()
            .where(api_tokens.c.tenant == who.tenant, api_tokens.c.id == id)
            .returning(api_tokens.c.user_id)
        )
        owner = gone.scalar_one_or_none()
        if owner is None:
            return
        await record_audit(c, who, "token.revoked", id, at=people.now())
    await people.tell_end(SessionEnd(who.tenant, owner, "", id, "token_revoked"))


async def _insert(
    people: People, c: AsyncConnection, by: Identity, new: NewUser, *, password: str | None, must_change: bool
) -> str:
    model.check_grant(by, new.roles, new.sites, new.lines)
    id, name = new_id("u-"), model.user_name(new.name)
    fields = {**new._asdict(), "display_name": new.display_name.strip() or name}
    del fields["name"]
    await _guarded(
        c,
        users.insert().values(
            id=id, tenant=by.tenant, name=name, name_key=model.fold(name), password=password,
            must_change=must_change, totp_step=0, active=True, created=people.now(), **_values(fields),
        ),
    )  # fmt: skip
    await tell(c, by.tenant, "people", "user.changed", {"user": id})
    return id


def _values(fields: dict[str, Any]) -> dict[str, Any]:
    values = dict(fields)
    if "mail" in values:
        values["mail"] = model.mail_address(values["mail"])
        values["mail_key"] = model.fold(values["mail"]) or None
    if "agent" in values:
        values["agent"] = values["agent"] or None
    for many in ("roles", "sites", "lines"):
        if many in values:
            values[many] = sorted(set(values[many]))
    return values


async def _guarded(c: AsyncConnection, statement: sa.Insert | sa.Update) -> None:
    """The database decides what is taken; its word is made ours."""
    try:
        await c.execute(statement)
    except IntegrityError as e:
        words = str(e.orig)
        for column, code in (("name_key", "name.taken"), ("mail_key", "mail.taken"), ("agent", "agent.taken")):
            if column in words:
                raise Refused(code, "somebody else has it", fields={column.removesuffix("_key"): "taken"}) from e
        raise


async def _send_link(people: People, c: AsyncConnection, by: Identity, id: str) -> str:
    """Empty when it goes by mail."""
    user = await queries.user(c, by.tenant, id)
    kind = "reset" if user.password else "invitation"
    link = await passwords.make_link(people, c, user, kind)
    giver = await queries.people_names(c, by.tenant, [by.user])
    mailed = await passwords.mail_link(people, c, user, kind, link, giver[0].display_name if giver else by.name)
    return "" if mailed else link


async def _keep_one_administrator(c: AsyncConnection, tenant: str, id: str, after: dict[str, Any]) -> None:
    stays = (
        after["active"]
        and "people.manage" in model.permissions_of(after["roles"])
        and not after["sites"]
        and not after["lines"]
    )
    if not stays and not await queries.others_with_permission(c, tenant, "people.manage", id):
        raise Refused("people.last_administrator", "then nobody could manage people any more")
