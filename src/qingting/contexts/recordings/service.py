"""Takes recordings in: a queue in the table, a few threads, and a sweep for what nobody finished.

The row in state `pending` is the job. Killed at any moment, the next start does it again: writing the file,
marking it ready and emptying the spool may each be repeated.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import structlog

from ...errors import QingtingError
from ...records import Records, tell
from ...vault import Vault
from ..retention.api import Tell
from . import actions, removing, store
from .ingest import Ingested, ingest
from .sweep import QUIET_S, Spool, sweep
from .tables import recordings

log = structlog.get_logger()

POLL_S = 5.0
SWEEP_S = 60.0
AT_ONCE = 500
RETRIES = 8
"""Of an error that is not the disk's: afterwards it has failed."""
_HOPELESS = ("recording.no_file", "recording.empty", "recording.bad_file", "recording.rates_differ")

Running = Callable[[str], bool]
"""Whether the engine is still writing this recording."""


class Recordings:
    def __init__(
        self,
        records: Records,
        vault: Vault,
        data: Path,
        *,
        running: Running = lambda recording: False,
        parallel: int = 2,
        quiet_s: float = QUIET_S,
    ) -> None:
        self.records = records
        self.vault = vault
        self.data = Path(data)
        self.spool = Spool(self.data / "spool")
        self.files = self.data / "recordings"
        self._running = running
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
            # Not `wait_for`: woken and cancelled at once it forgets that it was cancelled, and `stop` waits for ever.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_S):
                    await self._wake.wait()

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
        taken = await self._ready(row, path, done)
        if not taken:  # removed meanwhile, because somebody asked to be forgotten
            await asyncio.to_thread((self.files / path).unlink, missing_ok=True)
        self.spool.remove(row.id)
        return taken

    async def _ready(self, row: sa.Row[Any], path: str, done: Ingested) -> bool:
        async with self.records.write() as connection:
            there = await connection.execute(
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
            if there.rowcount != 1:
                return False
            seconds = done.frames / done.rate
            payload = {"recording": row.id, "contact": row.contact, "seconds": seconds}
            await tell(connection, row.tenant, "recordings", "RecordingReady", payload)
            return True

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

    async def remove(self, tenant: str, ids: Sequence[str], tell: Tell) -> None:
        """For good, where they are finished; `tell` as of retention."""
        await removing.remove(self.records, self.data, tenant, recordings.c.id, ids, removing.OVER, tell)

    async def remove_of(self, tenant: str, contacts: Sequence[str], ids: Sequence[str]) -> int:
        """Remove what was recorded in these contacts, and these, also what waits to be taken in. Returns how many."""
        return await removing.remove_of(self.records, self.data, tenant, contacts, ids)

    async def under_way(self, tenant: str, contacts: Sequence[str], ids: Sequence[str]) -> bool:
        """Whether something of these contacts, or one of these, is being recorded."""
        return await removing.under_way(self.records, tenant, contacts, ids)

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
