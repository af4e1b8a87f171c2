"""Same commands, same events: in another process, with another hash seed, from the middle, from a snapshot."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from qingting.core.events import AssignmentOffered
from qingting.journal.sqlite import SqliteJournal
from qingting.runtime.fold import fold
from qingting.runtime.replay import replay
from qingting.runtime.snapshots import write_snapshot

from .day import TENANT

REPLAY = """
import asyncio, json, sys
from pathlib import Path
from qingting.journal.sqlite import SqliteJournal
from qingting.runtime.replay import replay

async def main():
    journal = await SqliteJournal.open(Path(sys.argv[1]))
    r = await replay(journal, sys.argv[2])
    await journal.close()
    print(json.dumps([r.different, r.entries, r.events, r.events_hash, r.state_hash, hash("a string")]))

asyncio.run(main())
"""


async def child(*arguments: str, hash_seed: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONHASHSEED": hash_seed}
    )
    out, _ = await process.communicate()
    assert process.returncode == 0
    return out.decode()


@pytest.fixture
async def path(tmp_path: Path) -> Path:
    path = tmp_path / "journal.db"
    await child("-m", "tests.replay.day", str(path), "7", "120", hash_seed="1")
    return path


@pytest.fixture
async def journal(path: Path) -> AsyncIterator[SqliteJournal]:
    journal = await SqliteJournal.open(path)
    yield journal
    await journal.close()


async def test_other_processes_decide_the_same(path: Path, journal: SqliteJournal) -> None:
    here = await replay(journal, TENANT)
    assert here.same
    assert here.entries > 400
    there = [json.loads(await child("-c", REPLAY, str(path), TENANT, hash_seed=seed)) for seed in ("0", "42")]
    assert there[0][-1] != there[1][-1], "the hash seeds took effect"
    for different, *rest, _ in there:
        assert different == 0
        assert rest == [here.entries, here.events, here.events_hash, here.state_hash]


async def test_folding_gives_the_same_state(journal: SqliteJournal) -> None:
    decided, folded = await replay(journal, TENANT), await replay(journal, TENANT, fold_only=True)
    assert (folded.events_hash, folded.state_hash) == (decided.events_hash, decided.state_hash)
    assert folded.fold_only


async def test_a_part_of_it(journal: SqliteJournal) -> None:
    whole, part = await replay(journal, TENANT), await replay(journal, TENANT, first=201)
    assert part.same
    assert (part.first, part.last, part.entries) == (201, whole.last, whole.last - 200)
    assert part.state_hash == whole.state_hash
    short = await replay(journal, TENANT, first=201, last=210)
    assert (short.first, short.last, short.entries) == (201, 210, 10)


async def test_a_snapshot_and_the_rest_is_the_whole(journal: SqliteJournal, path: Path) -> None:
    last = await journal.last_seq(TENANT, "routing")
    whole = await fold(journal, TENANT)
    half = await fold(journal, TENANT, until=last // 2)
    other = await SqliteJournal.open(path.with_name("half.db"))
    epoch = await other.lead(TENANT, "routing")
    entries = [replace(entry, epoch=epoch) async for entry in journal.read(TENANT, "routing")]
    await other.append(TENANT, "routing", epoch, entries[: last // 2])
    assert await write_snapshot(other, TENANT) == last // 2
    await other.append(TENANT, "routing", epoch, entries[last // 2 :])
    again = await fold(other, TENANT)
    await other.close()
    assert (half.seq, half.snapshot_seq) == (last // 2, 0)
    assert (again.seq, again.snapshot_seq) == (last, last // 2)
    assert again.engine.dump() == whole.engine.dump()
    assert again.engine.next_deadline() == whole.engine.next_deadline()


async def test_another_decision_is_shown(journal: SqliteJournal, path: Path) -> None:
    """The first offer was made for another reason than this build would have."""
    db = sqlite3.connect(path, isolation_level=None)
    for first, blob in db.execute("SELECT first_seq, entries FROM batches ORDER BY first_seq").fetchall():
        batch = msgspec.msgpack.decode(blob)
        offers = [event for *_, events in batch for event in events if event[0] == "AssignmentOffered"]
        if offers:
            offers[0][1][6] = "an older rule"
            db.execute("UPDATE batches SET entries = ? WHERE first_seq = ?", (msgspec.msgpack.encode(batch), first))
            break
    db.close()
    result = await replay(journal, TENANT)
    assert not result.same
    (difference,) = result.differences
    recorded, decided = (
        next(event for event in events if isinstance(event, AssignmentOffered))
        for events in (difference.recorded, difference.decided)
    )
    assert recorded.why == "an older rule"
    assert decided == recorded._replace(why=decided.why)
    assert (await replay(journal, TENANT, fold_only=True)).same
