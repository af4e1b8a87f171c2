"""The keeper starts a process that folds; the router goes on, and comes back from what it wrote."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from qingting.core import commands as c
from qingting.journal.port import Snapshot
from qingting.journal.sqlite import SqliteJournal
from qingting.runtime.live import Live
from qingting.runtime.snapshots import SnapshotKeeper
from tests.patience import PATIENCE_S

T = "acme"


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[SqliteJournal]:
    journal = await SqliteJournal.open(tmp_path / "journal.db")
    yield journal
    await journal.close()


@pytest.fixture
async def live(journal: SqliteJournal) -> AsyncIterator[Live]:
    live = Live(T, journal)
    await live.start()
    yield live
    await live.stop()


async def contacts(live: Live, first: int, last: int) -> None:
    for n in range(first, last + 1):
        live.post(c.ContactArrives(f"c{n}", f"j{n}"))
    await live.submit(c.PutSkill(f"skill-{last}"))


async def snapshot_of(live: Live, journal: SqliteJournal) -> Snapshot:
    async with asyncio.timeout(PATIENCE_S):
        while live.snapshot_seq < live.seq:  # noqa: ASYNC110 - the keeper sets a number
            await asyncio.sleep(0.02)
    snapshot = await journal.load_snapshot(T, "routing")
    assert snapshot is not None
    return snapshot


async def test_it_is_written_when_enough_has_happened_and_read_at_the_next_start(
    live: Live, journal: SqliteJournal
) -> None:
    keeper = SnapshotKeeper(journal.path, every_entries=100, look_s=0.01)
    keeper.watch(live)
    task = asyncio.create_task(keeper.run())
    await contacts(live, 1, 50)
    await asyncio.sleep(0.1)
    assert await journal.load_snapshot(T, "routing") is None
    await contacts(live, 51, 149)
    assert (await snapshot_of(live, journal)).seq == live.seq == 151
    await contacts(live, 150, 160)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    dump = live.engine.dump()
    await live.stop()
    again = Live(T, journal)
    await again.start()
    assert (again.snapshot_seq, again.seq) == (151, 163)
    assert again.engine.dump() == dump
    await again.stop()


async def test_time_alone_is_enough(live: Live, journal: SqliteJournal) -> None:
    keeper = SnapshotKeeper(journal.path, every_entries=10**9, every_s=0.0, look_s=0.01)
    keeper.watch(live)
    task = asyncio.create_task(keeper.run())
    await contacts(live, 1, 3)
    assert (await snapshot_of(live, journal)).seq == live.seq
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_an_older_shape_is_folded_again(live: Live, journal: SqliteJournal) -> None:
    await contacts(live, 1, 20)
    await journal.save_snapshot(T, "routing", Snapshot(10, -1, b"not for this version"))
    again = Live(T, journal)
    await again.start()
    assert again.snapshot_seq == 0
    assert again.engine.dump() == live.engine.dump()
    await again.stop()


async def test_a_snapshot_that_fails_is_named_and_harms_nobody(
    live: Live, journal: SqliteJournal, tmp_path: Path, expected_errors: list[str]
) -> None:
    expected_errors.append("snapshot.failed")
    keeper = SnapshotKeeper(tmp_path / "nowhere.db", every_entries=1, look_s=0.01)
    keeper.watch(live)
    await contacts(live, 1, 3)
    task = asyncio.create_task(keeper.run())
    await asyncio.sleep(0.5)
    await contacts(live, 4, 6)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert live.snapshot_seq == 0


async def test_from_the_command_line(live: Live, journal: SqliteJournal) -> None:
    await contacts(live, 1, 5)
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "qingting.runtime.snapshots", str(journal.path), stdout=asyncio.subprocess.PIPE
    )
    out, _ = await child.communicate()
    assert (child.returncode, out.decode()) == (0, '{"acme": 6}\n')
    snapshot = await journal.load_snapshot(T, "routing")
    assert snapshot is not None
    assert snapshot.seq == 6
