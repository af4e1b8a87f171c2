"""State from the journal: the newest snapshot that fits, then every entry after it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NamedTuple

import msgspec
import structlog

from ..core.engine import Engine
from ..core.snapshot import VERSION
from ..journal.port import Entry, Journal, Snapshot

log = structlog.get_logger(__name__)

ROUTING = "routing"
AT_A_STRETCH = 1000
"""Entries folded before others on the loop have their turn."""


class Folded(NamedTuple):
    engine: Engine
    seq: int
    """The last entry in it."""
    snapshot_seq: int
    """0 when it was folded from the beginning."""


async def fold(
    journal: Journal,
    tenant: str,
    stream: str = ROUTING,
    until: int | None = None,
    on_entry: Callable[[Entry], None] | None = None,
) -> Folded:
    """Raises what the journal raises; `on_entry` sees the entries that came after the snapshot."""
    engine, snapshot_seq = Engine(), 0
    snapshot = await journal.load_snapshot(tenant, stream, until)
    if snapshot is not None:
        if snapshot.version == VERSION:
            engine, snapshot_seq = Engine.load(msgspec.msgpack.decode(snapshot.state)), snapshot.seq
        else:
            log.warning("snapshot.of_another_version", tenant=tenant, seq=snapshot.seq, version=snapshot.version)
    seq = snapshot_seq
    async for entry in journal.read(tenant, stream, seq, until):
        engine.fold(entry.events)
        seq = entry.seq
        if on_entry is not None:
            on_entry(entry)
        if seq % AT_A_STRETCH == 0:
            await asyncio.sleep(0)
    return Folded(engine, seq, snapshot_seq)


def snapshot_of(engine: Engine, seq: int) -> Snapshot:
    return Snapshot(seq, VERSION, msgspec.msgpack.encode(engine.dump()))
