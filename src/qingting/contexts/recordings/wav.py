"""WAV as the engine writes it into the spool, and as players get it: 16-bit PCM, nothing else."""

from __future__ import annotations

import os
import struct
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from ...errors import Invalid

Samples = np.ndarray[Any, np.dtype[np.int16]]

HEADER = 44
_OTHER_CHUNKS = (b"LIST", b"fact", b"bext", b"cue ", b"id3 ")


def header(frames: int, rate: int, channels: int) -> bytes:
    """The 44 bytes before the samples."""
    size = frames * channels * 2
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF", min(size + HEADER - 8, 0xFFFFFFFF), b"WAVE",
        b"fmt ", 16, 1, channels, rate, rate * channels * 2, channels * 2, 16,
        b"data", min(size, 0xFFFFFFFF),
    )  # fmt: skip


class SpoolFile:
    """One channel of a call. An engine that was killed leaves a header that says 0 samples: the file's size counts.

    Raises `Invalid("recording.bad_file")` when it is not mono 16-bit PCM.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        try:
            self.rate, self._start, size = _parse(self._file.fileno(), path.name)
        except BaseException:
            self._file.close()
            raise
        self.frames = size // 2
        self._file.seek(self._start)
        self._left = self.frames

    def read(self, frames: int) -> Samples:
        """The next samples; silence after the end."""
        raw = self._file.read(2 * min(frames, self._left))
        self._left -= len(raw) // 2
        samples = np.zeros(frames, dtype="<i2")
        samples[: len(raw) // 2] = np.frombuffer(raw[: len(raw) // 2 * 2], dtype="<i2")
        return samples

    def __enter__(self) -> SpoolFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._file.close()


def _parse(file: int, name: str) -> tuple[int, int, int]:
    total = os.fstat(file).st_size
    head = os.pread(file, 12, 0)
    if head[:4] != b"RIFF" or head[8:12] != b"WAVE":
        raise Invalid("recording.bad_file", f"{name} is no WAV file")
    rate, at = 0, 12
    for _ in range(64):
        kind, size = struct.unpack("<4sI", os.pread(file, 8, at).ljust(8, b"\0"))
        at += 8
        if kind == b"fmt ":
            form, channels, rate, _, _, bits = struct.unpack("<HHIIHH", os.pread(file, 16, at).ljust(16, b"\0"))
            if (form, channels, bits) != (1, 1, 16) or not 4000 <= rate <= 192000:
                raise Invalid("recording.bad_file", f"{name} is not mono 16-bit PCM")
        elif kind == b"data" and rate:
            follows = os.pread(file, 4, at + size + size % 2)
            told = size if follows in _OTHER_CHUNKS else total - at
            return rate, at, max(0, min(told, total - at))
        at += size + size % 2
    raise Invalid("recording.bad_file", f"{name} holds no samples")
