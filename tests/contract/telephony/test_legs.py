"""Legs come, ring, answer and end; who may connect; either side goes away and comes back."""

from __future__ import annotations

import pytest

from qingting.telephony import port

from ..tones import AGENT, CALLER, MUSIC, RINGING
from ..worlds import SECRET, AsteriskWorld, World
from .parties import agent, caller, joined, phone

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


async def test_an_outside_phone_that_only_rings_is_heard_ringing(world: World) -> None:
    here = await agent(world, await phone(world), "a/1")
    await world.telephony.ring("o/1", "trunk:t1/13900000000", caller="95588", timeout_s=30, early_media_to="a/1")
    there = await world.party("o/1")
    await there.ringing()
    await here.hears({RINGING})
    await there.speak(CALLER)
    await here.hears({CALLER})


async def test_by_a_trunk_without_early_media_only_ringing_is_heard(world: World) -> None:
    await world.trunk(port.Trunk("quiet", "carrier.invalid", early_media=False))
    here = await agent(world, await phone(world), "a/1")
    await world.telephony.ring("o/1", "trunk:quiet/13900000000", caller="95588", timeout_s=30, early_media_to="a/1")
    there = await world.party("o/1")
    await there.speak(CALLER)
    await here.hears({RINGING})
    await there.answer()
    await world.heard.wait(port.LegAnswered, lambda e: e.leg == "o/1")
    await here.hears(set())
    await world.telephony.bridge("b1", ["o/1", "a/1"])
    await there.speak(CALLER)
    await here.hears({CALLER})


async def test_ringing_ends_with_who_is_rung(world: World) -> None:
    await world.trunk(port.Trunk("quiet", "carrier.invalid", early_media=False))
    here = await agent(world, await phone(world), "a/1")
    await world.telephony.ring("o/1", "trunk:quiet/13900000000", caller="95588", timeout_s=30, early_media_to="a/1")
    there = await world.party("o/1")
    await here.hears({RINGING})
    await there.hang_up("busy")
    assert (await world.heard.wait(port.LegEnded, lambda e: e.leg == "o/1")).cause == "busy"
    await here.hears(set())


async def test_an_outside_party_that_is_busy_says_so(world: World) -> None:
    name = await phone(world)
    await agent(world, name, "a/1")
    await world.telephony.ring("o/1", "trunk:t1/13900000000", caller="95588", timeout_s=20, early_media_to="a/1")
    await (await world.party("o/1")).hang_up("busy")
    ended = await world.heard.wait(port.LegEnded, lambda e: e.leg == "o/1")
    assert ended.cause == "busy"


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


async def test_a_bridge_whose_parties_left_meanwhile_is_over_and_its_name_free(world: World) -> None:
    _, customer, colleague = await joined(world)
    await customer.hears({AGENT})
    await world.leave()
    await customer.hang_up()
    await colleague.hang_up()
    while (up := await world.come_back()).legs:
        await world.leave()
    assert up.bridges == ()
    for _ in range(2):
        leg, customer, _ = await joined(world)
        await customer.hears({AGENT})
        await world.telephony.unbridge("b/1")
        for it in (leg, "v1/1"):
            await world.telephony.hang_up(it)
            await world.heard.wait(port.LegEnded, lambda e, it=it: e.leg == it)
        world.heard.events.clear()


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
