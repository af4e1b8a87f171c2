"""The shell's contract: fresh state for the next command; nothing told, nothing kept that is not durable."""

from __future__ import annotations

import asyncio
import resource
import signal
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from qingting.core import commands as c
from qingting.core import events as e
from qingting.errors import Refused, Unavailable
from qingting.journal.memory import MemoryJournal
from qingting.journal.port import Entry, PersonalData
from qingting.journal.sqlite import SqliteJournal
from qingting.runtime import live as live_module
from qingting.runtime.live import Live
from tests.patience import PATIENCE_S

T = "acme"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "RETRY_S", (0.02, 0.1))


@pytest.fixture
def journal() -> MemoryJournal:
    return MemoryJournal()


@pytest.fixture
async def live(journal: MemoryJournal) -> AsyncIterator[Live]:
    live = Live(T, journal)
    await live.start()
    yield live
    await live.stop()


def arrives(contact: str) -> c.ContactArrives:
    return c.ContactArrives(contact, f"j-{contact}", party=f"p-{contact}")


async def staff(live: Live, ring_s: float = 15.0) -> None:
    for command in (
        c.PutQueue("sales", ring_s=ring_s),
        c.PutAgent("li", queues=("sales",)),
        c.SetReachable("li", "voice", True),
        c.SetPresence("li", "available"),
    ):
        await live.submit(command)


async def restarted(live: Live) -> None:
    again = asyncio.Event()
    live.on_restart(again.set)
    async with asyncio.timeout(PATIENCE_S):
        await again.wait()


async def test_events_return_when_they_are_durable(live: Live, journal: MemoryJournal) -> None:
    events = await live.submit(arrives("c1"), "r-1")
    assert [type(event) for event in events] == [e.ContactArrived]
    entries = [x async for x in journal.read(T, "routing")]
    assert [(x.seq, x.kind, x.cause, x.command, x.events) for x in entries] == [
        (1, "ContactArrives", "r-1", arrives("c1"), events)
    ]
    assert live.seq == 1


async def test_the_next_command_decides_on_fresh_state(live: Live) -> None:
    live.post(arrives("c1"))
    with pytest.raises(Refused):
        await live.submit(arrives("c1"))
    assert live.seq == 0
    assert "c1" in live.engine.state.contacts


async def test_a_refusal_is_counted_and_writes_nothing(live: Live, journal: MemoryJournal) -> None:
    live.post(c.ContactEnds("nobody", "customer"))
    live.post(c.ContactEnds("nobody", "customer"))
    await asyncio.sleep(0.02)
    assert sum(live.refusals.values()) == 2
    assert await journal.last_seq(T, "routing") == 0


async def test_listeners_hear_in_order_before_whoever_waits(live: Live, journal: MemoryJournal) -> None:
    heard: list[str] = []

    def listen(entry: Entry) -> None:
        heard.append(entry.command.contact)
        assert live.seq >= entry.seq

    unsubscribe = live.subscribe(listen)

    async def one(contact: str) -> None:
        await live.submit(arrives(contact))
        assert contact in heard

    await asyncio.gather(*(one(f"c{n}") for n in range(1200)))
    assert heard == [f"c{n}" for n in range(1200)]
    unsubscribe()
    await live.submit(arrives("later"))
    assert "later" not in heard


async def test_what_a_listener_posts_follows(live: Live) -> None:
    def end(entry: Entry) -> None:
        if entry.kind == "ContactArrives":
            live.post(c.ContactEnds(entry.command.contact, "customer"), f"entry:{entry.seq}")

    live.subscribe(end)
    await live.submit(arrives("c1"))
    await live.submit(arrives("c2"))
    async with asyncio.timeout(PATIENCE_S):
        while live.seq < 4:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    assert live.engine.state.contacts == {} or all(x.ended for x in live.engine.state.contacts.values())
    assert live.seq == 4


async def test_a_broken_listener_harms_nobody_and_is_named(live: Live, expected_errors: list[str]) -> None:
    expected_errors.append("listener.failed")
    heard: list[int] = []

    def broken(entry: Entry) -> None:
        raise RuntimeError("listener's own mistake")

    live.subscribe(broken)
    live.subscribe(lambda entry: heard.append(entry.seq))
    await live.submit(arrives("c1"))
    assert heard == [1]


