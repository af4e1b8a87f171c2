"""State from the journal: the newest snapshot that fits, then every entry after it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol, TypeVar

import msgspec
import structlog

from ..core.commands import Command
from ..core.events import Event
from ..journal.port import Entry, Journal, Snapshot

log = structlog.get_logger(__name__)

ROUTING = "routing"
SNAPSHOT_VERSION = 1
"""Raise when the shape of the engine's dump changes: older snapshots are then folded from the journal again."""


class Core(Protocol):
    """What the shells (live, replay, snapshots) need of `core.engine.Engine`."""

    def decide(self, command: Command, now: float) -> Sequence[Event]: ...
    def apply(self, event: Event) -> None: ...
    def next_deadline(self) -> float | None: ...
    def dump(self) -> Any: ...
    def load(self, state: Any) -> None: ...


C = TypeVar("C", bound=Core)


class Folded(NamedTuple):
    engine: Any
    seq: int
    """The last entry in it."""
    at: float
    """When that happened: time goes on from here, whatever the clock says."""
    snapshot_seq: int
    """0 when there was no snapshot."""


async def fold(
    journal: Journal,
    tenant: str,
    stream: str,
    make: Callable[[], C],
    until: int | None = None,
    on_entry: Callable[[Entry], None] | None = None,
) -> Folded:
    """Raises what the journal raises; `on_entry` sees the entries that came after the snapshot."""
    engine = make()
    snapshot = await journal.load_snapshot(tenant, stream)
    seq = 0
    if snapshot is not None and snapshot.version == SNAPSHOT_VERSION and (until is None or snapshot.seq <= until):
        engine.load(msgspec.msgpack.decode(snapshot.state))
        seq = snapshot.seq
    elif snapshot is not None:
        log.warning("snapshot.unfit", tenant=tenant, seq=snapshot.seq, version=snapshot.version)
    snapshot_seq, at = seq, 0.0
    async for entry in journal.read(tenant, stream, max(0, seq - 1), until):
        at = max(at, entry.occurred)
        if entry.seq <= seq:
            continue
        for event in entry.events:
            engine.apply(event)
        seq = entry.seq
        if on_entry is not None:
            on_entry(entry)
        if seq % 1000 == 0:
            await asyncio.sleep(0)
    return Folded(engine, seq, at, snapshot_seq)


def snapshot_of(engine: Core, seq: int) -> Snapshot:
    return Snapshot(seq, SNAPSHOT_VERSION, msgspec.msgpack.encode(engine.dump()))
