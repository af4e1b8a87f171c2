"""The journal in one SQLite file: WAL, `synchronous=FULL`, one row per batch.

One thread writes, one reads, one copies the write-ahead log back, each with its connection, so that a slow disk
never stops the loop and no commit pays for a checkpoint. A batch is one blob, encoded in the writing thread: a row
per entry starves on the interpreter lock.

Personal data is erased by `secure_delete`, which zeroes it in the file, and a checkpoint, which empties the log.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import sqlite3
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import structlog

from .codec import Codec
from .port import AppendFailed, Entry, Fenced, PersonalData, Snapshot
from .signals import Signals
from .sqlite_file import Connection, LogTakenAway, in_transaction, prepare

log = structlog.get_logger(__name__)

READ_BATCHES = 16
"""Rows decoded at a stretch, so that a long read lets others in between."""
CHECKPOINT_BYTES = 4 << 20
ROOM_BYTES = 2 << 20
"""Free space without which nobody takes the lead."""
SNAPSHOTS_KEPT = 2
OTHER_WRITERS_S = 1.0
"""How often `wait` looks for what another process wrote; this process's own appends wake it at once."""


class SqliteJournal:
    """Open with `await SqliteJournal.open(path)`; raises `AppendFailed` when the file cannot be used."""

    def __init__(self, path: Path, codec: Codec, busy_s: float) -> None:
        self.path = path
        self._codec = codec
        self._busy_s = busy_s
        self._writer = Connection(path, busy_s, "journal-writer")
        self._reader = Connection(path, busy_s, "journal-reader")
        self._checkpointer = Connection(path, busy_s, "journal-checkpoint")
        self._checkpointing: asyncio.Task[None] | None = None
        self._since_checkpoint = 0
        self._log: tuple[sqlite3.Connection, int] | None = None  # the inode of the log that this connection writes
        self._signals = Signals()

    @classmethod
    async def open(cls, path: Path, codec: Codec | None = None, busy_s: float = 1.0) -> SqliteJournal:
        """`busy_s`: how long another process may hold the file's lock before an append fails."""
        journal = cls(path, codec or Codec(), busy_s)
        try:
            await journal._writer.run(prepare)
        except BaseException:
            await journal.close()
            raise
        return journal

    async def close(self) -> None:
        if self._checkpointing is not None:
            await self._checkpointing
        for connection in (self._checkpointer, self._reader, self._writer):
            await connection.close()

    # --- writing -----------------------------------------------------------------------------------------

    async def lead(self, tenant: str, stream: str) -> int:
        def take(db: sqlite3.Connection) -> int:
            if shutil.disk_usage(self.path.parent).free < ROOM_BYTES:
                raise AppendFailed("the disk is full")  # else the leader would come and go with every entry
            row = db.execute(
                "INSERT INTO leaders VALUES (?, ?, 1, ?) ON CONFLICT (tenant, stream)"
                " DO UPDATE SET epoch = epoch + 1, since = excluded.since RETURNING epoch",
                (tenant, stream, time.time()),
            ).fetchall()
            return int(row[0][0])

        return await self._writer.transact(take)

    async def append(
        self,
        tenant: str,
        stream: str,
        epoch: int,
        entries: Sequence[Entry],
        personal: Sequence[PersonalData] = (),
    ) -> None:
        if not entries:
            raise ValueError("an empty batch")
        first, last = entries[0].seq, entries[-1].seq
        if last - first + 1 != len(entries):
            raise ValueError(f"entries {first} to {last} have gaps")

        def insert(db: sqlite3.Connection, blob: bytes) -> None:
            row = (tenant, stream, first, last, epoch, entries[-1].recorded, blob)
            if db.execute(_APPEND, row).rowcount != 1:
                _say_why_not(db, tenant, stream, epoch, first)
            if personal:
                db.executemany(
                    "INSERT OR REPLACE INTO personal VALUES (?, ?, ?, ?, ?, ?)",
                    [(tenant, p.ref, p.kind, p.purpose, entries[-1].recorded, _pack(p.value)) for p in personal],
                )

        def write(db: sqlite3.Connection) -> int:
            blob = self._codec.encode(entries)  # outside the transaction: the file's lock is held briefly
            in_transaction(db, lambda db: insert(db, blob))
            self._check_log(db)
            return len(blob)

        try:
            self._since_checkpoint += await self._writer.run(write)
        except LogTakenAway:
            await self._reader.drop()
            await self._checkpointer.drop()
            raise
        self._signals.tell(tenant, stream, last)
        if self._since_checkpoint >= CHECKPOINT_BYTES and (self._checkpointing is None or self._checkpointing.done()):
            self._since_checkpoint = 0
            self._checkpointing = asyncio.create_task(self._checkpoint(), name="journal-checkpoint")

    def _check_log(self, db: sqlite3.Connection) -> None:
        try:
            found = os.stat(f"{self.path}-wal").st_ino
        except FileNotFoundError:
            found = 0
        if self._log is None or self._log[0] is not db:
            self._log = (db, found)
        if not found or found != self._log[1]:
            with suppress(sqlite3.Error):
                db.execute("PRAGMA wal_checkpoint(FULL)")  # saves what only our open log holds
            raise LogTakenAway("another program has taken away the journal's write-ahead log")

    async def _checkpoint(self) -> None:
        try:
            await self._checkpointer.run(lambda db: db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall())
        except AppendFailed as e:
            # What was appended is safe in the log; the writer tries as well when that has grown long.
            log.warning("journal.checkpoint_failed", why=str(e))

    async def erase(self, tenant: str, refs: Sequence[str]) -> int:
        def overwrite(db: sqlite3.Connection) -> int:
            gone = 0
            for ref in refs:
                gone += db.execute("DELETE FROM personal WHERE tenant = ? AND ref = ?", (tenant, ref)).rowcount
            return gone

        def forget_log(db: sqlite3.Connection) -> None:
            # secure_delete zeroes the pages; their former selves must leave the write-ahead log as well.
            busy = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            if busy:
                raise AppendFailed("erased, but a reader still holds the write-ahead log: erase again")

        gone = await self._writer.transact(overwrite)
        if self._checkpointing is not None:
            await self._checkpointing
        await self._writer.run(forget_log)
        return gone

    async def save_snapshot(self, tenant: str, stream: str, snapshot: Snapshot) -> None:
        def save(db: sqlite3.Connection) -> None:
            db.execute("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?)", (tenant, stream, *snapshot))
            db.execute(
                "DELETE FROM snapshots WHERE tenant = ?1 AND stream = ?2 AND seq NOT IN (SELECT seq FROM snapshots"
                " WHERE tenant = ?1 AND stream = ?2 ORDER BY seq DESC LIMIT ?3)",
                (tenant, stream, SNAPSHOTS_KEPT),
            )

        await self._writer.transact(save)

    async def set_cursor(self, tenant: str, reader: str, seq: int) -> None:
        def put(db: sqlite3.Connection) -> None:
            db.execute("INSERT OR REPLACE INTO cursors VALUES (?, ?, ?)", (tenant, reader, seq))

        await self._writer.transact(put)

    # --- reading -----------------------------------------------------------------------------------------

    async def last_seq(self, tenant: str, stream: str) -> int:
        return await self._reader.run(lambda db: _last_seq(db, tenant, stream))

    async def read(self, tenant: str, stream: str, after: int = 0, until: int | None = None) -> AsyncIterator[Entry]:
        last = until if until is not None else 1 << 62
        at = after

        def some(db: sqlite3.Connection) -> list[Entry]:
            # The batch that holds `at + 1` may begin before it.
            start = db.execute(
                "SELECT max(first_seq) FROM batches WHERE tenant = ? AND stream = ? AND first_seq <= ?",
                (tenant, stream, at + 1),
            ).fetchone()[0]
            rows = db.execute(
                "SELECT first_seq, epoch, entries FROM batches WHERE tenant = ? AND stream = ?"
                " AND first_seq >= ? AND first_seq <= ? ORDER BY first_seq LIMIT ?",
                (tenant, stream, start or 0, last, READ_BATCHES),
            ).fetchall()
            found = [e for first, epoch, blob in rows for e in self._codec.decode(blob, first, epoch)]
            return [e for e in found if at < e.seq <= last]

        while at < last and (entries := await self._reader.run(some)):
            for entry in entries:
                yield entry
            at = entries[-1].seq

    async def wait(self, tenant: str, stream: str, after: int, timeout_s: float) -> bool:
        until = time.monotonic() + timeout_s
        while True:
            if self._signals.last(tenant, stream) > after or await self.last_seq(tenant, stream) > after:
                return True
            remaining = until - time.monotonic()
            if remaining <= 0:
                return False
            await self._signals.wait(tenant, stream, after, min(remaining, OTHER_WRITERS_S))

    async def load_snapshot(self, tenant: str, stream: str, until: int | None = None) -> Snapshot | None:
        def load(db: sqlite3.Connection) -> Snapshot | None:
            row = db.execute(
                "SELECT seq, version, state FROM snapshots WHERE tenant = ? AND stream = ? AND seq <= ?"
                " ORDER BY seq DESC LIMIT 1",
                (tenant, stream, 1 << 62 if until is None else until),
            ).fetchone()
            return row and Snapshot(*row)

        return await self._reader.run(load)

    async def personal(self, tenant: str, refs: Sequence[str]) -> dict[str, PersonalData]:
        def find(db: sqlite3.Connection) -> dict[str, PersonalData]:
            found: dict[str, PersonalData] = {}
            for ref in refs:
                row = db.execute(
                    "SELECT ref, kind, purpose, value FROM personal WHERE tenant = ? AND ref = ?", (tenant, ref)
                ).fetchone()
                if row is not None:
                    found[ref] = PersonalData(row[0], row[1], row[2], msgspec.msgpack.decode(row[3]))
            return found

        return await self._reader.run(find)

    async def cursor(self, tenant: str, reader: str) -> int:
        def get(db: sqlite3.Connection) -> int:
            row = db.execute("SELECT seq FROM cursors WHERE tenant = ? AND reader = ?", (tenant, reader)).fetchone()
            return int(row[0]) if row else 0

        return await self._reader.run(get)

    async def streams(self) -> list[tuple[str, str]]:
        def led(db: sqlite3.Connection) -> list[tuple[str, str]]:
            streams = db.execute("SELECT tenant, stream FROM leaders ORDER BY 1, 2").fetchall()
            return [(tenant, stream) for tenant, stream in streams if _last_seq(db, tenant, stream)]

        return await self._reader.run(led)


