"""What every journal promises, on every driver."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from qingting.core import commands as c
from qingting.core import events as e
from qingting.journal.memory import MemoryJournal
from qingting.journal.port import AppendFailed, Entry, Fenced, Journal, PersonalData, Snapshot
from qingting.journal.sqlite import SqliteJournal

T, S = "acme", "routing"


class Broken:
    """A journal and the way to make its next appends fail for real."""

    def __init__(self, journal: Journal, path: Path) -> None:
        self.journal = journal
        self._path = path

    @asynccontextmanager
    async def broken(self) -> AsyncIterator[None]:
        if isinstance(self.journal, MemoryJournal):
            self.journal.failpoints.add("append")
            yield
            self.journal.failpoints.clear()
        else:
            other = sqlite3.connect(self._path, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            yield
            other.execute("ROLLBACK")
            other.close()


@pytest.fixture(params=["memory", "sqlite"])
async def driver(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Broken]:
    path = tmp_path / "journal.db"
    journal: Journal = MemoryJournal() if request.param == "memory" else await SqliteJournal.open(path, busy_s=0.05)
    yield Broken(journal, path)
    await journal.close()


@pytest.fixture
def journal(driver: Broken) -> Journal:
    return driver.journal


def entry(seq: int, epoch: int = 1, cause: str = "") -> Entry:
    contact = f"c{seq}"
    command = c.DialogueMoves(contact, "main", 3, "menu", "1")
    events = (e.DialogueMoved(10.0 + seq, contact, "main", 3, "menu", "1", ""),)
    return Entry(seq, "DialogueMoves", 1, 10.0 + seq, 10.5 + seq, epoch, cause, command, events)


def batch(first: int, last: int, epoch: int = 1) -> list[Entry]:
    return [entry(n, epoch) for n in range(first, last + 1)]


async def read(journal: Journal, after: int = 0, until: int | None = None, tenant: str = T) -> list[Entry]:
    return [x async for x in journal.read(tenant, S, after, until)]


async def test_entries_come_back_as_they_were_written(journal: Journal) -> None:
    epoch = await journal.lead(T, S)
    put = c.PutQueue("q", requires=(("zh", 3), ("vip", 1)), ring_s=12.5)
    done = e.QueuePut(5.0, "q", "", (("zh", 3), ("vip", 1)), 12.5, 60.0, 0.0, 20.0, 0.8, 5.0, False)
    written = [
        Entry(1, "PutQueue", 1, 5.0, 5.25, epoch, "r-1", put, (done,)),
        Entry(2, "EnterQueue", 1, 6.0, 6.25, epoch, "", c.EnterQueue("c1", "v1", "q", since=None), ()),
    ]
    await journal.append(T, S, epoch, written)
    assert await read(journal) == written


async def test_facts_of_contexts_have_no_command(journal: Journal) -> None:
    epoch = await journal.lead(T, "customers")
    fact = Entry(1, "CustomerMerged", 1, 5.0, 6.0, epoch, "outbox:1", None, ({"into": "k1", "from": ["k2"]},))
    await journal.append(T, "customers", epoch, [fact])
    assert [x async for x in journal.read(T, "customers")] == [fact]


async def test_reading_begins_and_ends_inside_batches(journal: Journal) -> None:
    epoch = await journal.lead(T, S)
    for first in range(1, 200, 10):
        await journal.append(T, S, epoch, batch(first, first + 9, epoch))
    assert [x.seq for x in await read(journal)] == list(range(1, 201))
    assert [x.seq for x in await read(journal, after=7, until=23)] == list(range(8, 24))
    assert [x.seq for x in await read(journal, after=199)] == [200]
    assert await read(journal, after=200) == []
    assert await read(journal, after=5, until=5) == []
    assert await journal.last_seq(T, S) == 200


async def test_tenants_and_streams_do_not_meet(journal: Journal) -> None:
    for tenant in (T, "other"):
        epoch = await journal.lead(tenant, S)
        await journal.append(
            tenant, S, epoch, batch(1, 2, epoch), [PersonalData("p1", "caller", "x", {"of": tenant})]
        )
        await journal.set_cursor(tenant, "floor", len(tenant))
    assert await journal.last_seq("nobody", S) == 0
    assert await journal.streams() == [(T, S), ("other", S)]
    assert (await journal.personal(T, ["p1"]))["p1"].value == {"of": T}
    await journal.erase(T, ["p1"])
    assert (await journal.personal("other", ["p1"]))["p1"].value == {"of": "other"}
    assert await journal.cursor("other", "floor") == 5


async def test_a_gap_or_a_repeat_is_a_mistake_and_changes_nothing(journal: Journal) -> None:
    epoch = await journal.lead(T, S)
    await journal.append(T, S, epoch, batch(1, 3, epoch))
    for wrong in (batch(5, 6, epoch), batch(3, 4, epoch), [entry(4, epoch), entry(6, epoch)], []):
        with pytest.raises(ValueError, match=r"empty|gaps|follow"):
            await journal.append(T, S, epoch, wrong)
    assert [x.seq for x in await read(journal)] == [1, 2, 3]


async def test_an_older_leader_is_fenced(journal: Journal) -> None:
    old = await journal.lead(T, S)
    await journal.append(T, S, old, batch(1, 1, old))
    new = await journal.lead(T, S)
    assert new > old
    with pytest.raises(Fenced):
        await journal.append(T, S, old, batch(2, 2, old), [PersonalData("p", "caller", "x", {})])
    await journal.append(T, S, new, batch(2, 2, new))
    assert [x.epoch for x in await read(journal)] == [old, new]
    assert await journal.personal(T, ["p"]) == {}


async def test_nobody_appends_without_the_lead(journal: Journal) -> None:
    with pytest.raises(Fenced):
        await journal.append(T, S, 1, batch(1, 1))


async def test_a_failed_append_leaves_nothing(driver: Broken) -> None:
    journal = driver.journal
    epoch = await journal.lead(T, S)
    await journal.append(T, S, epoch, batch(1, 2, epoch))
    async with driver.broken():
        with pytest.raises(AppendFailed):
            await journal.append(T, S, epoch, batch(3, 9, epoch), [PersonalData("p", "caller", "x", {"n": 1})])
        with pytest.raises(AppendFailed):
            await journal.lead(T, S)
        assert await journal.last_seq(T, S) == 2
    assert [x.seq for x in await read(journal)] == [1, 2]
    assert await journal.personal(T, ["p"]) == {}
    await journal.append(T, S, epoch, batch(3, 4, epoch))
    assert await journal.last_seq(T, S) == 4


async def test_waiting_wakes_at_the_append(journal: Journal) -> None:
    epoch = await journal.lead(T, S)
    waiting = asyncio.create_task(journal.wait(T, S, 0, 30))
    await asyncio.sleep(0)
    await journal.append(T, S, epoch, batch(1, 1, epoch))
    assert await waiting is True
    assert await journal.wait(T, S, 0, 30) is True
    assert await journal.wait(T, S, 1, 0.01) is False


async def test_personal_data_is_kept_replaced_and_erased(journal: Journal) -> None:
    epoch = await journal.lead(T, S)
    caller = PersonalData("p1", "caller", "routing", {"number": "+8613800138000", "withheld": False})
    await journal.append(
        T, S, epoch, batch(1, 1, epoch), [caller, PersonalData("p2", "name", "routing", {"n": "李"})]
    )
    await journal.append(T, S, epoch, batch(2, 2, epoch), [caller._replace(value={"number": ""})])
    found = await journal.personal(T, ["p1", "p2", "p3"])
    assert found["p1"].value == {"number": ""}
    assert found["p2"] == PersonalData("p2", "name", "routing", {"n": "李"})
    assert "p3" not in found
    assert await journal.erase(T, ["p1", "p3"]) == 1
    assert set(await journal.personal(T, ["p1", "p2"])) == {"p2"}


async def test_the_newest_snapshot_and_cursors_are_kept(journal: Journal) -> None:
    assert await journal.load_snapshot(T, S) is None
    for seq in (10, 20, 30):
        await journal.save_snapshot(T, S, Snapshot(seq, 1, b"state" * seq))
    assert await journal.load_snapshot(T, S) == Snapshot(30, 1, b"state" * 30)
    assert await journal.load_snapshot(T, S, until=30) == Snapshot(30, 1, b"state" * 30)
    assert await journal.load_snapshot(T, S, until=9) is None
    assert await journal.cursor(T, "floor") == 0
    await journal.set_cursor(T, "floor", 7)
    await journal.set_cursor(T, "floor", 9)
    assert await journal.cursor(T, "floor") == 9


@pytest.mark.parametrize("readers", [3])
async def test_readers_see_prefixes_while_one_writes(journal: Journal, readers: int) -> None:
    epoch = await journal.lead(T, S)

    async def follow() -> list[int]:
        seen: list[int] = []
        while len(seen) < 300:
            assert await journal.wait(T, S, len(seen), 30)
            seen += [x.seq for x in await read(journal, after=len(seen))]
        return seen

    async def write() -> None:
        for first in range(1, 301, 4):
            await journal.append(T, S, epoch, batch(first, first + 3, epoch))

    *followed, _ = await asyncio.gather(*(follow() for _ in range(readers)), write())
    assert all(seen == list(range(1, 301)) for seen in followed)
