"""Self-service from the first word to the queue: real core, real shell, real speech; the test is the caller."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest

from qingting.core import commands as c
from qingting.core import events as e
from qingting.core.reading import place
from qingting.errors import NotFound
from qingting.flow import moves
from qingting.flow.document import Document, Prompt
from qingting.journal.memory import MemoryJournal
from qingting.runtime.dialogue import Dialogues
from qingting.runtime.flow_tools import publishable
from qingting.runtime.live import Live
from qingting.runtime.waiting import Place
from qingting.speech.espeak import Espeak
from qingting.speech.prompts import PromptStore

from .booth import Booth

T = "acme"
LEG = "leg-1"
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
    announce_place: bool = True
    announce_wait: bool = True
    announce_every_s: float = 0.02


TALKATIVE = Settings()


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

    async def outside(self, tenant: str, number: str) -> tuple[str, str] | None:
        return self.way


class Call:
    """One caller in one house."""

    def __init__(self, prompts: PromptStore, journal: MemoryJournal) -> None:
        self.booth = Booth()
        self.journal = journal
        self.live = Live(T, journal)
        self.flows = Flows()
        self.prompts = prompts
        self.places: dict[str, Place] = {}
        self.dialogues = self.open()

    def open(self) -> Dialogues:
        """As a new process would."""

        async def submit(tenant: str, command: c.Command, cause: str) -> object:
            return await self.live.submit(command, cause)

        def queue_state(tenant: str, visit: str) -> Place | None:
            at = place(self.live.engine.state, visit)
            return self.places.get(visit, Place(at, None)) if at is not None else None

        self.dialogues = Dialogues(self.booth, submit, self.prompts, self.flows, time.time, queue_state)
        self.booth.ended = self.dialogues.playback_ended
        return self.dialogues

    async def begin(self, language: str = "zh", flow: str = "main") -> None:
        self.booth.legs.add(LEG)
        await self.live.submit(c.ContactArrives(CONTACT, CONTACT, language=language, leg=LEG))
        await self.dialogues.start(CONTACT, LEG, T, flow, 1, language)

    async def restart(self) -> None:
        """The program is killed and comes back; the call went on in the engine, silent."""
        await self.dialogues.close()
        self.booth.playing.clear()
        self.open()
        await self.live.stop()
        self.live = Live(T, self.journal)
        await self.live.start()
        contact = self.live.engine.state.contacts[CONTACT]
        await self.dialogues.restore(
            CONTACT, LEG, T, contact.flow, contact.version, contact.language, contact.dialogue
        )

    async def press(self, *keys: str) -> None:
        for key in keys:
            self.dialogues.key(LEG, key)
        await asyncio.sleep(0)

    async def node(self, node: str, language: str, *before: str) -> list[str]:
        """Wait until a node's words are heard; `before`: standard prompts that come first."""
        wanted = [Prompt(standard=name) for name in before]
        media = await self.prompts.paths([*wanted, *DOCUMENT.nodes[node].prompts], language)  # type: ignore[union-attr]
        await self.booth.until_heard(LEG, media)
        return media

    async def standard(self, name: str, language: str, **values: int) -> None:
        await self.booth.until_heard(LEG, await self.prompts.standard(name, language, **values))

    async def wait_in_queue(self, settings: Settings = TALKATIVE) -> None:
        """As the shell does when `VisitStarted` is durable."""
        await self.booth.until(lambda: bool(self.events(e.VisitStarted)))
        visit = self.events(e.VisitStarted)[-1]
        language = self.live.engine.state.contacts[CONTACT].language
        await self.dialogues.wait(CONTACT, LEG, T, visit.visit, visit.queue, settings, language)

    def events(self, kind: type) -> list:  # type: ignore[type-arg]
        return [event for event in self._events if isinstance(event, kind)]

    def listen(self) -> None:
        self._events: list[e.Event] = []
        self.live.subscribe(lambda entry: self._events.extend(entry.events))


@pytest.fixture(scope="session")
def made_prompts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("prompts")


@pytest.fixture
async def call(made_prompts: Path, tmp_path: Path) -> AsyncIterator[Call]:
    speech = Espeak()
    call = Call(PromptStore(speech, made_prompts, tmp_path / "recorded"), MemoryJournal())
    await call.live.start()
    call.listen()
    for queue in ("sales", "agents"):
        await call.live.submit(c.PutQueue(queue))
    await call.live.submit(c.PutQueue("closed", closed=True))
    yield call
    await call.dialogues.close()
    await call.live.stop()
    await speech.close()


