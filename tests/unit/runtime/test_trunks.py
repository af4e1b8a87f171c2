"""Trunks of the configuration in an engine that comes, goes and keeps what it was told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from qingting.contexts.configuration import api as configuration
from qingting.contexts.configuration.schemas import Trunk
from qingting.contexts.people import api as people
from qingting.records import Records
from qingting.runtime.trunks import Trunks
from qingting.telephony import port
from qingting.telephony.fake import FakeEngine
from tests.patience import PATIENCE_S

from ..house import House, make_house


@pytest.fixture
async def house(sqlite_records: Records, tmp_path: Path) -> AsyncIterator[House]:
    async with make_house(sqlite_records, tmp_path) as it:
        yield it


@pytest.fixture
async def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
async def telephony(engine: FakeEngine) -> AsyncIterator[port.Telephony]:
    telephony = engine.telephony()
    await telephony.start(lambda event: None)
    yield telephony
    await telephony.stop()


@pytest.fixture
async def trunks(house: House, telephony: port.Telephony) -> AsyncIterator[Trunks]:
    it = Trunks(telephony, house.configuration)
    house.configuration.listeners.append(it.configured)
    it.start()
    yield it
    await it.stop()


async def add(house: House, id: str, host: str) -> None:
    body = Trunk(name=id, host=host)
    await configuration.create(house.configuration, people.system(house.tenant), "trunks", body, id=id)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_a_new_trunk_is_there_at_once_and_says_how_it_stands(
    house: House, engine: FakeEngine, trunks: Trunks
) -> None:
    await add(house, "good", "127.0.0.1")
    await add(house, "lost", "nowhere.invalid")
    assert set(engine.trunks) == {f"{house.tenant}.good", f"{house.tenant}.lost"}
    await until(lambda: trunks.state(house.tenant, "good").state == "ready")
    await until(lambda: trunks.state(house.tenant, "lost").state == "unknown_host")
    assert trunks.state(house.tenant, "other").state == "unknown"


async def test_what_was_removed_while_the_engine_was_away_is_taken_out(
    house: House, engine: FakeEngine, trunks: Trunks, telephony: port.Telephony
) -> None:
    await add(house, "kept", "127.0.0.1")
    await add(house, "gone", "127.0.0.1")
    engine.fail("remove_trunk", port.EngineUnavailable("not connected"))
    await configuration.remove(house.configuration, people.system(house.tenant), "trunks", "gone")
    assert f"{house.tenant}.gone" in engine.trunks
    await trunks.restore(restarted=False)
    assert set(engine.trunks) == {f"{house.tenant}.kept"}


async def test_a_trunk_that_the_engine_does_not_take_is_nobody_elses_trouble(
    house: House, engine: FakeEngine, trunks: Trunks
) -> None:
    await add(house, "one", "127.0.0.1")
    await add(house, "two", "127.0.0.1")
    engine.trunks.clear()
    engine.fail("put_trunk", port.EngineUnavailable("it did not take the identify"))
    await trunks.restore(restarted=True)
    assert f"{house.tenant}.two" in engine.trunks
    await trunks.restore(restarted=False)
    assert len(engine.trunks) == 2
