"""Snapshots are written by a short-lived process beside the router, which never pauses for one.

    python -m qingting.runtime.snapshots data/journal.db [TENANT …]

folds each tenant's journal from its last snapshot on and saves the result; the last line of output is a JSON
object `{tenant: seq}`. A thread would share the interpreter lock with the router for seconds; a process that
stayed would hold the whole state twice.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import structlog

from .. import observability as metrics
from ..journal.port import Journal
from ..journal.sqlite import SqliteJournal
from ..pacing import behind_calls
from .fold import ROUTING, fold, snapshot_of
from .live import Live

log = structlog.get_logger(__name__)

EVERY_ENTRIES = 50_000
EVERY_S = 600.0
"""Whichever comes first, if there was anything to fold at all."""
AT_MOST_S = 600.0
LOOK_S = 1.0
PATIENCE_S = 30.0
"""SQLite's locks are not fair: a busy writer may keep a visitor out for long, and much was folded for this."""


async def write_snapshot(journal: Journal, tenant: str, stream: str = ROUTING) -> int:
    """Folds what is durable and saves it; returns the last entry in it."""
    folded = await fold(journal, tenant, stream)
    if folded.seq > folded.snapshot_seq:
        await journal.save_snapshot(tenant, stream, snapshot_of(folded.engine, folded.seq))
    return folded.seq


class SnapshotKeeper:
    """Starts the process whenever a tenant's journal has grown enough since its last snapshot."""

    def __init__(
        self, journal_path: Path, every_entries: int = EVERY_ENTRIES, every_s: float = EVERY_S, look_s: float = LOOK_S
    ) -> None:
        self._path = journal_path
        self._every_entries = every_entries
        self._every_s = every_s
        self._look_s = look_s
        self._lives: dict[Live, float] = {}

    def watch(self, live: Live) -> None:
        self._lives[live] = time.monotonic()

    async def run(self) -> None:
        """Until cancelled; a snapshot that fails is logged, counted and tried again when the time has come."""
        while True:
            await asyncio.sleep(self._look_s)
            for live, since in tuple(self._lives.items()):
                new = live.seq - live.snapshot_seq
                late = new > 0 and time.monotonic() - since >= self._every_s
                if not live.failed and (new >= self._every_entries or late):
                    self._lives[live] = time.monotonic()
                    try:
                        await self._snapshot(live)
                    except (OSError, ValueError) as e:  # no process to be had, or words that are no answer
                        metrics.snapshots.labels("failed").inc()
                        log.error("snapshot.failed", tenant=live.tenant, why=str(e))

    async def _snapshot(self, live: Live) -> None:
        began = time.monotonic()
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "qingting.runtime.snapshots", str(self._path), live.tenant,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            async with asyncio.timeout(AT_MOST_S):
                out, err = await child.communicate()
        except BaseException as e:
            if child.returncode is None:
                child.kill()
                await child.wait()
            if not isinstance(e, TimeoutError):
                raise
            out, err = b"", b"took too long"
        if child.returncode == 0 and out:
            live.snapshot_seq = json.loads(out.splitlines()[-1])[live.tenant]
            metrics.snapshots.labels("written").inc()
            log.info("snapshot.written", tenant=live.tenant, seq=live.snapshot_seq, took_s=time.monotonic() - began)
        else:
            metrics.snapshots.labels("failed").inc()
            why = err.decode(errors="replace")[-2000:]
            log.error("snapshot.failed", tenant=live.tenant, status=child.returncode, why=why)


async def _write(path: Path, tenants: Sequence[str]) -> dict[str, int]:
    journal = await SqliteJournal.open(path, busy_s=PATIENCE_S)
    try:
        known = [tenant for tenant, stream in await journal.streams() if stream == ROUTING]
        return {tenant: await write_snapshot(journal, tenant) for tenant in tenants or known}
    finally:
        await journal.close()


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m qingting.runtime.snapshots", description="Write snapshots.")
    parser.add_argument("journal", type=Path)
    parser.add_argument("tenant", nargs="*")
    args = parser.parse_args(argv)
    if not args.journal.is_file():
        parser.error(f"there is no journal at {args.journal}")
    behind_calls(10)
    sys.stdout.write(json.dumps(asyncio.run(_write(args.journal, args.tenant))) + "\n")


if __name__ == "__main__":
    main()
