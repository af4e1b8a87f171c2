"""What an agent does at the desk, and a supervisor on the floor: each call is one command to the core."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from ..access import Identity, require
from ..core import commands as c
from ..core.model import Assignment
from ..errors import Invalid, NotAllowed, NotFound
from ..runtime.centre import Centre, Room

Agent = Annotated[Identity, Depends(require("desk.use"))]
Supervisor = Annotated[Identity, Depends(require("floor.act"))]

VERBS: dict[str, Callable[[str], c.Command]] = {
    "hold": c.Hold,
    "resume": c.Resume,
    "hang_up": c.AgentLeaves,
    "finish": c.FinishWrapUp,
    "pause_recording": c.PauseRecording,
    "resume_recording": c.ResumeRecording,
    "swap": c.Swap,
    "join": c.Join,
    "complete": c.CompleteTransfer,
    "extend_wrap_up": c.ExtendWrapUp,
}
Verb = Literal[
    "hold", "resume", "hang_up", "finish", "pause_recording", "resume_recording",
    "swap", "join", "complete", "extend_wrap_up",
]  # fmt: skip


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Presence(Body):
    presence: Literal["available", "not_ready", "offline"]
    reason: Annotated[str, Field(max_length=40)] = ""


class Forced(Presence):
    force: bool = False
    """What rings at the agent goes to others; limits of breaks do not count."""


class Declined(Body):
    reason: Literal["", "not_mine", "conflict", "unfinished", "equipment"] = ""


class Disposition(Body):
    disposition: Annotated[str, Field(max_length=40)] = ""
    """Empty: only the note is kept."""
    note: Annotated[str, Field(max_length=4000)] = ""


class Dial(Body):
    number: Annotated[str, Field(min_length=1, max_length=40)]


Phone = Callable[[Identity], Awaitable[dict[str, Any]]]
Call = Callable[[Identity, str], Awaitable[str]]
Note = Callable[[Identity, str, str], Awaitable[None]]
"""(who, assignment, note)"""
Audit = Callable[[Identity, str, str, dict[str, Any]], Awaitable[None]]


def routes(centre: Centre, *, phone: Phone, call: Call, note: Note, audit: Audit) -> APIRouter:
    router = APIRouter(tags=["desk"])

    @router.get("/desk/setup")
    async def setup(who: Agent) -> dict[str, Any]:
        room, agent = desk_of(centre, who)
        view = centre.configuration.of(who.tenant)
        item = view.agents.get(agent)
        queues = [view.queues[id] for id in (item.body.queues if item else []) if id in view.queues]
        return {
            "agent": {
                "id": agent,
                "number": item.body.number if item else "",
                "name": item.name if item else who.name,
                "dial_out": bool(item and item.body.dial_out and who.may("desk.dial_out")),
            },
            "reasons": [_named(it) for it in view.reasons.values() if not it.body.retired],
            "dispositions": [_named(it) for it in view.dispositions.values() if not it.body.retired],
            "queues": [{"id": it.id, "name": it.name, "dispositions": it.body.dispositions} for it in queues],
            "stream": room.desks.of(agent).stream,
        }

    @router.post("/desk/presence", status_code=204)
    async def presence(body: Presence, who: Agent) -> None:
        room, agent = desk_of(centre, who)
        _reason_given(body)
        await room.live.submit(c.SetPresence(agent, body.presence, body.reason), cause="desk")

    @router.get("/desk/phone")
    async def credentials(who: Agent) -> dict[str, Any]:
        desk_of(centre, who)
        return await phone(who)

    @router.post("/desk/assignments/{assignment}/decline", status_code=204)
    async def decline(assignment: str, who: Agent, body: Declined | None = None) -> None:
        room, mine = own(centre, who, assignment)
        why = body.reason if body is not None else ""
        await room.live.submit(c.Decline(mine.id, why or "agent"), cause="desk")

    @router.post("/desk/assignments/{assignment}/{verb}", status_code=204)
    async def act(assignment: str, verb: Verb, who: Agent) -> None:
        room, mine = own(centre, who, assignment)
        await room.live.submit(VERBS[verb](mine.id), cause="desk")

    @router.put("/desk/assignments/{assignment}/disposition", status_code=204)
    async def dispose(assignment: str, body: Disposition, who: Agent) -> None:
        room, mine = own(centre, who, assignment)
        if body.disposition:
            known = centre.configuration.of(who.tenant).dispositions.get(body.disposition)
            if known is None or known.body.retired:
                raise Invalid("disposition.unknown", "no such disposition", field="disposition")
            await room.live.submit(c.SetDisposition(mine.id, body.disposition), cause="desk")
        if body.note:
            await note(who, mine.id, body.note)

    @router.post("/desk/calls", status_code=201)
    async def dial(body: Dial, who: Agent) -> dict[str, str]:
        desk_of(centre, who)
        return {"contact": await call(who, body.number)}

    @router.post("/floor/agents/{agent}/presence", status_code=204)
    async def force(agent: str, body: Forced, who: Supervisor) -> None:
        room = centre.room(who.tenant)
        known = room.live.engine.state.agents.get(agent)
        if known is None or (who.sites and known.site not in who.sites):
            raise NotFound("agent.unknown", "no such agent in your scope")
        _reason_given(body)
        await room.live.submit(c.SetPresence(agent, body.presence, body.reason, who.user, body.force), cause="floor")
        told = {"presence": body.presence, "reason": body.reason, "force": body.force}
        await audit(who, "agent.presence_forced", agent, told)

    return router


def _reason_given(body: Presence) -> None:
    if body.presence == "not_ready" and not body.reason:
        raise Invalid("presence.reason_needed", "not ready needs a reason", field="reason")


def desk_of(centre: Centre, who: Identity) -> tuple[Room, str]:
    if not who.agent:
        raise NotAllowed("desk.no_agent", "this user is no agent: a desk needs one")
    room = centre.room(who.tenant)
    if who.agent not in room.live.engine.state.agents:
        raise NotFound("agent.unknown", "the agent of this user is not configured")
    return room, who.agent


def own(centre: Centre, who: Identity, assignment: str) -> tuple[Room, Assignment]:
    """Ids travel with `~` for `/`, of which each has one; only one's own contacts may be acted on."""
    room, agent = desk_of(centre, who)
    known = room.live.engine.state.assignments.get("/".join(assignment.rsplit("~", 1)))
    if known is None or known.agent != agent:
        raise NotFound("assignment.unknown", "this contact is not at your desk any more")
    return room, known


def _named(item: Any) -> dict[str, Any]:
    return {"id": item.id, "names": {"zh": item.body.names.zh, "en": item.body.names.en}}
