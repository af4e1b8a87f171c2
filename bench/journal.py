"""The journal on this machine's disk, `synchronous=FULL`: how much it takes, and how long a commit lasts.

    python -m bench.journal --json             # 10 s of traffic at 50,000 events/s, then flat out
    python -m bench.journal --json --promise   # 60 s

An entry is one command with one event of 300 bytes as encoded. `events_per_s` and the commit times belong to
the same run, paced as the live shell does it: a batch every 5 ms. `flat_out_events_per_s` is the ceiling.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import uvloop

from qingting.core.commands import DialogueMoves
from qingting.core.events import DialogueMoved
from qingting.journal.codec import Codec
from qingting.journal.port import Entry
from qingting.journal.sqlite import SqliteJournal

TENANT, STREAM = "bench", "routing"
EVENT_BYTES = 300
WINDOW_S = 0.005


def entry(seq: int, epoch: int) -> Entry:
    contact = f"c{seq:012}"
    command = DialogueMoves(contact, "main", 3, "menu")
    event = DialogueMoved(1_700_000_000.5, contact, "main", 3, "menu", "1", FILL)
    return Entry(seq, "DialogueMoves", 1, event.at, event.at, epoch, "", command, (event,))


def _fill() -> str:
    bare = DialogueMoved(1_700_000_000.5, f"c{1:012}", "main", 3, "menu", "1", "x" * 100)
    return "x" * (100 + EVENT_BYTES - len(Codec().event_bytes([bare])))


FILL = _fill()


class Run:
    def __init__(self, journal: SqliteJournal, epoch: int) -> None:
        self.journal = journal
        self.epoch = epoch
        self.seq = 0
        self.commits: list[float] = []

    async def append(self, events: int) -> None:
        entries = [entry(n, self.epoch) for n in range(self.seq + 1, self.seq + events + 1)]
        began = time.perf_counter()
        await self.journal.append(TENANT, STREAM, self.epoch, entries)
        self.commits.append(time.perf_counter() - began)
        self.seq += events

    async def paced(self, rate: int, seconds: float) -> float:
        """What is due is appended every 5 ms; returns events per second that became durable."""
        began, first = time.perf_counter(), self.seq
        while (elapsed := time.perf_counter() - began) < seconds:
            due = int(elapsed * rate) - (self.seq - first)
            if due > 0:
                await self.append(min(due, 2000))
            await asyncio.sleep(max(0.0, began + elapsed + WINDOW_S - time.perf_counter()))
        return (self.seq - first) / (time.perf_counter() - began)

    async def flat_out(self, seconds: float) -> float:
        began, first = time.perf_counter(), self.seq
        while time.perf_counter() - began < seconds:
            await self.append(500)
        return (self.seq - first) / (time.perf_counter() - began)


async def measure(folder: Path, rate: int, seconds: float) -> dict[str, Any]:
    journal = await SqliteJournal.open(folder / "journal.db")
    run = Run(journal, await journal.lead(TENANT, STREAM))
    await run.paced(rate, 0.5)
    run.commits.clear()
    cpu = time.process_time()
    events_per_s = await run.paced(rate, seconds)
    cpu = time.process_time() - cpu
    commits = sorted(run.commits)
    flat_out = await run.flat_out(min(seconds, 10.0) / 2)
    counted = 0
    began = time.perf_counter()
    async for _ in journal.read(TENANT, STREAM):
        counted += 1
    read_per_s = counted / (time.perf_counter() - began)
    assert counted == run.seq, "every acknowledged event is there"
    await journal.close()
    return {
        "bench": "journal",
        "events_per_s": round(events_per_s),
        "commit_p50_ms": round(commits[len(commits) // 2] * 1e3, 2),
        "commit_p99_ms": round(commits[int(len(commits) * 0.99)] * 1e3, 2),
        "commit_max_ms": round(commits[-1] * 1e3, 2),
        "commits": len(commits),
        "cpu": round(cpu / seconds, 2),
        "flat_out_events_per_s": round(flat_out),
        "read_events_per_s": round(read_per_s),
        "event_bytes": EVENT_BYTES,
        "file_bytes_per_event": round((folder / "journal.db").stat().st_size / run.seq),
        "synchronous": "FULL",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="the last line is one JSON object (it always is)")
    parser.add_argument("--promise", action="store_true")
    parser.add_argument("--rate", type=int, default=50_000, help="events per second offered")
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--folder", type=Path, default=Path(), help="on the disk to be measured")
    args = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-journal-", dir=args.folder))
    sys.setswitchinterval(0.0005)
    try:
        result = uvloop.run(measure(folder, args.rate, args.seconds or (60.0 if args.promise else 10.0)))
    finally:
        shutil.rmtree(folder)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
