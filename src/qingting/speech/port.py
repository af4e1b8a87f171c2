"""The speech port: text in, a sound file's bytes out."""

from __future__ import annotations

from typing import Protocol


class SpeechFailed(Exception):
    """Nothing can be said: the engine is down or too busy, or has no voice for it. The words say which."""


class Speech(Protocol):
    @property
    def version(self) -> str:
        """Of engine and voices. Part of a cached prompt's name: another version speaks anew."""

    async def say(self, text: str, language: str) -> bytes:
        """A WAV file, 8 kHz, mono, 16 bit. `language` as in BCP 47. Raises `SpeechFailed`."""

    async def close(self) -> None: ...
