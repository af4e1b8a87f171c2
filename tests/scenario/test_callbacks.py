"""Customers who do not wait on the line: they are called back at their place, by agents with real desks."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from qingting.core import commands as c
from qingting.core.policy import Overflow, Policy
from qingting.runtime import names

from .fake_centre import FakeCentre, done, fake_centre, refused

ANNA, BO = "13812340001", "13812340002"


@pytest.fixture
async def centre(tmp_path: Path, made_prompts: Path) -> AsyncIterator[FakeCentre]:
    async with fake_centre(tmp_path, made_prompts) as it:
        yield it


async def test_who_does_not_wait_on_the_line(centre: FakeCentre) -> None:
    """By key, agent first; customer first, over a restart; in vain, and once more; out of an overflowing queue."""
    await by_key(centre)
    await customer_first(centre)
    await in_vain_and_again(centre)
    await who_is_called_back_and_waits_again(centre)
    await nobody_is_there(centre)


async def by_key(centre: FakeCentre) -> None:
    anna = await centre.caller(ANNA)
    contact = centre.state.contacts[names.contact_of_leg(anna)]
    await centre.until(lambda: bool(contact.visit))
    arrived = centre.state.visits[contact.visit].since
    bo = await centre.caller(BO)
    await centre.skip_words(anna, lambda: centre.engine.hears(anna) == {"music:default"})
    centre.engine.press(anna, "9")
    centre.engine.press(anna, "1")
    await centre.skip_words(anna, lambda: anna in centre.engine.gone)
    (back,) = centre.state.callbacks.values()
    assert (back.queue, back.first, back.first_arrival) == ("service", "agent", arrived)
    await centre.until(lambda: back.made == 1)
    assert centre.room.live.engine.waiting("service")[0] == f"{back.contact}.v1", "before Bo still"
    li = await centre.agent("1196")
    desk = await centre.rings(f"a-{back.contact}")
    assert not any(ANNA in it.target for it in centre.engine.legs.values()), "the agent first"
    centre.engine.answer(desk)
    anna = await centre.rings(ANNA)
    centre.engine.ringing(anna)
    assert "ringing" in centre.engine.hears(desk)
    centre.engine.answer(anna)
    await centre.skip_words(anna, lambda: centre.engine.hears(anna) == {f"leg:{desk}"})
    await centre.hears(desk, anna)
    await centre.until(lambda: not centre.state.callbacks)
    centre.engine.press(anna, "1")
    await centre.recorded(back.contact)
    await promised_at_the_desk(centre, li)
    centre.engine.hang_up(bo)
    centre.engine.hang_up(anna)
    await centre.until(lambda: desk in centre.engine.gone)
    assert not centre.state.callbacks, "a key in the middle of a conversation asks for nothing"
    await centre.free("1196")


async def promised_at_the_desk(centre: FakeCentre, li: httpx.AsyncClient) -> None:
    """Another call tomorrow, as the queue's policy has it, and taken back: the desk shows it until then."""
    await centre.submit(c.PutPolicy("service", Policy(callback_first="customer", callback_attempts=5)))
    (it,) = centre.state.assignments.values()
    path, at = f"/desk/assignments/{it.id.replace('/', '~')}/callback", int(time.time()) + 3600

    def shown() -> Any:
        return centre.room.desks.item(centre.room.live.engine, it)["promised"]

    assert shown() is None
    made = (await done(li.post(path, json={"at": at}), 201))["callback"]
    assert shown() == {"callback": made, "at": at}
    assert (centre.state.callbacks[made].first, centre.state.callbacks[made].attempts) == ("customer", 5)
    await done(li.delete(path))
    assert shown() is None
    assert not centre.state.callbacks
    assert await refused(li.delete(path)) == (404, "callback.unknown")
    await centre.submit(c.PutPolicy("service"))


async def customer_first(centre: FakeCentre) -> None:
    """The agent is kept free; the program goes and comes back while the customer's phone rings."""
    await centre.ask_back("cf", ANNA, first="customer")
    anna = await centre.rings(ANNA)
    (kept,) = centre.state.assignments.values()
    assert (kept.agent, kept.state) == ("a1196", "connecting")
    assert not any(it.target.startswith("endpoint:") for it in centre.engine.legs.values()), "no phone rings yet"
    await centre.restart()
    centre.engine.answer(anna)
    desk = await centre.rings("a-cf~1")
    assert ("X-Qingting-Auto", "1") in centre.engine.legs[desk].headers
    centre.engine.answer(desk)
    await centre.skip_words(anna, lambda: centre.engine.hears(anna) == {f"leg:{desk}"})
    assert not centre.state.callbacks
    await centre.recorded("cf~1")
    centre.engine.hang_up(desk)
    await centre.until(lambda: anna in centre.engine.gone)
    await centre.free("1196")


async def in_vain_and_again(centre: FakeCentre) -> None:
    await centre.ask_back("iv", BO, attempts=2, retry_s=0.3)
    for attempt, answer in ((1, "busy"), (2, "rejected")):
        desk = await centre.rings(f"a-iv~{attempt}")
        centre.engine.answer(desk)
        bo = await centre.rings(BO)
        await centre.restart()
        centre.engine.hang_up(bo, answer)
        await centre.until(lambda desk=desk: desk in centre.engine.gone)
        await centre.free("1196")
    assert not centre.state.callbacks, "not reached"


async def who_is_called_back_and_waits_again(centre: FakeCentre) -> None:
    """The agent's phone breaks while they are being joined: the customer is there, and waits for the next."""
    await centre.ask_back("wa", ANNA, first="customer")
    anna = await centre.rings(ANNA)
    centre.engine.answer(anna)
    desk = await centre.rings("a-wa~1")
    centre.engine.hang_up(desk, "unreachable")
    await centre.skip_words(anna, lambda: centre.engine.hears(anna) == {"music:default"})
    await centre.agent("1003")
    desk = await centre.rings("a-wa~1")
    centre.engine.answer(desk)
    await centre.hears(anna, desk)
    await centre.hears(desk, anna)
    await centre.recorded("wa~1")
    centre.engine.hang_up(anna)
    await centre.until(lambda: desk in centre.engine.gone)
    await centre.free("1003")


async def nobody_is_there(centre: FakeCentre) -> None:
    """A queue that leads to messages; the caller withholds their number and types it."""
    policy = Policy(overflow=(Overflow("no_agents", to="message"),))
    await centre.submit(c.PutPolicy("sales", policy))
    stranger = await centre.caller("", keys="1")
    centre.engine.press(stranger, "1")
    contact = centre.state.contacts[names.contact_of_leg(stranger)]
    await centre.skip_words(stranger, lambda: contact.node == "leave_number" and contact.via == "no_number")
    for key in BO + "#":
        centre.engine.press(stranger, key)
    await centre.skip_words(stranger, lambda: stranger in centre.engine.gone)
    (message,) = centre.state.messages.values()
    told = await centre.room.live.journal.personal(centre.room.tenant, [message.party])
    assert told[message.party].value["number"] == f"+86{BO}"
    assert message.queue == "sales"
