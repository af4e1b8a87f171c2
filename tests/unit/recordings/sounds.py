"""Sounds for tests: WAV files as an engine writes them."""

import wave
from pathlib import Path
from typing import Any

import numpy as np

RATE = 8000
Samples = np.ndarray[Any, np.dtype[np.int16]]


def tone(seconds: float, hertz: float, loudness: int = 8000) -> Samples:
    at = np.arange(round(seconds * RATE)) / RATE
    return (np.sin(2 * np.pi * hertz * at) * loudness).astype("<i2")


def write_wav(path: Path, samples: Samples, rate: int = RATE) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
