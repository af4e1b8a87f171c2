"""More than two: consult, swap, conference, transfer, callback; and what a recording holds of them."""

from __future__ import annotations

import asyncio
from pathlib import Path

from qingting.telephony import port

from .. import tones
from ..tones import AGENT, CALLER, JAZZ, MUSIC, THIRD
from ..worlds import Party, World
from .parties import agent, joined, phone

SYLLABLE_S = 0.25
"""What is shorter costs nobody a word; 0.136 s was seen once, on a machine that was full."""


async def consulted(world: World) -> tuple[str, Party, Party, Party]:
    """The customer holds, the agent (`v1/1`) talks to a third (`k/1`) in a bridge beside."""
    leg, customer, colleague = await joined(world)
    await world.telephony.hold("b/1", leg, True)
    third = await agent(world, await phone(world, "agent:8"), "k/1")
    await third.speak(THIRD)
    await world.telephony.bridge("c/1", ["v1/1", "k/1"])
    return leg, customer, colleague, third


async def outside(world: World, leg: str = "o/1", early_media_to: str = "") -> Party:
    """Somebody outside is rung by trunk and has said nothing yet."""
    await world.telephony.ring(
        leg, "trunk:t1/13900000000", caller="95588", timeout_s=30, early_media_to=early_media_to
    )
    return await world.party(leg)


# --- consult ----------------------------------------------------------------------------------------------


async def test_a_consult_is_not_heard_by_the_customer(world: World) -> None:
    leg, customer, colleague, third = await consulted(world)
    await colleague.hears({THIRD})
    await third.hears({AGENT})
    await customer.hears({MUSIC})
    await third.hang_up()
    await world.heard.wait(port.LegEnded, lambda e: e.leg == "k/1")
    await world.telephony.bridge("b/1", [leg, "v1/1"])
    await world.telephony.unbridge("c/1")
    await customer.hears({AGENT})
    await colleague.hears({CALLER})


async def test_a_swap_and_back(world: World) -> None:
    await world.put_music("t/jazz", JAZZ)
    leg, customer, colleague, third = await consulted(world)
    await world.telephony.hold("c/1", "k/1", True, "t/jazz")
    await world.telephony.bridge("b/1", [leg, "v1/1"])
    await customer.hears({AGENT})
    await colleague.hears({CALLER})
    await third.hears({JAZZ})
    await world.telephony.hold("b/1", leg, True)
    await world.telephony.bridge("c/1", ["v1/1", "k/1"])
    await customer.hears({MUSIC})
    await third.hears({AGENT})


async def test_who_is_left_alone_hears_nothing(world: World) -> None:
    leg, _, _, third = await consulted(world)
    await third.hears({AGENT})
    await world.telephony.bridge("b/1", [leg, "v1/1"])
    await third.hears(set())


async def test_the_customer_leaves_during_a_consult(world: World) -> None:
    leg, customer, colleague, _ = await consulted(world)
    await customer.hang_up()
    await world.heard.wait(port.LegEnded, lambda e: e.leg == leg)
    await colleague.hears({THIRD})


# --- conference -------------------------------------------------------------------------------------------


async def test_all_hear_all_in_a_conference_and_those_who_stay_go_on(world: World) -> None:
    leg, customer, colleague, third = await consulted(world)
    await world.telephony.bridge("b/1", [leg, "v1/1", "k/1"])
    await customer.hears({AGENT, THIRD})
    await colleague.hears({CALLER, THIRD})
    await third.hears({CALLER, AGENT})
    await world.telephony.hang_up("v1/1")
    await customer.hears({THIRD})
    await third.hears({CALLER})


async def test_somebody_on_hold_joins_two_who_talk(world: World) -> None:
    leg, customer, colleague, third = await consulted(world)
    await world.telephony.hold("c/1", "k/1", True)
    await world.telephony.bridge("b/1", [leg, "v1/1"])
    await customer.hears({AGENT})
    await colleague.hears({CALLER})
    await third.hears({MUSIC})
    await world.telephony.bridge("b/1", [leg, "v1/1", "k/1"])
    await third.hears({CALLER, AGENT})
    await customer.hears({AGENT, THIRD})
    await colleague.hears({CALLER, THIRD})


