"""What a waiting customer hears."""

from __future__ import annotations

import asyncio

from qingting.runtime.waiting import Place

from .caller import MUSIC_ONLY, TALKATIVE, Caller, Settings


async def queued(caller: Caller, settings: Settings = TALKATIVE) -> str:
    """English, in the queue `sales`, hearing its first words."""
    await caller.begin("en")
    await caller.press("2", "1")
    visit = await caller.wait_in_queue(settings)
    await caller.hears_node("sales", "en")
    return visit


async def test_place_never_rises(caller: Caller) -> None:
    caller.places["c1.v1"] = Place(3, 200.0)
    visit = await queued(caller)
    caller.finish()
    await caller.hears_standard("place", "en", ahead=2)
    caller.places[visit] = Place(5, 400.0)  # somebody more urgent came
    caller.finish()
    await caller.until(caller.has_music)
    played = len(caller.played())
    await asyncio.sleep(0.1)
    assert len(caller.played()) == played
    caller.places[visit] = Place(2, 400.0)
    await caller.hears_standard("place_one", "en")
    caller.places[visit] = Place(1, None)
    caller.finish()
    await caller.hears_standard("place_next", "en")


async def test_settings_say_what_is_announced(caller: Caller) -> None:
    caller.places["c1.v1"] = Place(3, 200.0)
    await queued(caller, Settings(announce_place=False))
    caller.finish()
    await caller.hears_standard("wait", "en", minutes=4)


async def test_agent_who_answers_finds_silence_and_one_who_fails_brings_music_back(caller: Caller) -> None:
    await queued(caller, MUSIC_ONLY)
    await caller.dialogues.stop_waiting(caller.leg)
    assert caller.engine.hears(caller.leg) == set()
    await caller.wait_in_queue(MUSIC_ONLY)
    await caller.until(caller.has_music)
    await caller.wait_in_queue(MUSIC_ONLY)
    await caller.dialogues.stop_waiting(caller.leg)
    assert caller.engine.hears(caller.leg) == set()


async def test_who_is_answered_at_once_hears_no_music(caller: Caller) -> None:
    await caller.begin()
    await caller.press("0")
    await caller.wait_in_queue()
    await caller.dialogues.stop_waiting(caller.leg)
    assert ("music", caller.leg) not in caller.engine.asked
    assert caller.played() == ["c1.p1"]


async def test_after_a_restart_no_place_is_said_that_may_be_a_rise(caller: Caller) -> None:
    visit = await queued(caller)
    await caller.restart(restore=False)
    played = len(caller.played())
    caller.places[visit] = Place(2, 200.0)
    await caller.wait_again(visit)
    await caller.until(caller.has_music)
    await asyncio.sleep(0.1)
    assert len(caller.played()) == played
    caller.places[visit] = Place(1, None)
    await caller.hears_standard("place_next", "en")


async def test_who_leaves_the_queue_is_forgotten(caller: Caller) -> None:
    await queued(caller)
    caller.engine.hang_up(caller.leg)
    await asyncio.sleep(0.05)
    played = len(caller.played())
    await asyncio.sleep(0.1)
    assert len(caller.played()) == played
