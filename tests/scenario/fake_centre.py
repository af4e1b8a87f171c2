"""A whole centre in this process, with the demonstration's tenant, on the engine that ships as fake.

People act through HTTP, callers and phones through the engine.
"""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from qingting import serve
from qingting.bootstrap import House, app
from qingting.config import Config
from qingting.contexts.configuration import demo
from qingting.contexts.people import api as people
from qingting.core import commands as c
from qingting.core.model import State
from qingting.journal.port import PersonalData
from qingting.runtime import names
from qingting.runtime.centre import Room
from qingting.runtime.dialogue import Dialogues
from qingting.runtime.outside import Surroundings
from qingting.runtime.phones import AgentPhones
from qingting.runtime.trunks import Trunks
from qingting.runtime.voice import Voice
from qingting.telephony.fake import FakeEngine

from ..patience import PATIENCE_S

PASSWORD = "correct horse 7"
FLOWS = Path(__file__).parents[2] / "flows"


class FakeCentre:
    def __init__(self, house: House, engine: FakeEngine) -> None:
        self.house = house
        self.engine = engine
        self.app = app(house)
        self.clients: dict[str, httpx.AsyncClient] = {}
        self.voice = self._wire()

    def _wire(self) -> Voice:
        """As the house itself does with a real engine."""
        house, telephony = self.house, self.engine.telephony()
        phones = house.phones = AgentPhones(telephony, house.configuration, b"phones")
        trunks = house.trunks = Trunks(telephony, house.configuration)
        phones.on_restore.append(trunks.restore)
        lives = house.lives
        dialogues = house.dialogues = Dialogues(
            telephony, lives.submit, lives.post, house.prompts, house.flows, time.time, lives.place,
            house.later.take_down, house.voicemails, Surroundings(lives, house._pops_of, house.reach),
        )  # fmt: skip
        voice = house.voice = Voice(telephony, lives, house.directory, phones, dialogues, house.tapes)
        house.configuration.listeners += [phones.configured, trunks.configured]
        return voice

    @property
    def room(self) -> Room:
        (room,) = self.house.centre.rooms.values()
        return room

    @property
    def state(self) -> State:
        return self.room.live.engine.state

    async def restart(self) -> None:
        """The voice side goes, and another takes its place; calls went on in the engine meanwhile."""
        await self.leave()
        self.voice = self._wire()
        await self.voice.start()

    async def leave(self) -> None:
        await self.voice.stop()
        await self.house.dialogues.close()

    # --- people ------------------------------------------------------------------------------------------

    async def client(self, name: str, *roles: str, agent: str = "") -> httpx.AsyncClient:
        """Somebody new, signed in."""
        by, new = people.system(self.room.tenant), people.NewUser(name, name, roles=roles, agent=agent)
        await people.create_user(self.house.people, by, new, password=PASSWORD, must_change=False)
        return await self.sign_in(name)

    async def sign_in(self, name: str) -> httpx.AsyncClient:
        client = self.nobody()
        answer = await client.post("/session", json={"name": f"demo/{name}", "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return client

    def nobody(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, client=("198.51.100.7", 1))
        return httpx.AsyncClient(transport=transport, base_url="http://localhost:8000/api/v1")

    async def agent(self, number: str, *roles: str) -> httpx.AsyncClient:
        """One of the demonstration's, with a phone, available."""
        client = await self.client(f"u{number}", "agent", *roles, agent=f"a{number}")
        assert self.house.phones is not None
        endpoint = await self.house.phones.issue(self.room.tenant, f"a{number}")
        self.engine.register(endpoint.name, endpoint.secret)
        await self.until(lambda: "voice" in self.state.agents[f"a{number}"].reachable)
        await done(client.post("/desk/presence", json={"presence": "available"}))
        return client

    async def free(self, number: str) -> None:
        """Done with what they had, and available."""
        agent = self.state.agents[f"a{number}"]
        await self.until(lambda: all(self.state.assignments[id].state == "wrap_up" for id in agent.assignments))
        for assignment in list(agent.assignments):
            await self.submit(c.FinishWrapUp(assignment))
        await self.submit(c.SetPresence(agent.id, "available"))

    async def ask_back(self, id: str, number: str, **more: Any) -> None:
        """By the service queue, at once."""
        party = PersonalData("p" + id, "caller", "routing", {"number": f"+86{number}"})
        await self.room.live.submit(c.RequestCallback(id, party.ref, queue="service", **more), personal=[party])

    # --- calls -------------------------------------------------------------------------------------------

    async def caller(self, number: str, keys: str = "12") -> str:
        """Calls in and presses keys; returns the leg. `12`: Chinese, the service queue."""
        known = len(self.state.contacts)
        leg = self.engine.arrive(demo.NUMBER, number, source=f"trunk:{self.room.tenant}.local")
        await self.until(lambda: len(self.state.contacts) > known)
        for key in keys:
            await self.until(lambda: leg in self.engine.legs and self.engine.legs[leg].state == "up")
            contact = self.state.contacts[names.contact_of_leg(leg)]
            await self.until(lambda contact=contact: bool(contact.node))
            before = contact.node
            self.engine.press(leg, key)
            await self.until(lambda contact=contact, before=before: contact.node != before)
        return leg

    async def rings(self, target: str) -> str:
        """The leg that rings there now: a piece of a number, or of an agent's leg."""

        def found() -> list[str]:
            legs = self.engine.legs.values()
            return [it.id for it in legs if not it.incoming and it.state != "up" and target in it.target + it.id]

        await self.until(lambda: bool(found()))
        return found()[0]

    async def hears(self, leg: str, *other: str) -> None:
        """Exactly these legs, and nothing else."""
        wanted = {f"leg:{it}" for it in other}
        await self.until(lambda: leg in self.engine.legs and self.engine.hears(leg) == wanted)

    async def recorded(self, contact: str) -> None:
        """The recording of a conversation has begun."""
        piece = names.recording(contact)
        await self.until(lambda: any(verb == "record" and it.startswith(piece) for verb, it in self.engine.asked))

    async def skip_words(self, leg: str, until: Callable[[], bool]) -> None:
        """Whatever is said to them comes to its end at once."""

        def end_and_look() -> bool:
            if leg in self.engine.legs:
                for playback in list(self.engine.legs[leg].playing):
                    self.engine.end_playback(playback, True)
            return until()

        await self.until(end_and_look)

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not true():  # noqa: ASYNC110  there is no event for everything a test may wait for
                await asyncio.sleep(0.005)

    async def submit(self, command: c.Command) -> None:
        await self.room.live.submit(command)


async def done(answering: Any, status: int = 204) -> Mapping[str, Any]:
    answer = await answering
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else {}


async def refused(answering: Any) -> tuple[int, str]:
    answer = await answering
    return answer.status_code, answer.json()["error"]["code"]


@asynccontextmanager
async def fake_centre(folder: Path, prompts: Path, engine: FakeEngine | None = None) -> AsyncIterator[FakeCentre]:
    """Another one on the same folder and `engine` is the same centre after a restart: calls went on meanwhile."""
    config = Config(data=folder / "data", ui=folder / "ui", flows=FLOWS)
    async with serve.house(config, voice=False, say=io.StringIO()) as house:
        house.people.passwords.close()
        object.__setattr__(house.people, "passwords", people.Passwords(time_cost=1, memory_kib=256))
        async with house.records.read() as connection:
            begun = bool(await people.list_tenants(connection))
        if not begun:
            tenant = await people.create_tenant(house.people, code=demo.CODE, name=demo.COMPANY)
            await demo.seed(house.configuration, tenant, (FLOWS / "demo.zh-en.yaml").read_text(encoding="utf-8"))
        house.prompts = type(house.prompts)(house.prompts.engines[0], prompts, folder / "recorded")
        async with house.open():
            centre = FakeCentre(house, engine or FakeEngine())
            await centre.voice.start()
            try:
                yield centre
            finally:
                for client in centre.clients.values():
                    await client.aclose()
                await centre.leave()
        house.people.passwords.close()
