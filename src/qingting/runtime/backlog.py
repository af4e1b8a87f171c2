"""To whom a tenant has still to come back: callbacks in the order of their turn, messages oldest first."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from .. import numbers
from ..access import Identity
from ..contexts.configuration import api as configuration
from ..contexts.recordings import api as recordings
from ..core.model import Callback, Message
from ..errors import NotFound
from ..journal.port import PersonalData
from ..records import Records
from .centre import Room

Item = dict[str, Any]

MOST = 500
"""Nobody reads more at once; those whose turn is first are told."""


class Backlog:
    def __init__(
        self,
        configuration: configuration.Configuration,
        records: Records,
        room: Callable[[str], Room],
        names: Callable[[str, list[str]], Awaitable[dict[str, str]]],
    ) -> None:
        self._configuration = configuration
        self._records = records
        self._room = room
        self._names = names
        """Of users: (tenant, ids) → by id."""

    async def callbacks(self, who: Identity) -> list[Item]:
        """`state`: `scheduled` (until `due`), `waiting` (at `place`), `ringing` or `connecting` (with `agent`)."""
        room = self._room(who.tenant)
        mine = [back for back in room.live.engine.state.callbacks.values() if self._sees(who, back.queue)]
        told = sorted(((self._turn(room, back), back) for back in mine), key=lambda it: it[0])[:MOST]
        personal = await room.live.journal.personal(who.tenant, [back.party for _, back in told])
        return [self._callback(who, room, back, personal) for _, back in told]

    async def messages(self, who: Identity) -> list[Item]:
        """`recording`: of those that were spoken, as a contact's page tells of one; None when it is purged.
        `claim`: who sees to it; None while nobody does."""
        room = self._room(who.tenant)
        mine = [it for it in room.live.engine.state.messages.values() if self._sees(who, it.queue)]
        told = sorted(mine, key=lambda it: it.taken)[:MOST]
        refs = [ref for it in told for ref in (it.party, it.note)]
        personal = await room.live.journal.personal(who.tenant, refs)
        async with self._records.read() as connection:
            spoken = await recordings.by_id(connection, who.tenant, [it.recording for it in told if it.recording])
        names = await self._names(who.tenant, sorted({it.by for it in told if it.by}))
        return [
            {
                "id": it.id,
                "queue": it.queue,
                "queue_name": room.floor.name_of("queues", it.queue),
                "number": _number(who, personal.get(it.party)),
                "spoken": bool(it.recording),
                "recording": spoken.get(it.recording),
                "text": _said(personal.get(it.note), "text"),
                "demand": it.demand,
                "taken": it.taken,
                "contact": it.contact,
                "claim": {
                    "name": names.get(it.by, ""),
                    "mine": it.by == who.user,
                    "since": it.since,
                    "until": it.until,
                }
                if it.by
                else None,
            }
            for it in told
        ]

    def callback(self, who: Identity, id: str) -> Callback:
        """Raises `callback.unknown` also for those of lines that they do not see."""
        found = self._room(who.tenant).live.engine.state.callbacks.get(id)
        if found is None or not self._sees(who, found.queue):
            raise NotFound("callback.unknown", "no such callback, or it is over")
        return found

    async def message(self, who: Identity, id: str) -> tuple[Message, str, str]:
        """With number and text. Raises `message.unknown`."""
        room = self._room(who.tenant)
        found = room.live.engine.state.messages.get(id)
        if found is None or not self._sees(who, found.queue):
            raise NotFound("message.unknown", "no such message, or it is closed")
        personal = await room.live.journal.personal(who.tenant, [found.party, found.note])
        number = _said(personal.get(found.party), "number")
        return found, number, _said(personal.get(found.note), "text")

    def _sees(self, who: Identity, queue: str) -> bool:
        item = self._configuration.of(who.tenant).queues.get(queue)
        return who.sees_line(item.body.line if item is not None else "")

    @staticmethod
    def _turn(room: Room, back: Callback) -> tuple[float, float]:
        """Those under way first, by their rank; then by the time for which they are due."""
        visit = room.live.engine.state.visits.get(f"{back.contact}.v1") if back.contact else None
        return (0.0, visit.rank) if visit is not None else (1.0, back.due)

    @staticmethod
    def _callback(who: Identity, room: Room, back: Callback, personal: dict[str, PersonalData]) -> Item:
        engine = room.live.engine
        contact = engine.state.contacts.get(back.contact)
        visit = engine.state.visits.get(contact.visit) if contact is not None else None
        assignment = engine.state.assignments.get(visit.assignment) if visit is not None else None
        state = "scheduled" if visit is None else {"offered": "ringing"}.get(visit.state, visit.state)
        return {
            "id": back.id,
            "queue": back.queue,
            "queue_name": room.floor.name_of("queues", back.queue),
            "number": _number(who, personal.get(back.party)),
            "note": _said(personal.get(back.party), "note"),
            "state": state,
            "place": engine.place(visit.id) if visit is not None else None,
            "agent_name": room.floor.name_of("agents", assignment.agent) if assignment is not None else "",
            "first": back.first,
            "first_arrival": back.first_arrival,
            "due": back.due or None,
            "expires": back.expires,
            "made": back.made,
            "attempts": back.attempts,
            "language": back.language,
        }


def _said(personal: PersonalData | None, field: str) -> str:
    return str(personal.value.get(field, "")) if personal is not None else ""


def _number(who: Identity, personal: PersonalData | None) -> str:
    number = _said(personal, "number")
    return number if who.may("numbers.view") else numbers.masked(number)
