"""Customers from a file, every row judged; and what a live journal beside it notices.

    python -m bench.customers_import --json              # 40,000 rows, a tenth of them bad, twice
    python -m bench.customers_import --json --promise   # 500,000 rows, twice
    python -m bench.customers_import --json --postgres  # into PostgreSQL; the journal is SQLite all the same

Through the service that pages use, its process included: first alone (`import_rows_per_s`, from asking for it to
done), then other customers while a journal in this process takes 1,000 events/s. `import_append_p99_ms` are its
appends beside the import, `idle_append_p99_ms` the same appends before and after it. `busy_append_p99_ms` is the
limit of the former: appends while as many processors as the import keeps busy count in circles, and no disk is
touched; a virtual machine whose processors are all at work is made to wait by its host, whatever runs on it.
`change_waits_p50_ms`, `change_waits_most_ms`: how long whoever changes a customer beside the import waits until it is
their turn. `limit_customers_per_s` is what the database takes of the same customers when all is ready made: no file,
no judging, nobody looked for.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import csv
import io
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import uvloop
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting import migrate
from qingting.access import Identity
from qingting.contexts.customers import held
from qingting.contexts.customers import tables as t
from qingting.contexts.customers.importing.service import PIECE_MOST, Imports
from qingting.contexts.customers.storing import alone
from qingting.journal.outbox import Relay
from qingting.journal.sqlite import SqliteJournal
from qingting.records import Records, in_batches
from qingting.records_plain import add_plain

from .journal import STREAM, TENANT, Run
from .postgres import postgres

HEAD = ("编号", "姓名", "手机", "邮箱", "注册日期", "备注")
COLUMNS = ("external_id", "name", "phone", "mail", "since", "note")
RATE = 1_000
IDLE_S = 5.0
WHO = Identity(TENANT, "u-bench", "bench", frozenset())


def table(rows: int, part: int) -> bytes:
    """Every tenth row is bad. `part`: of whom; no two parts share anybody."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEAD)
    for n in range(rows):
        id = part * rows + n
        number = "1.38E+10" if n % 10 == 9 else f"138{id:08d}"
        since = f"20{10 + n % 15}-{1 + n % 12:02d}-{1 + n % 28:02d}"
        writer.writerow((f"C{id}", f"客户{id}", number, f"c{id}@example.com", since, "常打电话，喜欢上午联系"))
    return text.getvalue().encode("utf-8-sig")


async def _audit(_: AsyncConnection, who: Identity, action: str, target: str, detail: dict[str, Any]) -> None:
    """Nobody asks who did what on a bench."""


async def settled(imports: Imports, id: str) -> Any:
    while True:
        job = await imports.one(WHO, id)
        if job.state not in ("looking", "checking", "running"):
            return job
        await asyncio.sleep(0.1)


async def checked(imports: Imports, content: bytes) -> str:
    job = await imports.create(WHO, "bench.csv", len(content), "en")
    for offset in range(0, len(content), PIECE_MOST):
        await imports.take(WHO, job.id, offset, content[offset : offset + PIECE_MOST])
    await settled(imports, job.id)
    await imports.check(WHO, job.id, COLUMNS, "")
    found = await settled(imports, job.id)
    assert found.state == "checked", found
    return str(job.id)


