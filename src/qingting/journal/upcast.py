"""Old entries in today's words.

An entry carries the schema version under which it was written. New fields go to the end of a tuple with a
default and need nothing here. Anything else (a field that changed its meaning, a kind that was split or
renamed) raises `SCHEMA_VERSION` by one and adds a function under the kind's *old* name and version. Commands
and events share the table; their names do not meet.

    UPCASTS[("AgentPut", 1)] = lambda fields: ("AgentPut", [*fields[:2], by_name(fields[2]), *fields[3:]])

An entry of version 1 walks from 1 to 2, 2 to 3 and so on until it is today's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

SCHEMA_VERSION = 1

Fields = list[Any]
Upcast = Callable[[Fields], tuple[str, Fields]]
"""Takes the fields as plain values (lists where tuples were); returns the kind and fields of the next version."""

UPCASTS: dict[tuple[str, int], Upcast] = {}


def upcast(
    kind: str, fields: Fields, written: int, today: int, upcasts: Mapping[tuple[str, int], Upcast]
) -> tuple[str, Fields]:
    for version in range(written, today):
        step = upcasts.get((kind, version))
        if step is not None:
            kind, fields = step(fields)
    return kind, fields
