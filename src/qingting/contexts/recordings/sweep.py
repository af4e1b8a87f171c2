"""The spool, and what was left in it: files whose call nobody finished, rows whose files never came."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
import structlog

from ...files import private_folder
from ...records import Records, in_batches
from . import actions
from .tables import recordings
from .wav import HEADER

log = structlog.get_logger()

QUIET_S = 120.0
"""A file that has not grown for so long belongs to a call that is over (music on hold is sound, too)."""
UNMATCHED_DAYS = 7.0
_SUFFIXES = (".customer.wav", ".agent.wav")


class Left(NamedTuple):
    """What lies in the spool under one recording's name."""

    touched: float
    sound: bool


class Spool:
    """Plain audio for as long as a call lasts: a directory of our own, not even listable by others."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.absolute()
        private_folder(self.directory)
        os.chmod(self.directory, 0o700)

    def paths(self, recording: str) -> tuple[Path, Path]:
        customer, agent = (self.directory / f"{recording}{suffix}" for suffix in _SUFFIXES)
        return customer, agent

    def remove(self, recording: str) -> None:
        for path in self.paths(recording):
            path.unlink(missing_ok=True)

    def left(self) -> dict[str, Left]:
        found: dict[str, Left] = {}
        for entry in os.scandir(self.directory):
            suffix = next((s for s in _SUFFIXES if entry.name.endswith(s)), None)
            if suffix is None:
                continue
            try:
                seen = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            name = entry.name.removesuffix(suffix)
            before = found.get(name, Left(0.0, False))
            found[name] = Left(max(before.touched, seen.st_mtime), before.sound or seen.st_size > HEADER)
        return found


async def sweep(records: Records, spool: Spool, running: Callable[[str], bool], quiet_s: float) -> int:
    """Finish what nobody finished, fail what never came, clear what is done. Returns how many now wait."""
    now = time.time()
    left = await asyncio.to_thread(spool.left)
    quiet = {name: it for name, it in left.items() if it.touched < now - quiet_s and not running(name)}
    rows = await _rows(records, list(quiet), begun_before=now - quiet_s)
    waiting = 0
    for row in rows:
        it = quiet.get(row.id)
        if row.state == "recording":
            if (row.id in left and it is None) or running(row.id):
                continue
            async with records.write() as connection:
                if it is not None:
                    await actions.finish(connection, row.tenant, row.id, it.touched, "recording.not_finished")
                    waiting += 1
                else:
                    await actions.fail(connection, row.tenant, row.id, "recording.no_file", now)
        elif it is not None and (row.state == "ready" or (row.state == "failed" and _stale(it, now))):
            spool.remove(row.id)
        elif it is not None and row.state == "failed" and row.attempts == 0 and it.sound:
            async with records.write() as connection:
                await connection.execute(
                    recordings.update()
                    .where(recordings.c.id == row.id, recordings.c.state == "failed")
                    .values(state="pending", not_before=0.0)
                )
            waiting += 1
    unmatched = set(quiet) - {row.id for row in rows}
    for name in unmatched:
        if _stale(quiet[name], now):
            spool.remove(name)
    if unmatched:
        log.warning("recordings.unmatched_in_spool", count=len(unmatched), kept_days=UNMATCHED_DAYS)
    return waiting


async def _rows(records: Records, names: list[str], begun_before: float) -> list[sa.Row[Any]]:
    wanted = sa.select(recordings)
    async with records.read() as connection:
        begun = wanted.where(recordings.c.state == "recording", recordings.c.started < begun_before)
        rows: dict[str, sa.Row[Any]] = {row.id: row for row in await connection.execute(begun)}
        for some in in_batches(names):
            named = wanted.where(recordings.c.id.in_(some))
            rows.update({row.id: row for row in await connection.execute(named)})
    return list(rows.values())


def _stale(it: Left, now: float) -> bool:
    return it.touched < now - UNMATCHED_DAYS * 86400
