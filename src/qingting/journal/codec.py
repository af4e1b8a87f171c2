"""Entries as bytes: one MessagePack array per batch.

    batch  = [entry, …]
    entry  = [kind, version, occurred, recorded, cause, command, [[tag, event], …]]

Commands and events are arrays of their fields, named by `kind` and `tag`; the fact of a context has no
command (nil) and carries plain values under the empty tag. `seq` and `epoch` stand in the batch's row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

import msgspec

from ..core.commands import Command
from ..core.events import Event
from .port import Entry
from .upcast import SCHEMA_VERSION, UPCASTS, Upcast, upcast

Raw = msgspec.Raw
NIL = b"\xc0"


class Undecodable(Exception):
    """This program cannot read an entry: a later version wrote it, or it is damaged. Upgrade, or go back."""


class Codec:
    def __init__(
        self,
        version: int = SCHEMA_VERSION,
        upcasts: Mapping[tuple[str, int], Upcast] = UPCASTS,
        kinds: Sequence[type] = (*get_args(Command), *get_args(Event)),
    ) -> None:
        self.version = version
        self._upcasts = upcasts
        self._types = {kind.__name__: kind for kind in kinds}
        assert len(self._types) == len(kinds), "commands and events share one space of names"
        self._decoders: dict[str, msgspec.msgpack.Decoder[Any]] = {
            name: msgspec.msgpack.Decoder(kind) for name, kind in self._types.items()
        }
        self._batch = msgspec.msgpack.Decoder(list[tuple[str, int, float, float, str, Raw, list[tuple[str, Raw]]]])
        self._plain = msgspec.msgpack.Decoder()
        self._encode = msgspec.msgpack.Encoder().encode

    def encode(self, entries: Sequence[Entry]) -> bytes:
        return self._encode(
            [
                (
                    e.kind,
                    e.version,
                    e.occurred,
                    e.recorded,
                    e.cause,
                    e.command,
                    [("" if e.command is None else type(event).__name__, event) for event in e.events],
                )
                for e in entries
            ]
        )

    def event_bytes(self, events: Sequence[Any]) -> bytes:
        """What replay compares."""
        return self._encode([(type(event).__name__, event) for event in events])

    def decode(self, blob: bytes, first_seq: int, epoch: int) -> list[Entry]:
        """Raises `Undecodable` naming the entry."""
        try:
            batch = self._batch.decode(blob)
        except msgspec.MsgspecError as e:
            raise Undecodable(f"batch from entry {first_seq}: {e}") from e
        return [self._entry(first_seq + n, epoch, *fields) for n, fields in enumerate(batch)]

    def _entry(
        self,
        seq: int,
        epoch: int,
        kind: str,
        version: int,
        occurred: float,
        recorded: float,
        cause: str,
        command: Raw,
        events: list[tuple[str, Raw]],
    ) -> Entry:
        try:
            asked = None
            if bytes(command) != NIL:
                asked = self._value(kind, version, command)
                kind = type(asked).__name__
            happened = tuple([self._value(tag, version, raw) for tag, raw in events])
        except (msgspec.MsgspecError, Undecodable) as e:
            raise Undecodable(f"entry {seq} ({kind}, version {version}): {e}") from e
        return Entry(seq, kind, self.version, occurred, recorded, epoch, cause, asked, happened)

    def _value(self, kind: str, version: int, raw: Raw) -> Any:
        if version > self.version:
            raise Undecodable(f"written by a later version; this one knows up to {self.version}")
        if not kind:
            return self._plain.decode(raw)
        if version == self.version:
            decoder = self._decoders.get(kind)
            if decoder is None:
                raise Undecodable(f"unknown kind {kind}")
            return decoder.decode(raw)
        kind, fields = upcast(kind, self._plain.decode(raw), version, self.version, self._upcasts)
        if kind not in self._types:
            raise Undecodable(f"unknown kind {kind}")
        return msgspec.convert(fields, self._types[kind])
