"""Two sites, each with an engine of its own and a trunk between them: a caller of one, the phones of the other.

The far engine rings its phone by itself: no program there hears of the call.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import NamedTuple

import pytest

from qingting.config import Voice
from qingting.telephony import port

from .. import tones
from ..engine import engine
from ..tones import AGENT, CALLER, MUSIC
from ..worlds import SECRET, AsteriskWorld, FakeParty, FakeWorld, Party, World
from .encrypted import is_encrypted, issued
from .parties import caller

NUMBER, TENANT = "1001", "t-1"


class Sites(NamedTuple):
    north: World
    south: World
    way_back: port.Trunk
    """As the south knows the north."""

    async def rung(self, leg: str) -> Party:
        """The phone in the south that rings for a leg of the north."""
        if isinstance(self.north, FakeWorld):
            return FakeParty(self.north, leg)
        return await self.south.party(leg)


FAKE = "fake"
UDP, TLS = (pytest.param(how, marks=pytest.mark.asterisk) for how in ("udp", "tls"))


@pytest.fixture(params=[FAKE, UDP])
async def sites(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Sites]:
    async for made in fakes(tmp_path) if request.param == FAKE else asterisks(tmp_path, request.param):
        for world in (made.north, made.south):
            await world.trunk(port.Trunk("t1", "carrier.invalid"))
        yield made
        for world in (made.north, made.south):
            await world.close()


async def fakes(folder: Path) -> AsyncIterator[Sites]:
    north, south = FakeWorld(folder), FakeWorld(folder)
    await north.start()
    await south.start()
    north.engine.lead("to-south", south.engine, "to-north")
    way_back = between("to-north", "127.0.0.1")
    await north.telephony.put_trunk(between("to-south", "127.0.0.1"))
    await south.telephony.put_trunk(way_back)
    yield Sites(north, south, way_back)


async def asterisks(folder: Path, transport: str) -> AsyncIterator[Sites]:
    """Each site's own callers and phones are played by one more engine; all have addresses of their own."""
    addresses = [f"127.0.0.{n}" for n in range(11, 15)]
    authority, certificate = issued(folder / "tls", addresses) if transport == "tls" else (None, None)
    for hertz in (0, *tones.ALL):
        tones.write(folder / f"say-{hertz}.wav", hertz, 60)
    engines = [
        engine(folder / name, host=host, certificate=certificate, trust=authority)
        for host, name in zip(addresses, ("north", "north-far", "south", "south-far"), strict=True)
    ]
    for each in engines[::2]:
        each.layout.make()
        tones.write(each.layout.music / "calm.wav", MUSIC, 30)
    try:
        await asyncio.gather(*(each.start() for each in engines))
        await engines[2].leave()  # a test kills and starts it by itself
        north, south = AsteriskWorld(folder, *engines[:2], folder), AsteriskWorld(folder, *engines[2:], folder)
        way, way_back = (
            between(name, to.near.voice.sip_host, port_of(to.near.voice, transport), transport)
            for name, to in (("to-south", south), ("to-north", north))
        )
        for world, trunk in ((north, way), (south, way_back)):
            await world.start()
            await world.telephony.put_trunk(trunk)
        yield Sites(north, south, way_back)
    finally:
        await asyncio.gather(*(each.stop() for each in engines))


def port_of(voice: Voice, transport: str) -> int:
    return voice.sip_tls_port if transport == "tls" else voice.sip_port


def between(name: str, host: str, sip_port: int = 5060, transport: str = "udp") -> port.Trunk:
    return port.Trunk(name, host, sip_port, transport, site_of=TENANT, secret="known at both ends")


async def far_phone(sites: Sites, name: str = "p1x", extension: str = f"{TENANT}.{NUMBER}") -> None:
    """A registered phone of the south, when both engines know each other."""
    if not any(isinstance(it, port.SiteChanged) for it in sites.north.heard.events):
        assert (await sites.north.heard.wait(port.SiteChanged)).reachable
    await sites.south.telephony.put_endpoint(port.Endpoint(name, SECRET, "sip", "agent:7", extension))
    assert await sites.south.phone(name)


