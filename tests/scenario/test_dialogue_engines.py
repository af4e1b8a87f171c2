"""Self-service on both engines, heard by the caller: on Asterisk over real SIP and RTP, keys by RFC 4733."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from qingting.core import commands as c
from qingting.core import events as e
from qingting.flow.document import Document
from qingting.journal.memory import MemoryJournal
from qingting.journal.port import PersonalData
from qingting.runtime.dialogue import Dialogues
from qingting.runtime.flow_tools import publishable
from qingting.runtime.live import Live
from qingting.runtime.outside import Surroundings
from qingting.runtime.waiting import Place
from qingting.speech.espeak import Espeak
from qingting.speech.prompts import PromptStore
from qingting.telephony import port
from tests.patience import PATIENCE_S

from ..contract import tones
from ..contract.telephony import fixtures
from ..contract.tones import AGENT, CALLER, MUSIC, PROMPT, PROMPT_2
from ..contract.worlds import Heard, Party, World
from .caller import CONTACT, MUSIC_ONLY, Flows, NoVoicemail, T, nobody_calls_back

DOCUMENT = publishable("""
languages: [en]
person: agents
nodes:
  hello:
    menu:
      say: {recorded: hello}
      keys: {1: choose}
  choose:
    menu:
      say: {recorded: choose}
      keys: {1: sales, 2: bye}
  sales:
    queue: {to: sales, say: {recorded: first}}
  bye:
    hangup: {say: {recorded: bye}}
""")
HELLO, CHOOSE, FIRST, BYE = PROMPT, PROMPT_2, CALLER, AGENT

engines, world = fixtures.engines, fixtures.world


class Recorded(Flows):
    async def document(self, tenant: str, flow: str, version: int) -> Document:
        return DOCUMENT


class House:
    def __init__(self, world: World, prompts: PromptStore) -> None:
        self.world = world
        self.prompts = prompts
        self.live = Live(T, MemoryJournal())
        self.make()

    def make(self) -> None:
        async def submit(
            tenant: str, command: c.Command, cause: str, personal: Sequence[PersonalData] = ()
        ) -> object:
            return await self.live.submit(command, cause, personal)

        def post(tenant: str, command: c.Command, cause: str, personal: Sequence[PersonalData] = ()) -> None:
            self.live.post(command, cause, personal)

        def queue_state(tenant: str, visit: str) -> Place | None:
            return None

        self.dialogues = Dialogues(
            self.world.telephony,
            submit,
            post,
            self.prompts,
            Recorded(),
            time.time,
            queue_state,
            nobody_calls_back,
            NoVoicemail(),
            Surroundings({T: self.live}, lambda tenant: None),
        )
        self.relay = asyncio.create_task(self._relay(self.world.heard))

    async def _relay(self, heard: Heard) -> None:
        """The shell's part: what dialogues are told."""
        for n in itertools.count():
            while len(heard.events) <= n:  # noqa: ASYNC110
                await asyncio.sleep(0.002)
            match heard.events[n]:
                case port.KeyPressed(leg=leg, key=key):
                    self.dialogues.key(leg, key)
                case port.PlaybackEnded(playback=playback, leg=leg, complete=complete):
                    self.dialogues.playback_ended(playback, leg, complete)
                case port.LegEnded(leg=leg, cause=cause):
                    self.dialogues.leg_ended(leg, cause)

    async def close(self) -> None:
        self.relay.cancel()
        await asyncio.gather(self.relay, return_exceptions=True)
        await self.dialogues.close()

    async def call(self) -> tuple[str, Party]:
        party = await self.world.call("95588")
        arrived = await self.world.heard.wait(port.LegArrived)
        await self.world.telephony.answer(arrived.leg)
        await party.speak(0)
        await self.live.submit(c.ContactArrives(CONTACT, CONTACT, language="en", leg=arrived.leg))
        await self.dialogues.start(CONTACT, arrived.leg, T, "main", 1, "en")
        return arrived.leg, party

    async def restart(self, leg: str) -> None:
        await self.world.leave()
        await self.close()
        await self.world.come_back()
        self.make()
        contact = self.live.engine.state.contacts[CONTACT]
        await self.dialogues.restore(CONTACT, leg, T, "main", 1, "en", contact.dialogue)


@pytest.fixture
async def house(world: World, tmp_path: Path) -> AsyncIterator[House]:
    folder = tmp_path / "recorded" / T
    folder.mkdir(parents=True)
    for name, hertz, seconds in (("hello", HELLO, 30), ("choose", CHOOSE, 4), ("first", FIRST, 2), ("bye", BYE, 6)):
        tones.write(folder / f"{name}.en.wav", hertz, seconds)
    speech = Espeak()
    house = House(world, PromptStore(speech, tmp_path / "prompts", tmp_path / "recorded"))
    await house.live.start()
    for queue in ("sales", "agents"):
        await house.live.submit(c.PutQueue(queue))
    yield house
    await house.close()
    await house.live.stop()
    await speech.close()


async def test_caller_hears_each_menu_and_waits_with_music(house: House) -> None:
    leg, party = await house.call()
    await party.hears({HELLO})
    await party.press("1")
    await party.hears({CHOOSE})
    await party.press("1")
    await waits(house, leg)
    await party.hears({MUSIC})
    await house.dialogues.stop_waiting(leg)
    await party.hears(set())


async def waits(house: House, leg: str) -> None:
    """As the shell does when the visit has begun."""
    contact = house.live.engine.state.contacts[CONTACT]
    async with asyncio.timeout(PATIENCE_S):
        while not contact.visit:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    visit = contact.visit
    assert visit == f"{CONTACT}.v1"
    await house.dialogues.wait(CONTACT, leg, T, visit, "sales", MUSIC_ONLY, "en")


async def test_restart_repeats_the_menu_and_keys_go_on(house: House) -> None:
    leg, party = await house.call()
    await party.press("1")
    await party.hears({CHOOSE})
    await house.restart(leg)
    await party.hears({CHOOSE})
    await party.press("1")
    await waits(house, leg)
    await party.hears({MUSIC})


async def test_goodbye_is_heard_and_the_call_ends(house: House) -> None:
    leg, party = await house.call()
    ended: list[str] = []
    house.live.subscribe(lambda entry: ended.extend(x.cause for x in entry.events if isinstance(x, e.ContactEnded)))
    await party.press("1")
    await party.press("2")
    await party.hears({BYE})
    assert (await house.world.heard.wait(port.LegEnded)).leg == leg
    assert ended == ["flow"]
