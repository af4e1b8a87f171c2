"""Why each offer went where it went, told from a recorded day; looked at by other means than it was decided by."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from qingting.core.events import AssignmentOffered
from qingting.core.explaining import parse
from qingting.errors import NotFound
from qingting.journal.sqlite import SqliteJournal
from qingting.runtime.explain.explain import Explained
from qingting.runtime.explain.explain import explain as told_of
from qingting.runtime.snapshots import write_snapshot

from ..command_line import command_line
from .day import TENANT, record


async def explain(journal: SqliteJournal, tenant: str, contact: str, arrived: int | None = None) -> Explained:
    return await told_of(journal, tenant, contact, lambda kind, id: (id, id), arrived)


@pytest.fixture
async def folder(tmp_path: Path) -> Path:
    await record(tmp_path / "journal.db", seed=11, contacts=150)
    return tmp_path


@pytest.fixture
async def journal(folder: Path) -> AsyncIterator[SqliteJournal]:
    journal = await SqliteJournal.open(folder / "journal.db")
    yield journal
    await journal.close()


async def test_the_state_agrees_with_every_offer(journal: SqliteJournal) -> None:
    """Whoever looks and sorts finds the agent, the counts and the waiting time that the offer tells."""
    offers = [
        event
        async for entry in journal.read(TENANT, "routing")
        for event in entry.events
        if isinstance(event, AssignmentOffered)
    ]
    told = {
        offer.assignment: offer
        for contact in {event.contact for event in offers}
        for offer in (await explain(journal, TENANT, contact)).offers
    }
    assert told.keys() == {event.assignment for event in offers}
    chosen = picked = 0
    for event in offers:
        offer, why = told[event.assignment], parse(event.why)
        seen = offer.situation
        assert (offer.agent, offer.at, offer.why) == (event.agent, event.at, event.why)
        if seen is None:
            assert event.why.endswith(": dialled") or " by a" in event.why
            continue
        assert seen.candidates[0].agent == event.agent
        assert sum(group.count for group in seen.classes) == seen.members
        assert f"{seen.waited_s:.1f}" == why.fields.get("w", [["0.0"]])[0][0]
        worth = offer.worth
        by_waiting = seen.relaxed_s + seen.boost_s
        total = worth.queue_s + sum(worth.rules.values()) + worth.otherwise_s + by_waiting
        assert total == pytest.approx(seen.rank_s)
        if "f" not in why.fields:
            picked += 1
            continue
        chosen += 1
        counts: dict[str, int] = {}
        for group in seen.classes:
            counts[group.why] = counts.get(group.why, 0) + group.count
        passed = {reason: int(n) for reason, n in why.fields["b"] if reason in counts}
        assert {reason: counts[reason] for reason in passed} == passed
        assert counts["candidate"] + sum(passed.values()) == int(why.fields["f"][0][0])
        for agent, _ in why.fields.get("n", []):
            assert agent == seen.candidates[1].agent
    assert min(chosen, picked) > 5


async def test_every_event_is_told_in_words(journal: SqliteJournal) -> None:
    """Without codes, in both languages; only what the one beside it says is left out."""
    quiet = {"VisitAnswered", "AssignmentLapsed"}
    said_elsewhere = {"VisitEnded", "WrapUpStarted", "AssignmentConnected", "PartyCalled"}
    kinds = set()
    async for entry in journal.read(TENANT, "routing"):
        for event in entry.events:
            if type(event).__name__ == "ContactArrived":
                for step in (await explain(journal, TENANT, event.contact, entry.seq)).steps:
                    words = step.zh, step.en
                    kinds.add(step.kind)
                    assert all(words) or (not any(words) and step.kind in quiet | said_elsewhere), step
                    assert not set("_{}") & set("".join(words)), step
    assert {"ConsultAnswered", "ContactTransferred", "VisitTakenOver", "CallbackRequested", "Overflowed"} < kinds


async def test_a_snapshot_spares_the_folding(journal: SqliteJournal) -> None:
    arrivals = {
        event.contact: entry.seq
        async for entry in journal.read(TENANT, "routing")
        for event in entry.events
        if type(event).__name__ == "ContactArrived"
    }
    contact = list(arrivals)[-5]
    whole = await explain(journal, TENANT, contact, arrivals[contact])
    assert whole.from_snapshot == 0
    half = await SqliteJournal.open(journal.path.with_name("half.db"))
    epoch = await half.lead(TENANT, "routing")
    entries = [replace(entry, epoch=epoch) async for entry in journal.read(TENANT, "routing")]
    snapshot = arrivals[contact] - 3
    await half.append(TENANT, "routing", epoch, entries[:snapshot])
    assert await write_snapshot(half, TENANT) == snapshot
    await half.append(TENANT, "routing", epoch, entries[snapshot:])
    await write_snapshot(half, TENANT)
    told = await explain(half, TENANT, contact, arrivals[contact])
    unsure = await explain(half, TENANT, contact, arrivals[contact] + 2000)
    await half.close()
    assert told.from_snapshot == snapshot
    assert told.folded == whole.folded - snapshot
    assert told.offers == whole.offers == unsure.offers


async def test_what_nobody_knows(journal: SqliteJournal) -> None:
    with pytest.raises(NotFound, match=r"contact\.unknown"):
        await explain(journal, TENANT, "nobody")
    with pytest.raises(NotFound, match=r"tenant\.unknown"):
        await explain(journal, "elsewhere", "c1")


async def test_on_the_command_line(folder: Path, journal: SqliteJournal) -> None:
    async def explained(*arguments: str) -> tuple[int, str, str]:
        return await asyncio.to_thread(command_line, "explain", *arguments, "--data", str(folder))

    contact = ""
    async for entry in journal.read(TENANT, "routing"):
        for event in entry.events:
            if isinstance(event, AssignmentOffered) and "; q=" in event.why:
                contact = event.contact
    told = json.loads((await explained(contact, "--json"))[1])
    assert (told["tenant"], told["contact"]) == (TENANT, contact)
    last = told["offers"][-1]
    assert last["situation"]["candidates"][0]["agent"] == last["agent"]
    english = await in_a_process("explain", contact, "--tenant", TENANT, "--data", str(folder))
    _, chinese, _ = await explained(contact, "--language", "zh")
    for sentence in last["words"]["en"]:
        assert sentence in english
    for sentence in last["words"]["zh"]:
        assert sentence in chinese
    assert all(step["en"] in english and step["zh"] in chinese for step in told["steps"])
    assert "Members of the queue" in english
    assert "队列成员" in chinese
    returned, said, refused = await explained("nobody")
    assert (returned, said) == (1, "")
    assert "knows no contact nobody (contact.unknown)" in refused


async def in_a_process(*arguments: str) -> str:
    command, out = (sys.executable, "-m", "qingting", *arguments), asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdout=out, env={**os.environ, "LC_ALL": "C.UTF-8"})
    said, _ = await process.communicate()
    assert process.returncode == 0
    return said.decode()
