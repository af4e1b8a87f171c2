"""Do the two channels of a recording stay in step, over half an hour with hold and pause, whatever senders do?

    python -m bench.soak --json                      # 45 s
    python -m bench.soak --json --promise            # 31 minutes, in real time
    python -m bench.soak --json --promise --load 20 --busy 2

Each pair of parties says a mark at the same instants. Where both channels hold a mark, `skew` is how far apart
they are in the recording; `longer` is the file's length beyond the time that it was recorded. Pairs differ in how
they send: steady, clocks that drift, senders that stall and make up for it, senders that stall and lose.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import socket
import sys
import tempfile
import time
import wave
from pathlib import Path
from typing import Any

import numpy as np
import uvloop

from qingting.config import Config, Voice
from qingting.telephony import port
from qingting.telephony.asterisk.engine import Engine

from .far_side import MARK_EVERY_S, MARK_SAMPLES, RATE, FarSide, Manner

STEADY = Manner()
STALLS = Manner(stall_s=(0.06, 0.4), stall_every_s=12.0)
LOSES = Manner(stall_s=(0.06, 0.4), stall_every_s=12.0, makes_up=False)
PAIRS: dict[str, tuple[Manner, Manner]] = {
    "steady": (STEADY, STEADY),
    "drift": (Manner(ppm=80), Manner(ppm=-80)),
    "customer_stalls": (STALLS, STEADY),
    "agent_stalls": (STEADY, STALLS),
    "customer_loses": (LOSES, STEADY),
    "both_stall": (STALLS, STALLS),
}
WITHIN_MS = 50.0


class Pair:
    def __init__(self, name: str, telephony: port.Telephony, folder: Path) -> None:
        self.name, self.telephony = name, telephony
        self.legs = [f"{name}-customer", f"{name}-agent"]
        self.files = [folder / f"{name}-{side}.wav" for side in ("received", "sent")]
        self.seconds = 0.0
        self._began = 0.0

    async def begin(self) -> None:
        await self.telephony.bridge(f"b-{self.name}", self.legs)
        await self.telephony.record(f"r-{self.name}", self.legs[0], *map(str, self.files))
        self._began = time.monotonic()

    async def hold(self, on: bool) -> None:
        await self.telephony.hold(f"b-{self.name}", self.legs[0], on)

    async def pause(self, on: bool) -> None:
        await self.telephony.pause_recording(f"r-{self.name}", self.legs[0], on)

    async def end(self) -> None:
        self.seconds = time.monotonic() - self._began
        await self.telephony.stop_recording(f"r-{self.name}", self.legs[0])

    def measured(self) -> dict[str, Any]:
        marks, lengths = [], []
        for file in self.files:
            with wave.open(str(file), "rb") as sound:
                samples = np.frombuffer(sound.readframes(sound.getnframes()), dtype="<i2").astype(np.float64)
            lengths.append(len(samples) / RATE)
            marks.append(marks_in(samples))
        skews = paired(*marks)
        return {
            "marks": len(skews),
            "skew_ms": round(max((abs(skew) for _, skew in skews), default=-1), 1),
            "last_skew_ms": round(skews[-1][1], 1) if skews else None,
            "longer_s": [round(length - self.seconds, 2) for length in lengths],
            "channels_differ_ms": round(abs(lengths[0] - lengths[1]) * 1000, 1),
        }


def marks_in(samples: np.ndarray) -> np.ndarray:
    """Where the tone of a mark is strongest, in milliseconds."""
    wide = MARK_SAMPLES
    turn = np.exp(-2j * np.pi * 1000 * np.arange(len(samples)) / RATE)
    sums = np.concatenate(([0], np.cumsum(samples * turn)))
    power = np.abs(sums[wide:] - sums[:-wide]) / wide
    threshold = 6000 * 0.6
    found: list[float] = []
    above = np.flatnonzero(power > threshold)
    for group in np.split(above, np.flatnonzero(np.diff(above) > RATE) + 1) if len(above) else []:
        found.append((group[0] + int(np.argmax(power[group[0] : group[-1] + 1]))) / RATE * 1000)
    return np.array(found)


def paired(ours: np.ndarray, theirs: np.ndarray) -> list[tuple[float, float]]:
    """(where, how far the other's nearest is) for marks that both have."""
    out = []
    for at in ours:
        near = theirs[np.argmin(np.abs(theirs - at))] if len(theirs) else 1e9
        if abs(near - at) < MARK_EVERY_S * 1000 / 3:
            out.append((float(at), float(near - at)))
    return out


def _spin() -> None:
    while True:
        pass


async def run(folder: Path, seconds: float, load: int, busy: int) -> dict[str, Any]:
    engine = Engine.find(Config(data=folder / "data", runtime=Path(".runtime"), voice=voice()))
    far = FarSide()
    manners = {**PAIRS, **{f"load{n}": (STEADY, STEADY) for n in range(load)}}
    numbers = {f"{n}{side}": manners[name][side] for n, name in enumerate(manners, start=100) for side in (0, 1)}
    far.manners = numbers
    hogs = [multiprocessing.get_context("fork").Process(target=_spin, daemon=True) for _ in range(busy)]
    up, answered, ended = asyncio.Event(), set[str](), set[str]()

    def hear(event: port.TelephonyEvent) -> None:
        match event:
            case port.EngineUp():
                up.set()
            case port.LegAnswered(leg=leg):
                answered.add(leg)
            case port.RecordingEnded(recording=recording):
                ended.add(recording)

    telephony = engine.telephony
    await engine.start()
    try:
        await telephony.start(hear)
        await up.wait()
        await telephony.put_trunk(port.Trunk("far", "127.0.0.1", await far.open(), codecs=("alaw",)))
        pairs = [Pair(name, telephony, folder) for name in manners]
        for n, pair in enumerate(pairs, start=100):
            for side, leg in enumerate(pair.legs):
                await telephony.ring(leg, f"trunk:far/{n}{side}", caller="1", timeout_s=20)
        async with asyncio.timeout(30):
            while len(answered) < 2 * len(pairs):  # noqa: ASYNC110  the listener cannot wait
                await asyncio.sleep(0.05)
        for pair in pairs:
            await pair.begin()
        for hog in hogs:
            hog.start()
        await treat(pairs, seconds)
        for pair in pairs:
            await pair.end()
        async with asyncio.timeout(30):
            while len(ended) < len(pairs):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
    finally:
        for hog in hogs:
            if hog.is_alive():
                hog.kill()
        await telephony.stop()
        await engine.stop()
        await far.close()
    measured = {pair.name: pair.measured() for pair in pairs}
    return {
        "minutes": round(seconds / 60, 1),
        "load": load,
        "busy": busy,
        "sender_late_ms": round(far.late_ms, 1),
        "skew_ms": max(it["skew_ms"] for it in measured.values()),
        "within": all(0 <= it["skew_ms"] <= WITHIN_MS for it in measured.values()),
        "pairs": {name: it for name, it in measured.items() if not name.startswith("load")},
        "load_skew_ms": max((it["skew_ms"] for name, it in measured.items() if name.startswith("load")), default=0),
    }


async def treat(pairs: list[Pair], seconds: float) -> None:
    """Six times: talk, hold, talk, pause, talk."""
    part = seconds / 6
    for _ in range(6):
        await asyncio.sleep(part * 0.3)
        for pair in pairs:
            await pair.hold(True)
        await asyncio.sleep(part * 0.15)
        for pair in pairs:
            await pair.hold(False)
        await asyncio.sleep(part * 0.2)
        for pair in pairs:
            await pair.pause(True)
        await asyncio.sleep(part * 0.1)
        for pair in pairs:
            await pair.pause(False)
        await asyncio.sleep(part * 0.25)


def voice() -> Voice:
    def free() -> int:
        with socket.socket() as door:
            door.bind(("127.0.0.1", 0))
            return int(door.getsockname()[1])

    return Voice(sip_port=free(), http_port=free(), ami_port=free(), rtp_first=18000, rtp_last=18999)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--promise", action="store_true", help="31 minutes in real time")
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--load", type=int, default=0, help="more pairs, steady and recorded")
    parser.add_argument("--busy", type=int, default=0, help="processes that take all the CPU they can get")
    asked = parser.parse_args()
    seconds = asked.seconds or (31 * 60 if asked.promise else 45)
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        result = runner.run(run(Path(folder), seconds, asked.load, asked.busy))
    print(json.dumps(result, ensure_ascii=False) if asked.json else json.dumps(result, indent=1))
    return 0 if result["within"] else 1


if __name__ == "__main__":
    sys.exit(main())
