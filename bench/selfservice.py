"""What sums of self-service cost behind the calls: counting a contact, and merging old quarters into days.

    python -m bench.selfservice --json                # 20,000 dialogues in SQLite
    python -m bench.selfservice --json --postgres     # the same in PostgreSQL
    python -m bench.selfservice --json --promise      # 100,000

Callers walk through a flow of twelve nodes in turns that differ, all over sixty days. Their journal is folded twice,
with sums and without: the difference is what sums cost (`counting_cpu_ms`, processor time of this process by contact;
`folding_cpu_ms` is all of it). Then quarters older than 35 days are merged as retention does it, without its rests.
`merge_transaction_ms_*` is how long a writer may have to wait for it. Nothing is promised.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import random
import sys
import time
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.contexts.contacts.api import Projection
from qingting.contexts.selfservice import tables as t
from qingting.contexts.selfservice.api import Counting, Kind, retained
from qingting.core import commands as c
from qingting.core.commands import Command
from qingting.core.engine import Engine
from qingting.journal.memory import MemoryJournal
from qingting.journal.port import Entry
from qingting.records import Records

from .customers import T, records_of

DAYS = 60
KEPT = 35
DAY_S = 86_400.0
BEGAN = 1_790_000_000.0
KINDS = {
    **dict.fromkeys(("main", "packages", "more"), Kind("menu")),
    "welcome": Kind("say"),
    "number": Kind("ask"),
    "balance": Kind("lookup"),
    "tell": Kind("say"),
    "told": Kind("goal", "query"),
    "order": Kind("do"),
    "ordered": Kind("goal", "transaction"),
    "content": Kind("survey", "", 5),
    "person": Kind("queue"),
}
START = [("welcome", "start"), ("main", "next")]
BALANCE = [("number", "1"), ("balance", "given"), ("tell", "found"), ("told", "next"), ("content", "next")]
ORDER = [("packages", "2"), ("order", "1"), ("ordered", "done"), ("content", "next")]
WAYS = [
    [*START, *BALANCE, ("more", "5")],
    [*START, *ORDER, ("more", "4")],
    [*START, *BALANCE, ("more", "3"), ("main", "1"), *ORDER],
    [*START, ("main", "timeout"), ("main", "no_match")],
    [*START, *BALANCE[:2], ("main", "failed"), ("person", "0")],
]


async def journal_of(dialogues: int) -> MemoryJournal:
    """Of callers one after the other; everybody's line is one of two."""
    journal, engine, drawn = MemoryJournal(), Engine(), random.Random(1)
    epoch, seq, now = await journal.lead(T, "routing"), itertools.count(1), BEGAN

    async def does(command: Command) -> None:
        events = tuple(engine.decide(command, now))
        engine.fold(events)
        name = type(command).__name__
        await journal.append(T, "routing", epoch, [Entry(next(seq), name, 1, now, now, epoch, "", command, events)])

    for n in range(dialogues):
        id, now = f"c{n}", BEGAN + n * DAYS * DAY_S / dialogues
        line = ("north", "south")[n % 2]
        await does(c.ContactArrives(id, f"j{n}", entry="main", line=line, party="", leg=f"l{n}"))
        for node, via in drawn.choice(WAYS):
            await does(c.DialogueMoves(id, "telecom", 1, node, via, "opaque"))
            now += 3
        await does(c.ContactEnds(id, "customer"))
    return journal


async def kinds(tenant: str, flow: str, version: int) -> Mapping[str, Kind]:
    return KINDS


async def folded(journal: MemoryJournal, records: Records, over: Counting | None = None) -> float:
    """Processor seconds."""
    began = time.process_time()
    await Projection(journal, records, over).catch_up(T)
    return time.process_time() - began


async def merged(records: Records) -> dict[str, Any]:
    took: list[float] = []
    began = last = time.perf_counter()

    async def tell(_: AsyncConnection, count: int) -> None:
        nonlocal last
        took.append(time.perf_counter() - last)
        last = time.perf_counter()

    after, before = None, BEGAN + (DAYS - KEPT) * DAY_S
    kind = retained(records, lambda _: "Asia/Shanghai")[0]
    rows = await _rows(records)
    while True:
        async with records.read() as connection:
            page = await kind.find(connection, T, before, after, 200)
        last = time.perf_counter()
        if page.items:
            await kind.erase(T, [it.id for it in page.items], tell)
        if (after := page.next) is None:
            break
    seconds, left = time.perf_counter() - began, await _rows(records)
    return {
        "rows_before": rows,
        "rows_after": left,
        "merge_s": round(seconds, 2),
        "merge_transaction_ms_p99": round(sorted(took)[int(len(took) * 0.99)] * 1000, 1),
        "merge_transaction_ms_most": round(max(took) * 1000, 1),
    }


async def _rows(records: Records) -> int:
    async with records.read() as connection:
        counts = [sa.select(sa.func.count()).select_from(it) for it in (*t.DAYS, *t.DAYS.values())]
        return sum([await connection.scalar(it) or 0 for it in counts])


async def measured(dialogues: int, postgres: bool) -> dict[str, Any]:
    journal = await journal_of(dialogues)
    async with records_of(postgres) as records:
        bare = await folded(journal, records)
    async with records_of(postgres) as records:
        whole = await folded(journal, records, Counting(kinds))
        merging = await merged(records)
    return {
        "bench": "selfservice",
        "database": "postgresql" if postgres else "sqlite",
        "dialogues": dialogues,
        "folding_cpu_ms": round(whole / dialogues * 1000, 3),
        "counting_cpu_ms": round((whole - bare) / dialogues * 1000, 3),
        **merging,
    }


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="only the result, as one line")
    parser.add_argument("--promise", action="store_true", help="100,000 dialogues")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--dialogues", type=int, default=20_000)
    args = parser.parse_args(argv)
    result = asyncio.run(measured(100_000 if args.promise else args.dialogues, args.postgres))
    if not args.json:
        for name, value in result.items():
            print(f"{name:26} {value}", file=sys.stderr)
    print(json.dumps(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
