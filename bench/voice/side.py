"""One side of the comparison: its ports, its books of CPU time, and the two loads that both sides carry alike."""

from __future__ import annotations

import time
import wave
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from qingting.config import Voice

from . import load

HOLD_S = 2.0
PAIRS, TALK_S = 25, 3.0
TAIL_S = 0.5
"""What calls leave to do after their end is counted as theirs."""
_numbers = count()

PLAIN, RECORDED = "95588", "95599"
"""What callers dial, on both sides."""


class Made(Protocol):
    """A centre that is up."""

    def books(self) -> tuple[float, float]:
        """CPU seconds so far: (engine, Python)."""

    def ready(self, phones: load.Phones) -> None:
        """Who answers is known and free; returns when no work of the set-up goes on."""

    def channels_recorded(self) -> int:
        """Of all calls so far, those in which somebody is heard."""

    def stop(self) -> None: ...


class Ports:
    """Below the range that the system gives away."""

    def __init__(self, base: int) -> None:
        self.engine = Voice(
            sip_port=base, http_port=base + 1, ami_port=base + 2, rtp_first=base + 1000, rtp_last=base + 3999
        )
        self.phones, self.callers = base + 10, base + 11
        self.phones_media, self.callers_media = base + 4000, base + 6000


class Side:
    def __init__(self, folder: Path, ports: Ports, made: Made) -> None:
        self.folder, self.ports, self.made = folder, ports, made
        self.server = f"127.0.0.1:{ports.engine.sip_port}"

    def measure(self, calls: int, rate: float, speech: Path) -> dict[str, Any]:
        silent = load.Phones(self.folder, self.server, self.ports.phones, self.ports.phones_media)
        try:
            self.made.ready(silent)
            figures = self._signalling(silent, calls, rate)
        finally:
            silent.stop()
        talking = load.Phones(self.folder, self.server, self.ports.phones, self.ports.phones_media, speech)
        talking.answer()
        try:
            figures["audio"] = self._audio(talking, speech)
        finally:
            talking.stop()
        return figures

    def _signalling(self, phones: load.Phones, calls: int, rate: float) -> dict[str, Any]:
        result, engine_s, python_s = self._calls(PLAIN, phones, calls, rate, HOLD_S, None)
        return {
            "calls": result.calls,
            "lost": result.lost,
            "p50_ms": load.percentile(result.waits_ms, 0.50),
            "p99_ms": load.percentile(result.waits_ms, 0.99),
            "engine_cpu_ms_per_call": round(engine_s * 1000 / calls, 2),
            "python_cpu_ms_per_call": round(python_s * 1000 / calls, 2),
        }

    def _audio(self, phones: load.Phones, speech: Path) -> dict[str, Any]:
        result, engine_s, python_s = self._calls(RECORDED, phones, PAIRS, 2 * PAIRS, TALK_S, speech)
        return {
            "pairs": PAIRS,
            "lost": result.lost,
            "engine_cpu_percent_per_pair": round(engine_s / TALK_S / PAIRS * 100, 2),
            "python_cpu_percent_per_pair": round(python_s / TALK_S / PAIRS * 100, 2),
            "channels_recorded": self.made.channels_recorded(),
        }

    def _calls(
        self, dialled: str, phones: load.Phones, calls: int, rate: float, hold_s: float, speech: Path | None
    ) -> tuple[load.Outcome, float, float]:
        numbers = [f"1380{next(_numbers):07d}" for _ in range(calls)]
        before = self.made.books()
        load.call(
            self.folder,
            self.server,
            dialled,
            port=self.ports.callers,
            media_port=self.ports.callers_media,
            numbers=numbers,
            rate=rate,
            hold_s=hold_s,
            speech=speech,
        )
        time.sleep(TAIL_S)
        after = self.made.books()
        return load.outcome(self.folder, phones, numbers), after[0] - before[0], after[1] - before[1]


def settle(books: Callable[[], tuple[float, float]]) -> None:
    """Until what a start leaves to do in the background is done, or nearly."""
    for _ in range(20):
        before = sum(books())
        time.sleep(0.25)
        if sum(books()) - before < 0.03:
            return


def audible(folder: Path) -> int:
    return sum(1 for file in folder.rglob("*.wav") if _sounds(file))


def _sounds(file: Path) -> bool:
    """Closed, and somebody is heard in it."""
    try:
        with wave.open(str(file), "rb") as recorded:
            samples = np.frombuffer(recorded.readframes(recorded.getnframes()), dtype="<i2")
    except (wave.Error, EOFError):
        return False
    return len(samples) > 8000 and float(np.abs(samples).mean()) > 500


def speak(path: Path) -> Path:
    """A minute of a rising and falling tone, in A-law."""
    t = np.arange(60 * 8000) / 8000
    sound = np.sin(2 * np.pi * (400 * t + 20 * np.sin(2 * np.pi * t))) * 12000
    path.write_bytes(_alaw(sound.astype(np.int32)).tobytes())
    return path


def _alaw(samples: np.ndarray) -> np.ndarray:
    """G.711 A-law."""
    sign = np.where(samples >= 0, 0xD5, 0x55)
    size = np.minimum(np.where(samples >= 0, samples, -samples - 1) >> 3, 4095)
    segment = np.maximum(np.floor(np.log2(np.maximum(size, 1))).astype(int) - 4, 0)
    mantissa = np.where(segment > 0, size >> segment, size >> 1) & 0x0F
    return ((segment << 4 | mantissa) ^ sign).astype(np.uint8)
