"""The journal's file: its tables, and connections that each live in one thread.

No code of this process may open and close the file by other means than SQLite (to copy or to look at it): the
system then drops SQLite's locks. What that leads to is noticed at the next append (`LogTakenAway`).
"""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from .port import AppendFailed

T = TypeVar("T")

FORMAT = 1

SCHEMA = """
CREATE TABLE IF NOT EXISTS batches (
    tenant TEXT NOT NULL, stream TEXT NOT NULL, first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL,
    epoch INTEGER NOT NULL, recorded REAL NOT NULL, entries BLOB NOT NULL,
    PRIMARY KEY (tenant, stream, first_seq)
);
CREATE TABLE IF NOT EXISTS leaders (
    tenant TEXT NOT NULL, stream TEXT NOT NULL, epoch INTEGER NOT NULL, since REAL NOT NULL,
    PRIMARY KEY (tenant, stream)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS personal (
    tenant TEXT NOT NULL, ref TEXT NOT NULL, kind TEXT NOT NULL, purpose TEXT NOT NULL, written REAL NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (tenant, ref)
);
CREATE INDEX IF NOT EXISTS personal_by_age ON personal (tenant, kind, purpose, written);
CREATE TABLE IF NOT EXISTS cursors (
    tenant TEXT NOT NULL, reader TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (tenant, reader)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS snapshots (
    tenant TEXT NOT NULL, stream TEXT NOT NULL, seq INTEGER NOT NULL, version INTEGER NOT NULL, state BLOB NOT NULL,
    PRIMARY KEY (tenant, stream, seq)
);
"""


class LogTakenAway(AppendFailed):
    """Another process deleted the write-ahead log: what went there since would be gone with this process."""


class Connection:
    """A connection and the one thread that uses it; opened when first needed, and again after an I/O error."""

    def __init__(self, path: Path, busy_s: float, name: str) -> None:
        self._path = path
        self._busy_s = busy_s
        self._db: sqlite3.Connection | None = None
        self._thread = ThreadPoolExecutor(1, name)
        self._closed = False

    async def transact(self, action: Callable[[sqlite3.Connection], T]) -> T:
        return await self.run(lambda db: in_transaction(db, action))

    async def run(self, action: Callable[[sqlite3.Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._run, action)

    def _run(self, action: Callable[[sqlite3.Connection], T]) -> T:
        try:
            if self._db is None:
                self._db = _connect(self._path, self._busy_s)
            return action(self._db)
        except LogTakenAway:
            self._drop()
            raise
        except (sqlite3.Error, OSError) as e:
            self._drop()
            raise AppendFailed(_words(e)) from e

    def _drop(self) -> None:
        if self._db is not None:
            with suppress(sqlite3.Error):
                self._db.close()  # rolls back what is open
            self._db = None

    async def drop(self) -> None:
        """The next use opens a new one."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._drop)

    async def close(self) -> None:
        if not self._closed:
            self._closed = True
            await self.drop()
            self._thread.shutdown(wait=False)


def _connect(path: Path, busy_s: float) -> sqlite3.Connection:
    # Callers' numbers are in here: for the owner's eyes only. SQLite gives its -wal and -shm the same mode.
    # Only a new file is opened here: closing one that SQLite has open would give up the process's locks on it, and
    # the next process to close its connection would take the write-ahead log away.
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    db = sqlite3.connect(path, timeout=busy_s, isolation_level=None, check_same_thread=False)
    for pragma in (
        "page_size=8192",
        "journal_mode=WAL",
        "synchronous=FULL",
        "secure_delete=ON",
        "wal_autocheckpoint=8000",  # pages: when the checkpointer does not keep up
        "journal_size_limit=67108864",
        "cache_size=-16000",
    ):
        db.execute(f"PRAGMA {pragma}")
    return db


def prepare(db: sqlite3.Connection) -> None:
    found = db.execute("PRAGMA user_version").fetchone()[0]
    if found > FORMAT:
        raise AppendFailed(f"the journal has format {found}, written by a later version; this one knows {FORMAT}")
    if found < FORMAT:
        db.executescript(SCHEMA)
        db.execute(f"PRAGMA user_version={FORMAT}")


def in_transaction(db: sqlite3.Connection, action: Callable[[sqlite3.Connection], T]) -> T:
    db.execute("BEGIN IMMEDIATE")
    try:
        result = action(db)
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            with suppress(sqlite3.Error):
                db.execute("ROLLBACK")
        raise
    return result


def _words(e: Exception) -> str:
    text = str(e).lower()
    if "full" in text:
        return "the disk is full"
    if "locked" in text:
        return "another program holds the journal's file"
    if "unable to open" in text or isinstance(e, OSError):
        return f"the journal's file cannot be opened: {e}"
    return f"the journal's file cannot be written: {e}"
