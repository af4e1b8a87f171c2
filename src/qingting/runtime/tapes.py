"""Recordings as the voice side starts and ends them."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable

import structlog

from ..contexts.recordings import api as recordings

log = structlog.get_logger(__name__)

MOST = 20_000
LEAST_FREE_BYTES = 512 * 1024 * 1024
"""What must be left for conversations and for the journal, before anything is recorded that need not be."""


class Tapes:
    def __init__(self, store: recordings.Recordings) -> None:
        self._store = store
        self._states: dict[str, tuple[str, str, str]] = {}
        """State, tenant, contact."""
        self.least_free = LEAST_FREE_BYTES
        self.changed: Callable[[str, str], None] = lambda tenant, contact: None
        """Told of every change that a desk shows."""

    def state(self, recording: str) -> str:
        """`on`, `failed` or `none`."""
        return self._states[recording][0] if recording in self._states else "none"

    async def room(self) -> bool:
        """Whether the disk can take what need not be recorded."""
        usage = await asyncio.to_thread(shutil.disk_usage, self._store.spool.directory)
        return usage.free >= self.least_free

    async def begin(self, tenant: str, recording: str, contact: str, assignment: str, line: str) -> tuple[str, str]:
        async with self._store.records.write() as connection:
            await recordings.begin(connection, tenant, recording, contact, assignment, time.time(), line=line)
        self._say(recording, "on", tenant, contact)
        customer, agent = self._store.paths(recording)
        return str(customer), str(agent)

    async def pause(self, tenant: str, recording: str, on: bool) -> None:
        mark = recordings.pause if on else recordings.resume
        async with self._store.records.write() as connection:
            await mark(connection, tenant, recording, time.time())

    async def finish(self, tenant: str, recording: str, error: str, *, gone: bool = False) -> None:
        """`error` is the engine's words; what failed is shown on the desk while the call goes on. `gone`: the call
        was over before its recording began, which is nobody's fault."""
        async with self._store.records.write() as connection:
            await recordings.finish(connection, tenant, recording, time.time(), error)
        known = self._states.pop(recording, None)
        if error:
            (log.warning if gone else log.error)("recording.failed", recording=recording, why=error)
            if known is not None:
                self._say(recording, "failed", tenant, known[2])
        self._store.wake()

    def _say(self, recording: str, state: str, tenant: str, contact: str) -> None:
        self._states[recording] = (state, tenant, contact)
        if len(self._states) > MOST:  # failures stay for the desk's sake; the oldest is on nobody's any more
            del self._states[next(iter(self._states))]
        self.changed(tenant, contact)
