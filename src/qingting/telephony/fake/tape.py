"""The fake engine's recordings: real WAV files of what was said, as tones, with true times."""

from __future__ import annotations

import array
import asyncio
import math
import time
import wave
from collections.abc import Callable
from pathlib import Path

RATE = 8000
UNKNOWN_S = 0.05
"""Length of a prompt that does not exist as a file."""


def length_s(path: Path) -> float:
    try:
        with wave.open(str(path), "rb") as file:
            return file.getnframes() / file.getframerate()
    except (OSError, wave.Error, EOFError):
        return UNKNOWN_S


_HUSH: frozenset[float] = frozenset()


class Quiet:
    """Watches for a silence that is long enough."""

    def __init__(self, silence_s: float) -> None:
        self.spoken = False
        self._silence_s = silence_s
        self._timer: asyncio.TimerHandle | None = None

    def mark(self, talks: bool, over: Callable[[], None]) -> None:
        if talks:
            self.spoken = True
            self.stop()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._silence_s, over)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class Tape:
    """Two channels: what came from the leg, what went to it; paused stretches are silence of the same length."""

    def __init__(self, received: Path, sent: Path) -> None:
        self.paths = (received, sent)
        self.paused = False
        self._began = self._marked = time.monotonic()
        self._tones: tuple[frozenset[float], frozenset[float]] = (_HUSH, _HUSH)
        self._channels = (array.array("h"), array.array("h"))

    def mark(self, received: frozenset[float], sent: frozenset[float]) -> None:
        """From now on these tones are heard."""
        self._advance()
        self._tones = (_HUSH, _HUSH) if self.paused else (received, sent)

    def close(self) -> str:
        """Writes both files; returns what went wrong."""
        self._advance()
        try:
            for path, samples in zip(self.paths, self._channels, strict=True):
                path.parent.mkdir(parents=True, exist_ok=True)
                with wave.open(str(path), "wb") as file:
                    file.setparams((1, 2, RATE, 0, "NONE", ""))
                    file.writeframes(samples.tobytes())
        except OSError as e:
            return str(e.strerror)
        return ""

    def _advance(self) -> None:
        end = int((time.monotonic() - self._began) * RATE)
        for tones, samples in zip(self._tones, self._channels, strict=True):
            steps = [2 * math.pi * tone / RATE for tone in tones]
            loud = 8000 / max(1, len(steps))
            samples.extend(int(loud * sum(math.sin(it * n) for it in steps)) for n in range(len(samples), end))