async def test_one_of_a_conference_holds(world: World) -> None:
    leg, customer, colleague, third = await consulted(world)
    await world.telephony.bridge("b/1", [leg, "v1/1", "k/1"])
    await world.telephony.hold("b/1", leg, True)
    await customer.hears({MUSIC})
    await colleague.hears({THIRD})
    await world.telephony.hold("b/1", leg, False)
    await customer.hears({AGENT, THIRD})
    await third.hears({CALLER, AGENT})


async def test_joining_and_leaving_interrupt_nobody(world: World, tmp_path: Path) -> None:
    leg, customer, _ = await joined(world)
    third = await agent(world, await phone(world, "agent:8"), "k/1")
    await third.speak(THIRD)
    await customer.hears({AGENT})
    await world.telephony.record("r/1", leg, str(tmp_path / "r.wav"), str(tmp_path / "s.wav"))
    await asyncio.sleep(1)
    await world.telephony.bridge("b/1", [leg, "v1/1", "k/1"])
    await customer.hears({AGENT, THIRD})
    await asyncio.sleep(1)
    await world.telephony.bridge("b/1", [leg, "v1/1"])
    await customer.hears({AGENT})
    await asyncio.sleep(1)
    await world.telephony.stop_recording("r/1", leg)
    assert (await world.heard.wait(port.RecordingEnded)).error == ""
    heard = tones.read(tmp_path / "s.wav")
    assert tones.heard(heard) >= {AGENT, THIRD}
    assert tones.longest_gap_s(heard, AGENT) <= SYLLABLE_S


# --- transfer ---------------------------------------------------------------------------------------------


async def test_a_blind_transfer_to_an_agent(world: World) -> None:
    leg, customer, _ = await joined(world)
    await world.telephony.hold("b/1", leg, True)
    await world.telephony.hang_up("v1/1")
    await world.heard.wait(port.LegEnded, lambda e: e.leg == "v1/1")
    await customer.hears({MUSIC})
    third = await agent(world, await phone(world, "agent:8"), "k/1")
    await world.telephony.bridge("b/2", [leg, "k/1"])
    await third.speak(THIRD)
    await customer.hears({THIRD})
    await third.hears({CALLER})
    await world.telephony.unbridge("b/1")


async def test_a_blind_transfer_to_an_outside_number(world: World) -> None:
    leg, customer, _ = await joined(world)
    far = await outside(world, early_media_to=leg)
    await far.speak(THIRD)
    await customer.hears({THIRD})
    await world.telephony.hang_up("v1/1")
    await far.answer()
    await world.heard.wait(port.LegAnswered, lambda e: e.leg == "o/1")
    await world.telephony.bridge("b/2", [leg, "o/1"])
    await far.speak(THIRD)
    await customer.hears({THIRD})
    await far.hears({CALLER})


async def test_who_is_heard_before_the_answer_is_told_to_the_next_program(world: World) -> None:
    leg, customer, _ = await joined(world)
    far = await outside(world, early_media_to=leg)
    await far.speak(THIRD)
    await customer.hears({THIRD})
    await world.leave()
    up = await world.come_back()
    assert {it.leg for it in up.legs} >= {leg, "o/1"}
    await far.answer()
    await world.heard.wait(port.LegAnswered, lambda e: e.leg == "o/1")
    await world.telephony.bridge("b/2", [leg, "o/1"])
    await far.speak(THIRD)
    await far.hears({CALLER})


async def test_a_transfer_that_nobody_answers_comes_back(world: World) -> None:
    leg, customer, colleague = await joined(world)
    far = await outside(world, early_media_to=leg)
    await far.speak(THIRD)
    await customer.hears({THIRD})
    await far.hang_up("busy")
    assert (await world.heard.wait(port.LegEnded, lambda e: e.leg == "o/1")).cause == "busy"
    await world.telephony.bridge("b/1", [leg, "v1/1"])
    await customer.hears({AGENT})
    await colleague.hears({CALLER})


