"""Sounds of any making become what telephones play."""

from __future__ import annotations

import io
import shutil
import struct
import wave
from pathlib import Path

import numpy as np
import pytest

from qingting.speech.sound import BadSound, kind_of, part, seconds, telephone


def tone(rate: int, seconds_: float = 0.5, hertz: float = 440.0) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds_)) / rate)


def wav(samples: np.ndarray, rate: int, kind: str, channels: int = 1, extensible: bool = False) -> bytes:
    scaled = {
        "u1": lambda x: (x * 127 + 128).astype("u1").tobytes(),
        "i2": lambda x: (x * 32767).astype("<i2").tobytes(),
        "i3": lambda x: (x * 2**31).astype("<i4").view("u1").reshape(-1, 4)[:, 1:].tobytes(),
        "i4": lambda x: (x * (2**31 - 1)).astype("<i4").tobytes(),
        "f4": lambda x: x.astype("<f4").tobytes(),
    }[kind]
    data = scaled(np.repeat(samples, channels))
    width, tag = int(kind[1]), 3 if kind[0] == "f" else 1
    form = struct.pack("<HHIIHH", 0xFFFE if extensible else tag, channels, rate, 0, width * channels, width * 8)
    if extensible:
        form += struct.pack("<HHI", 22, width * 8, 0) + struct.pack("<H", tag) + bytes(14)
    chunks = b"LIST\x03\0\0\0abc\0" + b"fmt " + struct.pack("<I", len(form)) + form
    return b"RIFF\0\0\0\0WAVE" + chunks + b"data" + struct.pack("<I", len(data)) + data


def heard(data: bytes) -> tuple[float, float]:
    """Seconds, and the loudest frequency."""
    with wave.open(io.BytesIO(data)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    return len(samples) / 8000, float(np.abs(np.fft.rfft(samples)).argmax() * 8000 / len(samples))


@pytest.mark.parametrize(
    ("rate", "kind", "channels", "extensible"),
    [(8000, "i2", 1, False), (44_100, "i2", 2, False), (48_000, "f4", 1, True), (11_025, "u1", 1, False),
     (24_000, "i3", 1, True), (16_000, "i4", 2, False)],
)  # fmt: skip
async def test_every_width_and_rate(rate: int, kind: str, channels: int, extensible: bool) -> None:
    found = await telephone(wav(tone(rate), rate, kind, channels, extensible))
    assert heard(found) == (pytest.approx(0.5, abs=0.001), pytest.approx(440, abs=5))
    assert seconds(found) == heard(found)[0]


async def test_what_eight_kilohertz_cannot_carry_is_cut() -> None:
    mixed = tone(48_000) + tone(48_000, hertz=6000) * 0.9
    assert heard(await telephone(wav(mixed / 2, 48_000, "i2")))[1] == pytest.approx(440, abs=5)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "sound.unknown"),
        (b"<html>", "sound.unknown"),
        (b"RIFF\0\0\0\0WAVE", "sound.broken"),
        (b"RIFF\0\0\0\0WAVEdata\x04\0\0\0abcd", "sound.broken"),
        (wav(tone(8000), 8000, "i2")[:57], "sound.empty"),
        (wav(tone(8000), 3000, "i2"), "sound.broken"),
        (wav(np.zeros(8000), 8000, "i2"), "sound.empty"),
        (wav(tone(8000, 3.0), 8000, "i2"), "sound.too_long"),
    ],
)
async def test_what_is_no_sound_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(BadSound) as refused:
        await telephone(data, longest_s=2.0)
    assert refused.value.code == code


async def test_parts_of_a_sentence_lose_their_silence() -> None:
    quiet = np.zeros(4000)
    whole = await telephone(wav(np.concatenate([quiet, tone(8000), quiet]), 8000, "i2"))
    assert seconds(part(whole)) == pytest.approx(0.58, abs=0.01)


async def test_other_kinds_are_converted_where_the_machine_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program of the converter's name is found first on the path, and does as told."""
    script = tmp_path / "sox"
    script.write_text("#!/bin/sh\nhead -c 4 >/dev/null; cat\n")
    script.chmod(0o755)
    inside = b"OggS" + wav(tone(16_000), 16_000, "i2")
    tools = tmp_path / "tools"
    tools.mkdir()
    for tool in ("head", "cat"):
        (tools / tool).symlink_to(shutil.which(tool) or tool)
    monkeypatch.setenv("PATH", f"{tmp_path}:{tools}")
    assert heard(await telephone(inside))[1] == pytest.approx(440, abs=5)
    script.write_text("#!/bin/sh\nexit 1\n")
    with pytest.raises(BadSound, match="broken"):
        await telephone(inside)
    script.write_text("#!/bin/sh\ncat /dev/zero\n")
    for _ in range(10):  # however much of it was read when it was stopped
        with pytest.raises(BadSound, match="too_long"):
            await telephone(inside, longest_s=1.0)
    monkeypatch.setattr("qingting.speech.sound.CONVERTING_S", 0.2)
    script.write_text("#!/bin/sh\nwhile :; do :; done\n")
    with pytest.raises(BadSound, match="broken"):
        await telephone(inside)
    script.unlink()
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BadSound, match="no_converter"):
        await telephone(inside)


def test_kinds_by_their_first_bytes() -> None:
    assert [kind_of(data) for data in (b"RIFF", b"ID3", b"\xff\xfb\x90", b"OggS", b"fLaC", b"\0\0\0 ftypM4A")] == [
        "wav",
        "mp3",
        "mp3",
        "ogg",
        "flac",
        "m4a",
    ]
