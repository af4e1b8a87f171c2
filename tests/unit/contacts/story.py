"""Contacts as the real core decides them, written to the journal as the shell does it."""

from __future__ import annotations

from dataclasses import dataclass, field

from qingting.contexts.contacts.api import retained
from qingting.core import commands as c
from qingting.core.commands import Command
from qingting.core.engine import Engine
from qingting.journal.memory import MemoryJournal
from qingting.journal.port import Entry, PersonalData

from .. import kept
from ..house import House

START = 1_790_000_000.0
"""Some Monday, 22:13 in Shanghai."""


@dataclass
class Story:
    journal: MemoryJournal
    tenant: str
    engine: Engine = field(default_factory=Engine)
    now: float = START
    seq: int = 0
    epoch: int = 0

    async def begin(self) -> None:
        self.epoch = await self.journal.lead(self.tenant, "routing")
        for queue in ("sales", "service"):
            await self.does(c.PutQueue(queue, ring_s=15, wrap_up_s=30, service_level_s=20, short_abandon_s=5))
        for agent in ("lin", "wang"):
            await self.does(c.PutAgent(agent, ("sales", "service")))

    async def does(self, command: Command, *personal: PersonalData) -> None:
        events = self.engine.decide(command, self.now)
        self.engine.fold(events)
        if events:
            self.seq += 1
            kind = type(command).__name__
            entry = Entry(self.seq, kind, 1, self.now, self.now, self.epoch, "", command, tuple(events))
            await self.journal.append(self.tenant, "routing", self.epoch, [entry], personal)

    async def after(self, seconds: float, *commands: Command) -> None:
        """Time passes, with every deadline on the way."""
        until = self.now + seconds
        while (due := self.engine.next_deadline()) is not None and due <= until:
            self.now = due
            await self.does(c.Tick())
        self.now = until
        for command in commands:
            await self.does(command)

    async def calls(self, contact: str, number: str = "+8613812345678", line: str = "", journey: str = "") -> None:
        caller = PersonalData(
            f"p-{contact}", "caller", "routing", {"number": number, "raw": number, "withheld": False}
        )
        arrives = c.ContactArrives(
            contact, journey or f"j-{contact}", entry="main", line=line, party=f"p-{contact}", leg=f"leg-{contact}"
        )
        await self.does(arrives, caller)
        await self.does(c.DialogueMoves(contact, "main", 1, "main", "start", "opaque"))
        await self.does(c.DialogueMoves(contact, "main", 1, "sales", "1", "opaque"))

    async def ready(self, agent: str) -> None:
        await self.does(c.SetReachable(agent, "voice", True))
        await self.does(c.SetPresence(agent, "available"))

    async def served(self, contact: str, wait_s: float = 10.0, talk_s: float = 60.0, queue: str = "sales") -> None:
        """One whole call by the agent `lin`: waits, talks with 20 s of hold, 12 s of wrap-up."""
        a = f"v-{contact}/1"
        await self.does(c.EnterQueue(contact, f"v-{contact}", queue))
        await self.after(wait_s)
        await self.ready("lin")
        await self.after(0, c.Accept(a), c.Connected(a))
        await self.after(talk_s, c.Hold(a))
        await self.after(20, c.Resume(a), c.SetDisposition(a, "resolved"))
        await self.after(0, c.ContactEnds(contact, "customer"))
        await self.after(12, c.FinishWrapUp(a), c.SetPresence("lin", "offline"))


async def gone(house: House, code: str, before: float) -> int:
    """How many were erased by retention."""
    kinds = retained(house.records, house.journal)
    return await kept.erase(house.records, kinds, code, house.tenant, before)
