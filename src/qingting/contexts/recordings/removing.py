"""Recordings go for good: first the audio, then the row, so that nothing is left that nobody knows of."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ...files import sync_folder
from ...records import Records, in_batches, tell
from ..retention.api import Tell
from .sweep import Spool
from .tables import recordings

OVER = ("ready", "failed")
_AT_ONCE = 200


async def remove_of(records: Records, data: Path, tenant: str, contacts: Sequence[str], ids: Sequence[str]) -> int:
    """What was recorded in these contacts, and these, but of calls that go on; `data`: the centre's folder.
    Returns how many."""
    removed = 0
    for column, values in ((recordings.c.contact, contacts), (recordings.c.id, ids)):
        removed += await remove(records, data, tenant, column, values, (*OVER, "pending"))
    return removed


async def under_way(records: Records, tenant: str, contacts: Sequence[str], ids: Sequence[str]) -> bool:
    """Whether something of these contacts, or one of these, is being recorded."""
    async with records.read() as connection:
        for column, values in ((recordings.c.contact, contacts), (recordings.c.id, ids)):
            for some in in_batches(values):
                which = (recordings.c.tenant == tenant, column.in_(some), recordings.c.state == "recording")
                if await connection.scalar(sa.select(recordings.c.id).where(*which).limit(1)) is not None:
                    return True
    return False


async def remove(
    records: Records, data: Path, tenant: str, column: sa.Column[Any], values: Sequence[str],
    states: Sequence[str], told: Tell | None = None,
) -> int:  # fmt: skip
    removed = 0
    for some in in_batches(values):
        which = (recordings.c.tenant == tenant, column.in_(some), recordings.c.state.in_(states))
        while True:
            async with records.read() as connection:
                rows = (await connection.execute(sa.select(recordings).where(*which).limit(_AT_ONCE))).all()
            if not rows:
                break
            await asyncio.to_thread(_remove_files, data, [(row.id, row.path) for row in rows])
            async with records.write() as connection:
                gone = recordings.delete().where(recordings.c.id.in_([row.id for row in rows]))
                await connection.execute(gone)
                for row in rows:
                    payload = {"recording": row.id, "contact": row.contact}
                    await tell(connection, tenant, "recordings", "RecordingPurged", payload)
                if told is not None:
                    await told(connection, len(rows))
            removed += len(rows)
    return removed


def _remove_files(data: Path, which: list[tuple[str, str]]) -> None:
    spool, files, directories = Spool(data / "spool"), data / "recordings", set()
    for recording, path in which:
        if path:
            (files / path).unlink(missing_ok=True)
            directories.add((files / path).parent)
        spool.remove(recording)
    for directory in directories:
        if directory.exists():
            sync_folder(directory)
            with contextlib.suppress(OSError):
                os.removedirs(directory)
