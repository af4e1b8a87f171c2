"""What `telephony.port` promises, on the fake and on a real Asterisk whose far parties are another Asterisk."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from qingting.telephony import port
from qingting.telephony.asterisk.engine import Engine
from qingting.telephony.port import LegGone

from . import tones
from .engine import engine
from .tones import AGENT, CALLER, MUSIC, PROMPT, PROMPT_2
from .worlds import SECRET, AsteriskWorld, FakeWorld, Party, World

_names = itertools.count(1)


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Engine, Path]]:
    near, far = engine(tmp_path_factory.mktemp("near")), engine(tmp_path_factory.mktemp("far"))
    sounds = tmp_path_factory.mktemp("sounds")
    for hertz in (0, *tones.ALL):
        tones.write(sounds / f"say-{hertz}.wav", hertz, 60)
    near.layout.make()
    tones.write(near.layout.music / "calm.wav", MUSIC, 30)

    async def both(verb: str) -> None:
        await asyncio.gather(*(getattr(each, verb)() for each in (near, far)))
        if verb == "start":
            await asyncio.gather(near.leave(), far.leave())  # tests kill and start them by themselves

    with ThreadPoolExecutor(1) as aside:  # a test's own loop may be running
        aside.submit(lambda: asyncio.run(both("start"))).result()
        yield near, far, sounds
        aside.submit(lambda: asyncio.run(both("stop"))).result()


@pytest.fixture(params=["fake", pytest.param("asterisk", marks=pytest.mark.asterisk)])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    made: FakeWorld | AsteriskWorld
    if request.param == "fake":
        made = FakeWorld(tmp_path)
    else:
        made = AsteriskWorld(tmp_path, *request.getfixturevalue("engines"))
    await made.start()
    await made.trunk(port.Trunk("t1", "carrier.invalid"))
    yield made
    await made.close()


async def caller(world: World, dialled: str = "95588") -> tuple[str, Party]:
    """Somebody who was answered: our leg, and who they are."""
    since = len(world.heard.events)
    party = await world.call(dialled)
    arrived = await world.heard.wait(port.LegArrived, since=since)
    await world.telephony.answer(arrived.leg)
    await party.speak(0)
    return arrived.leg, party


async def phone(world: World, owner: str = "agent:7") -> str:
    """A registered phone's name."""
    name = f"p{next(_names)}x"
    await world.telephony.put_endpoint(port.Endpoint(name, SECRET, "sip", owner))
    assert await world.phone(name)
    return name


async def agent(world: World, name: str, leg: str = "v1/1") -> Party:
    """Rung and answered."""
    await world.telephony.ring(leg, f"endpoint:{name}", caller="13800138000", timeout_s=20)
    party = await world.party(leg)
    await party.answer()
    await world.heard.wait(port.LegAnswered, lambda e: e.leg == leg)
    await party.speak(0)
    return party


# --- legs -------------------------------------------------------------------------------------------------


async def test_an_arrival_says_whence_and_whither(world: World) -> None:
    await world.call("95588", "13800138000")
    arrived = await world.heard.wait(port.LegArrived)
    assert (arrived.dialled, arrived.caller, arrived.source) == ("95588", "13800138000", "trunk:t1")
    assert (arrived.asserted, arrived.waited_s) == ("", 0.0)


async def test_a_withheld_number_is_empty_and_an_identity_counts_by_trusted_trunks_only(world: World) -> None:
    await world.call("+861012345678", "anonymous" if isinstance(world, AsteriskWorld) else "", "+8613911112222")
    plain = await world.heard.wait(port.LegArrived)
    assert (plain.dialled, plain.caller, plain.asserted) == ("+861012345678", "", "")
    await world.trunk(port.Trunk("t1", "carrier.invalid", trust_identity=True))
    since = len(world.heard.events)
    await world.call("95588", "13800138000", "+8613911112222")
    trusted = await world.heard.wait(port.LegArrived, since=since)
    assert (trusted.caller, trusted.asserted) == ("13800138000", "+8613911112222")


async def test_a_caller_who_leaves_before_the_answer_has_cancelled(world: World) -> None:
    party = await world.call("95588")
    arrived = await world.heard.wait(port.LegArrived)
    await world.telephony.progress(arrived.leg)
    await party.hang_up()
    assert (await world.heard.wait(port.LegEnded)).cause == "cancelled"


