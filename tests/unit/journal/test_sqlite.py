"""What only the file can show: full disks, killed writers, erased bytes, other formats."""

from __future__ import annotations

import asyncio
import resource
import signal
import sqlite3
import stat
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from qingting.core import commands as c
from qingting.core import events as e
from qingting.journal.codec import Undecodable
from qingting.journal.port import AppendFailed, Entry, PersonalData
from qingting.journal.sqlite import SqliteJournal

T, S = "acme", "routing"


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[SqliteJournal]:
    journal = await SqliteJournal.open(tmp_path / "journal.db", busy_s=0.05)
    yield journal
    await journal.close()


def entry(seq: int, epoch: int, size: int = 100) -> Entry:
    events = (e.DialogueMoved(1.0, f"c{seq}", "main", 1, "menu", "1", "x" * size),)
    return Entry(seq, "DialogueMoves", 1, 1.0, 1.0, epoch, "", c.DialogueMoves(f"c{seq}", "main", 1, "menu"), events)


async def seqs(journal: SqliteJournal) -> list[int]:
    return [x.seq async for x in journal.read(T, S)]


async def test_only_the_owner_may_read_the_files(journal: SqliteJournal) -> None:
    epoch = await journal.lead(T, S)
    await journal.append(T, S, epoch, [entry(1, epoch)])
    for path in journal.path.parent.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


async def test_erased_bytes_are_gone_from_every_file(journal: SqliteJournal) -> None:
    epoch = await journal.lead(T, S)
    secret = "13800138000"
    people = [PersonalData(f"p{n}", "caller", "routing", {"number": f"{secret}-{n}"}) for n in range(50)]
    await journal.append(T, S, epoch, [entry(1, epoch)], people)
    assert any(secret.encode() in path.read_bytes() for path in journal.path.parent.iterdir())
    assert await journal.erase(T, [p.ref for p in people]) == 50
    for path in journal.path.parent.iterdir():
        assert secret.encode() not in path.read_bytes(), path


async def fill(journal: SqliteJournal, epoch: int, acknowledged: list[int]) -> None:
    while True:
        seq = len(acknowledged)
        batch = [entry(seq + n, epoch, 50_000) for n in range(1, 4)]
        await journal.append(T, S, epoch, batch)
        acknowledged += [x.seq for x in batch]


async def test_a_full_disk_is_named_and_nothing_of_the_batch_stays(journal: SqliteJournal) -> None:
    """The limit on file size makes the kernel refuse to write, as a full disk does."""
    epoch = await journal.lead(T, S)
    acknowledged: list[int] = []
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, before[1]))
        for _ in range(2):
            with pytest.raises(AppendFailed, match=r"disk is full|cannot be written"):
                await fill(journal, epoch, acknowledged)
            assert await seqs(journal) == acknowledged
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert acknowledged
    epoch = await journal.lead(T, S)
    await journal.append(T, S, epoch, [entry(len(acknowledged) + 1, epoch)])
    assert await seqs(journal) == [*acknowledged, len(acknowledged) + 1]


async def test_sqlites_own_full_is_named(journal: SqliteJournal) -> None:
    epoch = await journal.lead(T, S)
    await journal._writer.run(lambda db: db.execute("PRAGMA max_page_count=20").fetchall())
    with pytest.raises(AppendFailed, match="the disk is full"):
        await journal.append(T, S, epoch, [entry(1, epoch, 1_000_000)])
    assert await seqs(journal) == []


async def test_a_locked_file_is_named(journal: SqliteJournal) -> None:
    epoch = await journal.lead(T, S)
    other = sqlite3.connect(journal.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(AppendFailed, match="another program"):
        await journal.append(T, S, epoch, [entry(1, epoch)])
    other.execute("ROLLBACK")
    other.close()
    await journal.append(T, S, epoch, [entry(1, epoch)])


async def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(AppendFailed, match="cannot be opened"):
        await SqliteJournal.open(tmp_path / "nowhere" / "journal.db")


async def test_what_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"something else" * 1000)
    with pytest.raises(AppendFailed, match="not a database"):
        await SqliteJournal.open(tmp_path / "journal.db")


async def test_a_later_format_is_left_alone(journal: SqliteJournal) -> None:
    await journal.close()
    other = sqlite3.connect(journal.path)
    other.execute("PRAGMA user_version=99")
    other.close()
    with pytest.raises(AppendFailed, match="format 99"):
        await SqliteJournal.open(journal.path)


