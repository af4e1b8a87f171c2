"""What a party hears: prompts, music, each other; and what is recorded of it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from qingting.telephony import port
from qingting.telephony.port import LegGone

from .. import tones
from ..tones import AGENT, CALLER, JAZZ, MUSIC, PROMPT, PROMPT_2
from ..worlds import World
from .parties import agent, caller, joined, phone

# --- what a party hears -----------------------------------------------------------------------------------


async def test_prompts_play_one_after_the_other(world: World, tmp_path: Path) -> None:
    leg, party = await caller(world)
    first = tones.write(tmp_path / "first.wav", PROMPT, 3)
    second = tones.write(tmp_path / "second.wav", PROMPT_2, 3)
    await world.telephony.play("p/1", leg, [str(first), str(second)])
    await party.hears({PROMPT})
    await party.hears({PROMPT_2})
    ended = await world.heard.wait(port.PlaybackEnded)
    assert (ended.playback, ended.leg, ended.complete) == ("p/1", leg, True)


async def test_a_key_barges_in(world: World, tmp_path: Path) -> None:
    leg, party = await caller(world)
    long = tones.write(tmp_path / "long.wav", PROMPT, 60)
    await world.telephony.play("p1", leg, [str(long)])
    await party.hears({PROMPT})
    for key in "10*#":
        await party.press(key)
        await world.heard.wait(port.KeyPressed, lambda e, key=key: e.key == key and e.leg == leg)
    await world.telephony.stop_playing("p1")
    assert not (await world.heard.wait(port.PlaybackEnded)).complete
    await party.hears(set())
    await world.telephony.stop_playing("p1")


async def test_music_comes_and_goes(world: World, tmp_path: Path) -> None:
    leg, party = await caller(world)
    await world.telephony.music(leg, True)
    await world.telephony.music(leg, True)
    await party.hears({MUSIC})
    await world.telephony.music(leg, False)
    await party.hears(set())
    await world.telephony.music(leg, True)
    await world.telephony.play("p1", leg, [str(tones.write(tmp_path / "long.wav", PROMPT, 60))])
    await party.hears({PROMPT})


async def test_music_has_classes_and_one_that_is_not_there_is_the_default(world: World) -> None:
    await world.put_music("t/jazz", JAZZ)
    leg, party = await caller(world)
    await world.telephony.music(leg, True, "t/jazz")
    await party.hears({JAZZ})
    with capture_logs() as said:
        await world.telephony.music(leg, True, "t/none")
    await party.hears({MUSIC})
    assert [it["music"] for it in said if it["event"] == "music.unknown"] == ["t/none"]
    await agent(world, await phone(world))
    await world.telephony.bridge("b/1", [leg, "v1/1"])
    await world.telephony.hold("b/1", leg, True, "t/jazz")
    await party.hears({JAZZ})


async def test_a_prompt_ends_with_its_leg(world: World, tmp_path: Path) -> None:
    leg, party = await caller(world)
    await world.telephony.play("p1", leg, [str(tones.write(tmp_path / "long.wav", PROMPT, 60))])
    await party.hang_up()
    ended = await world.heard.wait(port.LegEnded)
    assert ended.cause == "hangup"
    assert not (await world.heard.wait(port.PlaybackEnded)).complete


# --- who hears whom ---------------------------------------------------------------------------------------


async def test_two_who_are_bridged_hear_each_other(world: World) -> None:
    leg, customer, colleague = await joined(world)
    await world.telephony.bridge("b/1", [leg, "v1/1"])
    await customer.hears({AGENT})
    await colleague.hears({CALLER})
    await world.telephony.unbridge("b/1")
    await customer.hears(set())
    await colleague.hears(set())


async def test_a_prompt_gives_way_to_a_conversation(world: World, tmp_path: Path) -> None:
    leg, customer = await caller(world)
    colleague = await agent(world, await phone(world))
    await world.telephony.play("p1", leg, [str(tones.write(tmp_path / "long.wav", PROMPT, 60))])
    await world.telephony.bridge("b/1", [leg, "v1/1"])
    await colleague.speak(AGENT)
    await customer.hears({AGENT})
    assert not (await world.heard.wait(port.PlaybackEnded)).complete


async def test_hold_and_resume(world: World) -> None:
    leg, customer, colleague = await joined(world)
    await world.telephony.hold("b/1", leg, True)
    await customer.hears({MUSIC})
    await colleague.hears(set())
    await world.telephony.hold("b/1", leg, False)
    await customer.hears({AGENT})
    await colleague.hears({CALLER})


async def test_verbs_meet_a_leg_that_is_gone(world: World, tmp_path: Path) -> None:
    leg, customer, colleague = await joined(world)
    await customer.hang_up()
    await world.heard.wait(port.LegEnded)
    tone = str(tones.write(tmp_path / "short.wav", PROMPT, 1))
    for verb in (
        world.telephony.answer(leg),
        world.telephony.progress(leg),
        world.telephony.play("p1", leg, [tone]),
        world.telephony.music(leg, True),
        world.telephony.bridge("b/1", [leg, "v1/1"]),
        world.telephony.hold("b/1", leg, True),
        world.telephony.record("r1", leg, str(tmp_path / "r.wav"), str(tmp_path / "s.wav")),
    ):
        with pytest.raises(LegGone):
            await verb
    await world.telephony.hang_up(leg)
    await world.telephony.stop_playing("p1")
    await world.telephony.unbridge("b/1")
    await colleague.hears(set())


async def test_a_hang_up_overtakes_a_bridge(world: World) -> None:
    leg, customer = await caller(world)
    await agent(world, await phone(world))
    gone = asyncio.create_task(customer.hang_up())
    with suppress(LegGone):
        await world.telephony.bridge("b/1", [leg, "v1/1"])
    await gone
    await world.heard.wait(port.LegEnded, lambda e: e.leg == leg)
    await world.telephony.unbridge("b/1")
    await world.telephony.hang_up("v1/1")
    await world.heard.wait(port.LegEnded, lambda e: e.leg == "v1/1")


# --- recording --------------------------------------------------------------------------------------------


async def test_recording_keeps_the_channels_apart_and_in_step(world: World, tmp_path: Path) -> None:
    leg, customer, colleague = await joined(world)
    await colleague.hears({CALLER})
    await customer.hears({AGENT})
    received, sent = tmp_path / "received.wav", tmp_path / "sent.wav"
    await world.telephony.record("r/1", leg, str(received), str(sent))
    await asyncio.sleep(1.2)
    await world.telephony.pause_recording("r/1", leg, True)
    await asyncio.sleep(1.2)
    await world.telephony.pause_recording("r/1", leg, False)
    await asyncio.sleep(1.2)
    await world.telephony.stop_recording("r/1", leg)
    ended = await world.heard.wait(port.RecordingEnded)
    assert (ended.recording, ended.error) == ("r/1", "")
    for path, own in ((received, CALLER), (sent, AGENT)):
        sound = tones.read(path)
        assert [found for found, _ in tones.stretches(sound)] == [{own}, set(), {own}]
        # On a machine with other work to do, phones send less than they would; what they send is there.
        assert all(seconds >= 0.5 for _, seconds in tones.stretches(sound))
    assert abs(len(tones.read(received)) - len(tones.read(sent))) <= 0.05 * tones.RATE


async def test_one_leg_alone_is_recorded_until_it_falls_silent(world: World, tmp_path: Path) -> None:
    """What a voicemail needs: who talks to nobody; a silence ends it, also one in which nothing was ever said."""
    leg, customer = await caller(world)
    await customer.speak(CALLER)
    await world.telephony.record("r/1", leg, str(tmp_path / "r1.wav"), str(tmp_path / "s1.wav"), silence_s=1.0)
    await asyncio.sleep(1.5)
    await customer.speak(0)
    first = await world.heard.wait(port.RecordingEnded)
    assert (first.recording, first.error, first.silent) == ("r/1", "", False)
    sound = tones.read(tmp_path / "r1.wav")
    assert tones.heard(sound[: tones.RATE]) == {CALLER}
    assert len(sound) >= 2 * tones.RATE
    await world.telephony.record("r/2", leg, str(tmp_path / "r2.wav"), str(tmp_path / "s2.wav"), silence_s=1.0)
    second = await world.heard.wait(port.RecordingEnded, lambda e: e.recording == "r/2")
    assert (second.error, second.silent) == ("", True)
    assert tones.heard(tones.read(tmp_path / "r2.wav")) == set()
    await world.telephony.record("r/3", leg, str(tmp_path / "r3.wav"), str(tmp_path / "s3.wav"), silence_s=5.0)
    await customer.speak(CALLER)
    await asyncio.sleep(1.0)
    await customer.hang_up()
    third = await world.heard.wait(port.RecordingEnded, lambda e: e.recording == "r/3")
    assert (third.error, third.silent) == ("", False)


async def test_a_recording_ends_with_its_leg(world: World, tmp_path: Path) -> None:
    leg, customer, _ = await joined(world)
    await world.telephony.record("r/1", leg, str(tmp_path / "r.wav"), str(tmp_path / "s.wav"))
    await asyncio.sleep(0.5)
    await customer.hang_up()
    assert (await world.heard.wait(port.RecordingEnded)).error == ""
    assert len(tones.read(tmp_path / "r.wav")) > 0
