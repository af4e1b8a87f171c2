"""The same commands give the same events, byte for byte: here, from a snapshot, and in another process."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import msgspec
import pytest

from qingting.core import events as e
from qingting.core.engine import Engine

from .play_core import day, play, written

STEPS = 3000


@pytest.mark.parametrize("hash_seed", ["0", "1", "4242"])
def test_in_another_process(hash_seed: str) -> None:
    engine = Engine()
    here = hashlib.sha256(written(play(engine, day(7, STEPS)), engine)).hexdigest()
    there = subprocess.run(
        [sys.executable, "-m", "tests.replay.play_core", "7", str(STEPS)],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert there.stdout == here


@pytest.mark.parametrize("seed", range(3))
def test_from_a_snapshot_in_the_middle(seed: int) -> None:
    asked = day(seed, STEPS)
    whole = Engine()
    played = play(whole, asked)
    kinds = {type(event) for events in played for event in events}
    assert len(kinds) >= 20, "the day was busy enough to mean something"
    for cut in (100, len(asked) // 2, len(asked) - 100):
        first = Engine()
        play(first, asked[:cut])
        for data in (first.dump(), msgspec.json.decode(msgspec.json.encode(first.dump()))):
            second = Engine.load(data)
            assert play(second, asked[cut:]) == played[cut:]
            assert second.dump() == whole.dump()


@pytest.mark.parametrize("seed", range(3))
def test_folding_the_events_is_living_them(seed: int) -> None:
    live, folded = Engine(), Engine()
    played = play(live, day(seed, STEPS))
    for events in played:
        folded.fold(events)
    assert folded.dump() == live.dump()
    assert folded.next_deadline() == live.next_deadline()
    assert any(isinstance(event, e.AssignmentTimedOut) for events in played for event in events)


def test_a_snapshot_of_another_version_is_refused() -> None:
    _, *rest = Engine().dump()
    with pytest.raises(ValueError, match="version 999"):
        Engine.load((999, *rest))