async def test_a_damaged_batch_is_named(journal: SqliteJournal) -> None:
    epoch = await journal.lead(T, S)
    await journal.append(T, S, epoch, [entry(1, epoch)])
    await journal.append(T, S, epoch, [entry(2, epoch), entry(3, epoch)])
    other = sqlite3.connect(journal.path)
    other.execute("UPDATE batches SET entries = x'9299' WHERE first_seq = 2")
    other.commit()
    other.close()
    with pytest.raises(Undecodable, match="batch from entry 2"):
        await seqs(journal)


async def test_another_process_wakes_readers_too(journal: SqliteJournal) -> None:
    waiting = asyncio.create_task(journal.wait(T, S, 0, 60))
    other = await SqliteJournal.open(journal.path)
    epoch = await other.lead(T, S)
    await other.append(T, S, epoch, [entry(1, epoch)])
    await other.close()
    assert await waiting


WRITER = """
import asyncio, sys
from pathlib import Path
from qingting.journal.sqlite import SqliteJournal
from tests.unit.journal.test_sqlite import S, T, entry

async def main():
    journal = await SqliteJournal.open(Path(sys.argv[1]))
    epoch = await journal.lead(T, S)
    seq = await journal.last_seq(T, S)
    while True:
        size = 1 + seq % 7
        await journal.append(T, S, epoch, [entry(seq + n, epoch) for n in range(1, size + 1)])
        seq += size
        sys.stdout.write(f"{seq}\\n")
        sys.stdout.flush()

asyncio.run(main())
"""


async def test_what_was_acknowledged_outlives_kill_9(journal: SqliteJournal) -> None:
    durable = 0
    for lines in (1, 3, 20, 60):
        writer = await asyncio.create_subprocess_exec(
            sys.executable, "-c", WRITER, str(journal.path), stdout=asyncio.subprocess.PIPE
        )
        assert writer.stdout is not None
        acknowledged = [int(await writer.stdout.readline()) for _ in range(lines)]
        writer.kill()
        acknowledged += [int(line) for line in (await writer.stdout.read()).splitlines()]
        await writer.wait()
        found = await seqs(journal)
        assert found == list(range(1, len(found) + 1))
        assert len(found) >= acknowledged[-1] > durable
        durable = len(found)


VISITOR = """
import asyncio, sys
from pathlib import Path
from qingting.journal.port import Snapshot
from qingting.journal.sqlite import SqliteJournal

async def main():
    journal = await SqliteJournal.open(Path(sys.argv[1]), busy_s=30)
    await journal.save_snapshot("acme", "routing", Snapshot(1, 1, b"x"))
    await journal.close()

asyncio.run(main())
"""


async def test_a_visitor_that_closes_last_takes_nothing_along(journal: SqliteJournal) -> None:
    """SQLite's locks belong to the process: whoever opens and closes the file beside SQLite loses them all, and the
    next process to close believes itself alone and deletes the write-ahead log."""
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITER, str(journal.path), stdout=asyncio.subprocess.PIPE
    )
    path = journal.path
    await journal.close()
    assert writer.stdout is not None
    acknowledged = [int(await writer.stdout.readline()) for _ in range(5)]
    log = path.with_name(path.name + "-wal").stat().st_ino
    visitor = await asyncio.create_subprocess_exec(sys.executable, "-c", VISITOR, str(path))
    assert await visitor.wait() == 0
    acknowledged += [int(await writer.stdout.readline()) for _ in range(20)]
    assert path.with_name(path.name + "-wal").stat().st_ino == log
    writer.kill()
    acknowledged += [int(line) for line in (await writer.stdout.read()).splitlines()]
    await writer.wait()
    again = await SqliteJournal.open(path)
    assert await again.last_seq(T, S) >= acknowledged[-1]
    await again.close()


async def test_a_log_that_was_taken_away_is_noticed_at_once(journal: SqliteJournal) -> None:
    epoch = await journal.lead(T, S)
    await journal.append(T, S, epoch, [entry(1, epoch)])
    journal.path.with_name(journal.path.name + "-wal").unlink()
    with pytest.raises(AppendFailed, match="taken away"):
        await journal.append(T, S, epoch, [entry(2, epoch)])
    last = await journal.last_seq(T, S)
    assert last in (1, 2)
    epoch = await journal.lead(T, S)
    await journal.append(T, S, epoch, [entry(last + 1, epoch)])
    await journal.close()
    again = await SqliteJournal.open(journal.path)
    assert await seqs(again) == list(range(1, last + 2))
    await again.close()
