"""An agent hands their contact on, or asks somebody beside: what must be checked and kept before the core decides."""

from __future__ import annotations

import secrets
from typing import NamedTuple

from ..access import Identity
from ..core import commands as c
from ..core.model import Assignment, Party, Visit
from ..errors import NotFound, Refused
from ..journal.port import PersonalData
from . import names
from .centre import Room
from .dialing import Dialing, number_of


class Target(NamedTuple):
    """One of the first three."""

    queue: str = ""
    agent: str = ""
    number: str = ""
    via_queue: str = ""
    """With `agent`: where the contact waits if they do not take it; none: where it is."""


class HandingOn:
    def __init__(self, dialing: Dialing) -> None:
        self._dialing = dialing

    async def transfer(self, who: Identity, room: Room, a: Assignment, to: Target, notes: c.Notes) -> None:
        """Raises as `Dialing.allowed`, or the core's refusals. `notes` with the words themselves."""
        kept, personal = _keep(who, a, notes)
        if to.number:
            await self._outside(
                who, room, a, to, c.TransferOutside(a.id, names.party_of(a.contact), "", kept), personal
            )
            return
        _in_scope(who, room, to.agent)
        queue = to.via_queue if to.agent else to.queue
        visit = names.visit_transferred(a.contact)
        transfer = c.Transfer(a.id, visit, queue, to.agent, notes=kept)
        await room.live.submit(transfer, cause="desk", personal=personal)

    async def consult(self, who: Identity, room: Room, a: Assignment, to: Target, notes: c.Notes) -> str:
        """The consult's id. Raises as `transfer`."""
        kept, personal = _keep(who, a, notes)
        if to.number:
            asked = c.ConsultOutside(a.id, names.party_of(a.contact), "", kept)
            await self._outside(who, room, a, to, asked, personal)
            return asked.party
        _in_scope(who, room, to.agent)
        visit = names.consult_of(a.contact)
        consult = c.Consult(a.id, visit, to.queue, to.agent, notes=kept)
        await room.live.submit(consult, cause="desk", personal=personal)
        return visit

    async def _outside(
        self,
        who: Identity,
        room: Room,
        a: Assignment,
        to: Target,
        command: c.TransferOutside | c.ConsultOutside,
        personal: list[PersonalData],
    ) -> None:
        ref = "p" + command.party
        async with self._dialing.allowed(who, to.number) as number:
            their_number = number_of(ref, number, to.number, who)
            await room.live.submit(command._replace(ref=ref), cause="desk", personal=[*personal, their_number])


def asked(room: Room, a: Assignment) -> str:
    """Who is being consulted and has not joined. Raises `consult.unknown`."""
    for side in beside(room, a):
        if side.state != "joined":
            return side.id
    raise Refused("consult.unknown", "nobody is being consulted", assignment=a.id)


def one_of(room: Room, a: Assignment, consult: str) -> str:
    """One who is consulted by this owner, or in conference with them. Raises `consult.unknown`."""
    for side in beside(room, a):
        if side.id == consult:
            return consult
    raise Refused("consult.unknown", "no such consult, or it is over", consult=consult)


def beside(room: Room, a: Assignment) -> list[Visit | Party]:
    """Raises `assignment.not_owner` for one who is consulted, or done."""
    state = room.live.engine.state
    if a.consult or a.state not in ("active", "held"):
        raise Refused("assignment.not_owner", f"{a.id} does not own the contact", assignment=a.id)
    contact = state.contacts[a.contact]
    return [*map(state.visits.__getitem__, contact.consults), *map(state.parties.__getitem__, contact.parties)]


def _in_scope(who: Identity, room: Room, agent: str) -> None:
    known = room.live.engine.state.agents.get(agent)
    if agent and (known is None or (who.sites and known.site not in who.sites)):
        raise NotFound("agent.unknown", "no such agent in your scope")


def _keep(who: Identity, a: Assignment, notes: c.Notes) -> tuple[c.Notes, list[PersonalData]]:
    """The words go into the erasable table, the entry has their reference."""
    text = notes.note.strip()
    if not text:
        return notes._replace(note=""), []
    ref = f"n{a.contact}.{secrets.token_hex(4)}"
    return notes._replace(note=ref), [PersonalData(ref, "text", "routing", {"text": text, "by": who.agent})]
