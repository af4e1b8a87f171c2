"""What a desk is told of a caller's way, also when the program started in the middle of it."""

from __future__ import annotations

import asyncio

from qingting.contexts.contacts import api as contacts
from qingting.core import commands as c
from qingting.journal.memory import MemoryJournal
from qingting.journal.port import PersonalData
from qingting.records import Records
from qingting.runtime.live import Live
from qingting.runtime.names import remembered
from qingting.runtime.pops import Pops

from ..selfservice.walked import document

WORDS = {"sales": {"zh": "销售", "en": "Sales"}}


def begin(live: Live, journal: MemoryJournal, records: Records) -> Pops:
    pops = Pops(
        live.tenant,
        journal,
        records,
        lambda flow, version, node, via, before: WORDS.get(node, {}),
        lambda: "Asia/Shanghai",
    )
    live.subscribe(pops.on_entry)
    pops.start([(it.id, it.party) for it in live.engine.state.contacts.values()])
    return pops


async def moves(live: Live, contact: str, node: str, via: str) -> None:
    await live.submit(c.DialogueMoves(contact, "demo", 1, node, via, ""))


async def test_the_way_before_a_restart_comes_back_before_the_way_after_it(sqlite_records: Records) -> None:
    journal = MemoryJournal()
    first = Live("acme", journal)
    await first.start()
    before = begin(first, journal, sqlite_records)
    for contact in ("c1", "c2", "c3"):
        await first.submit(c.ContactArrives(contact, contact))
    await moves(first, "c1", "main", "start")
    await moves(first, "c1", "sales", "1")
    await moves(first, "c2", "main", "start")
    way = list(before.of("c1").path)
    assert [(step["node"], step["key"], step["words"]) for step in way] == [
        ("main", "", {}),
        ("sales", "1", WORDS["sales"]),
    ]
    await before.stop()
    await first.stop()

    live = Live("acme", journal)
    await live.start()
    pops, told = begin(live, journal, sqlite_records), []
    pops.changed = told.append
    assert pops.of("c1").path == []
    await moves(live, "c1", "more", "9")  # before anybody has looked into the past

    projection = contacts.Projection(journal, sqlite_records)
    await projection.catch_up("acme")

    async def recall(steps: dict[str, list[contacts.Step]]) -> None:
        pops.recall(steps)

    await contacts.each_path(sqlite_records, "acme", ["c1", "c2", "c3"], recall)
    assert pops.of("c1").path[:2] == way
    assert [step["node"] for step in pops.of("c1").path] == ["main", "sales", "more"]
    assert [step["node"] for step in pops.of("c2").path] == ["main"]
    assert pops.of("c3").path == []
    assert {"c1", "c2"} <= set(told)
    await pops.stop()
    await live.stop()


async def test_who_gets_a_caller_sees_their_way_at_a_glance(sqlite_records: Records) -> None:
    journal = MemoryJournal()
    live = Live("acme", journal)
    await live.start()
    flow, told = document(), asyncio.Event()
    pops = Pops("acme", journal, sqlite_records, lambda *_: {}, lambda: "UTC", document=lambda flow_id, version: flow)
    live.subscribe(pops.on_entry)
    pops.start([])
    pops.changed = lambda contact: told.set() if pops.of(contact).self_service else None
    await live.submit(c.PutQueue("service"))
    await live.submit(c.ContactArrives("c1", "c1"))
    kept = PersonalData(remembered("c1"), "dialogue", "self-service", {"values": {"phone": "1234"}})
    for node, via in (("welcome", "start"), ("main", "next"), ("number", "1")):
        await moves(live, "c1", node, via)
    await live.submit(c.DialogueMoves("c1", "demo", 1, "balance", "given", ""), personal=[kept])
    await moves(live, "c1", "person", "failed")
    assert pops.of("c1").self_service is None
    await live.submit(c.EnterQueue("c1", "c1.v1", "service"))
    async with asyncio.timeout(20):
        await told.wait()
    glance = pops.of("c1").self_service
    assert glance is not None
    assert glance["answers"] == [{"name": "phone", "value": "1234"}]
    assert glance["asked"] == [{"node": "balance", "kind": "lookup", "about": "billing", "outcome": "failed"}]
    assert (glance["circles"], glance["goals"]) == (0, [])
    await pops.stop()
    await live.stop()
