"""Callbacks and messages, for those who work on them: each call is one command to the core."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from ..access import Identity, require
from ..core import commands as c
from ..errors import Invalid, NotAllowed, NotFound, QingtingError
from ..records import new_id
from ..runtime.backlog import Backlog
from ..runtime.centre import Centre
from ..runtime.claims import Claims
from ..runtime.later import Later, Wish
from .desk import own

Agent = Annotated[Identity, Depends(require("desk.use"))]
Sees = Annotated[Identity, Depends(require("callbacks.view"))]
Acts = Annotated[Identity, Depends(require("callbacks.act"))]

Audit = Callable[[Identity, str, str, dict[str, Any]], Awaitable[None]]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Back(Body):
    at: Annotated[float, Field(ge=0, le=1e11)] | None = None
    """Not before; none: in turn."""
    first: Literal["", "agent", "customer"] = ""
    """Empty: as the queue has it."""
    queue: Annotated[str, Field(max_length=64)] | None = None
    """None: the one of the conversation."""
    note: Annotated[str, Field(max_length=1000)] = ""


class Close(Body):
    how: Literal["answered", "called_back", "spam", "other"] = "answered"


class Claim(Body):
    over: bool = False
    """Also from a colleague who has it."""


def routes(centre: Centre, later: Later, backlog: Backlog, claims: Claims, audit: Audit) -> APIRouter:
    router = APIRouter(tags=["callbacks"])

    @router.post("/desk/assignments/{assignment}/callback", status_code=201)
    async def call_back(assignment: str, body: Back, who: Agent) -> dict[str, str]:
        """Whom one talks or talked with is called again."""
        room, mine = own(centre, who, assignment)
        contact = room.live.engine.state.contacts[mine.contact]
        queue = body.queue or mine.queue
        if not queue:
            raise Invalid("queue.needed", "by which queue are they to be called?", field="queue")
        id = new_id("b")
        wish = Wish(
            room.pops.of(mine.contact).number,
            queue,
            at=body.at or 0.0,
            first=body.first,
            language=contact.language,
            line=contact.line,
            site=contact.site,
            journey=contact.journey,
            note=body.note,
            source=f"agent:{who.agent}",
        )
        await later.callback(who.tenant, id, wish)
        return {"callback": id}

    @router.delete("/desk/assignments/{assignment}/callback", status_code=204)
    async def take_back(assignment: str, who: Agent) -> None:
        """Whom one talks or talked with is not called again after all."""
        room, mine = own(centre, who, assignment)
        promise = room.desks.promised(mine.contact)
        if promise is None:
            raise NotFound("callback.unknown", "nothing is promised to them, or it is over")
        await room.live.submit(c.CancelCallback(promise.id), cause="desk")
        await audit(who, "callback.cancelled", promise.id, {"queue": promise.queue})

    @router.get("/callbacks")
    async def callbacks(who: Sees) -> dict[str, Any]:
        return {"now": centre.room(who.tenant).live.now(), "items": await backlog.callbacks(who)}

    @router.delete("/callbacks/{callback}", status_code=204)
    async def cancel(callback: str, who: Acts) -> None:
        found = backlog.callback(who, callback)
        await centre.room(who.tenant).live.submit(c.CancelCallback(found.id), cause="callbacks")
        await audit(who, "callback.cancelled", found.id, {"queue": found.queue})

    @router.get("/messages")
    async def messages(who: Sees) -> dict[str, Any]:
        return {"now": centre.room(who.tenant).live.now(), "items": await backlog.messages(who)}

    @router.post("/messages/{message}/claim", status_code=204)
    async def claim(message: str, body: Claim, who: Acts) -> None:
        """Whoever asks sees to it, and nobody else meanwhile."""
        if body.over and not who.may("callbacks.take_over"):
            raise NotAllowed("permission.missing", "needs callbacks.take_over", permission="callbacks.take_over")
        found, _, _ = await backlog.message(who, message)
        before = found.by
        await claims.claim(who, found, body.over)
        if before != who.user:
            await audit(who, "message.claimed", message, {"from": before} if before else {})

    @router.delete("/messages/{message}/claim", status_code=204)
    async def release(message: str, who: Acts) -> None:
        found, _, _ = await backlog.message(who, message)
        held = bool(found.by)
        await claims.ask(who, c.ReleaseMessage(message, who.user))
        if held:
            await audit(who, "message.released", message, {})

    @router.post("/messages/{message}/close", status_code=204)
    async def close(message: str, body: Close, who: Acts) -> None:
        await backlog.message(who, message)
        await claims.ask(who, c.CloseMessage(message, who.user, body.how))
        await audit(who, "message.closed", message, {"how": body.how})

    @router.post("/messages/{message}/callback", status_code=201)
    async def answer(message: str, who: Acts) -> dict[str, str]:
        """Its sender is called back by the queue, in turn; the message is closed. One journey, for whoever calls."""
        found, number, text = await backlog.message(who, message)
        mine = found.by == who.user
        await claims.claim(who, found, over=False)  # so that two do not promise it at once
        id = new_id("b")
        wish = Wish(number, found.queue, journey=found.contact, note=text, source=f"user:{who.user}")
        try:
            await later.callback(who.tenant, id, wish)
        except QingtingError:
            if not mine:
                await claims.ask(who, c.ReleaseMessage(message, who.user))
            raise
        await claims.ask(who, c.CloseMessage(message, who.user, "called_back"))
        await audit(who, "message.closed", message, {"how": "called_back"})
        return {"callback": id}

    return router
