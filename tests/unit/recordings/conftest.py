import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from qingting.contexts.recordings import api
from qingting.contexts.recordings.tables import recordings
from qingting.records import Records, outbox
from qingting.vault import Vault

from .sounds import Samples, tone, write_wav


class Room:
    """A data directory, and calls whose engine writes into its spool."""

    def __init__(self, records: Records, data: Path) -> None:
        self.records, self.data = records, data
        self.vault = Vault(data / "secrets")
        self.recordings = self.reopened()

    def reopened(self, **settings) -> api.Recordings:
        return api.Recordings(self.records, self.vault, self.data, **{"quiet_s": 0.0, **settings})

    async def begin(self, visit: str, started: float | None = None, tenant: str = "t1", line: str = "") -> str:
        recording = api.recording_id(f"{visit}/1")
        async with self.records.write() as connection:
            await api.begin(
                connection, tenant, recording, f"c-{visit}", f"{visit}/1", started or time.time() - 60, line
            )
        return recording

    def engine_writes(self, recording: str, seconds: float = 1.0) -> tuple[Samples, Samples]:
        sounds = tone(seconds, 400), tone(seconds, 700, loudness=3000)
        for path, sound in zip(self.recordings.paths(recording), sounds, strict=True):
            write_wav(path, sound)
        return sounds

    async def finish(self, recording: str, tenant: str = "t1", error: str = "") -> None:
        async with self.records.write() as connection:
            await api.finish(connection, tenant, recording, time.time(), error)

    async def ready(self, visit: str, **settings) -> tuple[str, tuple[Samples, Samples]]:
        recording = await self.begin(visit, **settings)
        sounds = self.engine_writes(recording)
        await self.finish(recording, settings.get("tenant", "t1"))
        assert await self.recordings.ingest_pending() == 1
        return recording, sounds

    async def row(self, recording: str) -> sa.Row | None:
        async with self.records.read() as connection:
            return (await connection.execute(sa.select(recordings).where(recordings.c.id == recording))).first()

    async def until(self, recording: str, state: str) -> sa.Row:
        for _ in range(3000):
            row = await self.row(recording)
            if row is not None and row.state == state:
                return row
            await asyncio.sleep(0.01)
        raise AssertionError(f"{recording} never became {state}")

    async def facts(self) -> list[tuple[str, dict]]:
        async with self.records.read() as connection:
            rows = await connection.execute(sa.select(outbox.c.kind, outbox.c.payload).order_by(outbox.c.id))
            return [(row.kind, row.payload) for row in rows]

    async def stored(self, recording: str) -> Samples:
        with self.recordings.reader(await self.row(recording)) as reader:
            return np.frombuffer(reader.read(0, reader.size), dtype="<i2").reshape(-1, 2)

    def spool(self) -> set[str]:
        return {path.name for path in (self.data / "spool").iterdir()}


@pytest.fixture
async def room(records: Records, tmp_path: Path) -> AsyncIterator[Room]:
    room = Room(records, tmp_path / "data")
    yield room
    await room.recordings.stop()
