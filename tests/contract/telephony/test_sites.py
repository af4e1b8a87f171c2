"""Two sites, each with an engine of its own and a trunk between them: one's caller, the other's agent.

What the trunk carries as the dialled name says what a leg is for; the engines need to know nothing of each other.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest

from qingting.telephony import port

from .. import tones
from ..engine import engine
from ..tones import AGENT, CALLER, MUSIC
from ..worlds import AsteriskWorld, FakeWorld, Party, World
from .parties import caller, phone

FOR_WHOM = "x7f3a9"


class Sites(NamedTuple):
    north: World
    south: World


@pytest.fixture(params=["fake", pytest.param("asterisk", marks=pytest.mark.asterisk)])
async def sites(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Sites]:
    make = fakes if request.param == "fake" else asterisks
    async for made in make(tmp_path):
        for world in made:
            await world.trunk(port.Trunk("t1", "carrier.invalid"))
        yield made
        for world in made:
            await world.close()


async def fakes(folder: Path) -> AsyncIterator[Sites]:
    north, south = FakeWorld(folder), FakeWorld(folder)
    await north.start()
    await south.start()
    north.engine.lead("to-south", south.engine, "to-north")
    await north.telephony.put_trunk(port.Trunk("to-south", "127.0.0.1"))
    await south.telephony.put_trunk(port.Trunk("to-north", "127.0.0.1"))
    yield Sites(north, south)


async def asterisks(folder: Path) -> AsyncIterator[Sites]:
    """Each site's own callers and phones are played by one more engine; all have addresses of their own."""
    for hertz in (0, *tones.ALL):
        tones.write(folder / f"say-{hertz}.wav", hertz, 60)
    engines = [
        engine(folder / name, host=f"127.0.0.{n}")
        for n, name in enumerate(("north", "north-far", "south", "south-far"), start=11)
    ]
    for each in engines[::2]:
        each.layout.make()
        tones.write(each.layout.music / "calm.wav", MUSIC, 30)
    await asyncio.gather(*(each.start() for each in engines))
    north, south = AsteriskWorld(folder, *engines[:2], folder), AsteriskWorld(folder, *engines[2:], folder)
    for world, name, other in ((north, "to-south", south), (south, "to-north", north)):
        await world.start()
        at = other.near.voice
        await world.telephony.put_trunk(port.Trunk(name, at.sip_host, at.sip_port))
    yield Sites(north, south)
    await asyncio.gather(*(each.stop() for each in engines))


async def connected(sites: Sites) -> tuple[str, str, Party, Party]:
    """(customer's leg in the north, arrived leg in the south, customer, agent)."""
    north, south = sites
    leg, customer = await caller(north)
    await north.telephony.ring("x/1", f"trunk:to-south/{FOR_WHOM}", caller="13800138000", timeout_s=30)
    arrived = await south.heard.wait(port.LegArrived)
    assert (arrived.dialled, arrived.source, arrived.caller) == (FOR_WHOM, "trunk:to-north", "13800138000")
    await south.telephony.ring("k/1", f"endpoint:{await phone(south)}", caller=arrived.caller, timeout_s=20)
    colleague = await south.party("k/1")
    await colleague.answer()
    await south.heard.wait(port.LegAnswered, lambda e: e.leg == "k/1")
    await south.telephony.answer(arrived.leg)
    await south.telephony.bridge("b/1", [arrived.leg, "k/1"])
    await north.heard.wait(port.LegAnswered, lambda e: e.leg == "x/1")
    await north.telephony.bridge("b/1", [leg, "x/1"])
    await customer.speak(CALLER)
    await colleague.speak(AGENT)
    return leg, arrived.leg, customer, colleague


async def test_a_caller_of_one_site_talks_to_an_agent_of_the_other(sites: Sites) -> None:
    leg, _, customer, colleague = await connected(sites)
    await customer.hears({AGENT})
    await colleague.hears({CALLER})
    await sites.north.telephony.hold("b/1", leg, True)
    await customer.hears({MUSIC})
    await colleague.hears(set())
    await sites.north.telephony.hold("b/1", leg, False)
    await colleague.hears({CALLER})


async def test_an_end_at_one_site_is_told_at_the_other(sites: Sites) -> None:
    _, arrived, customer, colleague = await connected(sites)
    await customer.hears({AGENT})
    await colleague.hang_up()
    await sites.south.heard.wait(port.LegEnded, lambda e: e.leg == "k/1")
    await sites.south.telephony.hang_up(arrived)
    assert (await sites.north.heard.wait(port.LegEnded, lambda e: e.leg == "x/1")).cause == "hangup"
    await customer.hears(set())


async def test_a_site_that_has_nobody_turns_the_leg_away(sites: Sites) -> None:
    north, south = sites
    await caller(north)
    await north.telephony.ring("x/1", f"trunk:to-south/{FOR_WHOM}", caller="13800138000", timeout_s=30)
    arrived = await south.heard.wait(port.LegArrived)
    await south.telephony.hang_up(arrived.leg, "busy")
    assert (await north.heard.wait(port.LegEnded, lambda e: e.leg == "x/1")).cause == "busy"
