"""Entries as bytes: every kind there and back, old versions in today's words, later ones refused by name."""

from __future__ import annotations

from typing import Any, NamedTuple, get_args

import msgspec
import pytest

from qingting.core import commands as c
from qingting.core import events as e
from qingting.journal.codec import Codec, Undecodable
from qingting.journal.port import Entry

from .samples import sample


@pytest.mark.parametrize("kind", get_args(c.Command), ids=lambda kind: kind.__name__)
def test_every_command_comes_back(kind: type[Any]) -> None:
    entry = Entry(7, kind.__name__, 1, 1.5, 2.5, 3, "r-1", sample(kind), ())
    assert Codec().decode(Codec().encode([entry]), 7, 3) == [entry]


@pytest.mark.parametrize("kind", get_args(e.Event), ids=lambda kind: kind.__name__)
def test_every_event_comes_back(kind: type[Any]) -> None:
    entry = Entry(1, "Tick", 1, 1.5, 2.5, 3, "deadline", c.Tick(), (sample(kind), sample(kind)))
    decoded = Codec().decode(Codec().encode([entry]), 1, 3)
    assert decoded == [entry]
    assert [type(event) for event in decoded[0].events] == [kind, kind]


class Moved(NamedTuple):
    """Version 3: metres, and a direction that came later at the end."""

    at: float
    who: str
    metres: float
    towards: str = "ahead"


class Move(NamedTuple):
    who: str


def rename(fields: list[Any]) -> tuple[str, list[Any]]:
    return "Moved", fields


def kilometres(fields: list[Any]) -> tuple[str, list[Any]]:
    return "Moved", [fields[0], fields[1], fields[2] * 1000]


UPCASTS = {("Went", 1): rename, ("Moved", 2): kilometres}
TODAY = Codec(version=3, upcasts=UPCASTS, kinds=(Move, Moved))


def old_batch(version: int, *events: list[Any]) -> bytes:
    return msgspec.msgpack.encode([["Move", version, 1.0, 2.0, "r-1", ["li"], list(events)]])


def test_old_entries_walk_through_every_version() -> None:
    first = TODAY.decode(old_batch(1, ["Went", [1.0, "li", 2]]), 1, 1)
    second = TODAY.decode(old_batch(2, ["Moved", [1.0, "li", 2]]), 1, 1)
    third = TODAY.decode(old_batch(3, ["Moved", [1.0, "li", 2000]]), 1, 1)
    assert first == second == third
    assert first[0].events == (Moved(1.0, "li", 2000.0, "ahead"),)
    assert first[0].command == Move("li")
    assert first[0].version == 3


def test_fields_added_at_the_end_need_nothing() -> None:
    assert TODAY.decode(old_batch(3, ["Moved", [1.0, "li", 5, "back"]]), 1, 1)[0].events == (
        Moved(1.0, "li", 5.0, "back"),
    )


@pytest.mark.parametrize(
    ("blob", "words"),
    [
        (old_batch(4, ["Moved", [1.0, "li", 2]]), r"entry 9 .*later version"),
        (old_batch(3, ["Flew", [1.0]]), r"entry 9 .*unknown kind Flew"),
        (old_batch(1, ["Flew", [1.0]]), r"entry 9 .*unknown kind Flew"),
        (old_batch(3, ["Moved", [1.0, "li", 2, "ahead", "a field of a later version"]]), r"entry 9 .*length"),
        (old_batch(3, ["Moved", [1.0, "li", "far"]]), r"entry 9 .*Expected `float`"),
        (old_batch(3)[:-4], r"batch from entry 9"),
        (b"", r"batch from entry 9"),
    ],
)
def test_what_cannot_be_read_is_named(blob: bytes, words: str) -> None:
    with pytest.raises(Undecodable, match=words):
        TODAY.decode(blob, 9, 1)
