"""Full lifecycles through the live shell, every entry durable (`synchronous=FULL`) before the next step is taken.

Each step follows from the durable entry of the step before, as reactions do; so many contacts are under way at
once that there is always something to do. A lifecycle counts when its last entry is durable.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvloop

from qingting.core import commands as c
from qingting.core import events as e
from qingting.journal.port import Entry
from qingting.journal.sqlite import SqliteJournal
from qingting.runtime.live import Live

from .core_centre import configuration

UNDER_WAY = 3000
AT_ONCE, STARTED_AT_ONCE = 20, 3
WARM_UP_S = 1.0


def journaled(agents: int, seconds: float) -> dict[str, Any]:
    """`lifecycles_per_s` by the wall clock, all threads of this process taking what they need."""
    with tempfile.TemporaryDirectory() as folder:
        return uvloop.run(_measure(Path(folder), agents, seconds))


async def _measure(folder: Path, agents: int, seconds: float) -> dict[str, Any]:
    journal = await SqliteJournal.open(folder / "journal.db")
    live = Live("bench", journal)
    await live.start()
    setup, wishes = configuration(agents)
    for first in range(0, len(setup), 2000):
        *some, last = setup[first : first + 2000]
        for command in some:
            live.post(command)
        await live.submit(last)
    traffic = Traffic(live, wishes)
    asking = asyncio.create_task(traffic.run())
    await asyncio.sleep(WARM_UP_S)
    done, events, cpu, wall = traffic.done, traffic.events, time.process_time(), time.perf_counter()
    await asyncio.sleep(seconds)
    done, events = traffic.done - done, traffic.events - events
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    assert not live.failed
    assert not live.refusals, live.refusals
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await live.stop()
    await journal.close()
    return {
        "lifecycles_per_s": round(done / wall),
        "events_per_s": round(events / wall),
        "cpu_us_per_contact": round(cpu / done * 1e6, 1),
        "cores_used": round(cpu / wall, 2),
    }


class Traffic:
    """Contacts that each take their next step some time after the one before is durable."""

    def __init__(self, live: Live, wishes: list[tuple[str, c.Skills]]) -> None:
        self.live = live
        self.wishes = wishes
        self.random = random.Random(2)
        self.started = self.done = self.events = 0
        self.ready: deque[c.Command] = deque()
        live.subscribe(self._follow)

    def start(self) -> None:
        self.started += 1
        contact = f"c{self.started}"
        self.ready.append(c.ContactArrives(contact, f"j{self.started}", entry="95598"))
        queue, requires = self.random.choice(self.wishes)
        self.ready.append(c.EnterQueue(contact, f"v{self.started}", queue, requires))

    async def run(self) -> None:
        """Asks for what is ready, a few at a time, as they would come from many sockets.

        The first contacts come little by little: else all would take the same step at once for ever, and end in
        waves.
        """
        while not self.live.failed:
            for _ in range(min(STARTED_AT_ONCE, UNDER_WAY - self.started)):
                self.start()
            for _ in range(min(AT_ONCE, len(self.ready))):
                self.live.post(self.ready.popleft())
            await asyncio.sleep(0 if self.ready else 0.001)

    def _follow(self, entry: Entry) -> None:
        self.events += len(entry.events)
        for event in entry.events:
            step = THEN.get(type(event))
            if step is not None:
                self.ready.append(step(event))
            elif type(event) is e.AssignmentDone:
                self.done += 1
                self.start()


THEN: dict[type, Callable[[Any], c.Command]] = {
    e.AssignmentOffered: lambda event: c.Accept(event.assignment),
    e.AssignmentAccepted: lambda event: c.Connected(event.assignment),
    e.VisitAnswered: lambda event: c.ContactEnds("c" + event.visit[1:], "customer"),
    e.WrapUpStarted: lambda event: c.FinishWrapUp(event.assignment),
}
"""What follows from an event."""