async def test_a_ringing_phone_answers_and_is_hung_up(world: World) -> None:
    name = await phone(world)
    await world.telephony.ring("v1/1", f"endpoint:{name}", caller="13800138000", timeout_s=20)
    await world.telephony.ring("v1/1", f"endpoint:{name}", caller="13800138000", timeout_s=20)
    party = await world.party("v1/1")
    await party.ringing()
    await world.heard.wait(port.LegRinging)
    await party.answer()
    await world.heard.wait(port.LegAnswered)
    await world.telephony.hang_up("v1/1")
    ended = await world.heard.wait(port.LegEnded)
    assert (ended.leg, ended.cause) == ("v1/1", "hangup")
    assert [type(e) for e in world.heard.of("v1/1")] == [port.LegRinging, port.LegAnswered, port.LegEnded]


@pytest.mark.parametrize(("how", "cause"), [("busy", "busy"), ("rejected", "rejected")])
async def test_a_phone_that_refuses_says_how(world: World, how: str, cause: str) -> None:
    name = await phone(world)
    await world.telephony.ring("v1/1", f"endpoint:{name}", caller="1", timeout_s=20)
    await (await world.party("v1/1")).hang_up(how)
    assert (await world.heard.wait(port.LegEnded)).cause == cause


async def test_nobody_answers(world: World) -> None:
    name = await phone(world)
    await world.telephony.ring("v1/1", f"endpoint:{name}", caller="1", timeout_s=1)
    await (await world.party("v1/1")).ringing()
    assert (await world.heard.wait(port.LegEnded)).cause == "no_answer"


async def test_ringing_is_taken_back(world: World) -> None:
    name = await phone(world)
    await world.telephony.ring("v1/1", f"endpoint:{name}", caller="1", timeout_s=20)
    await (await world.party("v1/1")).ringing()
    await world.heard.wait(port.LegRinging)
    await world.telephony.hang_up("v1/1")
    assert (await world.heard.wait(port.LegEnded)).cause == "cancelled"


async def test_a_phone_that_is_not_there_is_unreachable(world: World) -> None:
    await world.telephony.put_endpoint(port.Endpoint("absent", SECRET, "sip", "agent:8"))
    await world.telephony.ring("v1/1", "endpoint:absent", caller="1", timeout_s=20)
    ended = await world.heard.wait(port.LegEnded)
    assert (ended.leg, ended.cause) == ("v1/1", "unreachable")


async def test_a_target_that_means_nothing_fails(world: World) -> None:
    await world.telephony.ring("v1/1", "trunk:none/10086", caller="1", timeout_s=20)
    assert (await world.heard.wait(port.LegEnded)).cause in ("failed", "unreachable")


async def test_an_outside_call_is_heard_before_it_is_answered(world: World) -> None:
    name = await phone(world)
    here = await agent(world, name, "a/1")
    await world.telephony.ring("o/1", "trunk:t1/13900000000", caller="95588", timeout_s=20, early_media_to="a/1")
    there = await world.party("o/1")
    await there.speak(CALLER)
    await here.hears({CALLER})
    assert not [e for e in world.heard.of("o/1") if isinstance(e, port.LegAnswered)]
    await there.answer()
    await there.speak(CALLER)
    await world.heard.wait(port.LegAnswered, lambda e: e.leg == "o/1")
    await world.telephony.bridge("b1", ["o/1", "a/1"])
    await here.speak(AGENT)
    await here.hears({CALLER})
    await there.hears({AGENT})


async def test_an_outside_party_that_is_busy_says_so(world: World) -> None:
    name = await phone(world)
    await agent(world, name, "a/1")
    await world.telephony.ring("o/1", "trunk:t1/13900000000", caller="95588", timeout_s=20, early_media_to="a/1")
    await (await world.party("o/1")).hang_up("busy")
    ended = await world.heard.wait(port.LegEnded, lambda e: e.leg == "o/1")
    assert ended.cause == "busy"


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


async def test_a_prompt_ends_with_its_leg(world: World, tmp_path: Path) -> None:
    leg, party = await caller(world)
    await world.telephony.play("p1", leg, [str(tones.write(tmp_path / "long.wav", PROMPT, 60))])
    await party.hang_up()
    ended = await world.heard.wait(port.LegEnded)
    assert ended.cause == "hangup"
    assert not (await world.heard.wait(port.PlaybackEnded)).complete


# --- who hears whom ---------------------------------------------------------------------------------------


