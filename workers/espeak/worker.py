# SPDX-License-Identifier: GPL-3.0-or-later
"""The speech worker: JSON lines with text and voice in, JSON lines with a WAV file out. See README.md."""

from __future__ import annotations

import base64
import ctypes
import io
import json
import os
import sys
import wave
from typing import Any

import espeakng_loader
import numpy as np

RATE = 8000
LINE_LIMIT = 64 * 1024
TEXT_LIMIT = 2000

SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS: all samples have come to the callback when espeak_Synth returns
DONT_EXIT = 0x8000
POSITION_CHARACTER, UTF8, END_PAUSE = 1, 0x01, 0x1000
SPEED, SPEED_WPM = 1, 155
GAP_S = 0.08
"""Between two voices in one text."""

Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class Voice(ctypes.Structure):
    """The head of espeak_VOICE."""

    _fields_ = (("name", ctypes.c_char_p), ("languages", ctypes.c_void_p), ("identifier", ctypes.c_char_p))


class CannotSay(Exception):
    pass


class Engine:
    def __init__(self) -> None:
        self.library = ctypes.CDLL(espeakng_loader.get_library_path())
        data = str(espeakng_loader.get_data_path()).encode()
        self.rate = self.library.espeak_Initialize(SYNCHRONOUS, 0, data, DONT_EXIT)
        if self.rate <= 0:
            raise SystemExit("espeak-ng does not start: is its data there?")
        self.library.espeak_Info.restype = ctypes.c_char_p
        self.version = f"espeak-ng {self.library.espeak_Info(None).decode()}"
        self._samples = bytearray()
        self._callback = Callback(self._take)  # kept: the library holds only a pointer
        self.library.espeak_SetSynthCallback(self._callback)
        self.library.espeak_SetParameter(SPEED, SPEED_WPM, 0)

    def _take(self, samples: Any, count: int, _events: Any) -> int:
        if samples and count > 0:
            self._samples += ctypes.string_at(samples, count * 2)
        return 0

    def languages(self) -> list[str]:
        """Of all voices, as espeak-ng writes them; `cmn` is read through pinyin."""
        self.library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(Voice))
        voices = self.library.espeak_ListVoices(None)
        found, at = set(), 0
        while voices[at]:
            found.add(ctypes.string_at(voices[at].contents.languages + 1).decode())  # after a byte of priority
            at += 1
        return sorted(found)

    def say(self, voice: str, text: str) -> np.ndarray:
        """Samples at 8 kHz."""
        if self.library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise CannotSay(f"no voice {voice!r}")
        self._samples.clear()
        data = text.encode()
        failed = self.library.espeak_Synth(
            data, len(data) + 1, 0, POSITION_CHARACTER, 0, UTF8 | END_PAUSE, None, None
        )
        if failed:
            raise CannotSay(f"espeak-ng says {failed}")
        return resample(np.frombuffer(bytes(self._samples), dtype=np.int16), self.rate)


def resample(samples: np.ndarray, rate: int) -> np.ndarray:
    """By spectrum: what 8 kHz cannot carry is cut, so that nothing folds back."""
    if not len(samples):
        return samples
    padded = np.concatenate([samples.astype(np.float64), np.zeros(rate // 20)])
    wanted = round(len(padded) * RATE / rate)
    spectrum = np.fft.rfft(padded)[: wanted // 2 + 1]
    out = np.fft.irfft(spectrum, wanted) * (wanted / len(padded))
    return np.clip(np.rint(out), -32768, 32767).astype(np.int16)


def _mandarin(text: str) -> list[tuple[str, str]]:
    from mandarin import segments  # pypinyin is large: only when it is asked for

    return segments(text)


def _cantonese(text: str) -> list[tuple[str, str]]:
    from cantonese import segments

    return segments(text)


def _japanese(text: str) -> list[tuple[str, str]]:
    from japanese import kana

    return [("ja", kana(text))]


READERS = {"cmn": _mandarin, "yue": _cantonese, "ja": _japanese}
"""Languages whose writing espeak-ng does not read well by itself."""


def speak(engine: Engine, text: str, voice: str) -> bytes:
    parts = READERS[voice](text) if voice in READERS else [(voice, text)]
    gap = np.zeros(int(GAP_S * RATE), dtype=np.int16)
    pieces = [piece for part in parts for piece in (engine.say(*part), gap)]
    samples = np.concatenate(pieces) if pieces else gap
    if not samples.any():
        raise CannotSay("there is nothing to be heard in this text")
    out = io.BytesIO()
    with wave.open(out, "wb") as wav:
        wav.setnchannels(1)
        wav.setsampwidth(2)
        wav.setframerate(RATE)
        wav.writeframes(samples.astype("<i2").tobytes())
    return out.getvalue()


def answer(engine: Engine, line: bytes) -> dict[str, Any]:
    try:
        request = json.loads(line)
        ident, text, voice = request["id"], str(request.get("text", "")), str(request.get("voice", ""))
    except (ValueError, KeyError, TypeError, AttributeError):
        return {"id": None, "error": "a request is {id, text, voice}"}
    if not text:
        return {"id": ident, "languages": engine.languages()}
    if len(text) > TEXT_LIMIT:
        return {"id": ident, "error": f"at most {TEXT_LIMIT} characters"}
    try:
        return {"id": ident, "wav": base64.b64encode(speak(engine, text, voice)).decode()}
    except CannotSay as e:
        return {"id": ident, "error": str(e)}


def main() -> None:
    # The library prints warnings to standard output: keep that for answers alone.
    out = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    engine = Engine()
    out.write(json.dumps({"ready": engine.version}).encode() + b"\n")
    while line := sys.stdin.buffer.readline(LINE_LIMIT):
        out.write(json.dumps(answer(engine, line)).encode() + b"\n")


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    main()
