"""Customers who leave a message in their own words, and the people who hear it."""

from __future__ import annotations

import asyncio
import io
import wave
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from qingting.core import commands as c
from qingting.core.policy import Overflow, Policy
from qingting.runtime import names

from ..contract import tones
from ..patience import PATIENCE_S
from .fake_centre import FakeCentre, done, fake_centre, refused

ANNA, BO = "13812340001", "13812340002"
WORDS = tones.CALLER


@pytest.fixture
async def centre(tmp_path: Path, made_prompts: Path) -> AsyncIterator[FakeCentre]:
    async with fake_centre(tmp_path, made_prompts) as it:
        await it.submit(c.PutPolicy("service", Policy(overflow=(Overflow("no_agents", to="voicemail"),))))
        yield it


async def test_who_leaves_a_message_in_their_own_words(centre: FakeCentre) -> None:
    """Ended by a key, by a silence, by hanging up, over a restart; nothing said; no room; heard and worked off."""
    supervisor = await centre.client("sun", "supervisor")
    agent = await centre.client("li", "agent", agent="a1196")
    await by_key(centre)
    message = await heard(centre, supervisor, agent)
    await worked_off(centre, agent, message)
    await by_hanging_up(centre)
    await over_a_restart(centre)
    await nothing_said(centre)
    await no_room(centre)
    await nobody_else(centre)


async def by_key(centre: FakeCentre) -> None:
    anna = await at_the_tone(centre, ANNA)
    await asyncio.sleep(0.3)
    centre.engine.press(anna, "#")
    await centre.until(lambda: said(centre, anna) == "voicemail_taken")
    await centre.skip_words(anna, lambda: anna in centre.engine.gone)
    (message,) = centre.state.messages.values()
    assert (message.queue, message.contact) == ("service", names.contact_of_leg(anna))


async def heard(centre: FakeCentre, supervisor: httpx.AsyncClient, agent: httpx.AsyncClient) -> dict[str, Any]:
    """Who works on messages hears them; other recordings only who may hear those. Each listening is on record."""
    message = await ready(supervisor)
    assert message["number"] == f"+86{ANNA}"
    path = f"/recordings/{message['recording']['id']}"
    for who in (supervisor, agent):
        answer = await who.get(f"{path}/audio", params={"channel": "customer"})
        assert answer.status_code == 200, answer.text
        with wave.open(io.BytesIO(answer.content)) as sound:
            said = tones.samples(sound.readframes(sound.getnframes()))
        assert tones.heard(said) == {WORDS}
        assert (await who.get(f"{path}/waveform")).status_code == 200
    assert await refused(agent.get(f"{path}/audio", params={"download": True})) == (403, "permission.missing")
    admin = await centre.client("boss", "administrator")
    listened = (await admin.get("/audit", params={"action": "recording.played"})).json()["items"]
    assert {it["target"] for it in listened} == {message["recording"]["id"]}
    course = (await supervisor.get(f"/contacts/{message['contact']}")).json()
    assert [it["id"] for it in course["recordings"]] == [message["recording"]["id"]]
    assert "MessageTaken" in [it["kind"] for it in course["timeline"]]
    return message


async def worked_off(centre: FakeCentre, agent: httpx.AsyncClient, message: dict[str, Any]) -> None:
    back = await done(agent.post(f"/messages/{message['id']}/callback"), 201)
    assert centre.state.callbacks[back["callback"]].journey == message["contact"]
    assert not centre.state.messages
    await done(agent.delete(f"/callbacks/{back['callback']}"))


async def by_hanging_up(centre: FakeCentre) -> None:
    bo = await at_the_tone(centre, "")
    await asyncio.sleep(0.1)
    centre.engine.hang_up(bo)
    await centre.until(lambda: len(centre.state.messages) == 1)
    supervisor = await centre.client("qian", "supervisor")
    message = await ready(supervisor)
    assert message["number"] == "", "withheld, and heard all the same"
    await done(supervisor.post(f"/messages/{message['id']}/close", json={"how": "answered"}))


async def over_a_restart(centre: FakeCentre) -> None:
    """What was said is kept; they are thanked, and say nothing twice."""
    bo = await at_the_tone(centre, BO)
    await asyncio.sleep(0.1)
    await centre.restart()
    await centre.until(lambda: said(centre, bo) == "voicemail_taken")
    await centre.skip_words(bo, lambda: bo in centre.engine.gone)
    supervisor = await centre.client("zhou", "supervisor")
    message = await ready(supervisor)
    assert message["recording"]["seconds"] > 0
    await done(supervisor.post(f"/messages/{message['id']}/close", json={"how": "answered"}))


async def nothing_said(centre: FakeCentre) -> None:
    """They are asked once more, then let go; no message is left for anybody to look at."""
    bo = await at_the_tone(centre, BO, words=0)
    centre.engine.falls_silent(bo)
    await centre.until(lambda: not centre.state.messages)
    await centre.skip_words(bo, lambda: records(centre, bo) or said(centre, bo) == "goodbye")
    centre.engine.falls_silent(bo)
    await centre.until(lambda: said(centre, bo) == "goodbye")
    await centre.skip_words(bo, lambda: bo in centre.engine.gone)
    assert not centre.state.messages


async def no_room(centre: FakeCentre) -> None:
    centre.house.tapes.least_free = 1 << 60
    bo = await centre.caller(BO)
    await centre.skip_words(bo, lambda: said(centre, bo) == "voicemail_failed")
    await centre.skip_words(bo, lambda: bo in centre.engine.gone)
    assert not centre.state.messages
    centre.house.tapes.least_free = 0


async def nobody_else(centre: FakeCentre) -> None:
    """Somebody without leave for messages hears none; a conversation is no message."""
    engineer = await centre.client("wu", "engineer")
    assert await refused(engineer.get("/messages")) == (403, "permission.missing")


# --- helpers


async def at_the_tone(centre: FakeCentre, number: str, words: int = WORDS) -> str:
    leg = await centre.caller(number)
    centre.engine.speak(leg, words)
    await centre.skip_words(leg, lambda: records(centre, leg))
    return leg


def records(centre: FakeCentre, leg: str) -> bool:
    return leg in centre.engine.legs and centre.engine.recorded(leg)


def said(centre: FakeCentre, leg: str) -> str:
    """The dialogue's last move, as the standard prompt that it says."""
    contact = centre.state.contacts.get(names.contact_of_leg(leg))
    return LAST.get((contact.node, contact.via), "") if contact is not None else ""


LAST = {
    ("leave_word", "recorded"): "voicemail_taken",
    ("leave_word", "limit"): "goodbye",
    ("leave_word", "failed"): "voicemail_failed",
}


async def ready(client: httpx.AsyncClient) -> dict[str, Any]:
    """The one message, when it can be heard and its contact tells of it."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            items = (await client.get("/messages")).json()["items"]
            if len(items) == 1 and items[0]["recording"]["state"] == "ready":
                message: dict[str, Any] = items[0]
                course = (await client.get(f"/contacts/{message['contact']}")).json()
                if "MessageTaken" in [it["kind"] for it in course.get("timeline", ())]:
                    return message
            await asyncio.sleep(0.05)