async def test_personal_data_goes_with_its_entry(live: Live, journal: MemoryJournal) -> None:
    caller = PersonalData("p-c1", "caller", "routing", {"number": "+8613800138000"})
    await live.submit(arrives("c1"), personal=[caller])
    assert await journal.personal(T, ["p-c1"]) == {"p-c1": caller}


async def test_a_command_that_changes_nothing_waits_for_what_it_rests_on(live: Live, journal: MemoryJournal) -> None:
    live.post(c.PutSkill("vip"))
    assert await live.submit(c.PutSkill("vip")) in ((), (e.SkillPut(live.engine.state.at, "vip"),))
    assert await journal.last_seq(T, "routing") >= 1


async def test_the_deadline_is_kept_by_itself(live: Live) -> None:
    await staff(live, ring_s=0.1)
    timed_out = asyncio.Event()

    def listen(entry: Entry) -> None:
        if any(isinstance(event, e.AssignmentTimedOut) for event in entry.events):
            assert entry.cause == "deadline"
            timed_out.set()

    live.subscribe(listen)
    await live.submit(arrives("c1"))
    await live.submit(c.EnterQueue("c1", "v1", "sales"))
    async with asyncio.timeout(PATIENCE_S):
        await timed_out.wait()


async def test_a_failed_append_stops_the_leader_and_forgets_what_is_not_durable(
    live: Live, journal: MemoryJournal, expected_errors: list[str]
) -> None:
    expected_errors.append("live.failed")
    told: list[str] = []
    heard: list[int] = []
    live.on_failure(told.append)
    live.subscribe(lambda entry: heard.append(entry.seq))
    await live.submit(arrives("c1"))
    journal.failpoints.add("append")
    lost = [asyncio.create_task(live.submit(arrives(f"lost{n}"))) for n in range(5)]
    results = await asyncio.gather(*lost, return_exceptions=True)
    assert {x.code for x in results if isinstance(x, Unavailable)} == {"journal.failed"}
    assert len(results) == 5
    assert all(isinstance(x, Unavailable) for x in results)
    assert len(told) == 1
    assert told[0] == live.failed
    with pytest.raises(Unavailable, match=r"journal\.failed"):
        await live.submit(arrives("c2"))
    live.post(arrives("c3"))
    assert live.refusals["journal.failed"] == 2

    again = asyncio.create_task(restarted(live))
    await asyncio.sleep(0)
    journal.failpoints.clear()
    await again
    assert live.failed == ""
    assert list(live.engine.state.contacts) == ["c1"]
    await live.submit(arrives("lost0"))
    assert heard == [1, 2]


async def test_a_fenced_leader_stops_for_good(live: Live, journal: MemoryJournal, expected_errors: list[str]) -> None:
    expected_errors.append("live.failed")
    other = Live(T, journal)
    await other.start()
    with pytest.raises(Unavailable, match="another leader"):
        await live.submit(arrives("c1"))
    await asyncio.sleep(0.1)
    assert "another leader" in live.failed
    await other.submit(arrives("c1"))
    await other.stop()


async def test_what_another_leader_wrote_is_heard_after_a_restart(
    live: Live, journal: MemoryJournal, expected_errors: list[str]
) -> None:
    expected_errors.append("live.failed")
    heard: list[str] = []
    live.subscribe(lambda entry: heard.append(entry.command.contact))
    await live.submit(arrives("c1"))
    other = Live(T, journal)
    await other.start()
    await other.submit(arrives("c2"))
    await other.stop()
    with pytest.raises(Unavailable):
        await live.submit(arrives("c3"))
    await live.restart()
    await live.submit(arrives("c4"))
    assert heard == ["c1", "c2", "c4"]


async def test_stopping_makes_durable_what_was_decided(journal: MemoryJournal) -> None:
    live = Live(T, journal)
    await live.start()
    for n in range(3000):
        live.post(arrives(f"c{n}"))
    await live.stop()
    assert await journal.last_seq(T, "routing") == 3000
    with pytest.raises(Unavailable):
        await live.submit(arrives("late"))


async def test_too_much_at_once_is_turned_away(live: Live) -> None:
    for n in range(live_module.BACKLOG):
        live.post(arrives(f"c{n}"))
    with pytest.raises(Unavailable, match=r"journal\.behind"):
        await live.submit(arrives("one too many"))
    assert await live.journal.wait(T, "routing", live_module.BACKLOG - 1, 60)
    await live.submit(arrives("later"))


