"""Tones as words: each party says its own, and what arrives is measured."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

RATE = 8000
CALLER, AGENT, PROMPT, PROMPT_2, MUSIC, JAZZ, THIRD = 330, 620, 850, 1150, 1500, 1800, 1000
RINGING = 450
"""The engine's own, of China."""
ALL = (CALLER, AGENT, PROMPT, PROMPT_2, MUSIC, JAZZ, THIRD, RINGING)


def write(path: Path, hertz: float, seconds: float) -> Path:
    """A WAV of one tone (0: silence); the path comes back without its suffix, as `play` takes it."""
    t = np.arange(int(seconds * RATE)) / RATE
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((8000 * np.sin(2 * np.pi * hertz * t)).astype("<i2").tobytes())
    return path.with_suffix("")


def read(path: Path) -> np.ndarray:
    with wave.open(str(path), "rb") as file:
        return np.frombuffer(file.readframes(file.getnframes()), dtype="<i2").astype(float)


def samples(raw: bytes) -> np.ndarray:
    return np.frombuffer(raw, dtype="<i2").astype(float)


def heard(samples: np.ndarray) -> set[int]:
    """The tones that are clearly there."""
    if len(samples) < RATE // 10 or np.sqrt(np.mean(samples**2)) < 150:
        return set()
    spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    at = np.fft.rfftfreq(len(samples), 1 / RATE)
    total = spectrum.sum()
    return {hertz for hertz in ALL if spectrum[np.abs(at - hertz) < 25].sum() > 0.1 * total}


def stretches(samples: np.ndarray) -> list[tuple[set[int], float]]:
    """What is heard one after the other, and for how many seconds; 0.1 s alone is the edge between two."""
    step = RATE // 10
    found: list[tuple[set[int], int]] = []
    for at in range(0, len(samples) - step + 1, step):
        now = heard(samples[at : at + step])
        if found and found[-1][0] != now and found[-1][1] == 1:
            found.pop()
        times = found.pop()[1] if found and found[-1][0] == now else 0
        found.append((now, times + 1))
    return [(what, times / 10) for what, times in found if times > 1]


def longest_gap_s(samples: np.ndarray, hertz: float) -> float:
    """The longest stretch without this tone, between where it is heard first and last."""
    wide = RATE // 25
    turn = np.exp(-2j * np.pi * hertz * np.arange(len(samples)) / RATE)
    sums = np.concatenate(([0], np.cumsum(samples * turn)))
    power = np.abs(sums[wide:] - sums[:-wide]) / wide
    there = np.flatnonzero(power > 0.2 * np.median(power[power > 0.1 * power.max()]))
    return float(np.max(np.diff(there), initial=1) - 1) / RATE
