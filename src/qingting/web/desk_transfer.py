"""At the desk: to whom one may hand a contact on, transfer and consult. Swap, join, complete are verbs of `desk`."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import Field, model_validator

from ..access import Identity, require
from ..core import commands as c
from ..runtime.centre import Centre
from ..runtime.handing_on import HandingOn, Target, asked, one_of
from ..runtime.views.targets import targets
from .desk import Body, desk_of, own

Agent = Annotated[Identity, Depends(require("desk.use"))]
Id = Annotated[str, Field(max_length=64)]


class To(Body):
    queue: Id = ""
    agent: Id = ""
    number: Annotated[str, Field(max_length=40)] = ""
    via_queue: Id = ""

    @model_validator(mode="after")
    def one(self) -> To:
        if sum(map(bool, (self.queue, self.agent, self.number))) != 1:
            raise ValueError("exactly one of queue, agent, number")
        return self


class Notes(Body):
    demand: Literal[
        "", "complaint", "urgent", "callback_promised", "refund", "technical", "fragile", "language", "other"
    ] = ""
    mood: Literal["", "pleased", "calm", "worried", "upset", "angry"] = ""
    note: Annotated[str, Field(max_length=1000)] = ""


class HandOn(Body):
    to: To
    notes: Notes = Notes()

    def parts(self) -> tuple[Target, c.Notes]:
        return Target(**self.to.model_dump()), c.Notes(**self.notes.model_dump())


def routes(centre: Centre, handing_on: HandingOn) -> APIRouter:
    router = APIRouter(tags=["desk"])

    @router.get("/desk/targets")
    async def whom(who: Agent, q: Annotated[str, Query(max_length=80)] = "") -> dict[str, Any]:
        room, agent = desk_of(centre, who)
        return targets(room.live.engine, centre.configuration.of(who.tenant), who, agent, q)

    @router.post("/desk/assignments/{assignment}/transfer", status_code=204)
    async def transfer(assignment: str, body: HandOn, who: Agent) -> None:
        room, mine = own(centre, who, assignment)
        await handing_on.transfer(who, room, mine, *body.parts())

    @router.post("/desk/assignments/{assignment}/consult", status_code=201)
    async def consult(assignment: str, body: HandOn, who: Agent) -> dict[str, str]:
        room, mine = own(centre, who, assignment)
        return {"consult": await handing_on.consult(who, room, mine, *body.parts())}

    @router.delete("/desk/assignments/{assignment}/consult", status_code=204)
    async def end(assignment: str, who: Agent) -> None:
        room, mine = own(centre, who, assignment)
        await room.live.submit(c.EndConsult(asked(room, mine)), cause="desk")

    @router.delete("/desk/assignments/{assignment}/consults/{consult}", status_code=204)
    async def send_away(assignment: str, consult: str, who: Agent) -> None:
        room, mine = own(centre, who, assignment)
        await room.live.submit(c.EndConsult(one_of(room, mine, consult)), cause="desk")

    return router