async def bring_in(imports: Imports, id: str, rows: int) -> float:
    """Rows per second."""
    began = time.perf_counter()
    await imports.run_it(WHO, id)
    job = await settled(imports, id)
    assert (job.state, job.bad, job.new) == ("done", rows // 10, rows - rows // 10), job
    return rows / (time.perf_counter() - began)


async def appends(run: Run, until: asyncio.Event) -> list[float]:
    run.commits = []
    began, first = time.perf_counter(), run.seq
    while not until.is_set():
        elapsed = time.perf_counter() - began
        if (due := int(elapsed * RATE) - (run.seq - first)) > 0:
            await run.append(min(due, 2000))
        await asyncio.sleep(0.005)
    return sorted(run.commits)


async def changes(records: Records, until: asyncio.Event) -> list[float]:
    """How long each waited until it might write."""
    waited = []
    while not until.is_set():
        began = time.perf_counter()
        async with records.write() as connection:
            await alone(connection, TENANT)
            waited.append(time.perf_counter() - began)
        await asyncio.sleep(0.05)
    return sorted(waited)


async def idle(run: Run) -> list[float]:
    over = asyncio.Event()
    asyncio.get_running_loop().call_later(IDLE_S, over.set)
    return await appends(run, over)


_BEHIND = "from qingting.pacing import behind_calls; behind_calls()\n"
_CIRCLES = "while True: pass"


@contextlib.contextmanager
def as_busy(dialect: str) -> Iterator[None]:
    """Processors as an import keeps them: its own, and PostgreSQL's, which knows nothing of calls."""
    codes = [_BEHIND + _CIRCLES] + [_CIRCLES] * (dialect == "postgresql")
    processes = [subprocess.Popen([sys.executable, "-c", code]) for code in codes]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()


async def limit(records: Records) -> float:
    """Customers per second: those that were brought in, written once more for another tenant."""
    c, i = t.customer.c, t.identity.c
    async with records.read() as connection:
        customers = [("limit", *it[1:]) for it in await connection.execute(sa.select(*held.STORED).order_by(c.id))]
        of: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        for it in await connection.execute(sa.select(*i).order_by(i.kind, i.value)):
            of[it.customer].append(("limit", *it[1:]))
    began = time.perf_counter()
    for some in in_batches(customers, 1_000):
        async with records.write() as connection:
            await connection.execute(sa.select(1))  # with it the transaction begins, which a copy does not
            await add_plain(connection, t.customer, held.COLUMNS, some)
            theirs = [row for it in some for row in of[it[1]]]
            await add_plain(connection, t.identity, tuple(i.keys()), theirs)
    return len(customers) / (time.perf_counter() - began)


def p99_ms(commits: list[float]) -> float:
    return round(commits[int(len(commits) * 0.99)] * 1e3, 2)


async def measure(folder: Path, rows: int, url: str) -> dict[str, Any]:
    await asyncio.to_thread(migrate.upgrade, url)
    records = Records(url)
    journal = await SqliteJournal.open(folder / "journal.db")
    run = Run(journal, await journal.lead(TENANT, STREAM))
    imports = Imports(records, folder, _audit)
    jobs = [asyncio.create_task(imports.run()), asyncio.create_task(Relay(records, journal).run())]
    first, second = [await checked(imports, table(rows, part)) for part in (0, 1)]
    alone = await bring_in(imports, first, rows)
    await idle(run)
    before = await idle(run)
    over = asyncio.Event()
    appending = asyncio.create_task(appends(run, over))
    changing = asyncio.create_task(changes(records, over))
    beside = await bring_in(imports, second, rows)
    over.set()
    during, waited = await appending, await changing
    calm = sorted(before + await idle(run))
    with as_busy(records.engine.dialect.name):
        busy = await idle(run)
    most = await limit(records)
    for job in jobs:
        job.cancel()
    await asyncio.gather(*jobs, return_exceptions=True)
    await journal.close()
    await records.close()
    return {
        "bench": "customers_import",
        "database": records.engine.dialect.name,
        "rows": rows,
        "import_rows_per_s": round(alone),
        "import_rows_per_s_beside": round(beside),
        "limit_customers_per_s": round(most),
        "import_append_p99_ms": p99_ms(during),
        "idle_append_p99_ms": p99_ms(calm),
        "busy_append_p99_ms": p99_ms(busy),
        "ratio": round(p99_ms(during) / p99_ms(calm), 2),
        "import_append_p50_ms": round(during[len(during) // 2] * 1e3, 2),
        "idle_append_p50_ms": round(calm[len(calm) // 2] * 1e3, 2),
        "appends": len(during),
        "change_waits_p50_ms": round(waited[len(waited) // 2] * 1e3, 2),
        "change_waits_most_ms": round(waited[-1] * 1e3, 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="the last line is one JSON object (it always is)")
    parser.add_argument("--promise", action="store_true")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--rows", type=int)
    parser.add_argument("--folder", type=Path, default=Path(), help="on the disk to be measured")
    args = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="bench-import-", dir=args.folder))
    try:
        there = f"sqlite+aiosqlite:///{(folder / 'records.db').absolute()}"
        with postgres() if args.postgres else contextlib.nullcontext(there) as url:
            rows = args.rows or (500_000 if args.promise else 40_000)
            print(json.dumps(uvloop.run(measure(folder, rows, url))))
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
