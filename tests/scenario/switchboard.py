"""The voice side of a centre on the engine that ships as fake: real core, real shell, real waiting room.

Agents have phones `p-<agent>`. A restart is a new program on the same engine and journal.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from qingting.core import commands as c
from qingting.core import events as e
from qingting.core.model import Assignment
from qingting.journal.memory import MemoryJournal
from qingting.journal.port import PersonalData
from qingting.runtime import names
from qingting.runtime.dialogue import Dialogues
from qingting.runtime.live import Live
from qingting.runtime.outside import Surroundings
from qingting.runtime.voice import Voice
from qingting.runtime.voice.needs import Door, QueueSettings, Way
from qingting.runtime.waiting import Place
from qingting.speech.prompts import PromptStore
from qingting.telephony import port
from qingting.telephony.fake import FakeEngine

from ..patience import PATIENCE_S
from .caller import Flows, NoVoicemail, nobody_calls_back

T = "acme"
AGENTS = ("li", "wang", "zhao")


class Directory:
    """Calls go to self-service; every number leads outside by the one trunk."""

    async def door(self, *, dialled: str, caller: str, source: str) -> Door | None:
        return Door(T, "main", "line", "", "zh", caller)

    async def flow(self, tenant: str, entry: str) -> tuple[str, int]:
        return "main", 1

    def queue(self, tenant: str, queue: str) -> QueueSettings:
        return QueueSettings(True, "", False, False, 60.0)

    async def way_out(self, tenant: str, number: str) -> Way | None:
        return Way(f"trunk:main/{number}", "+861088880000")

    way_back = way_out


class Phones:
    def __init__(self, engine: FakeEngine) -> None:
        self._engine = engine

    def target(self, tenant: str, agent: str) -> str | None:
        return f"endpoint:p-{agent}" if f"p-{agent}" in self._engine.registered else None

    def in_browser(self, target: str) -> bool:
        return False

    def agent_of(self, endpoint: str) -> tuple[str, str] | None:
        return T, endpoint.removeprefix("p-")

    def reachable(self, tenant: str, agent: str) -> bool:
        return self.target(tenant, agent) is not None

    def changed(self, endpoint: str, online: bool) -> None: ...

    def site_changed(self, trunk: str, reachable: bool) -> Sequence[tuple[str, str]]:
        return ()

    async def restore(self, online: set[str], restarted: bool) -> None: ...

    def known(self) -> Sequence[tuple[str, str]]:
        return [(T, agent) for agent in AGENTS]


class Tapes:
    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.begun: list[str] = []
        self.finished: list[str] = []

    async def begin(self, tenant: str, recording: str, contact: str, assignment: str, line: str) -> tuple[str, str]:
        self.begun.append(assignment)
        return str(self._folder / f"{recording}-in.wav"), str(self._folder / f"{recording}-out.wav")

    async def pause(self, tenant: str, recording: str, on: bool) -> None: ...

    async def finish(self, tenant: str, recording: str, error: str, *, gone: bool = False) -> None:
        self.finished.append(recording)


class Switchboard:
    def __init__(self, prompts: PromptStore, folder: Path) -> None:
        self.engine = FakeEngine()
        self.journal = MemoryJournal()
        self.tapes = Tapes(folder)
        self._prompts = prompts
        self.events: list[e.Event] = []

    async def open(self) -> None:
        await self._start()
        for queue in ("sales", "experts"):
            await self.live.submit(c.PutQueue(queue, wrap_up_s=60, ring_s=60, second_line=queue == "experts"))
        await self.voice.telephony.put_trunk(port.Trunk("main", "192.0.2.1"))
        for agent in AGENTS:
            await self.voice.telephony.put_endpoint(port.Endpoint(f"p-{agent}", "s", "sip", f"agent:{T}.{agent}"))
            assert self.engine.register(f"p-{agent}", "s")
            await self.live.submit(c.PutAgent(agent, queues=("experts" if agent == "zhao" else "sales",)))
            await self.until(lambda agent=agent: self.live.engine.state.agents[agent].reachable == ("voice",))  # type: ignore[misc]
            await self.live.submit(c.SetPresence(agent, "available"))

    async def _start(self) -> None:
        telephony = self.engine.telephony()
        self.live = Live(T, self.journal)
        await self.live.start()
        self.live.subscribe(lambda entry: self.events.extend(entry.events))

        async def submit(
            tenant: str, command: c.Command, cause: str, personal: Sequence[PersonalData] = ()
        ) -> object:
            return await self.live.submit(command, cause, personal)

        def post(tenant: str, command: c.Command, cause: str, personal: Sequence[PersonalData] = ()) -> None:
            self.live.post(command, cause, personal)

        def queue_state(tenant: str, visit: str) -> Place | None:
            return None

        self.dialogues = Dialogues(
            telephony,
            submit,
            post,
            self._prompts,
            Flows(),
            time.time,
            queue_state,
            nobody_calls_back,
            NoVoicemail(),
            Surroundings({T: self.live}, lambda tenant: None),
        )
        phones = Phones(self.engine)
        self.voice = Voice(telephony, {T: self.live}, Directory(), phones, self.dialogues, self.tapes)
        await self.voice.start()
        await self.until(lambda: self.voice.up)

    async def stop(self) -> None:
        await self.voice.stop()
        await self.dialogues.close()
        await self.live.stop()

    async def restart(self) -> None:
        """The program is killed and another takes its place; calls go on in the engine."""
        await self.stop()
        self.events.clear()
        await self._start()

    # --- what people do

    async def call(self, queue: str = "sales") -> str:
        """A customer who waits in a queue, or rings there; returns the contact."""
        leg = self.engine.arrive("10010", "13812345678")
        contact = names.contact_of_leg(leg)
        await self.until(lambda: contact in self.live.engine.state.contacts)
        await self.until(lambda: self.engine.legs[leg].state == "up")
        await self.live.submit(c.EnterQueue(contact, names.visit_of(contact), queue))
        return contact

    async def talk(self, agent: str = "li") -> Assignment:
        """A customer and this agent, joined."""
        for other in AGENTS:
            if other != agent:
                await self.live.submit(c.SetPresence(other, "not_ready", "system", by="system"))
        contact = await self.call("experts" if agent == "zhao" else "sales")
        await self.answer(agent)
        for other in AGENTS:
            if other != agent:
                await self.live.submit(c.SetPresence(other, "available"))
        it = self.of(agent)
        await self.until(lambda: it.state == "active")
        assert it.contact == contact
        return it

    async def answer(self, agent: str) -> None:
        await self.until(lambda: bool(self.rings(agent)), f"{agent} is rung")
        self.engine.answer(self.rings(agent))

    def rings(self, agent: str) -> str:
        """The leg; empty when their phone is silent."""
        return next(
            (it.id for it in self.engine.legs.values() if it.target == f"endpoint:p-{agent}" and it.state != "up"), ""
        )

    def of(self, agent: str) -> Assignment:
        """The agent's newest."""
        state = self.live.engine.state
        return state.assignments[state.agents[agent].assignments[-1]]

    def leg(self, who: str, contact: str = "") -> str:
        """Of an agent, a party (its id), or `customer`."""
        if who == "customer":
            return self.live.engine.state.contacts[contact].leg
        return names.agent_leg(self.of(who).id) if who in AGENTS else names.party_leg(who)

    async def party(self, contact: str) -> str:
        await self.until(lambda: bool(self.live.engine.state.contacts[contact].parties))
        (party,) = self.live.engine.state.contacts[contact].parties
        await self.until(lambda: names.party_leg(party) in self.engine.legs, "the party is rung")
        return party

    def number(self, ref: str) -> list[PersonalData]:
        return [PersonalData(ref, "caller", "routing", {"number": "+8613900010001"})]

    async def recorded(self, assignment: str) -> None:
        await self.until(lambda: self.tapes.begun[-1:] == [assignment], "it is recorded", lambda: self.tapes.begun)

    async def asked(self, contact: str) -> None:
        """Who is consulted has answered, and the core knows."""
        state = self.live.engine.state
        await self.until(
            lambda: (
                any(state.visits[id].state == "answered" for id in state.contacts[contact].consults)
                or any(state.parties[id].state in ("talking", "held") for id in state.contacts[contact].parties)
            )
        )

    def leg_gone(self, contact: str) -> bool:
        return all(names.contact_of_leg(leg) != contact for leg in self.engine.legs)

    # --- what people hear

    async def hear(self, contact: str, **expected: set[str]) -> None:
        """`customer={"li"}`: the customer hears li, and nothing else; `music`, `ringing` are heard as such."""
        for who, what in expected.items():
            heard = partial(self.heard, contact, who)
            await self.until(lambda heard=heard, what=what: heard() == what, f"{who} hears {what}", heard)  # type: ignore[misc]

    def heard(self, contact: str, who: str) -> set[str]:
        for rung in [it for it in self.engine.legs.values() if not it.incoming and it.state == "down"]:
            self.engine.ringing(rung.id)
        leg = self.leg(self._party(contact) if who == "party" else who, contact)
        if leg not in self.engine.legs:
            return {"gone"}
        known = {self.leg("customer", contact): "customer"}
        for it in self.live.engine.state.assignments.values():
            known[names.agent_leg(it.id)] = it.agent
        found = set()
        for sound in self.engine.hears(leg):
            kind, _, what = sound.partition(":")
            if kind != "leg":
                found.add(kind)
            elif self.engine.legs[what].state == "up":
                found.add(known.get(what, "party"))
        return found

    def _party(self, contact: str) -> str:
        return self.live.engine.state.contacts[contact].parties[0]

    async def until(self, true: Callable[[], bool], what: str = "", seen: Callable[[], object] = str) -> None:
        last = time.monotonic() + PATIENCE_S
        while not true():
            assert time.monotonic() < last, f"{what}: not within {PATIENCE_S} s; {seen()}"
            await asyncio.sleep(0.005)
