"""Sound files of any making, as what a voice engine plays: WAV, 8 kHz, mono, 16 bit.

WAV is read here, in every width that is in use. Other kinds (mp3, ogg, flac, m4a, webm) are given to ffmpeg or sox,
where the machine has one: a process of its own, bounded in time and in what it may write.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import shutil
import signal
import struct
import subprocess
import tempfile
import threading
import wave
from subprocess import DEVNULL, PIPE

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float64]
"""-1 to 1, one channel."""

RATE = 8000
LONGEST_S = 300.0
CONVERTING_S = 20.0
LOUD = 0.006
"""Below is silence (-44 dB)."""
PART_GAP_S = 0.04
"""What is left of silence at both ends of a part."""

KINDS = (("wav", b"RIFF"), ("flac", b"fLaC"), ("ogg", b"OggS"), ("mp3", b"ID3"), ("webm", b"\x1aE\xdf\xa3"))
SOX_READS = ("flac", "ogg", "mp3")
_PCM, _FLOAT, _EXTENSIBLE = 1, 3, 0xFFFE


class BadSound(Exception):
    """`code` says why: `sound.unknown`, `sound.broken`, `sound.empty`, `sound.too_long`, `sound.no_converter`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


async def telephone(data: bytes, *, longest_s: float = LONGEST_S) -> bytes:
    """Raises `BadSound`."""
    kind = kind_of(data)
    if kind != "wav":
        data = await _converted(data, kind, longest_s)
    return await asyncio.to_thread(_telephone, data, longest_s)


def kind_of(data: bytes) -> str:
    """By its first bytes. Raises `BadSound`."""
    for kind, start in KINDS:
        if data.startswith(start):
            return kind
    if data[4:8] == b"ftyp":
        return "m4a"
    if len(data) > 1 and data[0] == 0xFF and data[1] & 0xE0 == 0xE0:
        return "mp3"
    raise BadSound("sound.unknown")


def seconds(wav: bytes) -> float:
    """Of one that `telephone` made."""
    return max(0, len(wav) - 44) / 2 / RATE


def part(wav: bytes) -> bytes:
    """For what stands beside other parts of one sentence: without silence at its ends."""
    samples = np.frombuffer(wav[44:], dtype="<i2")
    loud = np.nonzero(np.abs(samples.astype(np.int32)) > LOUD * 32768)[0]
    if not len(loud):
        return wav
    gap = int(PART_GAP_S * RATE)
    return written(samples[max(0, loud[0] - gap) : loud[-1] + gap].tobytes())


def written(frames: bytes) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as wav:
        wav.setparams((1, 2, RATE, 0, "NONE", ""))
        wav.writeframes(frames)
    return out.getvalue()


def _telephone(data: bytes, longest_s: float) -> bytes:
    samples, rate = read_wav(data)
    if len(samples) > longest_s * rate:
        raise BadSound("sound.too_long")
    at_rate = resampled(samples, rate)
    if not len(at_rate) or float(np.abs(at_rate).max()) < LOUD:
        raise BadSound("sound.empty")
    return written(np.clip(np.rint(at_rate * 32767), -32768, 32767).astype("<i2").tobytes())


def read_wav(data: bytes) -> tuple[Samples, int]:
    """Samples and rate. Sizes in headers are not believed: who streams does not know them. Raises `BadSound`."""
    form: tuple[int, int, int, int] | None = None
    at = 12
    while at + 8 <= len(data):
        name, size = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
        at += 8
        if name == b"fmt " and size >= 16 and at + 16 <= len(data):
            tag, channels, rate, _, _, bits = struct.unpack_from("<HHIIHH", data, at)
            if tag == _EXTENSIBLE and at + 26 <= len(data):
                tag = struct.unpack_from("<H", data, at + 24)[0]
            form = tag, channels, rate, bits
        elif name == b"data":
            if form is None:
                break
            return _samples(data[at : at + size], *form), form[2]
        at += size + (size & 1)
    raise BadSound("sound.broken")


