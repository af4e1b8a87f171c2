"""What a desk is told of a caller's way, also when the program started in the middle of it."""

from __future__ import annotations

from qingting.contexts.contacts import api as contacts
from qingting.core import commands as c
from qingting.journal.memory import MemoryJournal
from qingting.records import Records
from qingting.runtime.live import Live
from qingting.runtime.pops import Pops

WORDS = {"sales": {"zh": "销售", "en": "Sales"}}


def begin(live: Live, journal: MemoryJournal, records: Records) -> Pops:
    pops = Pops(
        live.tenant, journal, records, lambda flow, version, node, via: WORDS.get(node, {}), lambda: "Asia/Shanghai"
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