async def ring(sites: Sites, leg: str, number: str = NUMBER) -> None:
    await sites.north.telephony.ring(leg, f"trunk:to-south/{number}", caller="13800138000", timeout_s=30)


async def ended(sites: Sites, leg: str) -> str:
    return (await sites.north.heard.wait(port.LegEnded, lambda e: e.leg == leg)).cause


@pytest.mark.parametrize("sites", [FAKE, TLS], indirect=True)
async def test_a_caller_of_one_site_talks_to_an_agent_of_the_other(sites: Sites) -> None:
    north = sites.north
    await far_phone(sites)
    leg, customer = await caller(north)
    await ring(sites, "x/1")
    agent = await sites.rung("x/1")
    await agent.ringing()
    await north.heard.wait(port.LegRinging, lambda e: e.leg == "x/1")
    await agent.answer()
    await north.heard.wait(port.LegAnswered, lambda e: e.leg == "x/1")
    await north.telephony.bridge("b/1", [leg, "x/1"])
    received, sent = north.folder / "received.wav", north.folder / "sent.wav"
    await north.telephony.record("r/1", leg, str(received), str(sent))
    await customer.speak(CALLER)
    await agent.speak(AGENT)
    await customer.hears({AGENT})
    await agent.hears({CALLER})
    await asyncio.sleep(1)  # is recorded
    await agent.press("5")
    assert (await north.heard.wait(port.KeyPressed)).key == "5"
    await north.telephony.stop_recording("r/1", leg)
    assert not (await north.heard.wait(port.RecordingEnded)).error
    assert CALLER in tones.heard(tones.read(received))
    assert AGENT in tones.heard(tones.read(sent))
    if isinstance(north, AsteriskWorld):
        assert await is_encrypted(north.telephony, "x/1")
        assert not await is_encrypted(north.telephony, leg), "the caller came in the clear"
    await north.telephony.hold("b/1", leg, True)
    await customer.hears({MUSIC})
    await agent.hears(set())
    await north.telephony.hold("b/1", leg, False)
    await agent.hears({CALLER})
    await agent.hang_up()
    assert await ended(sites, "x/1") == "hangup"


async def test_why_a_phone_of_another_site_did_not_answer(sites: Sites) -> None:
    south = sites.south
    await far_phone(sites)
    await south.telephony.put_endpoint(port.Endpoint("p2x", SECRET, "sip", "agent:8", f"{TENANT}.1002"))
    await far_phone(sites, "p3x", "t-2.1003")
    await far_phone(sites, "p4x", "")
    await ring(sites, "x/busy")
    await (await sites.rung("x/busy")).hang_up("busy")
    assert await ended(sites, "x/busy") == "busy"
    # Not registered, of another tenant, of no extension, of nobody, no number, a carrier's name.
    for number in ("1002", "1003", "p4x", "4444", "95588", "+13800138000"):
        await ring(sites, f"x/{number}", number)
        assert await ended(sites, f"x/{number}") == "unreachable", number
    # Another phone has the number now.
    await south.telephony.put_endpoint(port.Endpoint("p1x", SECRET, "sip", "agent:7", f"{TENANT}.1009"))
    await ring(sites, "x/moved")
    assert await ended(sites, "x/moved") == "unreachable"
    assert not any(isinstance(it, port.LegArrived) for it in south.heard.events)


async def test_a_site_that_goes_and_comes_back_is_told(sites: Sites) -> None:
    north, south = sites.north, sites.south
    await far_phone(sites)
    assert (await north.telephony.trunks())["to-south"].state == "ready"
    await ring(sites, "x/1")
    await (await sites.rung("x/1")).ringing()
    since = len(south.heard.events)
    await south.kill_engine()
    assert (await north.heard.wait(port.SiteChanged, lambda e: not e.reachable)).trunk == "to-south"
    assert (await north.telephony.trunks())["to-south"].state == "unreachable"
    await ring(sites, "x/2")
    assert await ended(sites, "x/2") == "unreachable"
    await north.telephony.hang_up("x/1")
    await south.heard.wait(port.EngineUp, since=since)
    since = len(north.heard.events)
    await south.telephony.put_trunk(sites.way_back)
    assert (await north.heard.wait(port.SiteChanged, since=since)).reachable