async def test_a_clock_that_steps_back_keeps_order(journal: MemoryJournal) -> None:
    wall = [1000.0]
    live = Live(T, journal, clock=lambda: wall[0])
    await live.start()
    instants = []
    for step in (0, 1, -500, 1, 1000):
        wall[0] += step
        (event,) = await live.submit(arrives(f"c{len(instants)}"))
        instants.append(event.at)
    assert instants[:2] == [1000.0, 1001.0]
    assert instants == sorted(instants)
    assert instants[-1] == 1502.0
    await live.stop()
    wall[0] = 5.0
    later = Live(T, journal, clock=lambda: wall[0])
    await later.start()
    (event,) = await later.submit(arrives("after a reboot with a dead battery"))
    assert event.at >= 1502.0
    await later.stop()


async def test_a_cancelled_submit_is_decided_all_the_same(live: Live, journal: MemoryJournal) -> None:
    task = asyncio.create_task(live.submit(arrives("c1")))
    other = asyncio.create_task(live.submit(arrives("c2")))
    await asyncio.sleep(0)
    task.cancel()
    await other
    assert task.cancelled() or (await asyncio.gather(task, return_exceptions=True))
    assert await journal.last_seq(T, "routing") == 2


async def test_everything_is_there_again_from_the_file(tmp_path: Path) -> None:
    journal = await SqliteJournal.open(tmp_path / "journal.db", busy_s=0.05)
    live = Live(T, journal)
    await live.start()
    await staff(live)
    for n in range(300):
        live.post(arrives(f"c{n}"))
        live.post(c.EnterQueue(f"c{n}", f"v{n}", "sales"))
    await live.submit(arrives("last"))
    dump, seq, places = live.engine.dump(), live.seq, live.engine.waiting("sales")
    await live.stop()
    again = Live(T, journal)
    await again.start()
    assert again.engine.dump() == dump
    assert again.seq == seq
    assert again.engine.waiting("sales") == places
    assert again.epoch == live.epoch + 1
    await again.stop()
    await journal.close()


async def test_a_locked_file_stops_and_its_release_restarts(tmp_path: Path, expected_errors: list[str]) -> None:
    expected_errors.append("live.failed")
    journal = await SqliteJournal.open(tmp_path / "journal.db", busy_s=0.05)
    live = Live(T, journal)
    await live.start()
    await live.submit(arrives("c1"))
    other = sqlite3.connect(tmp_path / "journal.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Unavailable, match="another program"):
        await live.submit(arrives("c2"))
    again = asyncio.create_task(restarted(live))
    await asyncio.sleep(0.1)
    assert live.failed
    other.execute("ROLLBACK")
    other.close()
    await again
    assert list(live.engine.state.contacts) == ["c1"]
    await live.submit(arrives("c2"))
    await live.stop()
    await journal.close()


async def test_a_full_disk_stops_and_room_restarts_without_a_loss(tmp_path: Path, expected_errors: list[str]) -> None:
    """The limit on file size makes the kernel refuse to write, as a full disk does."""
    expected_errors.append("live.failed")
    journal = await SqliteJournal.open(tmp_path / "journal.db", busy_s=0.05)
    live = Live(T, journal)
    await live.start()
    heard: list[str] = []
    again = asyncio.Event()
    live.subscribe(lambda entry: heard.append(entry.command.contact))
    live.on_restart(again.set)
    acknowledged: list[str] = []

    async def call(contact: str) -> None:
        await live.submit(arrives(contact))
        acknowledged.append(contact)

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, before[1]))
        for first in range(0, 100_000, 500):
            calls = [call(f"c{n}") for n in range(first, first + 500)]
            results = await asyncio.gather(*calls, return_exceptions=True)
            if any(results):
                break
        assert {type(x) for x in results if x} == {Unavailable}
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    async with asyncio.timeout(PATIENCE_S):
        await again.wait()
    assert set(acknowledged) <= set(live.engine.state.contacts)
    assert heard == list(live.engine.state.contacts)
    await live.submit(arrives("afterwards"))
    await live.stop()
    await journal.close()
