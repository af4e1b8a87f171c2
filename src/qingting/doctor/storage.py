"""Where things are kept: is it writable, durable, large enough, closed to others."""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import statistics
import time
from contextlib import closing
from pathlib import Path

from .. import migrate
from ..config import Config
from ..contexts.recordings.api import Spool
from ..datalock import UNFINISHED, holder
from ..records import Records
from ..vault import Vault
from .check import Check, Checks, fail, ok, warn

SLOW_COMMIT_S = 0.05
SERVER_S = 5.0
_HOUR_OF_TALK = 8000 * 2 * 2 * 3600
"""Bytes of one hour of a recorded call."""
_IN_MEMORY = ("tmpfs", "ramfs")
_REMOTE = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs")


def data_folder(config: Config) -> Checks:
    """Writes and syncs for real, as the journal does: SQLite in WAL with `synchronous=FULL`."""
    data = config.data.absolute()
    there = next(folder for folder in (data, *data.parents) if folder.exists())
    if there != data:
        if not os.access(there, os.W_OK):
            yield fail("data", f"{data} cannot be made", f"make it, and give it to the user that runs us: {there}")
        else:
            yield ok("data", f"{data} will be made at the first start")
        return
    if (data / UNFINISHED).exists():
        yield fail("data", "a restore was interrupted", "run `qingting restore` again")
    try:
        took_s = _durable_commit(data)
    except (OSError, sqlite3.Error) as e:
        yield fail("data", f"{data} cannot be written: {e}", "check owner, free space and whether it is mounted ro")
        return
    kind, options = _mounted(data)
    running = holder(data)
    words = f"{data} on {kind}, a durable commit takes {took_s * 1000:.1f} ms"
    words += f", process {running} runs on it" if running else ""
    if kind in _IN_MEMORY:
        yield fail("data", f"{data} lies in memory ({kind})", "put it on a disk: nothing there outlives a power cut")
    elif kind in _REMOTE:
        yield warn("data", f"{data} lies on a network ({kind})", "SQLite needs a local disk; move it there")
    elif {"barrier=0", "nobarrier"} & options:
        yield warn("data", f"{data} is mounted without write barriers", "mount it with barriers")
    elif kind == "overlay":
        yield warn("data", f"{data} lies in a container's own layer", "mount a volume there, or it goes with it")
    elif took_s > SLOW_COMMIT_S:
        yield warn("data", words, "use a disk that syncs faster; callers wait for each commit")
    else:
        yield ok("data", words)


def journal(config: Config) -> Checks:
    if not config.journal_path.exists():
        yield ok("journal", "none yet: made at the first start")
        return
    yield _sqlite("journal", config.journal_path)


def records(config: Config) -> Checks:
    url = config.effective_records_url
    if url.startswith("sqlite"):
        path = Path(url.partition("///")[2])
        if not path.exists():
            yield ok("records", "none yet: made at the first start")
            return
        check = _sqlite("records", path)
        if check.state != "ok":
            yield check
            return
    try:
        revision, ahead = asyncio.run(_revision(url))
    except Exception as e:
        yield fail("records", f"no answer: {type(e).__name__}", "check records_url, and that the server runs")
        return
    if revision == migrate.newest():
        yield ok(
            "records", f"{'SQLite' if url.startswith('sqlite') else 'PostgreSQL'}, tables at {revision}, {ahead}"
        )
    elif revision > migrate.newest():
        yield fail("records", f"tables at {revision}, newer than this program", "install the newer version again")
    else:
        yield warn("records", f"tables at {revision or 'none'}", f"the next start brings them to {migrate.newest()}")


def keys(config: Config) -> Checks:
    folder = config.data / "secrets"
    if not any(folder.glob("master-*.key")):
        sealed = any((config.data / "recordings").rglob("*.qtr")) if folder.parent.exists() else False
        if sealed:
            words = "recordings are there, but no master key"
            yield fail("keys", words, "put data/secrets back, or import an escrow of the keys, before the next start")
        else:
            yield ok("keys", "none yet: made at the first start")
        return
    vault = Vault(folder)
    count = len(vault.key_ids)
    yield ok("keys", f"{count} master key{'s' * (count > 1)}, {vault.key_ids[-1]} seals, closed to others")


def space(config: Config) -> Checks:
    there = next(folder for folder in (config.data.absolute(), *config.data.absolute().parents) if folder.exists())
    usage = shutil.disk_usage(there)
    hours = usage.free / _HOUR_OF_TALK
    words = f"{usage.free / 1e9:.1f} GB free, about {hours:,.0f} hours of recorded talk"
    mend = "free some, add a disk, or keep recordings for fewer days (settings)"
    if usage.free < 1e9:
        yield fail("disk", words, mend)
    elif usage.free < 5e9 or usage.free < usage.total / 20:
        yield warn("disk", words, mend)
    else:
        yield ok("disk", words)


def spool(config: Config) -> Checks:
    folder = config.data / "spool"
    if not folder.exists():
        return
    old = [it for it in Spool(folder).left().values() if it.touched < time.time() - 3600]
    if old:
        words = f"{len(old)} recordings wait for more than an hour to be taken in"
        yield warn("spool", words, "look for recording.not_taken_in in the log: disk, keys, or files without owner")
    else:
        yield ok("spool", "nothing is left over")


def _sqlite(name: str, path: Path) -> Check:
    try:
        with closing(sqlite3.connect(path, timeout=2.0, isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")
            database.execute("ROLLBACK")
            mode = database.execute("PRAGMA journal_mode").fetchone()[0]
    except sqlite3.Error as e:
        mend = "when it is damaged, restore a backup; when it is locked, end the program that holds it"
        return fail(name, f"{path} cannot be written: {e}", mend)
    return ok(name, f"{path.name}, {path.stat().st_size / 1e6:.1f} MB, writable, {mode}")


async def _revision(url: str) -> tuple[str, str]:
    records = Records(url)
    try:
        started = time.monotonic()
        async with asyncio.timeout(SERVER_S):
            revision = await migrate.revision_of(records)
        return revision, f"answered in {(time.monotonic() - started) * 1000:.0f} ms"
    finally:
        await records.close()


def _durable_commit(data: Path) -> float:
    path = data / f".doctor-{os.getpid()}.db"
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as database:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=FULL")
            database.execute("CREATE TABLE t (x)")
            took = []
            for number in range(9):
                started = time.perf_counter()
                database.execute("INSERT INTO t VALUES (?)", (number,))
                took.append(time.perf_counter() - started)
            return statistics.median(took)
    finally:
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)


def _mounted(path: Path) -> tuple[str, set[str]]:
    """Kind and options of the file system that holds it."""
    resolved, best = str(path.resolve()), ("/", "unknown", set[str]())
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, place, kind, options, *_ = line.split()
        place = place.replace("\\040", " ")
        inside = resolved == place or resolved.startswith(place.rstrip("/") + "/")
        if inside and len(place) >= len(best[0]):
            best = (place, kind, set(options.split(",")))
    return best[1], best[2]