async def joined(world: World) -> tuple[str, Party, Party]:
    """A caller and an agent who talk, each in a tone of their own."""
    leg, customer = await caller(world)
    await world.telephony.music(leg, True)
    colleague = await agent(world, await phone(world))
    await world.telephony.bridge("b/1", [leg, "v1/1"])
    await customer.speak(CALLER)
    await colleague.speak(AGENT)
    return leg, customer, colleague


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
        third = len(sound) // 3
        assert len(sound) >= 3.3 * tones.RATE
        assert tones.heard(sound[: third // 2]) == {own}
        assert tones.heard(sound[third + third // 4 : 2 * third - third // 4]) == set()
        assert tones.heard(sound[-third // 2 :]) == {own}
    assert abs(len(tones.read(received)) - len(tones.read(sent))) <= 0.05 * tones.RATE


async def test_a_recording_ends_with_its_leg(world: World, tmp_path: Path) -> None:
    leg, customer, _ = await joined(world)
    await world.telephony.record("r/1", leg, str(tmp_path / "r.wav"), str(tmp_path / "s.wav"))
    await asyncio.sleep(0.5)
    await customer.hang_up()
    assert (await world.heard.wait(port.RecordingEnded)).error == ""
    assert len(tones.read(tmp_path / "r.wav")) > 0


# --- who may connect --------------------------------------------------------------------------------------


async def test_phones_come_and_go(world: World) -> None:
    name = await phone(world)
    assert name in await world.telephony.online()
    since = len(world.heard.events)
    await world.no_phone(name)
    gone = await world.heard.wait(port.EndpointChanged, since=since)
    assert (gone.endpoint, gone.online) == (name, False)
    assert name not in await world.telephony.online()


async def test_strangers_and_wrong_secrets_are_refused_and_counted(world: World) -> None:
    await world.telephony.put_endpoint(port.Endpoint("known1", SECRET, "sip", "agent:7"))
    assert not await world.phone("known1", "guess")
    refused = await world.heard.wait(port.SourcesRefused)
    assert refused.why == "wrong_secret"
    assert refused.times >= 1
    await world.no_phone("known1")
    await world.telephony.remove_trunk("t1")  # whose address the stranger has, too
    assert not await world.phone("stranger", "guess")
    await world.heard.wait(port.SourcesRefused, lambda e: e.why == "unknown_source")


async def test_a_removed_phone_is_not_let_in(world: World) -> None:
    await world.telephony.put_endpoint(port.Endpoint("brief", SECRET, "sip", "agent:7"))
    await world.telephony.remove_endpoint("brief")
    await world.telephony.remove_trunk("t1")
    assert not await world.phone("brief")


# --- either side goes away --------------------------------------------------------------------------------


async def test_talking_parties_talk_on_while_the_program_restarts(world: World) -> None:
    leg, customer, colleague = await joined(world)
    await customer.hears({AGENT})
    await world.leave()
    await customer.hears({AGENT})
    up = await world.come_back()
    assert not up.restarted
    states = {state.leg: state for state in up.legs}
    assert states[leg].state == states["v1/1"].state == "up"
    arrival = states[leg].arrival
    assert arrival is not None
    assert (arrival.dialled, arrival.source) == ("95588", "trunk:t1")
    assert states["v1/1"].arrival is None
    assert dict(up.bridges)["b/1"] == tuple(sorted([leg, "v1/1"]))
    await colleague.hears({CALLER})
    await world.telephony.hang_up("v1/1")
    await world.heard.wait(port.LegEnded, lambda e: e.leg == "v1/1")
    await customer.hears(set())
    await world.telephony.hang_up(leg)
    await world.heard.wait(port.LegEnded, lambda e: e.leg == leg)


async def test_callers_are_kept_while_no_program_answers(world: World) -> None:
    await world.leave()
    party = await world.call("95588")
    if isinstance(world, AsteriskWorld):
        await world.far_heard.wait(port.LegAnswered)
    await party.speak(0)
    await party.hears({MUSIC})
    up = await world.come_back()
    assert not up.legs
    arrived = await world.heard.wait(port.LegArrived)
    assert (arrived.dialled, arrived.source) == ("95588", "trunk:t1")
    assert arrived.waited_s > 0
    await party.hears(set())
    await party.press("1")
    assert (await world.heard.wait(port.KeyPressed)).leg == arrived.leg


async def test_after_the_engine_was_killed_it_is_another_one(world: World) -> None:
    await joined(world)
    since = len(world.heard.events)
    await world.kill_engine()
    await world.heard.wait(port.EngineDown, since=since)
    up = await world.heard.wait(port.EngineUp, since=since)
    assert up.restarted
    assert (up.legs, up.bridges) == ((), ())
    await world.trunk(port.Trunk("t1", "carrier.invalid"))
    leg, party = await caller(world)
    await world.telephony.music(leg, True)
    await party.hears({MUSIC})
