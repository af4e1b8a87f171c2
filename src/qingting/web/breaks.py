"""Breaks: an agent reserves a time for one, within what their team and queues allow at once."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from ..access import Identity, require
from ..core import commands as c
from ..core.model import Break
from ..errors import NotFound, Refused
from ..records import new_id
from ..runtime.centre import Centre, Room
from .desk import desk_of

Agent = Annotated[Identity, Depends(require("desk.use"))]
Instant = Annotated[float, Field(ge=0, le=1e11)]
Reason = Annotated[str, Field(min_length=1, max_length=40)]

SLOT_S = 900.0
MOST_SLOTS = 96


class Wanted(BaseModel):
    model_config = ConfigDict(extra="forbid")
    reason: Reason
    start: Instant
    """In the past: now."""
    length_s: Annotated[float, Field(ge=60, le=8 * 3600)]


def routes(centre: Centre) -> APIRouter:
    router = APIRouter(tags=["breaks"])

    @router.get("/desk/breaks")
    async def breaks(
        who: Agent,
        reason: Annotated[str, Query(max_length=40)] = "",
        length_s: Annotated[float, Query(ge=60, le=8 * 3600)] = SLOT_S,
        hours: Annotated[int, Query(ge=1, le=24)] = 8,
    ) -> dict[str, Any]:
        """One's own, and for a `reason` when in the next `hours` it is free: `slots` each quarter of an hour."""
        room, agent = desk_of(centre, who)
        now = room.live.now()
        mine = sorted((it for it in room.live.engine.state.breaks.values() if it.agent == agent), key=_start)
        starts = [now, *(now - now % SLOT_S + SLOT_S * n for n in range(1, hours * 4 + 1))][:MOST_SLOTS]
        slots = [{"start": at, "why": _why_not(room, agent, reason, at, length_s)} for at in starts] if reason else []
        return {
            "now": now,
            "mine": [
                {"id": it.id, "reason": it.reason, "start": it.start, "end": it.end, "begun": it.begun} for it in mine
            ],
            "slots": slots,
        }

    @router.post("/desk/breaks", status_code=201)
    async def reserve(body: Wanted, who: Agent) -> dict[str, str]:
        room, agent = desk_of(centre, who)
        id, start = new_id("k"), max(body.start, room.live.now() + 0.5)
        await room.live.submit(c.ReserveBreak(id, agent, body.reason, start, start + body.length_s), cause="desk")
        return {"id": id}

    @router.delete("/desk/breaks/{planned}", status_code=204)
    async def cancel(planned: str, who: Agent) -> None:
        room, agent = desk_of(centre, who)
        known = room.live.engine.state.breaks.get(planned)
        if known is None or known.agent != agent:
            raise NotFound("break.unknown", "no such break, or it is over")
        await room.live.submit(c.CancelBreak(planned), cause="desk")

    return router


def _start(it: Break) -> float:
    return it.start


def _why_not(room: Room, agent: str, reason: str, start: float, length_s: float) -> str:
    """The core's own word, without asking for it: empty when it could be reserved."""
    now = room.live.now()
    try:
        room.live.engine.decide(c.ReserveBreak("?", agent, reason, max(start, now), max(start, now) + length_s), now)
    except Refused as refusal:
        return refusal.code
    return ""