_APPEND = """
    INSERT INTO batches SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
    WHERE (SELECT epoch FROM leaders WHERE tenant = ?1 AND stream = ?2) = ?5 AND ?3 - 1 = coalesce(
        (SELECT last_seq FROM batches WHERE tenant = ?1 AND stream = ?2 ORDER BY first_seq DESC LIMIT 1), 0)
"""
"""By the newest leader, and right after what is there: looked at in one statement, because each one costs."""


def _say_why_not(db: sqlite3.Connection, tenant: str, stream: str, epoch: int, first: int) -> None:
    row = db.execute("SELECT epoch FROM leaders WHERE tenant = ? AND stream = ?", (tenant, stream)).fetchone()
    if row is None or row[0] != epoch:
        raise Fenced(f"{tenant}/{stream}: epoch {epoch}, the newest is {row and row[0]}")
    raise ValueError(f"{tenant}/{stream}: entry {first} cannot follow {_last_seq(db, tenant, stream)}")


def _last_seq(db: sqlite3.Connection, tenant: str, stream: str) -> int:
    row = db.execute(
        "SELECT last_seq FROM batches WHERE tenant = ? AND stream = ? ORDER BY first_seq DESC LIMIT 1",
        (tenant, stream),
    ).fetchone()
    return int(row[0]) if row else 0


def _pack(value: dict[str, Any]) -> bytes:
    return msgspec.msgpack.encode(value)
