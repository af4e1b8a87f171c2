"""Routes of those who manage people: users, invitations, roles, API tokens, the audit log."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from sqlalchemy.engine import Row

from ...access import ROLES, Identity, require
from ...paging import Limit
from . import actions, attempts, queries, second_factor
from . import schemas as s
from .audit import list_audit
from .parts import People

Manager = Annotated[Identity, Depends(require("people.manage"))]
TokenMaker = Annotated[Identity, Depends(require("tokens.manage"))]
Auditor = Annotated[Identity, Depends(require("audit.view"))]

Cursor = Annotated[str, Query(max_length=40, pattern=r"^[A-Za-z0-9_\-]*$")]
ABOUT_S = 31 * 86_400.0
"""So far back is looked for what names an id, unless it is asked otherwise."""
Instant = Annotated[float | None, Query(ge=0, le=1e11, allow_inf_nan=False)]


def router(people: People) -> APIRouter:
    routes = APIRouter(tags=["people"])

    @routes.get("/users")
    async def list_users(me: Manager, limit: Limit = 50, cursor: Cursor = "") -> s.Users:
        async with people.records.read() as c:
            rows = await queries.list_users(c, me.tenant, after=cursor, limit=limit + 1)
            locked = await attempts.locked_until(c, [_sign_in(row) for row in rows], people.now())
            mails = await people.outgoing.states_of(c, me.tenant, [row.id for row in rows])
            total = await queries.count_users(c, me.tenant)
        items = [_user(row, locked.get(_sign_in(row)), mails.get(row.id, "")) for row in rows[:limit]]
        return s.Users(items=items, next=_next(items, rows), total=total)

    @routes.post("/users", status_code=201)
    async def create_user(me: Manager, body: s.UserIn) -> s.UserCreated:
        """The one-time password is shown here and never again; they have to choose their own."""
        created = await actions.create_user(people, me, actions.NewUser(**body.model_dump()))
        return s.UserCreated(id=created.id, password=created.password)

    @routes.patch("/users/{id}", status_code=204)
    async def change_user(me: Manager, id: s.Id, body: s.UserChange) -> None:
        changes = {k: v for k, v in body.model_dump(exclude_unset=True).items() if v is not None}
        if "locked_until" in body.model_fields_set:
            changes["unlock"] = True
        await actions.change_user(people, me, id, changes)

    @routes.post("/users/{id}/link")
    async def renew_link(me: Manager, id: s.Id) -> s.Link:
        """A new invitation, or a new way to set a password."""
        return s.Link(id=id, link=await actions.renew_link(people, me, id) or None)

    @routes.delete("/users/{id}/second-factor", status_code=204)
    async def take_off_second_factor(me: Manager, id: s.Id) -> None:
        await second_factor.take_off_for(people, me, id)

    @routes.post("/invitations", status_code=201)
    async def invite(me: Manager, body: s.Invitation) -> s.Link:
        created = await actions.invite(people, me, actions.NewUser(**body.model_dump()))
        return s.Link(id=created.id, link=created.link or None)

    @routes.get("/roles")
    async def list_roles(me: Manager) -> s.RoleList:
        items = [s.RoleOut(role=role, permissions=list(permissions)) for role, permissions in ROLES.items()]
        return s.RoleList(items=items, total=len(items))

    @routes.get("/tokens")
    async def list_tokens(me: TokenMaker, limit: Limit = 50, cursor: Cursor = "") -> s.Tokens:
        async with people.records.read() as c:
            rows = await queries.list_tokens(c, me, after=cursor, limit=limit + 1)
        items = [_token(row) for row in rows[:limit]]
        return s.Tokens(items=items, next=_next(items, rows), total=None)

    @routes.post("/tokens", status_code=201)
    async def create_token(me: TokenMaker, body: s.TokenIn) -> s.TokenCreated:
        """The token is shown here and never again."""
        id, token = await actions.create_api_token(people, me, body.name, body.permissions, body.expires_at)
        return s.TokenCreated(id=id, token=token)

    @routes.delete("/tokens/{id}", status_code=204)
    async def revoke_token(me: TokenMaker, id: s.Id) -> None:
        await actions.revoke_api_token(people, me, id)

    @routes.get("/audit")
    async def show_audit(
        me: Auditor,
        since: Annotated[Instant, Query(alias="from")] = None,
        until: Annotated[Instant, Query(alias="to")] = None,
        user: Annotated[str, Query(max_length=40, pattern=r"^[A-Za-z0-9_\-]*$")] = "",
        action: Annotated[str, Query(max_length=80, pattern=r"^[a-z_.]*$")] = "",
        about: Annotated[str, Query(max_length=80, pattern=r"^[!-~]*$")] = "",
        limit: Limit = 50,
        cursor: Cursor = "",
    ) -> s.AuditPage:
        """Newest first. `action` may be a beginning that ends in a dot: `session.`; `about`: what was done to this
        id, and lists that showed it, of the last month unless `from` says otherwise."""
        if about and since is None:
            since = people.now() - ABOUT_S
        async with people.records.read() as c:
            rows = await list_audit(
                c,
                me.tenant,
                since=since,
                until=until,
                user=user,
                action=action,
                about=about,
                before=cursor,
                limit=limit + 1,
            )
        items = [s.AuditEntry(**row) for row in rows[:limit]]
        return s.AuditPage(items=items, next=_next(items, rows), total=None)

    return routes


def _next(items: list[Any], found: list[Any]) -> str | None:
    """Where the next page goes on; None when there is none."""
    return items[-1].id if len(found) > len(items) else None


def _sign_in(row: Row[Any]) -> str:
    return attempts.subject("sign_in", row.tenant, row.name_key)


def _user(row: Row[Any], locked_until: float | None, mail_state: str) -> s.UserOut:
    return s.UserOut(
        id=row.id,
        name=row.name,
        display_name=row.display_name,
        mail=row.mail,
        language=row.language,
        roles=row.roles,
        sites=row.sites,
        lines=row.lines,
        agent=row.agent or "",
        active=row.active,
        invited=row.password is None,
        second_factor=bool(row.totp),
        locked_until=locked_until,
        last_seen=row.last_seen,
        mail_state=mail_state,
    )


def _token(row: Row[Any]) -> s.TokenOut:
    return s.TokenOut(
        id=row.id,
        name=row.name,
        user=row.user_id,
        user_name=row.user_name,
        permissions=row.permissions,
        created_at=row.created,
        expires_at=row.expires,
        last_used=row.last_used,
    )
