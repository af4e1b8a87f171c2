"""Calls through Qingting and through app_queue, on one machine, one after the other, with the same load.

    python -m bench.voice --json                # 500 agents, 100 calls/s for 10 s, each held for 2 s
    python -m bench.voice --json --promise      # for 60 s

Signalling: callers come by trunk (sipp), agents' phones answer at once (sipp); `p50_ms`, `p99_ms` are from the
caller's INVITE to the agent leg's 200. CPU time is what the kernel booked for the engine and for Python (all
of the centre's processes), per call. `audio` are pairs apart from that, talking, recorded by both sides.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
import time
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from qingting.config import Voice
from qingting.telephony.asterisk.provision import provision

from . import cpu, load
from .app_queue_side import AppQueueSide
from .qingting_side import QingtingSide

ROOT = Path(__file__).parents[2]
HOLD_S = 2.0
PAIRS, TALK_S = 25, 4.0
_numbers = 0

Books = Callable[[], tuple[float, float]]
"""CPU seconds so far: (engine, Python)."""


def ports(base: int) -> tuple[Voice, int, int, int]:
    """(of the engine, phones, callers, media of both); below the range that the system gives away."""
    voice = Voice(sip_port=base, http_port=base + 1, ami_port=base + 2, rtp_first=base + 1000, rtp_last=base + 3999)
    return voice, base + 10, base + 11, base + 4000


class Side:
    def __init__(self, name: str, folder: Path, base: int, books: Books) -> None:
        self.name, self.folder, self.books = name, folder, books
        self.voice, self.phones_port, self.callers_port, self.media = ports(base)
        self.server = f"127.0.0.1:{self.voice.sip_port}"

    def calls(
        self, dialled: str, phones: load.Phones, calls: int, rate: float, hold_s: float, speech: Path | None
    ) -> Any:
        global _numbers
        first, _numbers = _numbers, _numbers + calls
        before = self.books()
        load.call(
            self.folder,
            self.server,
            dialled,
            port=self.callers_port,
            media_port=self.media + 2000,
            calls=calls,
            rate=rate,
            hold_s=hold_s,
            first=first,
            speech=speech,
        )
        time.sleep(0.5)
        after = self.books()
        return load.outcome(self.folder, phones, first, calls), after[0] - before[0], after[1] - before[1]

    def signalling(self, dialled: str, phones: load.Phones, calls: int, rate: float) -> dict[str, Any]:
        result, engine_s, python_s = self.calls(dialled, phones, calls, rate, HOLD_S, None)
        return {
            "calls": result.calls,
            "lost": result.lost,
            "p50_ms": load.percentile(result.waits_ms, 0.50),
            "p99_ms": load.percentile(result.waits_ms, 0.99),
            "engine_cpu_ms_per_call": round(engine_s * 1000 / calls, 2),
            "python_cpu_ms_per_call": round(python_s * 1000 / calls, 2),
        }

    def audio(self, dialled: str, phones: load.Phones, speech: Path, recorded: Callable[[], int]) -> dict[str, Any]:
        result, engine_s, python_s = self.calls(dialled, phones, PAIRS, PAIRS, TALK_S, speech)
        return {
            "pairs": PAIRS,
            "lost": result.lost,
            "engine_cpu_percent_per_pair": round(engine_s / TALK_S / PAIRS * 100, 2),
            "python_cpu_percent_per_pair": round(python_s / TALK_S / PAIRS * 100, 2),
            "channels_recorded": recorded(),
        }


def audible(folder: Path) -> int:
    return sum(1 for file in folder.rglob("*.wav") if sounds(file))


def sounds(file: Path) -> bool:
    """Closed, and somebody is heard in it."""
    try:
        with wave.open(str(file), "rb") as recorded:
            samples = np.frombuffer(recorded.readframes(recorded.getnframes()), dtype="<i2")
    except (wave.Error, EOFError):
        return False
    return len(samples) > 8000 and float(np.abs(samples).mean()) > 500


def app_queue(folder: Path, runtime: Path, calls: int, rate: float, agents: int, speech: Path) -> dict[str, Any]:
    voice, phones_port, *_ = ports(20000)
    made = AppQueueSide(folder / "data", runtime, voice, agents, phones_port)
    side = Side("app_queue", folder, 20000, lambda: (cpu.of(made.engine_pid()), 0.0))
    silent = load.Phones(folder, side.server, side.phones_port, side.media)
    silent.answer()
    asyncio.run(made.start())
    try:
        figures = side.signalling("95588", silent, calls, rate)
        silent.stop()
        talking = load.Phones(folder, side.server, side.phones_port, side.media, speech)
        talking.answer()
        try:
            figures["audio"] = side.audio("995588", talking, speech, lambda: audible(made.recordings))
        finally:
            talking.stop()
    finally:
        silent.stop()
        asyncio.run(made.stop())
    return figures


def qingting(folder: Path, runtime: Path, calls: int, rate: float, agents: int, speech: Path) -> dict[str, Any]:
    voice = ports(10000)[0]
    made = QingtingSide(folder / "data", runtime, voice, agents)
    side = Side("qingting", folder, 10000, lambda: (cpu.of(made.engine_pid), cpu.of_tree(made.pid, made.engine_pid)))
    try:
        silent = load.Phones(folder, side.server, side.phones_port, side.media)
        silent.register(made.phones)
        silent.answer()
        try:
            made.available()
            settle(side.books)
            figures = side.signalling("95588", silent, calls, rate)
        finally:
            silent.stop()
        talking = load.Phones(folder, side.server, side.phones_port, side.media, speech)
        talking.answer()
        try:
            figures["audio"] = side.audio("95599", talking, speech, made.channels_recorded)
        finally:
            talking.stop()
    finally:
        made.stop()
    return figures


def settle(books: Books) -> None:
    """Until what a start leaves to do in the background (prompts) is done, or nearly."""
    for _ in range(20):
        before = sum(books())
        time.sleep(0.5)
        if sum(books()) - before < 0.05:
            return


def speak(path: Path) -> Path:
    """A minute of a rising and falling tone, in A-law."""
    t = np.arange(60 * 8000) / 8000
    sound = np.sin(2 * np.pi * (400 * t + 20 * np.sin(2 * np.pi * t))) * 12000
    path.write_bytes(alaw(sound.astype(np.int32)).tobytes())
    return path


def alaw(samples: np.ndarray) -> np.ndarray:
    """G.711 A-law."""
    sign = np.where(samples >= 0, 0xD5, 0x55)
    size = np.minimum(np.where(samples >= 0, samples, -samples - 1) >> 3, 4095)
    segment = np.maximum(np.floor(np.log2(np.maximum(size, 1))).astype(int) - 4, 0)
    mantissa = np.where(segment > 0, size >> segment, size >> 1) & 0x0F
    return ((segment << 4 | mantissa) ^ sign).astype(np.uint8)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--agents", type=int, default=500)
    parser.add_argument("--rate", type=float, default=100.0)
    parser.add_argument("--seconds", type=float, default=0.0)
    parser.add_argument("--promise", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--keep", type=Path, help="leave logs here")
    arguments = parser.parse_args()
    calls = int((arguments.seconds or (60.0 if arguments.promise else 10.0)) * arguments.rate)
    runtime = ROOT / ".runtime"
    provision(runtime, lambda line: print(line, file=sys.stderr))
    folder = arguments.keep or Path(tempfile.mkdtemp(prefix="qtvoice-"))
    figures: dict[str, Any] = {"agents": arguments.agents, "rate": arguments.rate, "hold_s": HOLD_S}
    began = time.monotonic()
    try:
        for name, run in (("qingting", qingting), ("app_queue", app_queue)):
            (folder / name).mkdir(parents=True)
            speech = speak(folder / name / "speech.alaw")
            figures[name] = run(folder / name, runtime, calls, arguments.rate, arguments.agents, speech)
            print(f"{name}: {figures[name]}", file=sys.stderr)
    finally:
        if arguments.keep is None:
            shutil.rmtree(folder, ignore_errors=True)
    figures["seconds"] = round(time.monotonic() - began, 1)
    figures["met"] = met(figures["qingting"], figures["app_queue"])
    print(json.dumps(figures))
    return 0


def met(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, bool]:
    def spent(side: dict[str, Any]) -> float:
        return float(side["engine_cpu_ms_per_call"] + side["python_cpu_ms_per_call"])

    return {
        "none_lost": ours["lost"] == 0,
        "p99": (ours["p99_ms"] or 1e9) <= (theirs["p99_ms"] or 0) + 25,
        "cpu": spent(ours) <= spent(theirs),
    }


if __name__ == "__main__":
    sys.exit(main())
