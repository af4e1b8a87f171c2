"""The relay: what contexts told in their own transactions becomes entries of their streams.

Append first, then delete: at least once. A row that was appended and not deleted is recognised by its id and
instant in the last entries of its stream, so that readers see it once unless the database was put back.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
import structlog

from .. import observability as metrics
from ..records import Records, outbox
from .port import AppendFailed, Entry, Fenced, Journal
from .upcast import SCHEMA_VERSION

log = structlog.get_logger(__name__)

SOME = 500
LOOK_S = 5.0
"""How often the relay looks unasked: for what another process told."""
RETRY_S = (0.2, 10.0)

Stream = tuple[str, str]


class Relay:
    def __init__(self, records: Records, journal: Journal) -> None:
        self._records = records
        self._journal = journal
        self._epochs: dict[Stream, int] = {}
        self._told = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled. While the journal or the records fail, rows wait in the outbox."""
        self._records.on_told.append(self._told.set)
        pause = RETRY_S[0]
        try:
            while True:
                self._told.clear()
                try:
                    while await self.relay():
                        pause = RETRY_S[0]
                except Exception as e:
                    if isinstance(e, AppendFailed | Fenced | sa.exc.SQLAlchemyError | OSError):
                        log.warning("outbox.waits", why=str(e), again_in_s=pause)
                    else:
                        log.exception("outbox.broken", again_in_s=pause)
                    self._epochs.clear()  # what was appended is looked up again before anything is repeated
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, RETRY_S[1])
                    continue
                try:
                    async with asyncio.timeout(LOOK_S):
                        await self._told.wait()
                except TimeoutError:
                    pass
        finally:
            self._records.on_told.remove(self._told.set)

    async def relay(self) -> int:
        """Moves some rows, oldest first; returns how many left the outbox."""
        async with self._records.read() as connection:
            rows = (await connection.execute(sa.select(outbox).order_by(outbox.c.id).limit(SOME))).all()
        by_stream: dict[Stream, list[Any]] = {}
        for row in rows:
            by_stream.setdefault((row.tenant, row.stream), []).append(row)
        for stream, told in by_stream.items():
            await self._append(stream, told)
            async with self._records.write() as connection:
                await connection.execute(outbox.delete().where(outbox.c.id.in_([row.id for row in told])))
        return len(rows)

    async def _append(self, stream: Stream, rows: Sequence[Any]) -> None:
        if stream not in self._epochs:
            epoch = await self._journal.lead(*stream)
            known = await self._recent(stream)
            rows = [row for row in rows if (_mark(row.id), row.occurred) not in known]
            self._epochs[stream] = epoch
        if not rows:
            return
        epoch, last, now = self._epochs[stream], await self._journal.last_seq(*stream), time.time()
        entries = [
            Entry(seq, row.kind, SCHEMA_VERSION, row.occurred, now, epoch,
                  f"{_mark(row.id)} {row.cause}".rstrip(), None, (row.payload,))
            for seq, row in enumerate(rows, last + 1)
        ]  # fmt: skip
        await self._journal.append(*stream, epoch, entries)
        metrics.relayed.inc(len(entries))

    async def _recent(self, stream: Stream) -> set[tuple[str, float]]:
        last = await self._journal.last_seq(*stream)
        return {
            (entry.cause.partition(" ")[0], entry.occurred)
            async for entry in self._journal.read(*stream, after=max(0, last - SOME))
        }


def _mark(outbox_id: int) -> str:
    return f"outbox:{outbox_id}"
