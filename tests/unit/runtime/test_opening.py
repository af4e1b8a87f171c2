"""Queues open and close by their hours: at the instant, after a change, and after a start that came late."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

from qingting.access import PERMISSIONS, Identity
from qingting.contexts.configuration import api
from qingting.contexts.configuration.routing import Queue
from qingting.contexts.configuration.schemas import Hours, Settings
from qingting.core import commands as c
from qingting.journal.memory import MemoryJournal
from qingting.records import Records
from qingting.runtime.live import Live
from qingting.runtime.opening import Opening

from ...patience import PATIENCE_S
from ..house import House, make_house

MORNING = Hours(name="Morning", weekly={"mon": [("09:00", "12:00")]})


def at(clock: str) -> float:
    """On a Monday."""
    return dt.datetime.fromisoformat(f"2025-06-02 {clock}").replace(tzinfo=ZoneInfo("Asia/Shanghai")).timestamp()


class Clock:
    def __init__(self, clock: str) -> None:
        self.now = at(clock)

    def __call__(self) -> float:
        return self.now


async def configured(house: House) -> Identity:
    who = Identity(house.tenant, "u1", "Ada", frozenset(PERMISSIONS))
    await api.create(house.configuration, who, "hours", MORNING, id="morning")
    await api.create(house.configuration, who, "queues", Queue(name="Q", hours="morning"), id="q")
    await api.create(house.configuration, who, "queues", Queue(name="Always"), id="always")
    return who


async def is_open(live: Live, expected: bool) -> None:
    something = asyncio.Event()
    unsubscribe = live.subscribe(lambda entry: something.set())
    async with asyncio.timeout(PATIENCE_S):
        while live.engine.state.queues["q"].open is not expected:
            something.clear()
            await something.wait()
    unsubscribe()
    assert live.engine.state.queues["always"].open


async def test_queues_open_and_close(sqlite_records: Records, tmp_path: Path) -> None:
    async with make_house(sqlite_records, tmp_path) as house:
        who, journal, clock = await configured(house), MemoryJournal(), Clock("08:59:59.95")
        live = Live(house.tenant, journal, clock=clock)
        await live.start()
        for queue in ("q", "always"):
            await live.submit(c.PutQueue(queue))
        opening = Opening(live, house.configuration)
        opening.follow()
        await is_open(live, False)
        clock.now = at("09:00:00")  # the timer runs out 50 ms after it was set
        await is_open(live, True)

        # Other hours count at once; nobody's hours are nobody's deadline.
        await api.replace(house.configuration, who, "hours", "morning", 1, Hours(name="Never"))
        opening.follow()
        await is_open(live, False)
        body = Queue(name="Q")
        await api.replace(house.configuration, who, "queues", "q", 1, body)
        opening.follow()
        await is_open(live, True)
        assert api.hours_turn(house.configuration, house.tenant, clock()) is None
        await api.replace(house.configuration, who, "queues", "q", 2, body.model_copy(update={"hours": "morning"}))
        await api.replace(house.configuration, who, "hours", "morning", 2, MORNING)
        opening.follow()
        opening.stop()
        await live.stop()

        # It was down when the hours ended.
        clock.now = at("12:30")
        live = Live(house.tenant, journal, clock=clock)
        await live.start()
        await is_open(live, True)
        opening = Opening(live, house.configuration)
        opening.follow()
        await is_open(live, False)
        opening.stop()
        await live.stop()


async def test_a_day_begins_at_midnight_when_clocks_were_put_back(sqlite_records: Records, tmp_path: Path) -> None:
    async with make_house(sqlite_records, tmp_path) as house:
        who, clock = Identity(house.tenant, "u1", "Ada", frozenset(PERMISSIONS)), Clock("00:00")
        settings = Settings(timezone="Europe/Berlin")
        await api.replace(house.configuration, who, "settings", "settings", 0, settings)
        clock.now = dt.datetime.fromisoformat("2025-10-26T00:59:00+00:00").timestamp()
        live = Live(house.tenant, MemoryJournal(), clock=clock)
        await live.start()
        await live.submit(c.PutQueue("q", strategy="fewest_contacts"))
        opening = Opening(live, house.configuration)
        state = live.engine.state
        opening.follow()
        assert state.day_starts == 22 * 3600
        midnight = dt.datetime.fromisoformat("2025-10-26T22:00:00+00:00").timestamp()
        assert state.day_ends == midnight
        clock.now += 60
        opening.follow()
        assert state.day_starts == 23 * 3600
        assert state.day_ends == midnight + 3600, "a day of 25 hours"
        opening.follow()
        opening.stop()
        await live.stop()
        told = [entry.kind async for entry in live.journal.read(house.tenant, "routing")]
        assert told == ["PutQueue", "PutDay", "PutDay"], "once each"
