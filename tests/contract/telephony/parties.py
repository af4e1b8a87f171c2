"""Callers and agents who have got as far as a test's subject needs."""

from __future__ import annotations

import itertools

from qingting.telephony import port

from ..tones import AGENT, CALLER
from ..worlds import SECRET, Party, World

_names = itertools.count(1)


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


async def joined(world: World) -> tuple[str, Party, Party]:
    """A caller and an agent who talk, each in a tone of their own."""
    leg, customer = await caller(world)
    await world.telephony.music(leg, True)
    colleague = await agent(world, await phone(world))
    await world.telephony.bridge("b/1", [leg, "v1/1"])
    await customer.speak(CALLER)
    await colleague.speak(AGENT)
    return leg, customer, colleague
