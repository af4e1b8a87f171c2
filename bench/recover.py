"""kill -9 with 10,000 open contacts and 10,000 agents, just before the next snapshot; how soon all is back.

    python -m bench.recover --json

A first process runs the real shell on a journal file with the real keeper of snapshots: it fills the centre, then
lets it live (contacts end, agents wrap up, the next is answered, others arrive) until almost `EVERY_ENTRIES` have
gone by since the last snapshot. It is killed while further contacts arrive. `seconds` counts from the start of a new
process to its first durable command; `lost` counts open contacts that were acknowledged and are not there.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import deque
from pathlib import Path
from typing import Any

import uvloop

from qingting.core import commands as c
from qingting.core import events as e
from qingting.journal.sqlite import SqliteJournal
from qingting.observability import configure_logging
from qingting.runtime.live import Live
from qingting.runtime.snapshots import EVERY_ENTRIES, SnapshotKeeper

TENANT = "bench"
QUEUES, PER_AGENT, SKILLS = 200, 6, 60
SHARE_TALKING, SHARE_IN_MENU = 0.4, 0.2
"""The rest of the open contacts waits."""
SHORT_OF_SNAPSHOT = 300
ACKNOWLEDGED = "acknowledged"


class Centre:
    def __init__(self, live: Live, agents: int, contacts: int) -> None:
        self.live = live
        self.agents = agents
        self.contacts = contacts
        self.made = 0
        self._offers: deque[str] = deque()
        self._talking: deque[tuple[str, str]] = deque()
        self._unheard = 0
        live.subscribe(self._listen)

    def _listen(self, entry: Any) -> None:
        for event in entry.events:
            if isinstance(event, e.AssignmentOffered):
                self._offers.append(event.assignment)

    async def _some(self, command: c.Command) -> None:
        self.live.post(command)
        self._unheard += 1
        if self._unheard >= 1000:
            await self._settle()

    async def _settle(self) -> None:
        self._unheard = 0
        await self.live.submit(c.PutSkill(f"s{self.made % SKILLS}"))

    async def fill(self) -> None:
        for n in range(SKILLS):
            await self._some(c.PutSkill(f"s{n}"))
        for n in range(QUEUES):
            requires = ((f"s{n % SKILLS}", 1),) if n % 4 == 0 else ()
            await self._some(c.PutQueue(f"q{n}", "line", requires, ring_s=3600.0, wrap_up_s=3600.0))
        talking = int(self.contacts * SHARE_TALKING)
        for n in range(self.agents):
            queues = tuple(sorted({f"q{(n + k * 31) % QUEUES}" for k in range(PER_AGENT)}))
            skills = tuple(sorted({f"s{(n + k * 7) % SKILLS}": 1 + k % 5 for k in range(8)}.items()))
            await self._some(c.PutAgent(f"a{n}", queues, skills))
            await self._some(c.SetReachable(f"a{n}", "voice", True))
            if n < talking:
                await self._some(c.SetPresence(f"a{n}", "available"))
        await self._settle()
        for _ in range(int(self.contacts * (1 - SHARE_IN_MENU))):
            await self._arrive(queue=True)
            await self._answer()
        for _ in range(int(self.contacts * SHARE_IN_MENU)):
            await self._arrive(queue=False)
        await self._settle()
        await self._answer()

    async def _arrive(self, queue: bool) -> str:
        self.made += 1
        contact = f"c{self.made}"
        await self._some(
            c.ContactArrives(contact, contact, entry="main", party=f"p{self.made}", leg=f"leg-{contact}")
        )
        await self._some(c.DialogueMoves(contact, "main", 1, "menu", "2", '{"node": "menu"}'))
        if queue:
            await self._some(c.EnterQueue(contact, f"v{self.made}", f"q{self.made % QUEUES}"))
        return contact

    async def _answer(self) -> None:
        while self._offers:
            assignment = self._offers.popleft()
            await self._some(c.Accept(assignment))
            await self._some(c.Connected(assignment))
            self._talking.append((assignment, self.live.engine.state.assignments[assignment].contact))

    async def live_until(self, entries: int) -> None:
        """Conversations end, the next ones begin; as many contacts stay open."""
        while self.live.seq < entries - 2000:
            for _ in range(100):
                assignment, contact = self._talking.popleft()
                await self._some(c.ContactEnds(contact, "customer"))
                await self._some(c.FinishWrapUp(assignment))
                await self._arrive(queue=True)
            await self._settle()
            await self._answer()
        await self._settle()
        while self.live.seq < entries:
            await self.live.submit(c.DialogueMoves(f"c{self.made}", "main", 1, "menu", str(self.live.seq % 10)))


def open_contacts(live: Live) -> list[str]:
    return [contact.id for contact in live.engine.state.contacts.values() if not contact.ended]


def places(live: Live) -> dict[str, list[str]]:
    return {queue: live.engine.waiting(queue) for queue in live.engine.state.queues}


async def first(folder: Path, agents: int, contacts: int) -> None:
    journal = await SqliteJournal.open(folder / "journal.db")
    live = Live(TENANT, journal)
    await live.start()
    keeper = SnapshotKeeper(journal.path)
    keeper.watch(live)
    keeping = asyncio.create_task(keeper.run())
    centre = Centre(live, agents, contacts)
    await centre.fill()
    print(json.dumps({"filled": live.seq, "open": len(open_contacts(live))}), flush=True)
    while live.seq - live.snapshot_seq >= EVERY_ENTRIES - 5000 or not live.snapshot_seq:  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    await centre.live_until(live.snapshot_seq + EVERY_ENTRIES - SHORT_OF_SNAPSHOT)
    state = {"open": open_contacts(live), "places": places(live), "seq": live.seq, "snapshot": live.snapshot_seq}
    (folder / "expected.json").write_text(json.dumps(state))
    while not keeping.done():
        centre.made += 1
        contact = f"c{centre.made}"
        await live.submit(c.ContactArrives(contact, contact))
        print(ACKNOWLEDGED, contact, flush=True)


async def again(folder: Path) -> None:
    began = time.perf_counter()
    journal = await SqliteJournal.open(folder / "journal.db")
    live = Live(TENANT, journal)
    await live.start()
    await live.submit(c.PutSkill("back again"))
    started = time.perf_counter() - began
    print("back", flush=True)
    result = {
        "open": open_contacts(live), "places": places(live), "agents": len(live.engine.state.agents),
        "talking": sum(a.state == "active" for a in live.engine.state.assignments.values()),
        "seq": live.seq, "snapshot": live.snapshot_seq, "shell_seconds": started,
        "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }  # fmt: skip
    print(json.dumps(result), flush=True)
    await live.stop()
    await journal.close()


def measure(folder: Path, agents: int, contacts: int) -> dict[str, Any]:
    run = [sys.executable, "-m", "bench.recover", "--folder", str(folder), "--agents", str(agents)]
    killed = subprocess.Popen(
        [*run, "--contacts", str(contacts), "--part", "first"], stdout=subprocess.PIPE, text=True
    )
    assert killed.stdout is not None
    acknowledged: list[str] = []
    for line in killed.stdout:
        if line.startswith(ACKNOWLEDGED):
            acknowledged.append(line.split()[1])
            if len(acknowledged) == SHORT_OF_SNAPSHOT // 2:
                killed.kill()
        else:
            print(line.strip())
    assert killed.wait() == -9, "it ended by itself"
    expected = json.loads((folder / "expected.json").read_text())

    began = time.perf_counter()
    back = subprocess.Popen([*run, "--part", "again"], stdout=subprocess.PIPE, text=True)
    assert back.stdout is not None
    assert back.stdout.readline() == "back\n"
    seconds = time.perf_counter() - began
    found = json.loads(back.stdout.readline())
    assert back.wait() == 0

    wanted, there = [*expected["open"], *acknowledged], set(found["open"])
    moved = sum(found["places"][queue][: len(visits)] != visits for queue, visits in expected["places"].items())
    return {
        "bench": "recover",
        "seconds": round(seconds, 2),
        "lost": sum(contact not in there for contact in wanted),
        "queues_whose_places_moved": moved,
        "open_contacts": len(expected["open"]),
        "waiting": sum(map(len, expected["places"].values())),
        "talking": found["talking"],
        "agents": found["agents"],
        "acknowledged_while_killed": len(acknowledged),
        "entries_since_snapshot": found["seq"] - found["snapshot"],
        "shell_seconds": round(found["shell_seconds"], 2),
        "memory_mib": round(found["mib"]),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="the last line is one JSON object (it always is)")
    parser.add_argument("--promise", action="store_true", help="the default size is the promise")
    parser.add_argument("--agents", type=int, default=10_000)
    parser.add_argument("--contacts", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--part", choices=("first", "again"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    configure_logging("warning")
    if args.part == "first":
        uvloop.run(first(args.folder, args.agents, args.contacts))
    elif args.part == "again":
        uvloop.run(again(args.folder))
    else:
        folder = Path(tempfile.mkdtemp(prefix="bench-recover-", dir=args.folder or Path()))
        try:
            print(json.dumps(measure(folder, args.agents, args.contacts)))
        finally:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()
