"""What a context tells in its transaction arrives in its stream, once, in order."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from qingting.journal import outbox as relay_module
from qingting.journal.outbox import Relay
from qingting.journal.port import Entry
from qingting.journal.sqlite import SqliteJournal
from qingting.records import Records, outbox, tell


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[SqliteJournal]:
    journal = await SqliteJournal.open(tmp_path / "journal.db", busy_s=0.05)
    yield journal
    await journal.close()


async def told(records: Records, *names: str, stream: str = "customers") -> None:
    async with records.write() as connection:
        for name in names:
            await tell(connection, "acme", stream, "CustomerCreated", {"customer": name}, cause="r-1")


async def facts(journal: SqliteJournal, stream: str = "customers") -> list[Entry]:
    return [entry async for entry in journal.read("acme", stream)]


async def waiting(records: Records) -> int:
    async with records.read() as connection:
        return (await connection.execute(sa.select(sa.func.count()).select_from(outbox))).scalar_one()


async def running(relay: Relay) -> asyncio.Task[None]:
    task = asyncio.create_task(relay.run())
    await asyncio.sleep(0)
    return task


async def ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_commit_wakes_the_relay(
    records: Records, journal: SqliteJournal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_module, "LOOK_S", 3600.0)
    task = await running(Relay(records, journal))
    for n in range(3):
        await told(records, f"k{n}")
        assert await journal.wait("acme", "customers", n, 30)
    await ended(task)
    found = await facts(journal)
    assert [entry.events for entry in found] == [({"customer": f"k{n}"},) for n in range(3)]
    assert {(entry.kind, entry.command) for entry in found} == {("CustomerCreated", None)}
    assert found[0].cause.endswith(" r-1")
    assert records.on_told == []


async def test_what_was_rolled_back_is_never_told(records: Records, journal: SqliteJournal) -> None:
    async def fails() -> None:
        async with records.write() as connection:
            await tell(connection, "acme", "customers", "CustomerCreated", {"customer": "k1"})
            raise RuntimeError("the use case failed")

    with pytest.raises(RuntimeError, match="use case"):
        await fails()
    assert await Relay(records, journal).relay() == 0


async def test_appended_yet_not_deleted_is_recognised(records: Records, journal: SqliteJournal) -> None:
    await told(records, "k1", "k2")
    await told(records, "q1", stream="quality")
    async with records.read() as connection:
        rows = (await connection.execute(sa.select(outbox))).mappings().all()
    await Relay(records, journal).relay()
    async with records.write() as connection:  # as if the process had died between append and delete
        await connection.execute(outbox.insert(), [dict(row) for row in rows])
    await told(records, "k3")
    assert await Relay(records, journal).relay() == 4
    assert [entry.events[0]["customer"] for entry in await facts(journal)] == ["k1", "k2", "k3"]
    assert len(await facts(journal, "quality")) == 1
    assert await waiting(records) == 0


async def test_a_number_used_again_is_no_repeat(records: Records, journal: SqliteJournal) -> None:
    """SQLite gives the id of a deleted last row to the next."""
    for name in ("k1", "k2"):
        await told(records, name)
        await Relay(records, journal).relay()
    assert [entry.events[0]["customer"] for entry in await facts(journal)] == ["k1", "k2"]


async def test_rows_wait_while_the_journal_is_locked(
    records: Records, journal: SqliteJournal, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / "journal.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    task = await running(Relay(records, journal))
    await told(records, "k1")
    await asyncio.sleep(0.3)
    assert await waiting(records) == 1
    other.execute("ROLLBACK")
    other.close()
    assert await journal.wait("acme", "customers", 0, 30)
    await ended(task)
    assert len(await facts(journal)) == 1
