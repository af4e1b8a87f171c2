"""The built-in music: a calm loop made by arithmetic, so that no recording needs a licence."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np

RATE = 8000
BEAT_S = 1.2
_PENTATONIC = (261.63, 293.66, 329.63, 392.00, 440.00, 523.25, 587.33)
_MELODY = (0, 2, 3, 4, 3, 2, 1, 3, 2, 0, 1, 2, 4, 5, 4, 3, 2, 3, 1, 0, 2, 4, 3, 5, 6, 5, 4, 3, 2, 1, 2, 0)
_BASS = (130.81, 110.00, 146.83, 98.00)


def write(path: Path) -> None:
    """About 38 s, 8 kHz, 16 bit, mono; the end runs into the beginning without a click."""
    total = int(len(_MELODY) * BEAT_S * RATE)
    sound = np.zeros(total)
    for n, degree in enumerate(_MELODY):
        _strike(sound, n * BEAT_S, _PENTATONIC[degree], 0.30, decay_s=1.1)
        if n % 2:
            _strike(sound, (n + 0.5) * BEAT_S, _PENTATONIC[(degree + 2) % len(_PENTATONIC)], 0.12, decay_s=0.8)
        if n % 4 == 0:
            _strike(sound, n * BEAT_S, _BASS[(n // 4) % len(_BASS)], 0.28, decay_s=2.6)
    sound *= 0.35 / np.max(np.abs(sound))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, total, "NONE", ""))
        file.writeframes((sound * 32767).astype("<i2").tobytes())


def _strike(sound: np.ndarray, at_s: float, hertz: float, loud: float, decay_s: float) -> None:
    """Add one soft bell; what rings past the end goes on at the beginning."""
    t = np.arange(int(decay_s * 4 * RATE)) / RATE
    tone = sum(a * np.sin(2 * np.pi * hertz * k * t) for k, a in ((1, 1.0), (2, 0.35), (3, 0.12)))
    tone = tone * loud * np.minimum(t / 0.02, 1.0) * np.exp(-t / decay_s)
    where = (int(at_s * RATE) + np.arange(len(t))) % len(sound)
    np.add.at(sound, where, tone)