def _samples(raw: bytes, tag: int, channels: int, rate: int, bits: int) -> Samples:
    if not 1 <= channels <= 8 or not 4000 <= rate <= 192_000 or (tag, bits) not in _WIDTHS:
        raise BadSound("sound.broken")
    width = bits // 8
    raw = raw[: len(raw) // (width * channels) * width * channels]
    flat: Samples
    if tag == _PCM and bits == 24:
        wide = np.zeros((len(raw) // 3, 4), dtype=np.uint8)
        wide[:, 1:] = np.frombuffer(raw, dtype=np.uint8).reshape(-1, 3)
        flat = wide.view("<i4").ravel() / 2**31
    elif tag == _PCM and bits == 8:
        flat = (np.frombuffer(raw, dtype=np.uint8) - 128.0) / 128
    else:
        flat = np.frombuffer(raw, dtype=_WIDTHS[tag, bits]).astype(np.float64)
        flat = flat / 2 ** (bits - 1) if tag == _PCM else np.nan_to_num(flat)
    one: Samples = flat.reshape(-1, channels).mean(axis=1)
    return one


_WIDTHS = {
    (_PCM, 8): "u1",
    (_PCM, 16): "<i2",
    (_PCM, 24): "",
    (_PCM, 32): "<i4",
    (_FLOAT, 32): "<f4",
    (_FLOAT, 64): "<f8",
}


def resampled(samples: Samples, rate: int) -> Samples:
    """By spectrum, to 8 kHz: what that cannot carry is cut, so that nothing folds back."""
    if rate == RATE or not len(samples):
        return samples
    padded = np.concatenate([samples, np.zeros(rate // 20)])
    wanted = round(len(padded) * RATE / rate)
    found = np.fft.irfft(np.fft.rfft(padded)[: wanted // 2 + 1], wanted) * (wanted / len(padded))
    return found[: round(len(samples) * RATE / rate)]


# --- other kinds -----------------------------------------------------------------------------------------


def converter(kind: str) -> list[str]:
    """The command that reads `kind` from its input and writes 16 kHz WAV; empty when the machine has none."""
    if found := shutil.which("ffmpeg"):
        demuxer = {"webm": "matroska", "m4a": "mov"}.get(kind, kind)
        only = ["-hide_banner", "-loglevel", "error", "-nostdin", "-protocol_whitelist", "pipe", "-f", demuxer]
        return [found, *only, "-i", "pipe:0", "-vn", "-ac", "1", "-ar", "16000", "-f", "wav", "pipe:1"]
    if kind in SOX_READS and (found := shutil.which("sox")):
        return [found, "-t", kind, "-", "-t", "wav", "-b", "16", "-c", "1", "-r", "16000", "-"]
    return []


async def _converted(data: bytes, kind: str, longest_s: float) -> bytes:
    command = converter(kind)
    if not command:
        raise BadSound("sound.no_converter")
    return await asyncio.to_thread(_convert, command, data, int(longest_s * 16_000 * 2) + 65_536)


def _convert(command: list[str], data: bytes, most: int) -> bytes:
    """In a thread: whoever leaves an event loop's pipe half read waits for its process for ever."""
    with tempfile.TemporaryFile() as source:
        source.write(data)
        source.seek(0)
        process = subprocess.Popen(command, stdin=source, stdout=PIPE, stderr=DEVNULL, start_new_session=True)

    def end() -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # with its children: they would write on, and be read

    late = threading.Timer(CONVERTING_S, end)
    late.start()
    try:
        assert process.stdout is not None
        with process.stdout as told:
            found = told.read(most + 1)
        if len(found) > most:
            raise BadSound("sound.too_long")
        if process.wait() != 0 or not found:
            raise BadSound("sound.broken")
        return found
    finally:
        if process.poll() is None:
            end()
            process.wait()
        late.cancel()
