"""The customers' own page: what an entry point is called, and a call from the browser. Nobody signs in here."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal

import msgspec
import structlog
from fastapi import APIRouter, Request, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, ConfigDict, Field

from ..access import Identity, network
from ..contexts.configuration import api as configuration
from ..contexts.people import api as people
from ..errors import NotFound, TooMany, Unavailable
from ..observability import refused
from ..telephony.credentials import Holder, WebCredentials
from ..telephony.port import EngineUnavailable
from .sessions import client_address

log = structlog.get_logger(__name__)

LONGEST_CALL_S = 4 * 3600.0
"""As the engine's own limit: nobody holds a socket for longer than a call may last."""
LOOK_EVERY_S = 1.0
"""How often a customer's page is told what changed in their call."""
PING_S = 15.0
SEND_S = 10.0

CallOf = Callable[[Holder], Awaitable[dict[str, Any] | None]]
"""What is told of a holder's call, as `CustomerCalls.of`; None when none has come yet."""

Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]


class Wanted(BaseModel):
    model_config = ConfigDict(extra="forbid")
    entry: Key
    language: Literal["zh", "en"] = "zh"


def routes(
    config: configuration.Configuration,
    credentials: WebCredentials | None,
    connection: Callable[[], dict[str, Any]],
    call_of: CallOf,
) -> APIRouter:
    """`connection` gives what every browser phone needs beside its credential: realm and ICE servers."""
    router = APIRouter(prefix="/public", tags=["public"])

    def found(key: str) -> configuration.Entry:
        entry = configuration.resolve_entry(config, key, kind="web")
        if entry is None:
            raise NotFound("entry.unknown", "there is nothing to call at this address")
        return entry

    @router.get("/entries/{key}")
    async def entry(key: str) -> dict[str, Any]:
        it = found(key)
        company = config.of(it.tenant).settings.body.company_name
        return {"title": it.title, "company": company, "open": credentials is not None, "language": it.language}

    @router.post("/calls", status_code=201)
    async def call(body: Wanted, request: Request) -> dict[str, Any]:
        found(body.entry)
        if credentials is None:
            raise Unavailable("voice.off", "calls are not possible at the moment")
        try:
            made = await credentials.issue(body.entry, network(client_address(request.scope)))
        except TooMany as refusal:
            refused.labels(refusal.code).inc()
            raise
        except EngineUnavailable as error:
            raise Unavailable("voice.engine_down", "calls are not possible at the moment") from error
        return {
            "endpoint": made.endpoint,
            "secret": made.secret,
            "token": made.token,
            "ws": "/sip",
            "live": "/api/v1/public/calls/live",
            "target": body.entry,
            "expires_at": made.expires_at,
            **connection(),
        }

    followed: dict[str, WebSocket] = {}
    """One page for each credential: a newer one takes its place."""

    @router.websocket("/calls/live")
    async def follow(socket: WebSocket) -> None:
        holder = credentials.holder(offered_token(socket)) if credentials else None
        await socket.accept("call" if "call" in socket.scope.get("subprotocols", ()) else None)
        if holder is None:
            refused.labels("web_call.bad_token").inc()
            await socket.close(4401, "web_call.ended")
            return
        before, followed[holder.id] = followed.get(holder.id), socket
        if before is not None:
            await before.close(4409, "web_call.elsewhere")
        telling, gone = asyncio.create_task(_tell(socket, holder, call_of)), asyncio.create_task(_drain(socket))
        try:
            await asyncio.wait((telling, gone), return_when=asyncio.FIRST_COMPLETED)
            problem = telling.exception() if telling.done() else None
            if telling.done() and problem is None:
                await socket.close(4401, "web_call.ended")
            elif problem is not None and not isinstance(problem, WebSocketDisconnect | TimeoutError):
                log.error("web_call.live_failed", error=repr(problem))
                await socket.close(1011, "live.failed")
        finally:
            if followed.get(holder.id) is socket:
                del followed[holder.id]
            for task in (telling, gone):
                task.cancel()
            await asyncio.gather(telling, gone, return_exceptions=True)

    return router


async def _tell(socket: WebSocket, holder: Holder, call_of: CallOf) -> None:
    """Until the credential has ended and no call of it goes on."""
    told, at = None, 0.0
    while True:
        call = await call_of(holder)
        if call != told or time.monotonic() - at > PING_S:
            told, at = call, time.monotonic()
            async with asyncio.timeout(SEND_S):
                await socket.send_text(msgspec.json.encode({"now": time.time(), "call": call}).decode())
        if not _goes_on(call) and holder.expires_at <= time.time():
            return
        await asyncio.sleep(LOOK_EVERY_S)


async def _drain(socket: WebSocket) -> None:
    """Nothing is expected from the page; reading tells when it is gone."""
    while (await socket.receive())["type"] != "websocket.disconnect":
        pass


def _goes_on(call: dict[str, Any] | None) -> bool:
    return call is not None and call["stage"] != "ended"


def offered_token(socket: WebSocket) -> str:
    """A page gives its token among the protocols that it offers: an address would end up in logs."""
    protocols: list[str] = socket.scope.get("subprotocols", [])
    return next((p.removeprefix("token.") for p in protocols if p.startswith("token.")), "")


class SipDoor:
    """Who may use `/sip`: somebody signed in with a desk, or the holder of a web call's token."""

    def __init__(self, people_: people.People, credentials: WebCredentials, call_of: CallOf) -> None:
        self._people = people_
        self._credentials = credentials
        self._call_of = call_of

    async def authorize(self, socket: WebSocket) -> bool:
        if self._desk(socket) is not None:
            return True
        token = offered_token(socket)
        if not token:
            return False
        holder = self._credentials.holder(token)
        if holder is None:
            refused.labels("web_call.bad_token").inc()
            return False
        return holder.expires_at > time.time() or _goes_on(await self._call_of(holder))

    async def ended(self, socket: WebSocket) -> None:
        """Returns when what let it in has ended: the session; or a web call's credential, and the call it began.

        A conversation is not cut because ten minutes are over: it goes on to the engine's own limit.
        """
        who = self._desk(socket)
        if who is not None:
            await people.until_ended(self._people, who)
            return
        holder = self._credentials.holder(offered_token(socket))
        if holder is None:
            return
        last = time.monotonic() + LONGEST_CALL_S
        await asyncio.sleep(max(0.0, holder.expires_at - time.time()))
        while _goes_on(await self._call_of(holder)):
            if time.monotonic() > last:
                return
            await asyncio.sleep(LOOK_EVERY_S)

    @staticmethod
    def _desk(socket: WebSocket) -> Identity | None:
        who = getattr(socket.state, "identity", None)
        if offered_token(socket) or not isinstance(who, Identity):
            return None
        return who if who.may("desk.use") else None
