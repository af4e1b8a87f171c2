"""The journal: what was asked, what was decided, kept for good, in order.

One stream per tenant for routing (`routing`), one for each context that tells others what happened
(`configuration`, `people`, `recordings` …). A stream has one writer; readers follow it by cursor, at least
once. Entries carry no personal data: that stands in the erasable table of the same file, written in the same
transaction as the entries that point to it.

The contract suite is `tests/contract/test_journal.py`; every driver passes it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any, NamedTuple, Protocol

import msgspec


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One command with its events, or one relayed fact of a context (then `command` is None)."""

    seq: int
    """From 1, without gaps, per tenant and stream."""
    kind: str
    """The command's or the fact's name."""
    version: int
    """Schema version of the payload."""
    occurred: float
    recorded: float
    epoch: int
    """Of the leader that wrote it; an append with an epoch that is no longer the newest is refused."""
    cause: str
    """What brought it about: a request id, an engine event, `deadline`; for tracing."""
    command: Any
    events: tuple[Any, ...]


class PersonalData(NamedTuple):
    """A row of the erasable table. `ref` is what entries carry."""

    ref: str
    kind: str
    """`caller`, `name`, `text` …: retention is by kind and purpose."""
    purpose: str
    value: dict[str, Any]


class Snapshot(NamedTuple):
    seq: int
    """The last entry folded into it."""
    version: int
    state: bytes


class Fenced(Exception):
    """Another leader has a newer epoch: this one stops."""


class AppendFailed(Exception):
    """Nothing of the batch is durable: disk full, file locked, database gone. The leader stops."""


class Journal(Protocol):
    async def lead(self, tenant: str, stream: str) -> int:
        """Take the lead of a stream: a new epoch, higher than any before. Older leaders are fenced."""

    async def append(
        self,
        tenant: str,
        stream: str,
        epoch: int,
        entries: Sequence[Entry],
        personal: Sequence[PersonalData] = (),
    ) -> None:
        """Durable on return (synchronous=FULL), all or nothing. Raises `Fenced` or `AppendFailed`."""

    async def last_seq(self, tenant: str, stream: str) -> int: ...

    def read(self, tenant: str, stream: str, after: int = 0, until: int | None = None) -> AsyncIterator[Entry]:
        """Entries with `seq > after`, in order, upcast to today's types; a prefix of what is durable."""

    async def wait(self, tenant: str, stream: str, after: int, timeout_s: float) -> bool:
        """True as soon as there is an entry past `after`; no polling by the caller."""

    async def save_snapshot(self, tenant: str, stream: str, snapshot: Snapshot) -> None: ...

    async def load_snapshot(self, tenant: str, stream: str, until: int | None = None) -> Snapshot | None:
        """The newest that is there, with no entry past `until` in it."""

    async def personal(self, tenant: str, refs: Sequence[str]) -> dict[str, PersonalData]:
        """Erased ones are absent."""

    async def erase(self, tenant: str, refs: Sequence[str]) -> int:
        """Overwrites, not only unlinks; returns how many there were."""

    async def cursor(self, tenant: str, reader: str) -> int: ...

    async def set_cursor(self, tenant: str, reader: str, seq: int) -> None: ...

    async def streams(self) -> list[tuple[str, str]]:
        """(tenant, stream) of all that has entries."""

    async def close(self) -> None: ...
