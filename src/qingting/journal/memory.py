"""The journal in memory, for tests: the same promises without the disk, and one failpoint."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence

from .codec import Codec
from .port import AppendFailed, Entry, Fenced, PersonalData, Snapshot
from .signals import Signals


class MemoryJournal:
    def __init__(self, codec: Codec | None = None) -> None:
        self.failpoints: set[str] = set()
        """`append`: every append and every new lead fails while it is in here."""
        self._codec = codec or Codec()
        self._batches: dict[tuple[str, str], list[tuple[int, int, int, bytes]]] = {}
        self._epochs: dict[tuple[str, str], int] = {}
        self._personal: dict[tuple[str, str], PersonalData] = {}
        self._cursors: dict[tuple[str, str], int] = {}
        self._snapshots: dict[tuple[str, str], Snapshot] = {}
        self._signals = Signals()

    def _check(self) -> None:
        if "append" in self.failpoints:
            raise AppendFailed("the failpoint `append` is set")

    async def lead(self, tenant: str, stream: str) -> int:
        self._check()
        epoch = self._epochs[tenant, stream] = self._epochs.get((tenant, stream), 0) + 1
        return epoch

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
        self._check()
        if self._epochs.get((tenant, stream)) != epoch:
            raise Fenced(f"{tenant}/{stream}: epoch {epoch}, the newest is {self._epochs.get((tenant, stream))}")
        before = await self.last_seq(tenant, stream)
        if before != first - 1 or last - first + 1 != len(entries):
            raise ValueError(f"{tenant}/{stream}: entries {first} to {last} cannot follow {before}")
        self._batches.setdefault((tenant, stream), []).append((first, last, epoch, self._codec.encode(entries)))
        self._personal.update({(tenant, p.ref): p for p in personal})
        self._signals.tell(tenant, stream, last)

    async def last_seq(self, tenant: str, stream: str) -> int:
        batches = self._batches.get((tenant, stream))
        return batches[-1][1] if batches else 0

    async def read(self, tenant: str, stream: str, after: int = 0, until: int | None = None) -> AsyncIterator[Entry]:
        for first, last, epoch, blob in list(self._batches.get((tenant, stream), ())):
            if last > after:
                for entry in self._codec.decode(blob, first, epoch):
                    if until is not None and entry.seq > until:
                        return
                    if entry.seq > after:
                        yield entry

    async def wait(self, tenant: str, stream: str, after: int, timeout_s: float) -> bool:
        until = time.monotonic() + timeout_s
        while await self.last_seq(tenant, stream) <= after:
            remaining = until - time.monotonic()
            if remaining <= 0:
                return False
            await self._signals.wait(tenant, stream, after, remaining)
        return True

    async def save_snapshot(self, tenant: str, stream: str, snapshot: Snapshot) -> None:
        self._snapshots[tenant, stream] = snapshot

    async def load_snapshot(self, tenant: str, stream: str, until: int | None = None) -> Snapshot | None:
        snapshot = self._snapshots.get((tenant, stream))
        return None if snapshot is None or (until is not None and snapshot.seq > until) else snapshot

    async def personal(self, tenant: str, refs: Sequence[str]) -> dict[str, PersonalData]:
        return {ref: self._personal[tenant, ref] for ref in refs if (tenant, ref) in self._personal}

    async def erase(self, tenant: str, refs: Sequence[str]) -> int:
        return sum(self._personal.pop((tenant, ref), None) is not None for ref in refs)

    async def cursor(self, tenant: str, reader: str) -> int:
        return self._cursors.get((tenant, reader), 0)

    async def set_cursor(self, tenant: str, reader: str, seq: int) -> None:
        self._cursors[tenant, reader] = seq

    async def streams(self) -> list[tuple[str, str]]:
        return sorted(self._batches)

    async def close(self) -> None:
        pass
