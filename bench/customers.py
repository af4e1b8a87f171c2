"""Customers by the million: who calls, and all that the desk shows before the first word.

    python -m bench.customers --json                # 1,000,000 identities in SQLite
    python -m bench.customers --json --postgres     # the same in PostgreSQL
    python -m bench.customers --json --promise      # 10,000,000

Half as many customers, each with a phone and an openid; a quarter have tags and consents, every fiftieth a pinned
note; a tenth have called, twice each. Rows are made by the database itself; then numbers drawn at random, one in ten
of nobody, are looked up one after the other, each in its own transaction, by the doors that a ringing phone uses. The
promise: `lookup_p99_ms` ≤ 5, `pop_query_p99_ms` ≤ 30; ends with status 1 when it is not kept.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting import migrate
from qingting.contexts.customers import api as customers
from qingting.records import Records

from .postgres import postgres as postgres_of_its_own

T, FIRST = "t1", 13_000_000_000
LOOKUPS, POPS = 4000, 2000
NUMBER = f"'+86' || ({FIRST} + i)"
ID = "'01' || substr('000000000000' || i, length('' || i) + 1)"
Made = tuple[str, dict[str, str], str]
"""Rows of a table: column → SQL of `i`, which."""
_MADE: tuple[Made, ...] = (
    (
        "customer",
        {
            "id": ID,
            "current": ID,
            "version": "1",
            "external_id": "'E' || i",
            "name": "'客户' || i",
            "name_key": "'客户' || i",
            "note": "''",
            "created_at": "i",
            "changed_at": "i",
        },
        "",
    ),
    (
        "customer_identity",
        {
            "kind": "'phone'",
            "value": NUMBER,
            "customer": ID,
            "origin": "'import'",
            "tail": f"substr({NUMBER}, 11)",
        },
        "",
    ),
    ("customer_identity", {"kind": "'openid'", "value": "'o' || i", "customer": ID, "origin": "'import'"}, ""),
    (
        "customer_tag",
        {"customer": ID, "layer": "'value'", "tag": "'gold'", "origin": "'import'", "at": "1"},
        "i % 4 = 0",
    ),
    (
        "customer_consent",
        {"customer": ID, "purpose": "'marketing'", "medium": "'sms'", "given": "i % 8 = 0", "at": "1"},
        "i % 4 = 0",
    ),
    (
        "customer_note",
        {
            "id": ID,
            "customer": ID,
            "at": "1",
            "user_id": "'u'",
            "contact": "''",
            "pinned": "1 = 1",
            "text": "'remember'",
        },
        "i % 50 = 0",
    ),
    *(
        (
            "contact",
            {
                "id": f"'c{turn}-' || i",
                "journey": "''",
                "medium": "'voice'",
                "direction": "'in'",
                "entry": "'e'",
                "line": "'l'",
                "site": "''",
                "language": "'zh'",
                "party": "''",
                "number": NUMBER,
                "withheld": "1 = 0",
                "arrived_at": f"{{now}} - i % 1000000 - {turn}",
                "ended_at": "{now}",
                "cause": "'customer'",
                "outcome": "'answered'",
                "queue": "'q'",
                "agent": "'a'",
                "wait_s": "1",
                "talk_s": "1",
                "disposition": "''",
            },
            "i % 10 = 0",
        )
        for turn in (1, 2)
    ),
)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="only the result, as one line")
    parser.add_argument("--promise", action="store_true", help="10,000,000 identities")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--identities", type=int, default=1_000_000)
    args = parser.parse_args(argv)
    result = asyncio.run(_bench(10_000_000 if args.promise else args.identities, args.postgres))
    if not args.json:
        for name, value in result.items():
            print(f"{name:20} {value}", file=sys.stderr)
    print(json.dumps(result))
    return 0 if result["kept"] else 1


async def _bench(identities: int, postgres: bool) -> dict[str, Any]:
    people = identities // 2
    began = time.perf_counter()
    async with records_of(postgres) as records:
        await fill(records, people, _MADE)
        filled = time.perf_counter()
        dice = random.Random(1)

        async def lookup(connection: AsyncConnection, number: str) -> bool:
            return number in await customers.by_numbers(connection, T, [number])

        async def pop(connection: AsyncConnection, number: str) -> bool:
            return number in await customers.pops(connection, T, [number], time.time())

        result: dict[str, Any] = {"bench": "customers", "database": "postgresql" if postgres else "sqlite"}
        result |= {"identities": people * 2, "fill_s": round(filled - began, 1)}
        for name, work, count in (("lookup", lookup, LOOKUPS), ("pop_query", pop, POPS)):
            result |= await _measure(records, name, work, people, count, dice)
    kept = result["lookup_p99_ms"] <= 5 and result["pop_query_p99_ms"] <= 30
    return result | {"seconds": round(time.perf_counter() - began, 1), "kept": kept}


async def _measure(
    records: Records,
    name: str,
    work: Callable[[AsyncConnection, str], Awaitable[bool]],
    people: int,
    count: int,
    dice: random.Random,
) -> dict[str, Any]:
    took = []
    for turn in range(count + 50):
        nobody = turn % 10 == 9
        number = f"+86{FIRST + dice.randrange(1, people + 1) + (people if nobody else 0)}"
        began = time.perf_counter()
        async with records.read() as connection:
            found = await work(connection, number)
        if turn >= 50:  # statements are compiled, pages are read
            took.append((time.perf_counter() - began) * 1000)
        assert found is not nobody, number
    took.sort()
    return {f"{name}_p50_ms": round(took[count // 2], 2), f"{name}_p99_ms": round(took[count * 99 // 100], 2)}


async def fill(records: Records, people: int, made: Sequence[Made]) -> None:
    postgres = records.engine.dialect.name == "postgresql"
    numbers = (
        f"generate_series(1, {people}) AS n(i)"
        if postgres
        else f"(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {people}) SELECT i FROM n)"  # noqa: S608
    )
    async with records.write() as connection:
        if postgres:  # what the rows refer to is there
            await connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        for table, columns, which in made:
            values = ", ".join(columns.values()).replace("{now}", f"{time.time():.0f}")
            where = f" WHERE {which}" if which else ""
            what = f"INSERT INTO {table} (tenant, {', '.join(columns)}) SELECT '{T}', {values}"
            await connection.execute(sa.text(f"{what} FROM {numbers}{where}"))
    if postgres:  # as its autovacuum would soon
        async with records.write() as connection:
            await connection.execute(sa.text("ANALYZE"))


@contextlib.asynccontextmanager
async def records_of(postgres: bool) -> AsyncIterator[Records]:
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = (
            stack.enter_context(postgres_of_its_own()) if postgres else f"sqlite+aiosqlite:///{folder / 'records.db'}"
        )
        migrate.upgrade(url)
        records = Records(url)
        try:
            yield records
        finally:
            await records.close()


if __name__ == "__main__":
    sys.exit(main())
