"""Self-service from the first word to the queue, and what becomes of it when something fails."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from qingting.core import commands as c
from qingting.core import events as e
from qingting.flow import moves
from qingting.journal.port import Entry
from qingting.speech.espeak import Espeak
from qingting.speech.prompts import PromptStore
from qingting.telephony.port import EngineUnavailable, LegGone

from .caller import CONTACT, Caller


def steps(caller: Caller) -> list[tuple[str, str]]:
    return [(moved.node, moved.via) for moved in caller.events(e.DialogueMoved)]


async def queue_of(caller: Caller) -> str:
    await caller.until(lambda: bool(caller.events(e.VisitStarted)))
    return str(caller.events(e.VisitStarted)[0].queue)


async def test_first_words_come_after_the_step_is_durable(caller: Caller) -> None:
    played_before: list[list[str]] = []

    def listen(entry: Entry) -> None:
        if entry.kind == "DialogueMoves":
            played_before.append(caller.played())

    caller.live.subscribe(listen)
    await caller.begin()
    await caller.hears_node("language", "zh")
    assert played_before == [[]]
    assert caller.played() == ["c1.p1"]
    [moved] = caller.events(e.DialogueMoved)
    assert (moved.flow, moved.version, moved.node, moved.via) == ("main", 1, "language", "start")
    assert moves.load(moved.state).node == "language"


async def test_keys_lead_through_the_menus_into_the_queue(caller: Caller) -> None:
    await caller.begin()
    await caller.press("2")
    await caller.hears_node("main", "en")
    caller.finish()
    await caller.press("1")
    await caller.wait_in_queue()
    assert steps(caller) == [("language", "start"), ("main", "2"), ("sales", "1")]
    assert [x.language for x in caller.events(e.LanguageSet)] == ["en"]
    assert [(v.visit, v.queue) for v in caller.events(e.VisitStarted)] == [("c1.v1", "sales")]
    await caller.hears_node("sales", "en")


async def test_keys_in_one_breath_leave_no_words_in_between(caller: Caller) -> None:
    await caller.begin()
    await caller.press("2", "1")
    assert await queue_of(caller) == "sales"
    assert caller.played() == ["c1.p1"]
    assert caller.playing() == []


async def test_who_says_nothing_comes_to_a_person(caller: Caller) -> None:
    await caller.begin()
    caller.finish()
    assert await queue_of(caller) == "agents"
    assert steps(caller)[-1] == ("person", "timeout")


async def test_wrong_key_is_told_and_zero_is_a_person(caller: Caller) -> None:
    await caller.begin()
    await caller.press("1", "9")
    await caller.hears_standard("no_match", "zh")
    await caller.press("0")
    assert await queue_of(caller) == "agents"


async def test_closed_queue_is_said_and_the_call_ends(caller: Caller) -> None:
    await caller.begin()
    await caller.press("2", "6")
    await caller.hears_standard("closed", "en")
    caller.finish()
    await caller.until(caller.has_gone)
    assert [x.cause for x in caller.events(e.ContactEnded)] == ["flow"]


async def test_unknown_queue_leads_to_a_person(caller: Caller) -> None:
    await caller.begin()
    await caller.press("1", "5")
    assert await queue_of(caller) == "agents"
    assert caller.events(e.VisitStarted)[0].visit == "c1.v2"


async def test_goodbye_is_heard_before_the_call_ends(caller: Caller) -> None:
    await caller.begin()
    await caller.press("2", "4")
    await caller.hears_node("bye", "en")
    assert caller.events(e.ContactEnded) == []
    caller.finish()
    await caller.until(caller.has_gone)


@pytest.mark.parametrize(("found", "node"), [("open", "sales"), ("closed", "bye"), ("holiday", "bye")])
async def test_opening_hours_decide(caller: Caller, found: str, node: str) -> None:
    caller.flows.open = found
    await caller.begin()
    await caller.press("1", "2")
    await caller.until(lambda: steps(caller)[-1][0] == node)
    assert steps(caller)[-2] == ("office", "2")


async def test_consent_is_heard_in_full_before_the_queue(caller: Caller) -> None:
    caller.flows.must_consent = True
    await caller.begin()
    await caller.press("2", "1")
    await caller.hears_standard("recording_consent", "en")
    assert caller.events(e.VisitStarted) == []
    caller.finish()
    assert await queue_of(caller) == "sales"


async def test_who_hangs_up_during_the_consent_is_not_queued(caller: Caller) -> None:
    caller.flows.must_consent = True
    await caller.begin()
    await caller.press("2", "1")
    await caller.hears_standard("recording_consent", "en")
    caller.engine.hang_up(caller.leg)
    await caller.until(lambda: bool(caller.events(e.ContactEnded)))
    await asyncio.sleep(0.05)
    assert caller.events(e.VisitStarted) == []


# --- restarts --------------------------------------------------------------------------------------------


async def test_restart_in_a_menu_repeats_it_and_keys_go_on(caller: Caller) -> None:
    await caller.begin()
    await caller.press("2")
    await caller.hears_node("main", "en")
    await caller.restart()
    await caller.hears_node("main", "en")
    assert caller.played() == ["c1.p1", "c1.p2", "c1.p3"]
    await caller.press("1")
    assert await queue_of(caller) == "sales"
    assert caller.events(e.VisitStarted)[0].visit == "c1.v1"


async def test_restart_between_the_step_and_the_queue_enters_it_once(caller: Caller) -> None:
    caller.flows.must_consent = True
    await caller.begin()
    await caller.press("2", "1")
    await caller.hears_standard("recording_consent", "en")
    caller.flows.must_consent = False
    await caller.restart()
    state = caller.live.engine.state
    assert state.contacts[CONTACT].visit == "c1.v1"
    await caller.restore(state.contacts[CONTACT].dialogue)
    assert list(state.visits) == ["c1.v1"]
    assert not caller.has_gone()


async def test_restart_after_the_last_word_still_hangs_up(caller: Caller) -> None:
    await caller.begin()
    await caller.restore(moves.dump(moves.State("bye", "en", 4, phase="done")))
    assert caller.has_gone()


async def test_unreadable_state_begins_anew(caller: Caller, expected_errors: list[str]) -> None:
    expected_errors.append("dialogue.state_unreadable")
    await caller.begin()
    await caller.press("1")
    await caller.hears_node("main", "zh")
    await caller.restore("nonsense")
    await caller.hears_node("language", "zh")


# --- failures --------------------------------------------------------------------------------------------


async def test_flow_that_is_gone_is_said_and_the_call_ends(caller: Caller, expected_errors: list[str]) -> None:
    expected_errors.append("dialogue.no_flow")
    start = asyncio.create_task(caller.begin("en", "lost"))
    await caller.hears_standard("technical_trouble", "en")
    caller.finish()
    await start
    assert caller.has_gone()
    assert [x.cause for x in caller.events(e.ContactEnded)] == ["failed"]


async def test_speech_that_fails_leads_to_a_person(caller: Caller, tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("raise SystemExit(1)")
    speech = Espeak(tmp_path / "broken.py")
    caller.prompts = PromptStore(speech, tmp_path / "none", tmp_path / "recorded")
    caller.make_dialogues()
    await caller.begin()
    assert steps(caller) == [("language", "start"), ("person", "trouble")]
    assert await queue_of(caller) == "agents"
    await caller.wait_in_queue()
    await caller.until(caller.has_music)
    await speech.close()


async def test_journal_that_fails_is_said_and_nobody_is_left_in_silence(
    caller: Caller, expected_errors: list[str]
) -> None:
    expected_errors.append("live.failed")
    await caller.begin("en")
    caller.journal.failpoints.add("append")
    await caller.press("2")
    await caller.hears_standard("technical_trouble", "en")
    caller.finish()
    await caller.until(caller.has_gone)
    caller.journal.failpoints.clear()


async def test_mistake_of_ours_is_said_and_the_call_ends(caller: Caller, expected_errors: list[str]) -> None:
    expected_errors.append("dialogue.broken")
    await caller.begin("en")
    caller.engine.fail("stop_playing", RuntimeError("a mistake"))
    await caller.press("2")
    await caller.hears_standard("technical_trouble", "en")
    caller.finish()
    await caller.until(caller.has_gone)
    assert [x.cause for x in caller.events(e.ContactEnded)] == ["failed"]


async def test_engine_that_is_away_is_not_an_end(caller: Caller) -> None:
    await caller.begin()
    caller.engine.fail("stop_playing", EngineUnavailable("away"))
    await caller.press("2")
    await caller.until(lambda: steps(caller)[-1] == ("main", "2"))
    await caller.restore(caller.live.engine.state.contacts[CONTACT].dialogue)
    await caller.hears_node("main", "en")
    assert caller.events(e.ContactEnded) == []


async def test_leg_that_went_first_is_quiet(caller: Caller) -> None:
    await caller.begin()
    caller.engine.fail("play", LegGone(caller.leg))
    await caller.press("2")
    await caller.until(lambda: steps(caller)[-1] == ("main", "2"))
    caller.engine.hang_up(caller.leg)
    await caller.until(lambda: bool(caller.events(e.ContactEnded)))
    assert [x.cause for x in caller.events(e.ContactEnded)] == ["customer"]


async def test_flood_of_keys_is_taken_within_bounds(caller: Caller) -> None:
    await caller.begin()
    await caller.press("2", *"*" * 5000)
    assert await queue_of(caller) == "agents"


# --- transfers, and words without a dialogue -------------------------------------------------------------

FAR = "t-c1.1"


async def transferring(caller: Caller) -> None:
    await caller.begin()
    await caller.press("2", "3")
    await caller.until(lambda: FAR in caller.engine.legs)


async def test_transfer_joins_and_ends_with_the_far_side(caller: Caller) -> None:
    await transferring(caller)
    far = caller.engine.legs[FAR]
    assert (far.target, far.caller) == ("trunk:main/+861012345678", "+861087654321")
    caller.engine.answer(FAR)
    await caller.until(lambda: caller.engine.hears(caller.leg) == {f"leg:{FAR}"})
    caller.engine.hang_up(FAR)
    await caller.until(caller.has_gone)
    assert [x.cause for x in caller.events(e.ContactEnded)] == ["flow"]


async def test_customer_who_leaves_takes_the_transfer_along(caller: Caller) -> None:
    await transferring(caller)
    caller.engine.hang_up(caller.leg)
    await caller.until(lambda: FAR in caller.engine.gone)


async def test_transfer_that_fails_comes_back(caller: Caller) -> None:
    await transferring(caller)
    caller.engine.hang_up(FAR, "busy")
    await caller.hears_node("main", "en")
    assert steps(caller)[-1] == ("main", "failed")


async def test_transfer_goes_on_over_a_restart(caller: Caller) -> None:
    await transferring(caller)
    caller.engine.answer(FAR)
    await caller.until(lambda: caller.engine.hears(caller.leg) == {f"leg:{FAR}"})
    await caller.restart()
    assert caller.engine.hears(caller.leg) == {f"leg:{FAR}"}
    caller.engine.hang_up(FAR)
    await caller.until(caller.has_gone)
    assert [x.cause for x in caller.events(e.ContactEnded)] == ["flow"]


async def test_transfer_that_is_not_allowed_rings_nobody(caller: Caller) -> None:
    caller.flows.way = None
    await caller.begin()
    await caller.press("2", "3")
    await caller.hears_node("main", "en")
    assert ("ring", FAR) not in caller.engine.asked


async def test_say_ends_with_the_words_or_with_the_leg(caller: Caller) -> None:
    caller.leg = caller.engine.arrive("10010")
    await caller.live.submit(c.ContactArrives(CONTACT, CONTACT, leg=caller.leg))
    first = asyncio.create_task(caller.dialogues.say(caller.leg, "unknown_number", "en"))
    await caller.hears_standard("unknown_number", "en")
    caller.finish()
    await first
    second = asyncio.create_task(caller.dialogues.say(caller.leg, "unknown_number", "zh"))
    await caller.hears_standard("unknown_number", "zh")
    caller.engine.hang_up(caller.leg)
    await second
