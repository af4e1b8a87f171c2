"""From two spooled WAV files to one encrypted file. Blocking: runs in a worker thread.

The engine keeps both channels in step from their common start (pauses and silence are written as silence), so
the shorter one is filled up at its end; by how much is told. Samples are interleaved, customer first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ...errors import Invalid, Refused
from ...vault import Vault
from . import store
from .wav import Samples, SpoolFile

PEAKS = 1000
"""At most so many stretches in the picture of a recording."""
_BLOCK = 1 << 18
"""About so many frames at a time."""
SKEW_TOLD_S = 0.05


class Ingested(NamedTuple):
    rate: int
    frames: int
    skew_s: float
    peaks: bytes
    error: str
    """Empty, or what is missing: `recording.one_channel`, `recording.channels_differ`."""


def ingest(customer: Path, agent: Path, target: Path, vault: Vault, name: str) -> Ingested:
    """Durable and read back on return; the spool files are untouched.

    Raises `Invalid("recording.empty" | "recording.no_file" | "recording.bad_file" | "recording.rates_differ")`,
    `Refused("recording.damaged")` when reading back gives something else, `OSError`.
    """
    with ExitStack() as stack:
        sources = [stack.enter_context(SpoolFile(path)) if path.exists() else None for path in (customer, agent)]
        present = [source for source in sources if source is not None]
        if not present:
            raise Invalid("recording.no_file", "the engine has written nothing")
        rates = {source.rate for source in present}
        if len(rates) > 1:
            raise Invalid("recording.rates_differ", "the channels have different sampling rates")
        frames, rate = max(source.frames for source in present), rates.pop()
        if frames == 0:
            raise Invalid("recording.empty", "the files hold no sound")
        lengths = [source.frames if source else 0 for source in sources]
        skew_s = (max(lengths) - min(lengths)) / rate
        digest = hashlib.sha256()
        peaks: list[Samples] = []

        def pieces() -> Iterator[bytes]:
            for piece in _interleaved(sources, frames, peaks):
                digest.update(piece)
                yield piece

        size = store.write(target, pieces(), vault, name)
    _verify(target, vault, name, size, digest.digest())
    error = ""
    if min(lengths) == 0:
        error = "recording.one_channel"
    elif skew_s > SKEW_TOLD_S:
        error = "recording.channels_differ"
    return Ingested(rate, frames, skew_s, _picture(peaks), error)


def _interleaved(sources: list[SpoolFile | None], frames: int, peaks: list[Samples]) -> Iterator[bytes]:
    stretch = -(-frames // PEAKS)
    block = stretch * max(1, _BLOCK // stretch)
    for start in range(0, frames, block):
        count = min(block, frames - start)
        both = np.zeros((count, 2), dtype="<i2")
        for channel, source in enumerate(sources):
            if source is not None:
                both[:, channel] = source.read(count)
        loud = np.minimum(np.abs(both.astype(np.int32)), 32767).astype(np.int16)
        peaks.append(np.maximum.reduceat(loud, np.arange(0, count, stretch), axis=0))
        yield both.tobytes()


def _picture(peaks: list[Samples]) -> bytes:
    return (np.concatenate(peaks).T.astype(np.uint32) * 255 // 32767).astype(np.uint8).tobytes()


def _verify(path: Path, vault: Vault, name: str, size: int, expected: bytes) -> None:
    digest = hashlib.sha256()
    with store.Reader(path, vault, name) as reader:
        for offset in range(0, reader.size, 16 * store.CHUNK):
            digest.update(reader.read(offset, 16 * store.CHUNK))
        same = reader.size == size and digest.digest() == expected
    if not same:
        raise Refused("recording.damaged", f"what was written for {name} reads back differently")
