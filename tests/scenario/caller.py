"""A caller in a house with self-service: real core, real shell, real speech, the engine that ships as fake."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from qingting.core import commands as c
from qingting.core import events as e
from qingting.core.reading import place
from qingting.errors import Invalid, NotFound, Unavailable
from qingting.flow.document import Document
from qingting.flow.nodes import Prompt
from qingting.journal.memory import MemoryJournal
from qingting.journal.port import PersonalData
from qingting.runtime.dialogue import Dialogues
from qingting.runtime.flow_tools import publishable
from qingting.runtime.live import Live
from qingting.runtime.outside import Reach, Surroundings
from qingting.runtime.waiting import Place
from qingting.speech.prompts import PromptStore
from qingting.telephony import port
from qingting.telephony.fake import FakeEngine
from tests.patience import PATIENCE_S

T = "acme"
CONTACT = "c1"
FLOW = """
languages: [zh, en]
person: agents
start: language
nodes:
  language:
    menu:
      say: [{only: zh, text: 中文请按1。}, {only: en, text: For English press 2.}]
      timeout_s: 1
      repeat: 0
      keys:
        1: {to: main, language: zh}
        2: {to: main, language: en}
  main:
    menu:
      say: {zh: 请选择。, en: Please choose.}
      keys: {1: sales, 2: office, 3: out, 4: bye, 5: nowhere, 6: back_office}
  sales:
    queue: {to: sales, say: {zh: 销售。, en: Sales.}}
  office:
    hours: {of: office, open: sales, closed: bye}
  out:
    transfer: {to: "+861012345678", failed: main}
  bye:
    hangup: {say: {zh: 再见。, en: Goodbye.}}
  nowhere:
    queue: gone
  back_office:
    queue: closed
"""
DOCUMENT = publishable(FLOW)


class Settings(NamedTuple):
    """A queue's, as far as waiting customers hear them."""

    announce_place: bool = True
    announce_wait: bool = True
    announce_every_s: float = 0.02
    music: str = ""


TALKATIVE = Settings()
MUSIC_ONLY = Settings(False, False, 60.0)


class Flows:
    """As configured."""

    def __init__(self) -> None:
        self.open = "open"
        self.must_consent = False
        self.way: tuple[str, str] | None = ("trunk:main/+861012345678", "+861087654321")

    async def document(self, tenant: str, flow: str, version: int) -> Document:
        if flow != "main":
            raise NotFound("flow.unknown")
        return DOCUMENT

    def hours(self, tenant: str, hours: str, at: float) -> str:
        return self.open

    def consent(self, tenant: str, queue: str) -> bool:
        return self.must_consent

    def asks_who_they_are(self, tenant: str, queue: str) -> bool:
        return False

    async def wants(self, tenant: str, contact: str, queue: str) -> c.Requirements:
        return c.Requirements()

    async def outside(self, tenant: str, number: str) -> tuple[str, str] | None:
        return self.way


async def nobody_calls_back(tenant: str, contact: str, kind: str, **asked: Any) -> None:
    """Of a house whose callers have no number."""
    raise Invalid("callback.no_number", field="number")


class NoVoicemail:
    """Of a house whose disk is full."""

    async def begin(self, tenant: str, contact: str, message: str, **asked: Any) -> tuple[str, str]:
        raise Unavailable("voicemail.no_room")

    async def end(self, tenant: str, message: str, error: str, *, silent: bool) -> None: ...

    def open(self, tenant: str, contact: str) -> str:
        return ""


