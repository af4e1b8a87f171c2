"""Recordings as the voice side starts and ends them."""

from __future__ import annotations

import time
from collections.abc import Callable

import structlog

from ..contexts.recordings import api as recordings

log = structlog.get_logger(__name__)


class Tapes:
    def __init__(self, store: recordings.Recordings) -> None:
        self._store = store
        self._states: dict[str, str] = {}
        self.changed: Callable[[str], None] = lambda recording: None

    def state(self, recording: str) -> str:
        """`on`, `failed` or `none`."""
        return self._states.get(recording, "none")

    async def begin(self, tenant: str, recording: str, contact: str, assignment: str, line: str) -> tuple[str, str]:
        async with self._store.records.write() as connection:
            await recordings.begin(connection, tenant, recording, contact, assignment, time.time(), line=line)
        self._say(recording, "on")
        customer, agent = self._store.paths(recording)
        return str(customer), str(agent)

    async def pause(self, tenant: str, recording: str, on: bool) -> None:
        mark = recordings.pause if on else recordings.resume
        async with self._store.records.write() as connection:
            await mark(connection, tenant, recording, time.time())

    async def finish(self, tenant: str, recording: str, error: str) -> None:
        """`error` is the engine's words; what failed is shown on the desk while the call goes on."""
        async with self._store.records.write() as connection:
            await recordings.finish(connection, tenant, recording, time.time(), error)
        if error:
            log.error("recording.failed", recording=recording, why=error)
            self._say(recording, "failed")
        else:
            self._states.pop(recording, None)
        self._store.wake()

    def _say(self, recording: str, state: str) -> None:
        self._states[recording] = state
        self.changed(recording)