# --- callback ---------------------------------------------------------------------------------------------


async def test_a_callback_that_rings_the_customer_first(world: World, tmp_path: Path) -> None:
    customer = await outside(world)
    await customer.answer()
    await world.heard.wait(port.LegAnswered, lambda e: e.leg == "o/1")
    await world.telephony.play("p/1", "o/1", [str(tones.write(tmp_path / "hello.wav", THIRD, 30))])
    await customer.hears({THIRD})
    await world.telephony.stop_playing("p/1")
    await world.telephony.music("o/1", True)
    await customer.hears({MUSIC})
    colleague = await agent(world, await phone(world))
    await world.telephony.bridge("b/1", ["o/1", "v1/1"])
    await customer.speak(CALLER)
    await colleague.speak(AGENT)
    await customer.hears({AGENT})
    await colleague.hears({CALLER})


async def test_a_callback_that_rings_the_agent_first(world: World) -> None:
    colleague = await agent(world, await phone(world))
    customer = await outside(world, early_media_to="v1/1")
    await customer.speak(CALLER)
    await colleague.hears({CALLER})
    await customer.answer()
    await world.heard.wait(port.LegAnswered, lambda e: e.leg == "o/1")
    await world.telephony.bridge("b/1", ["o/1", "v1/1"])
    await colleague.speak(AGENT)
    await customer.hears({AGENT})


# --- recording --------------------------------------------------------------------------------------------


async def test_a_consult_is_not_in_the_customers_recording_but_a_conference_is(world: World, tmp_path: Path) -> None:
    leg, customer, colleague, third = await consulted(world)
    await colleague.hears({THIRD})
    await world.telephony.record("r/1", leg, str(tmp_path / "r1.wav"), str(tmp_path / "s1.wav"))
    await customer.hears({MUSIC})
    await third.hears({AGENT})
    await asyncio.sleep(1)
    await world.telephony.record("r/2", leg, str(tmp_path / "r2.wav"), str(tmp_path / "s2.wav"))
    ended = await world.heard.wait(port.RecordingEnded)
    assert (ended.recording, ended.error) == ("r/1", "")
    assert tones.heard(tones.read(tmp_path / "s1.wav")) == {MUSIC}
    await world.telephony.bridge("b/1", [leg, "v1/1", "k/1"])
    await customer.hears({AGENT, THIRD})
    await asyncio.sleep(1)
    await world.telephony.stop_recording("r/2", leg)
    await world.heard.wait(port.RecordingEnded, lambda e: e.recording == "r/2")
    assert tones.heard(tones.read(tmp_path / "s2.wav")) >= {AGENT, THIRD}


async def test_each_visit_has_its_own_recording(world: World, tmp_path: Path) -> None:
    leg, customer, _ = await joined(world)
    await customer.hears({AGENT})
    await world.telephony.record("r/1", leg, str(tmp_path / "r1.wav"), str(tmp_path / "s1.wav"))
    await asyncio.sleep(1)
    third = await agent(world, await phone(world, "agent:8"), "k/1")
    await third.speak(THIRD)
    await world.telephony.stop_recording("r/1", leg)
    await world.telephony.bridge("b/2", [leg, "k/1"])
    await customer.hears({THIRD})
    await world.telephony.record("r/2", leg, str(tmp_path / "r2.wav"), str(tmp_path / "s2.wav"))
    await asyncio.sleep(1)
    await world.telephony.stop_recording("r/2", leg)
    for name in ("r/1", "r/2"):
        ended = await world.heard.wait(port.RecordingEnded, lambda e, name=name: e.recording == name)
        assert ended.error == ""
    assert tones.heard(tones.read(tmp_path / "s1.wav")) == {AGENT}
    assert tones.heard(tones.read(tmp_path / "s2.wav")) == {THIRD}
    assert tones.heard(tones.read(tmp_path / "r2.wav")) == {CALLER}