async def test_first_words_come_after_the_step_is_durable(call: Call) -> None:
    seen: list[tuple[str, int]] = []
    call.booth.on_play = lambda playback, leg: seen.append(
        (call.live.engine.state.contacts[CONTACT].node, len(call.events(e.DialogueMoved)))
    )
    await call.begin()
    await call.node("language", "zh")
    assert seen == [("language", 1)]
    assert call.booth.heard[0][0] == "c1.p1"
    moved = call.events(e.DialogueMoved)[0]
    assert (moved.flow, moved.version, moved.node, moved.via) == ("main", 1, "language", "start")
    assert moves.load(moved.state).node == "language"


async def test_keys_lead_through_the_menus_into_the_queue(call: Call) -> None:
    await call.begin()
    await call.press("2")
    await call.node("main", "en")
    call.booth.finish(LEG)
    await call.press("1")
    await call.wait_in_queue()
    assert [(m.node, m.via) for m in call.events(e.DialogueMoved)] == [
        ("language", "start"),
        ("main", "2"),
        ("sales", "1"),
    ]
    assert [x.language for x in call.events(e.LanguageSet)] == ["en"]
    assert [(v.visit, v.queue) for v in call.events(e.VisitStarted)] == [("c1.v1", "sales")]
    await call.node("sales", "en")


async def test_keys_in_one_breath_leave_no_words_in_between(call: Call) -> None:
    await call.begin()
    await call.press("2", "1")
    await call.booth.until(lambda: bool(call.events(e.VisitStarted)))
    assert [playback for playback, _, _ in call.booth.heard] == ["c1.p1"]
    assert call.booth.playing == {}


async def test_who_says_nothing_comes_to_a_person(call: Call) -> None:
    await call.begin()
    call.booth.finish(LEG)
    await call.booth.until(lambda: bool(call.events(e.VisitStarted)))
    assert call.events(e.DialogueMoved)[-1].via == "timeout"
    assert call.events(e.VisitStarted)[0].queue == "agents"


async def test_wrong_key_is_told_and_zero_is_a_person(call: Call) -> None:
    await call.begin()
    await call.press("1", "9")
    await call.node("main", "zh", "no_match")
    await call.press("0")
    await call.booth.until(lambda: bool(call.events(e.VisitStarted)))
    assert call.events(e.VisitStarted)[0].queue == "agents"


async def test_closed_queue_is_said_and_the_call_ends(call: Call) -> None:
    await call.begin()
    await call.press("2", "6")
    await call.standard("closed", "en")
    call.booth.finish(LEG)
    await call.booth.until(lambda: LEG in call.booth.hung_up)
    assert [x.cause for x in call.events(e.ContactEnded)] == ["flow"]


async def test_unknown_queue_leads_to_a_person(call: Call) -> None:
    await call.begin()
    await call.press("1", "5")
    await call.booth.until(lambda: bool(call.events(e.VisitStarted)))
    assert [(v.visit, v.queue) for v in call.events(e.VisitStarted)] == [("c1.v2", "agents")]


async def test_goodbye_is_heard_before_the_call_ends(call: Call) -> None:
    await call.begin()
    await call.press("2", "4")
    await call.node("bye", "en")
    assert call.events(e.ContactEnded) == []
    call.booth.finish(LEG)
    await call.booth.until(lambda: LEG in call.booth.hung_up)


@pytest.mark.parametrize(("found", "node"), [("open", "sales"), ("closed", "bye"), ("holiday", "bye")])
async def test_opening_hours_decide(call: Call, found: str, node: str) -> None:
    call.flows.open = found
    await call.begin()
    await call.press("1", "2")
    await call.booth.until(lambda: call.events(e.DialogueMoved)[-1].node == node)
    assert call.events(e.DialogueMoved)[-2].node == "office"


async def test_consent_is_heard_in_full_before_the_queue(call: Call) -> None:
    call.flows.must_consent = True
    await call.begin()
    await call.press("2", "1")
    await call.standard("recording_consent", "en")
    assert call.events(e.VisitStarted) == []
    call.booth.finish(LEG)
    await call.booth.until(lambda: bool(call.events(e.VisitStarted)))


async def test_who_hangs_up_during_the_consent_is_not_queued(call: Call) -> None:
    call.flows.must_consent = True
    await call.begin()
    await call.press("2", "1")
    await call.standard("recording_consent", "en")
    call.booth.legs.discard(LEG)
    call.dialogues.leg_ended(LEG)
    await call.live.submit(c.ContactEnds(CONTACT, "customer"))
    await asyncio.sleep(0.05)
    assert call.events(e.VisitStarted) == []


async def test_restart_in_a_menu_repeats_it_and_keys_go_on(call: Call) -> None:
    await call.begin()
    await call.press("2")
    await call.node("main", "en")
    await call.restart()
    call.listen()
    await call.node("main", "en")
    assert call.booth.heard[-1][0] == "c1.p3"
    await call.press("1")
    await call.booth.until(lambda: bool(call.events(e.VisitStarted)))
    assert call.events(e.VisitStarted)[0].visit == "c1.v1"


