"""One import's work, in a process of its own: calls and the journal share neither interpreter nor memory with it.

    python -m qingting.contexts.customers.importing.worker   (one JSON line on standard input; its end: stop)

A batch's customers, how far the file is and how long the file of errors is are one transaction: killed at any
moment, the next process goes on behind the last batch. Between batches it rests, so that whoever else writes gets in.
"""

from __future__ import annotations

import asyncio
import fcntl
import gc
import json
import os
import resource
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from qingting.errors import Invalid
from qingting.pacing import Pace, behind_calls
from qingting.records import Records

from ..model import Record
from ..upserting import Upserted, foresee, look_again, upsert
from .columns import offered
from .faulty import Errors
from .folder import Folder, Looked
from .foreseen import Foreseen
from .heads import guess
from .mapping import Fault, Judge
from .reading import look, rows
from .table import Row
from .tables import imports

BATCH = 1_000
"""Rows of one transaction; PostgreSQL, where others write meanwhile, takes twice as many and no rest between them."""
FIRST = 50
"""Rows of the first: what PostgreSQL knows of a table that was empty makes each row a hundred times as dear."""
JUDGED_AT_ONCE = 10
"""Rows; then the database may be given its next statement."""
SHARE = 0.9
"""Of the time that it may write where one writes at a time; the rest is for others."""
CACHE_MIB = 64
"""Of the database: a batch touches leaves of every index, all over them."""
PREVIEW = 8
FAULTS_KEPT = 200
MEMORY_MOST = 1536 * 1024 * 1024
"""Of addresses; a file that wants more is refused, the machine is not."""
CELL_SHOWN = 120
Judged = tuple[Row, Record | list[Fault]]
_COUNTED = ("bad", "new", "changed", "same", "shared")


class Stop(Exception):
    """Cancelled, or the centre has gone: what is done is done."""


