"""Keys as callers press them, where the engine is late to hear them."""

from __future__ import annotations

import asyncio
import os
import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from qingting.telephony import port
from qingting.telephony.asterisk.engine import Engine

from ...caller import Caller
from ..worlds import World

pytestmark = pytest.mark.asterisk

KEYS = "110022345#"
REAL = pytest.mark.parametrize("world", ["asterisk"], indirect=True)
Engines = tuple[Engine, Engine, Path]


async def pressed(world: World, near: Engine, stall_s: float = 0.0) -> str:
    """What is heard of `KEYS`. The engine stands still while they are sent."""
    with Caller(world.folder, near.voice.sip_port, dial="95588") as customer:
        arrived = await world.heard.wait(port.LegArrived)
        await world.telephony.answer(arrived.leg)
        await asyncio.to_thread(customer.wait_answered)
        for key in KEYS:
            customer.press(key)
        await world.heard.wait(port.KeyPressed)
        pid = near.process.pid()
        assert pid is not None
        if stall_s:
            os.kill(pid, signal.SIGSTOP)
            await asyncio.sleep(stall_s)
            os.kill(pid, signal.SIGCONT)
        await world.heard.wait(port.KeyPressed, lambda event: event.key == KEYS[-1])
        await asyncio.sleep(0.5)  # whatever would come twice
        return heard(world)


def heard(world: World) -> str:
    return "".join(event.key for event in world.heard.events if isinstance(event, port.KeyPressed))


@REAL
@pytest.mark.parametrize("stall_s", [0.3, 3.0])
async def test_an_engine_that_stood_still_hears_each_key_once(engines: Engines, world: World, stall_s: float) -> None:
    assert await pressed(world, engines[0], stall_s) == KEYS


@pytest.fixture
def set_up_before(engines: Engines) -> None:
    """The engine runs with what a version told it that did not listen to keys there."""
    near = engines[0]

    async def upgrade() -> None:
        file = near.layout.etc / "manager.conf"
        lines = file.read_text().splitlines()
        file.write_text("\n".join(line for line in lines if "DTMF" not in line).replace(",dtmf", ""))
        assert await near.process.console("manager reload")
        assert await near.start(), "it is adopted"
        await near.leave()

    with ThreadPoolExecutor(1) as aside:  # a test's own loop may be running
        aside.submit(lambda: asyncio.run(upgrade())).result()


@REAL
@pytest.mark.usefixtures("set_up_before")
async def test_an_engine_that_is_adopted_is_asked_for_keys(engines: Engines, world: World) -> None:
    assert await pressed(world, engines[0]) == KEYS
