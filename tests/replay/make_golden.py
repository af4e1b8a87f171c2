"""Writes a journal file to keep: a small day, and one entry of every kind. Old files stay; new ones join them.

python -m tests.replay.make_golden tests/replay/golden/schema-1.db
"""

from __future__ import annotations

import asyncio
import sqlite3
import sys
from pathlib import Path
from typing import get_args

from qingting.core.commands import Command, Tick
from qingting.core.events import Event
from qingting.journal.port import Entry
from qingting.journal.sqlite import SqliteJournal
from qingting.journal.upcast import SCHEMA_VERSION
from qingting.observability import configure_logging
from tests.unit.journal.samples import sample

from .day import record

SAMPLES = "samples"


async def write(path: Path) -> None:
    await record(path, seed=8, contacts=160)
    journal = await SqliteJournal.open(path)
    epoch = await journal.lead(SAMPLES, "routing")
    commands = [(sample(kind), ()) for kind in get_args(Command)]
    events = [(Tick(), (sample(kind),)) for kind in get_args(Event)]
    entries = [
        Entry(n, type(command).__name__, SCHEMA_VERSION, 1.5, 2.5, epoch, "golden", command, happened)
        for n, (command, happened) in enumerate([*commands, *events], 1)
    ]
    await journal.append(SAMPLES, "routing", epoch, entries)
    fact = Entry(
        1, "CustomerMerged", SCHEMA_VERSION, 1.5, 2.5, 1, "outbox:1", None, ({"into": "k1", "from": ["k2"]},)
    )
    await journal.append(SAMPLES, "customers", await journal.lead(SAMPLES, "customers"), [fact])
    await journal.close()
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode=DELETE")
    db.execute("VACUUM")
    db.close()


if __name__ == "__main__":
    configure_logging("warning")
    asyncio.run(write(Path(sys.argv[1])))