class Work:
    def __init__(self, records: Records, data: Path, tenant: str, id: str, stopped: threading.Event) -> None:
        self._records, self._tenant, self._id, self._stopped = records, tenant, id, stopped
        self._folder = Folder(data, tenant, id)
        self._mine = (imports.c.tenant == tenant, imports.c.id == id)

    async def do(self) -> None:
        async with self._records.read() as connection:
            job = (await connection.execute(sa.select(imports).where(*self._mine))).one_or_none()
        if job is None:
            return
        work = {"looking": self._look, "checking": self._check, "running": self._run}.get(job.state)
        if work is None:
            return
        try:
            await work(job)
        except Stop:
            pass
        except Invalid as error:
            line = error.detail.get("line", 0)
            await self._become(job.state, state="failed", problem=error.code, problem_line=line)
        except FileNotFoundError:
            await self._become(job.state, state="failed", problem="import.file_gone")
        except MemoryError:
            await self._become(job.state, state="failed", problem="import.too_large")

    async def _look(self, job: Any) -> None:
        shape = look(self._folder.upload)
        found = rows(self._folder.upload, shape)
        head = next(found, None)
        if head is None:
            raise Invalid("import.empty", "the file is empty")
        preview: list[tuple[int, list[str]]] = []
        count = 0
        for row in found:
            if count < PREVIEW:
                preview.append((row.line, [cell[:CELL_SHOWN] for cell in row.cells]))
            count += 1
            self._look_up(count)
        if not count:
            raise Invalid("import.no_rows", "there is a head and nothing below it")
        heads = [head[:CELL_SHOWN].strip() for head in head.cells]
        async with self._records.read() as connection:
            own = await offered(connection, self._tenant)
        self._folder.keep_looked(Looked(shape, heads, preview, guess(heads, own)))
        await self._become("looking", state="ready", rows=count)

    async def _check(self, job: Any) -> None:
        """The rows are judged, and the database is asked what they would do to it; nothing is written."""
        faults: Counter[str] = Counter()
        kept: list[Fault] = []
        foreseen, done, bad = Foreseen(), 0, 0
        judged = await self._judged(job)
        while batch := list(islice(judged, BATCH)):
            good = [(row, each) for row, each in batch if isinstance(each, Record)]
            wrong = [each for _, each in batch if not isinstance(each, Record)]
            async with self._records.read() as connection:
                told = await foresee(connection, self._tenant, [record for _, record in good])
            foreseen.take(good, told)
            wrong += [[_refused(row, it)] for (row, _), it in zip(good, told, strict=True) if it.why]
            for why in wrong:
                faults.update({fault.code for fault in why})
                kept += why[: max(0, FAULTS_KEPT - len(kept))]
            done, bad = done + len(batch), bad + len(wrong)
            if done % (10 * BATCH) == 0:
                await self._become("checking", done=done, bad=bad, **foreseen.counts)
            self._look_up(0)
        self._folder.keep_faults(kept)
        await self._become("checking", state="checked", done=0, bad=bad, faults=faults, **foreseen.counts)

    async def _run(self, job: Any) -> None:
        one_writer = self._records.engine.dialect.name == "sqlite"
        most, pace = (BATCH, Pace(0.005, 0.5, SHARE)) if one_writer else (2 * BATCH, Pace(0, 0, share=1))
        looked = self._folder.looked()
        assert looked is not None
        job = await self._begun(job)
        done, size = job.done, job.errors_size
        counts = Counter({name: getattr(job, name) for name in _COUNTED})
        faults = Counter(job.faults if done else {})
        judged = await self._judged(job)
        for _ in islice(judged, done):
            pass
        with self._errors(looked.heads, job.language, size) as errors:
            ahead = asyncio.create_task(_some(judged, FIRST))
            while batch := await ahead:
                ahead = asyncio.create_task(_some(judged, most))
                good = [(row, each) for row, each in batch if isinstance(each, Record)]
                bad = [(row, each) for row, each in batch if not isinstance(each, Record)]
                size = errors.take(bad, faults)
                await pace.rest()
                with pace.work():
                    async with self._records.write() as connection:
                        records = [record for _, record in good]
                        taken = await upsert(connection, self._tenant, records, user=job.user_id)
                        refused = [
                            (row, [_refused(row, it)]) for (row, _), it in zip(good, taken, strict=True) if it.why
                        ]
                        size = errors.take(refused, faults)
                        after = counts + Counter(it.outcome for it in taken) + Counter(bad=len(bad) + len(refused))
                        after["shared"] += sum(it.shared for it in taken)
                        values = {name: after[name] for name in _COUNTED}
                        # Another process at the same import, or one that was cancelled, takes nothing.
                        moved = await connection.execute(
                            imports.update()
                            .where(*self._mine, imports.c.state == "running", imports.c.done == done)
                            .values(**values, done=done + len(batch), errors_size=size, faults=faults, attempts=0,
                                    changed_at=time.time())
                        )  # fmt: skip
                        if moved.rowcount != 1:
                            raise Stop
                done, counts = done + len(batch), after
                await look_again(self._records)
                self._look_up(0)
            errors.keep()
        await self._become("running", state="done")

    async def _begun(self, job: Any) -> Any:
        """Where it goes on. The file of errors is on disk at the end only: when the power was lost in between, all is
        brought in again, which changes nothing, and whoever is at fault is found once more."""
        if self._folder.written() < job.errors_size:
            await self._become("running", done=0, errors_size=0, faults={}, **dict.fromkeys(_COUNTED, 0))
            async with self._records.read() as connection:
                job = (await connection.execute(sa.select(imports).where(*self._mine))).one()
        return job

    async def _judged(self, job: Any) -> Iterator[Judged]:
        looked = self._folder.looked()
        if looked is None:
            raise FileNotFoundError
        async with self._records.read() as connection:
            own = await offered(connection, self._tenant)
        try:
            judge = Judge(looked.heads, job.columns, own, job.tag, job.name[:200])
        except Invalid as gone:
            # A field or a type of relation was retired since.
            raise Invalid("import.field_gone", "a column's field is no longer there") from gone
        found = rows(self._folder.upload, looked.shape)
        next(found, None)
        return ((row, judge.judge(row)) for row in found)

    async def _become(self, was: str, **values: Any) -> None:
        """Unless it is something else by now."""
        async with self._records.write() as connection:
            moved = await connection.execute(
                imports.update()
                .where(*self._mine, imports.c.state == was)
                .values(changed_at=time.time(), attempts=0, **values)
            )
        if moved.rowcount != 1:
            raise Stop

    def _look_up(self, count: int) -> None:
        if count % 1_000 == 0 and self._stopped.is_set():
            raise Stop

    def _errors(self, heads: Sequence[str], language: str, size: int) -> Errors:
        return Errors(self._folder.errors, heads, language, size)


async def _some(judged: Iterator[Judged], most: int) -> list[Judged]:
    """A batch, judged while the database writes the one before."""
    batch: list[Judged] = []
    while len(batch) < most and (few := list(islice(judged, JUDGED_AT_ONCE))):
        batch += few
        await asyncio.sleep(0)
    return batch


def _refused(row: Row, it: Upserted) -> Fault:
    return Fault(row.line, "", it.why, "")


async def _do(told: dict[str, str], stopped: threading.Event) -> None:
    records = Records(told["records"], CACHE_MIB)
    try:
        await Work(records, Path(told["data"]), told["tenant"], told["id"], stopped).do()
    finally:
        await records.close()


def main() -> None:
    told = json.loads(sys.stdin.readline())
    behind_calls()
    # Rows come and go by the million and hang together in no circles: looking for some took a third of the time.
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    # The database's thread needs the interpreter for moments, and shall not wait for them.
    sys.setswitchinterval(0.0002)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MOST, MEMORY_MOST))
    stopped = threading.Event()

    def wait_for_the_end() -> None:
        sys.stdin.read()
        stopped.set()

    threading.Thread(target=wait_for_the_end, daemon=True, name="end").start()
    folder = Folder(Path(told["data"]), told["tenant"], told["id"])
    try:
        alone = folder.upload.open("rb")
    except FileNotFoundError:
        asyncio.run(_do(told, stopped))  # which says so
        return
    with alone:
        # One process of an earlier centre may still be at its last batch.
        fcntl.flock(alone, fcntl.LOCK_EX)
        asyncio.run(_do(told, stopped))
    os._exit(0)  # the thread that waits for the end would be waited for


if __name__ == "__main__":
    main()