async def test_restart_between_the_step_and_the_queue_enters_it_once(call: Call) -> None:
    call.flows.must_consent = True
    await call.begin()
    await call.press("2", "1")
    await call.standard("recording_consent", "en")
    call.flows.must_consent = False
    await call.restart()
    assert call.live.engine.state.contacts[CONTACT].visit == "c1.v1"
    state = call.live.engine.state.contacts[CONTACT]
    await call.dialogues.restore(CONTACT, LEG, T, "main", 1, "en", state.dialogue)
    assert list(call.live.engine.state.visits) == ["c1.v1"]
    assert LEG not in call.booth.hung_up


async def test_restart_after_the_last_word_still_hangs_up(call: Call) -> None:
    await call.begin()
    done = moves.dump(moves.State("bye", "en", 4, phase="done"))
    await call.dialogues.restore(CONTACT, LEG, T, "main", 1, "en", done)
    assert call.booth.hung_up == [LEG]


async def test_unreadable_state_begins_anew(call: Call, expected_errors: list[str]) -> None:
    expected_errors.append("dialogue.state_unreadable")
    await call.begin()
    await call.press("1")
    await call.node("main", "zh")
    await call.dialogues.restore(CONTACT, LEG, T, "main", 1, "zh", "nonsense")
    await call.node("language", "zh")


async def test_flow_that_is_gone_is_said_and_the_call_ends(call: Call, expected_errors: list[str]) -> None:
    expected_errors.append("dialogue.no_flow")
    start = asyncio.create_task(call.begin("en", "lost"))
    await call.standard("technical_trouble", "en")
    call.booth.finish(LEG)
    await start
    assert call.booth.hung_up == [LEG]
    assert [x.cause for x in call.events(e.ContactEnded)] == ["failed"]


