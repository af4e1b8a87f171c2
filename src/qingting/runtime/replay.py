"""Decide everything again: the same build must give the same events, byte for byte.

With `fold_only` nothing is decided; the recorded events are folded, which works under any later rules.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ..core.engine import Engine
from ..errors import Refused
from ..journal.codec import Codec
from ..journal.port import Entry, Journal
from .fold import ROUTING, fold

SHOWN = 20
"""Differences that are kept to be shown; the rest are counted."""


@dataclass(frozen=True)
class Difference:
    seq: int
    command: Any
    recorded: tuple[Any, ...]
    decided: tuple[Any, ...]
    refused: str = ""
    """The code with which this build refuses what was once decided."""


@dataclass
class Replayed:
    tenant: str
    fold_only: bool
    first: int = 0
    last: int = 0
    entries: int = 0
    events: int = 0
    different: int = 0
    differences: list[Difference] = field(default_factory=list)
    seconds: float = 0.0
    events_hash: str = ""
    """SHA-256 of all events that were applied, in order."""
    state_hash: str = ""
    """SHA-256 of the state they led to."""

    @property
    def same(self) -> bool:
        return self.different == 0


async def replay(
    journal: Journal,
    tenant: str,
    first: int = 1,
    last: int | None = None,
    *,
    fold_only: bool = False,
    stream: str = ROUTING,
) -> Replayed:
    """Entries `first` to `last`, on the state that the entries before them left.

    After a difference the recorded events are applied, so that each is told once. Raises `Undecodable`.
    """
    began = time.perf_counter()
    codec = Codec()
    engine = (await fold(journal, tenant, stream, until=first - 1)).engine if first > 1 else Engine()
    result = Replayed(tenant, fold_only)
    digest = hashlib.sha256()
    async for entry in journal.read(tenant, stream, first - 1, last):
        recorded = codec.event_bytes(entry.events)
        if not fold_only:
            difference = _compare(codec, engine, entry, recorded)
            if difference is not None:
                result.different += 1
                if len(result.differences) < SHOWN:
                    result.differences.append(difference)
        engine.fold(entry.events)
        digest.update(recorded)
        result.first = result.first or entry.seq
        result.last = entry.seq
        result.entries += 1
        result.events += len(entry.events)
    result.events_hash = digest.hexdigest()
    result.state_hash = hashlib.sha256(msgspec.msgpack.encode(engine.dump())).hexdigest()
    result.seconds = time.perf_counter() - began
    return result


def _compare(codec: Codec, engine: Engine, entry: Entry, recorded: bytes) -> Difference | None:
    try:
        decided = tuple(engine.decide(entry.command, entry.occurred))
    except Refused as e:
        return Difference(entry.seq, entry.command, entry.events, (), e.code)
    if codec.event_bytes(decided) == recorded:
        return None
    return Difference(entry.seq, entry.command, entry.events, decided)