class Caller:
    """One caller, the house they call, and the shell between the two."""

    def __init__(self, prompts: PromptStore) -> None:
        self.engine = FakeEngine()
        self.telephony = self.engine.telephony()
        self.journal = MemoryJournal()
        self.flows = Flows()
        self.prompts = prompts
        self.places: dict[str, Place] = {}
        """What a visit is told while it waits, where it is not the core's own word."""
        self.reach: Reach | None = None
        """What of the world this house reaches."""
        self.leg = ""
        self._events: list[e.Event] = []

    async def open(self) -> None:
        await self.telephony.start(self._hear)
        await self.telephony.put_trunk(port.Trunk("main", "192.0.2.1"))
        await self._live()
        for queue in ("sales", "agents"):
            await self.live.submit(c.PutQueue(queue))
        await self.live.submit(c.PutQueue("closed", closed=True))

    async def close(self) -> None:
        await self.dialogues.close()
        await self.live.stop()
        await self.telephony.stop()

    async def _live(self) -> None:
        """What a new process begins with."""
        self.live = Live(T, self.journal)
        await self.live.start()
        self.live.subscribe(lambda entry: self._events.extend(entry.events))
        self.make_dialogues()

    def make_dialogues(self) -> None:
        async def submit(
            tenant: str, command: c.Command, cause: str, personal: Sequence[PersonalData] = ()
        ) -> object:
            return await self.live.submit(command, cause, personal)

        def post(tenant: str, command: c.Command, cause: str, personal: Sequence[PersonalData] = ()) -> None:
            self.live.post(command, cause, personal)

        self.dialogues = Dialogues(
            self.telephony,
            submit,
            post,
            self.prompts,
            self.flows,
            time.time,
            self._queue_state,
            nobody_calls_back,
            NoVoicemail(),
            Surroundings({T: self.live}, lambda tenant: None, self.reach),
        )

    def _queue_state(self, tenant: str, visit: str) -> Place | None:
        at = place(self.live.engine.state, visit)
        return self.places.get(visit, Place(at, None)) if at is not None else None

    def _hear(self, event: port.TelephonyEvent) -> None:
        match event:
            case port.KeyPressed(leg=leg, key=key):
                self.dialogues.key(leg, key)
            case port.PlaybackEnded(playback=playback, leg=leg, complete=complete):
                self.dialogues.playback_ended(playback, leg, complete)
            case port.LegAnswered(leg=leg):
                self.dialogues.leg_answered(leg)
            case port.LegEnded(leg=leg, cause=cause):
                self.dialogues.leg_ended(leg, cause)
                if leg == self.leg:
                    self.live.post(c.ContactEnds(CONTACT, "customer"))

    # --- what the caller does ----------------------------------------------------------------------------

    async def begin(self, language: str = "zh", flow: str = "main") -> None:
        self.leg = self.engine.arrive("10010")
        await self.telephony.answer(self.leg)
        await self.live.submit(c.ContactArrives(CONTACT, CONTACT, language=language, leg=self.leg))
        await self.dialogues.start(CONTACT, self.leg, T, flow, 1, language)

    async def press(self, *keys: str) -> None:
        for key in keys:
            self.engine.press(self.leg, key)
        await asyncio.sleep(0)

    async def wait_in_queue(self, settings: Settings = TALKATIVE) -> str:
        """As the shell does when `VisitStarted` is durable. Returns the visit."""
        await self.until(lambda: bool(self.events(e.VisitStarted)))
        visit = self.events(e.VisitStarted)[-1]
        await self.wait_again(visit.visit, settings)
        return str(visit.visit)

    async def wait_again(self, visit: str, settings: Settings = TALKATIVE) -> None:
        language = self.live.engine.state.contacts[CONTACT].language
        queue = self.live.engine.state.visits[visit].queue
        await self.dialogues.wait(CONTACT, self.leg, T, visit, queue, settings, language)

    async def restart(self, restore: bool = True) -> None:
        """The program is killed and comes back; the call goes on in the engine meanwhile."""
        await self.telephony.stop()
        await self.dialogues.close()
        await self.live.stop()
        self._events.clear()
        await self._live()
        await self.telephony.start(self._hear)
        if restore:
            await self.restore(self.live.engine.state.contacts[CONTACT].dialogue)

    async def restore(self, state: str) -> None:
        contact = self.live.engine.state.contacts[CONTACT]
        await self.dialogues.restore(CONTACT, self.leg, T, contact.flow, contact.version, contact.language, state)

    # --- what the caller hears ---------------------------------------------------------------------------

    def playing(self) -> list[str]:
        return list(self.engine.legs[self.leg].playing)

    def played(self) -> list[str]:
        """Every playback so far, by id."""
        return [subject for verb, subject in self.engine.asked if verb == "play"]

    def finish(self) -> None:
        """What is playing comes to its end."""
        [playback] = self.playing()
        self.engine.end_playback(playback, True)

    def has_music(self) -> bool:
        return self.engine.hears(self.leg) == {"music:default"}

    def has_gone(self) -> bool:
        return self.leg in self.engine.gone

    async def hears(self, media: Sequence[str]) -> None:
        """Wait until these words begin; nothing else may be heard with them or queue up behind them."""
        await self.until(lambda: self.leg in self.engine.legs and f"play:{media[0]}" in self.engine.hears(self.leg))
        assert self.engine.hears(self.leg) == {f"play:{media[0]}"}
        assert len(self.playing()) == 1

    async def hears_node(self, node: str, language: str) -> None:
        prompts: Sequence[Prompt] = DOCUMENT.nodes[node].prompts  # type: ignore[union-attr]
        await self.hears(await self.prompts.paths(prompts, language))

    async def hears_standard(self, name: str, language: str, **values: int) -> None:
        await self.hears(await self.prompts.standard(name, language, **values))

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_S):
            while not true():  # noqa: ASYNC110  there is no event for everything a test may wait for
                await asyncio.sleep(0.002)

    def events(self, kind: type) -> list[Any]:
        """Durable ones since this process began."""
        return [event for event in self._events if isinstance(event, kind)]
