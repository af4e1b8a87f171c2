"""The customers' own page: what an entry point is called, and a call from the browser. Nobody signs in here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, WebSocket
from pydantic import BaseModel, ConfigDict, Field

from ..access import Identity
from ..contexts.configuration import api as configuration
from ..contexts.people import api as people
from ..errors import NotFound, TooMany, Unavailable
from ..observability import refused
from ..telephony.credentials import WebCredentials
from ..telephony.port import EngineUnavailable
from .limits import network
from .sessions import client_address

Key = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]


class Wanted(BaseModel):
    model_config = ConfigDict(extra="forbid")
    entry: Key
    language: Literal["zh", "en"] = "zh"


def routes(
    config: configuration.Configuration, credentials: WebCredentials | None, connection: Callable[[], dict[str, Any]]
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
            "ws": f"/sip?token={made.token}",
            "target": body.entry,
            "expires_at": made.expires_at,
            **connection(),
        }

    return router


class SipDoor:
    """Who may use `/sip`: somebody signed in with a desk, or the holder of a web call's token."""

    def __init__(self, people_: people.People, credentials: WebCredentials) -> None:
        self._people = people_
        self._credentials = credentials

    async def authorize(self, socket: WebSocket) -> bool:
        if self._desk(socket) is not None:
            return True
        token = socket.query_params.get("token", "")
        if not token:
            return False
        let_in = self._credentials.lets_in(token) is not None
        if not let_in:
            refused.labels("web_call.bad_token").inc()
        return let_in

    async def ended(self, socket: WebSocket) -> None:
        """Returns when the session has ended; a web caller's time ends registration, not a call that has begun."""
        who = self._desk(socket)
        if who is not None:
            await people.until_ended(self._people, who)
            return
        await asyncio.sleep(LONGEST_CALL_S)

    @staticmethod
    def _desk(socket: WebSocket) -> Identity | None:
        who = getattr(socket.state, "identity", None)
        if socket.query_params.get("token") or not isinstance(who, Identity):
            return None
        return who if who.may("desk.use") else None


LONGEST_CALL_S = 4 * 3600.0
"""As the engine's own limit: nobody holds a socket for longer than a call may last."""
