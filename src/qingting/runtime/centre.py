"""A centre: its tenants, each with a live core and the boards that pages follow, on one voice side.

This is where a tenant's parts meet; `bootstrap` makes them, `web` asks them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import structlog

from ..contexts.configuration import api as configuration
from ..contexts.configuration.api import Changed, Unservable
from ..core import commands as c
from ..errors import NotFound, Refused
from ..journal.port import Entry
from . import crossings
from .attributes import Attributes
from .live import Live
from .moving import move_waiting
from .opening import Opening
from .pops import Pops
from .views.customer import CustomerCalls
from .views.desk import Desks
from .views.floor import Floor, Named

log = structlog.get_logger(__name__)


@dataclass
class Room:
    """One tenant."""

    tenant: str
    live: Live
    pops: Pops
    floor: Floor
    desks: Desks
    customers: CustomerCalls
    attributes: Attributes
    opening: Opening

    def on_entry(self, entry: Entry) -> None:
        crossings.count(self.live.engine.state, entry)
        self.attributes.on_entry(entry)
        self.pops.on_entry(entry)
        self.floor.on_entry(entry)
        self.desks.on_entry(entry)
        self.customers.on_entry(entry)

    def reload(self) -> None:
        self.floor.reload()
        for desk in self.desks.all():
            desk.touch()


@dataclass
class Centre:
    configuration: configuration.Configuration
    make_pops: Callable[[str, Live], Pops]
    make_customers: Callable[[str, Live], CustomerCalls]
    recording: Callable[[str], str]
    engine_up: Callable[[], bool]
    refused: Callable[[], dict[str, int]]
    rooms: dict[str, Room] = field(default_factory=dict)

    async def open(self, live: Live) -> Room:
        """Start a tenant: its core, told of the configuration as it is now, and its boards."""
        tenant = live.tenant
        await live.start()
        view = self.configuration.of(tenant)
        pops = self.make_pops(tenant, live)

        def named(kind: str, id: str) -> Named:
            item = self.configuration.of(tenant).of(kind).get(id)
            return Named(item.name, getattr(item.body, "number", "")) if item else Named(id)

        yesterday: tuple[str, dict[str, int]] = ("", {})

        def refused_today() -> dict[str, int]:
            nonlocal yesterday
            so_far = self.refused()
            if yesterday[0] != floor.today.day:
                yesterday = (floor.today.day, so_far if yesterday[0] else {})
            return {why: n - yesterday[1].get(why, 0) for why, n in so_far.items() if n > yesterday[1].get(why, 0)}

        def totals() -> dict[str, Any]:
            state = live.engine.state
            waiting = sum(queue.waiting for queue in state.queues.values())
            talking = sum(1 for it in state.assignments.values() if it.state in ("active", "held"))
            return {
                "in_self_service": sum(1 for it in state.contacts.values() if not it.visit and not it.ended),
                "waiting": waiting,
                "talking": talking,
                "agents_on": sum(1 for it in state.agents.values() if it.presence != "offline"),
                "engine": "up" if self.engine_up() else "down",
                "journal": "failed" if live.failed else "ok",
                "refused_today": refused_today(),
            }

        floor = Floor(lambda: live.engine, named, ZoneInfo(view.settings.body.timezone), totals)
        desks = Desks(lambda: live.engine, named, pops, self.recording)
        customers = self.make_customers(tenant, live)
        opening = Opening(live, self.configuration)
        room = self.rooms[tenant] = Room(tenant, live, pops, floor, desks, customers, Attributes(live), opening)
        pops.known = room.attributes.tell
        live.subscribe(room.on_entry)

        def back() -> None:
            room.reload()
            opening.follow()
            self._say(room, "journal.failed", wrong=False)

        live.on_failure(lambda why: self._say(room, "journal.failed", wrong=True))
        live.on_restart(back)
        contacts = live.engine.state.contacts.values()
        notes = [(it.notes.note, it.id) for it in contacts]
        parties = [(it.ref, it.contact) for it in live.engine.state.parties.values()]
        pops.start([(it.id, it.party) for it in contacts], [*notes, *parties])
        customers.start(contacts)
        await self.configure(live)
        opening.follow()
        return room

    async def configure(self, live: Live) -> None:
        """The whole configuration as commands; the core answers a put that changes nothing with no event."""
        state = live.engine.state
        commands = configuration.core_commands_of(self.configuration, live.tenant)
        surplus = configuration.surplus_in_core(
            self.configuration,
            live.tenant,
            list(state.queues),
            list(state.agents),
            list(state.rules),
            list(state.limits),
        )
        for command in [*commands, *surplus]:
            try:
                await live.submit(command, cause="configuration")
            except Refused as refusal:
                # e.g. a removed queue in which somebody still talks: it goes at the next start
                log.warning("configuration.refused", tenant=live.tenant, code=refusal.code)

    async def changed(self, change: Changed) -> None:
        """A change was committed: the core hears it, names on boards follow."""
        room = self.rooms.get(change.tenant)
        if room is None:
            return
        for command in change.commands:
            try:
                await room.live.submit(command, cause="configuration")
            except Refused as refusal:
                log.warning("configuration.refused", tenant=change.tenant, code=refusal.code)
        if change.kind in ("hours", "queues"):
            room.opening.follow()
        room.reload()

    async def before_removal(self, tenant: str, command: c.Command) -> None:
        """The living core does it; raises `Refused` while the thing is needed. What it never knew is gone."""
        if (room := self.rooms.get(tenant)) is not None:
            try:
                await room.live.submit(command, cause="configuration")
            except Refused as refusal:
                if not refusal.code.endswith(".unknown"):
                    raise

    async def move_waiting(self, tenant: str, queue: str, to: str) -> int:
        room = self.rooms.get(tenant)
        return await move_waiting(room.live, queue, to) if room is not None else 0

    def unservable(self, tenant: str) -> list[Unservable]:
        """Requirements that none of a queue's agents can ever meet; queues without agents."""
        room = self.rooms.get(tenant)
        if room is None:
            return []
        state = room.live.engine.state
        empty = [Unservable(id, "", {}) for id, queue in state.queues.items() if not queue.members]
        return [
            *empty,
            *(Unservable(it.queue, it.rule, dict(it.skills), it.site) for it in room.live.engine.impossible()),
        ]

    def servable(self, tenant: str, queue: str, skills: c.Skills) -> bool:
        room = self.rooms.get(tenant)
        return room is None or room.live.engine.servable(queue, skills)

    def room(self, tenant: str) -> Room:
        room = self.rooms.get(tenant)
        if room is None:
            raise NotFound("tenant.unknown", "this centre does not serve that tenant")
        return room

    def contact_changed(self, tenant: str, contact: str) -> None:
        if (room := self.rooms.get(tenant)) is not None:
            room.desks.contact_changed(contact)

    def engine_changed(self, up: bool) -> None:
        """Everybody at a desk hears it: calls cannot come, or they can again."""
        for room in self.rooms.values():
            self._say(room, "voice.engine_down", wrong=not up)

    @staticmethod
    def _say(room: Room, code: str, wrong: bool) -> None:
        if wrong:
            room.desks.say(code, "error", room.live.now())
        else:
            room.desks.unsay(code)
        room.floor.wake()

    async def close(self) -> None:
        for room in self.rooms.values():
            room.opening.stop()
        await asyncio.gather(*(room.pops.stop() for room in self.rooms.values()))
        await asyncio.gather(*(room.live.stop() for room in self.rooms.values()))