async def test_speech_that_fails_leads_to_a_person(call: Call, tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("raise SystemExit(1)")
    speech = Espeak(tmp_path / "broken.py")
    call.prompts = PromptStore(speech, tmp_path / "none", tmp_path / "recorded")
    call.open()
    await call.begin()
    assert [(m.node, m.via) for m in call.events(e.DialogueMoved)] == [("language", "start"), ("person", "trouble")]
    assert call.events(e.VisitStarted)[0].queue == "agents"
    await call.wait_in_queue(Settings())
    await call.booth.until(lambda: LEG in call.booth.with_music)
    await speech.close()


async def test_journal_that_fails_is_said_and_nobody_is_left_in_silence(
    call: Call, expected_errors: list[str]
) -> None:
    expected_errors.append("live.failed")
    await call.begin("en")
    call.journal.failpoints.add("append")
    await call.press("2")
    await call.standard("technical_trouble", "en")
    call.booth.finish(LEG)
    await call.booth.until(lambda: LEG in call.booth.hung_up)
    call.journal.failpoints.clear()


async def test_engine_that_is_away_is_not_an_end(call: Call) -> None:
    await call.begin()
    call.booth.away = True
    await call.press("2")
    await call.booth.until(lambda: call.live.engine.state.contacts[CONTACT].node == "main")
    call.booth.away = False
    call.booth.playing.clear()
    contact = call.live.engine.state.contacts[CONTACT]
    await call.dialogues.restore(CONTACT, LEG, T, "main", 1, "en", contact.dialogue)
    await call.node("main", "en")
    assert call.events(e.ContactEnded) == []


async def test_leg_that_went_first_is_quiet(call: Call) -> None:
    await call.begin()
    call.booth.legs.discard(LEG)
    call.booth.playing.clear()
    await call.press("2")
    await call.booth.until(lambda: call.live.engine.state.contacts[CONTACT].node == "main")
    call.dialogues.leg_ended(LEG)
    await call.press("1")
    await asyncio.sleep(0.02)
    assert call.live.engine.state.contacts[CONTACT].node == "main"


# --- waiting ---------------------------------------------------------------------------------------------


async def queued(call: Call, settings: Settings = TALKATIVE) -> str:
    await call.begin("en")
    await call.press("2", "1")
    await call.wait_in_queue(settings)
    await call.node("sales", "en")
    return "c1.v1"


async def test_waiting_place_never_rises(call: Call) -> None:
    await call.booth.until(lambda: True)
    call.places["c1.v1"] = Place(3, 200.0)
    visit = await queued(call)
    call.booth.finish(LEG)
    both = [
        *await call.prompts.standard("place", "en", ahead=2),
        *await call.prompts.standard("wait", "en", minutes=4),
    ]
    await call.booth.until_heard(LEG, both)
    call.places[visit] = Place(5, 400.0)  # somebody more urgent came
    call.booth.finish(LEG)
    await call.booth.until(lambda: LEG in call.booth.with_music)
    await asyncio.sleep(0.1)
    assert call.booth.playing == {}
    call.places[visit] = Place(2, 400.0)
    await call.standard("place_one", "en")
    assert LEG not in call.booth.with_music
    call.places[visit] = Place(1, None)
    call.booth.finish(LEG)
    await call.standard("place_next", "en")


async def test_settings_say_what_is_announced(call: Call) -> None:
    call.places["c1.v1"] = Place(3, 200.0)
    await queued(call, Settings(announce_place=False))
    call.booth.finish(LEG)
    await call.standard("wait", "en", minutes=4)


async def test_agent_who_answers_finds_silence(call: Call) -> None:
    await queued(call)
    await call.dialogues.stop_waiting(LEG)
    assert call.booth.playing == {}
    assert call.booth.with_music == set()
    await call.wait_in_queue(Settings(False, False, 5.0))
    await call.booth.until(lambda: LEG in call.booth.with_music)
    await call.wait_in_queue(Settings(False, False, 5.0))
    await call.dialogues.stop_waiting(LEG)
    assert call.booth.with_music == set()


async def test_who_is_answered_at_once_hears_no_music(call: Call) -> None:
    await call.begin()
    await call.press("0")
    await call.wait_in_queue()
    await call.dialogues.stop_waiting(LEG)
    assert [playback for playback, _, _ in call.booth.heard] == ["c1.p1"]


async def test_after_a_restart_only_the_first_place_is_said(call: Call) -> None:
    visit = await queued(call)
    await call.dialogues.close()
    call.booth.playing.clear()
    call.open()
    call.places[visit] = Place(2, 200.0)
    await call.wait_in_queue()
    await call.booth.until(lambda: LEG in call.booth.with_music)
    await asyncio.sleep(0.1)
    heard = [set(files) for _, _, files in call.booth.heard]
    assert set(await call.prompts.standard("place_one", "en")) not in heard
    call.booth.playing.clear()
    call.places[visit] = Place(1, None)
    await call.standard("place_next", "en")


async def test_who_leaves_the_queue_is_forgotten(call: Call) -> None:
    await queued(call)
    call.booth.legs.discard(LEG)
    call.booth.playing.clear()
    call.dialogues.leg_ended(LEG)
    heard = len(call.booth.heard)
    await asyncio.sleep(0.1)
    assert len(call.booth.heard) == heard


# --- transfers, and words without a dialogue -------------------------------------------------------------


async def test_transfer_joins_and_ends_with_either_side(call: Call) -> None:
    await call.begin()
    await call.press("2", "3")
    await call.booth.until(lambda: bool(call.booth.rung))
    [(far, target, shown)] = call.booth.rung
    assert (far, target, shown) == ("t-c1.1", "trunk:main/+861012345678", "+861087654321")
    call.dialogues.leg_answered(far)
    await call.booth.until(lambda: bool(call.booth.bridges))
    assert set(call.booth.bridges["b-t-c1.1"]) == {LEG, far}
    call.booth.legs.discard(far)
    call.dialogues.leg_ended(far, "hangup")
    await call.booth.until(lambda: LEG in call.booth.hung_up)
    assert [x.cause for x in call.events(e.ContactEnded)] == ["flow"]


async def test_customer_who_leaves_takes_the_transfer_along(call: Call) -> None:
    await call.begin()
    await call.press("2", "3")
    await call.booth.until(lambda: bool(call.booth.rung))
    call.dialogues.leg_ended(LEG)
    await call.booth.until(lambda: "t-c1.1" in call.booth.hung_up)


async def test_transfer_that_fails_comes_back(call: Call) -> None:
    await call.begin()
    await call.press("2", "3")
    await call.booth.until(lambda: bool(call.booth.rung))
    call.dialogues.leg_ended("t-c1.1", "busy")
    await call.node("main", "en")


async def test_transfer_that_is_not_allowed_rings_nobody(call: Call) -> None:
    call.flows.way = None
    await call.begin()
    await call.press("2", "3")
    await call.node("main", "en")
    assert call.booth.rung == []


async def test_say_ends_with_the_words_or_with_the_leg(call: Call) -> None:
    call.booth.legs.add(LEG)
    first = asyncio.create_task(call.dialogues.say(LEG, "unknown_number", "en"))
    await call.standard("unknown_number", "en")
    call.booth.finish(LEG)
    await first
    second = asyncio.create_task(call.dialogues.say(LEG, "unknown_number", "zh"))
    await call.standard("unknown_number", "zh")
    call.dialogues.leg_ended(LEG)
    await second
