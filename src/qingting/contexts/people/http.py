"""Routes of one's own session: signing in and out, password, second factor."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from ...access import Identity, identity
from . import passwords, queries, second_factor, sessions
from . import schemas as s
from .actions import accept_invitation, change_own
from .credentials import SESSION_COOKIE, csrf_of
from .http_manage import router as manage
from .model import SESSION_MOST_S
from .parts import People

Me = Annotated[Identity, Depends(identity)]


def router(people: People) -> APIRouter:
    """Everything under "Session and people" of docs/api.md."""
    routes = APIRouter(tags=["session"])

    @routes.post("/session")
    async def sign_in(request: Request, response: Response, body: s.SignIn) -> s.Session:
        signed_in = await sessions.sign_in(
            people,
            body.name,
            body.password,
            body.code,
            address=_address(request),
            device=request.headers.get("user-agent", ""),
        )
        response.set_cookie(
            SESSION_COOKIE,
            signed_in.token,
            max_age=int(SESSION_MOST_S),
            httponly=True,
            samesite="strict",
            secure=_secure(people, request),
        )
        return await _session(people, signed_in.identity, csrf_of(signed_in.token))

    @routes.get("/session")
    async def show_session(request: Request, me: Me) -> s.Session:
        return await _session(people, me, getattr(request.state, "csrf", ""))

    @routes.delete("/session", status_code=204)
    async def sign_out(request: Request, response: Response, me: Me) -> None:
        await sessions.sign_out(people, me)
        response.delete_cookie(SESSION_COOKIE, httponly=True, samesite="strict", secure=_secure(people, request))

    @routes.patch("/session/user", status_code=204)
    async def change_me(me: Me, body: s.OwnChange) -> None:
        sessions.own_session(me)
        await change_own(people, me, display_name=body.display_name, language=body.language)

    @routes.post("/session/password", status_code=204)
    async def change_password(me: Me, body: s.PasswordChange) -> None:
        await passwords.change_password(people, me, body.old, body.new)

    @routes.post("/session/second-factor")
    async def begin_second_factor(me: Me) -> s.Secret:
        secret, uri = await second_factor.begin(people, me)
        return s.Secret(secret=secret, uri=uri)

    @routes.post("/session/second-factor/confirm")
    async def confirm_second_factor(me: Me, body: s.CodeOnly) -> s.RecoveryCodes:
        return s.RecoveryCodes(recovery_codes=await second_factor.confirm(people, me, body.code))

    @routes.delete("/session/second-factor", status_code=204)
    async def take_off_second_factor(me: Me, body: s.PasswordOnly) -> None:
        await second_factor.take_off(people, me, body.password)

    @routes.post("/password-reset", status_code=204)
    async def ask_reset(request: Request, body: s.ResetAsked) -> None:
        """The same answer whether there is such a person or not."""
        await passwords.ask_reset(people, body.name_or_mail, address=_address(request))

    @routes.post("/password-reset/confirm", status_code=204)
    async def confirm_reset(request: Request, body: s.ResetConfirmed) -> None:
        await passwords.confirm_reset(people, body.token, body.password, address=_address(request))

    @routes.post("/invitation/show")
    async def show_invitation(body: s.InvitationShown) -> s.InvitationOut:
        """The token of the mailed link, which no address carries: those end up in logs."""
        async with people.records.read() as c:
            user = await passwords.linked_user(people, c, "invitation", body.token)
            tenant = await queries.tenant(c, user.tenant)
        return s.InvitationOut(
            name=user.name,
            display_name=user.display_name,
            mail=user.mail,
            language=user.language,
            tenant=tenant.name,
        )

    @routes.post("/invitation/accept", status_code=204)
    async def accept(request: Request, body: s.InvitationAccepted) -> None:
        await accept_invitation(
            people,
            body.token,
            body.password,
            display_name=body.display_name,
            language=body.language,
            address=_address(request),
        )

    routes.routes.extend(manage(people).routes)
    return routes


async def _session(people: People, who: Identity, csrf: str) -> s.Session:
    async with people.records.read() as c:
        user = await queries.user(c, who.tenant, who.user)
        tenant = await queries.tenant(c, who.tenant)
    return s.Session(
        user=s.SessionUser(
            id=user.id,
            name=user.name,
            display_name=user.display_name,
            mail=user.mail,
            language=user.language,
            agent=user.agent or "",
            roles=user.roles,
            permissions=sorted(who.permissions),
            sites=user.sites,
            lines=user.lines,
            second_factor=bool(user.totp),
            must_change_password=user.must_change,
        ),
        tenant=s.SessionTenant(id=tenant.id, name=tenant.name, timezone=tenant.timezone),
        csrf=csrf,
        now=people.now(),
    )


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _secure(people: People, request: Request) -> bool:
    return request.url.scheme == "https" or people.base_url.startswith("https:")
