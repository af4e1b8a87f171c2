"""Takes recordings in: a queue in the table, a few threads, and a sweep for what nobody finished.

The row in state `pending` is the job. Killed at any moment, the next start does it again: writing the file,
marking it ready and emptying the spool may each be repeated.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog

from ...errors import QingtingError
from ...files import sync_folder
from ...records import Records, in_batches, tell
from ...vault import Vault
from . import actions, store
from .ingest import Ingested, ingest
from .sweep import QUIET_S, Spool, sweep
from .tables import recordings

log = structlog.get_logger()

POLL_S = 5.0
SWEEP_S = 60.0
PURGE_S = 3600.0
AT_ONCE = 500
RETRIES = 8
"""Of an error that is not the disk's: afterwards it has failed."""
_HOPELESS = ("recording.no_file", "recording.empty", "recording.bad_file", "recording.rates_differ")

Running = Callable[[str], bool]
"""Whether the engine is still writing this recording."""
Retention = Callable[[str], Awaitable[float | None]]
"""Tenant → days that recordings are kept, or None for good."""


class Recordings:
    def __init__(
        self,
        records: Records,
        vault: Vault,
        data: Path,
        *,
        running: Running = lambda recording: False,
        retention: Retention | None = None,
        parallel: int = 2,
        quiet_s: float = QUIET_S,
    ) -> None:
        self.records = records
        self.vault = vault
        self.spool = Spool(Path(data) / "spool")
        self.files = Path(data) / "recordings"
        self._running = running
        self._retention = retention
        self._quiet_s = quiet_s
        self._parallel = parallel
        self._threads = ThreadPoolExecutor(parallel, thread_name_prefix="recordings")
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def paths(self, recording: str) -> tuple[Path, Path]:
        """Absolute paths of (customer, agent) for the engine to write; the directory is there, ours alone."""
        return self.spool.paths(actions.checked_id(recording))

    def wake(self) -> None:
        """Something was finished: look at once."""
        self._wake.set()

    async def start(self) -> None:
        """Take up what an earlier process left, then work in the background until `stop`."""
        await self.sweep()
        self._tasks = [
            asyncio.create_task(self._work(), name="recordings.work"),
            asyncio.create_task(_every(SWEEP_S, self.sweep), name="recordings.sweep"),
            asyncio.create_task(_every(PURGE_S, self.purge_by_settings), name="recordings.purge"),
        ]

    async def stop(self) -> None:
        """What a thread is at is finished first; the rest is done after the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        await asyncio.to_thread(self._threads.shutdown)

    async def _work(self) -> None:
        while True:
            self._wake.clear()
            try:
                while await self.ingest_pending():
                    pass
            except Exception as e:
                log.warning("recordings.queue_unreadable", error=type(e).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), POLL_S)

    async def ingest_pending(self) -> int:
        """Take in what waits and is due, at most some hundreds; returns how many became ready."""
        async with self.records.read() as connection:
            rows = (
                await connection.execute(
                    sa.select(recordings)
                    .where(recordings.c.state == "pending", recordings.c.not_before <= time.time())
                    .order_by(recordings.c.not_before, recordings.c.ended)
                    .limit(AT_ONCE)
                )
            ).all()
        gate = asyncio.Semaphore(self._parallel)

        async def one(row: sa.Row[Any]) -> bool:
            async with gate:
                return await self._ingest(row)

        return sum(await asyncio.gather(*map(one, rows)))

    async def _ingest(self, row: sa.Row[Any]) -> bool:
        day = time.strftime("%Y/%m/%d", time.gmtime(row.started))
        path = f"{row.tenant}/{day}/{row.id}.qtr"
        customer, agent = self.paths(row.id)
        try:
            done = await asyncio.get_running_loop().run_in_executor(
                self._threads, ingest, customer, agent, self.files / path, self.vault, row.id
            )
        except (OSError, QingtingError) as e:
            await self._ingest_failed(row, e)
            return False
        except Exception as e:
            log.exception("recording.ingest_failed", recording=row.id)
            await self._ingest_failed(row, e)
            return False
        await self._ready(row, path, done)
        self.spool.remove(row.id)
        return True

    async def _ready(self, row: sa.Row[Any], path: str, done: Ingested) -> None:
        async with self.records.write() as connection:
            await connection.execute(
                recordings.update()
                .where(recordings.c.id == row.id)
                .values(
                    state="ready",
                    path=path,
                    rate=done.rate,
                    frames=done.frames,
                    skew_s=done.skew_s,
                    peaks=done.peaks,
                    error=row.error or done.error,
                    trouble="",
                )
            )
            seconds = done.frames / done.rate
            payload = {"recording": row.id, "contact": row.contact, "seconds": seconds}
            await tell(connection, row.tenant, "recordings", "RecordingReady", payload)

    async def _ingest_failed(self, row: sa.Row[Any], error: Exception) -> None:
        """A full disk or a missing key can be mended: try again. A file that holds nothing cannot."""
        code = error.code if isinstance(error, QingtingError) else "recording.ingest_failed"
        if isinstance(error, OSError):
            code = "recording.storage_failed"
        given_up = code in _HOPELESS or (row.attempts + 1 >= RETRIES and not _mendable(code))
        values: dict[str, Any] = {"attempts": row.attempts + 1}
        if given_up:
            values |= {"state": "failed", "error": code, "trouble": ""}
        else:
            values |= {"trouble": code, "not_before": time.time() + min(600.0, 5.0 * 2 ** min(row.attempts, 8))}
        log.warning("recording.not_taken_in", recording=row.id, code=code, given_up=given_up)
        async with self.records.write() as connection:
            await connection.execute(recordings.update().where(recordings.c.id == row.id).values(**values))
            if given_up:
                await actions.tell_failed(connection, row.tenant, row.id, row.contact, code)

    async def sweep(self) -> None:
        """Match what lies in the spool with what was begun: see `sweep.py`."""
        if await sweep(self.records, self.spool, self._running, self._quiet_s):
            self.wake()

    async def purge_by_settings(self) -> None:
        if self._retention is None:
            return
        async with self.records.read() as connection:
            tenants = (await connection.execute(sa.select(recordings.c.tenant).distinct())).scalars().all()
        for tenant in tenants:
            days = await self._retention(tenant)
            if days is not None:
                await self.purge(tenant, time.time() - days * 86400)

    async def purge(self, tenant: str, before: float) -> int:
        """Remove what started before that instant. Returns how many."""
        return await self._remove(tenant, recordings.c.started < before)

    async def remove_of(self, tenant: str, contacts: Sequence[str], ids: Sequence[str]) -> int:
        """Remove what was recorded in these contacts, and these, where it is finished. Returns how many."""
        removed = 0
        for column, values in ((recordings.c.contact, contacts), (recordings.c.id, ids)):
            for some in in_batches(values):
                removed += await self._remove(tenant, column.in_(some))
        return removed

    async def _remove(self, tenant: str, which: sa.ColumnElement[bool]) -> int:
        """First the audio, then the row."""
        over = (recordings.c.tenant == tenant, which, recordings.c.state.in_(["ready", "failed"]))
        removed = 0
        while True:
            async with self.records.read() as connection:
                rows = (await connection.execute(sa.select(recordings).where(*over).limit(200))).all()
            if not rows:
                return removed
            await asyncio.to_thread(self._remove_files, [(row.id, row.path) for row in rows])
            async with self.records.write() as connection:
                await connection.execute(recordings.delete().where(recordings.c.id.in_([row.id for row in rows])))
                for row in rows:
                    payload = {"recording": row.id, "contact": row.contact}
                    await tell(connection, tenant, "recordings", "RecordingPurged", payload)
            removed += len(rows)

    def _remove_files(self, which: list[tuple[str, str]]) -> None:
        directories = set()
        for recording, path in which:
            if path:
                (self.files / path).unlink(missing_ok=True)
                directories.add((self.files / path).parent)
            self.spool.remove(recording)
        for directory in directories:
            if directory.exists():
                sync_folder(directory)
                with contextlib.suppress(OSError):
                    os.removedirs(directory)

    def reader(self, row: sa.Row[Any]) -> store.Reader:
        """Blocking: opens the file of a recording that is ready."""
        return store.Reader(self.files / row.path, self.vault, row.id)


def _mendable(code: str) -> bool:
    return code == "recording.storage_failed" or code.startswith("vault.")


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except Exception as e:
            log.warning("recordings.job_failed", job=getattr(work, "__name__", ""), error=type(e).__name__)
