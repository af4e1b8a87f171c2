"""The speech port: text in, a sound file's bytes out.

The contract suite is `tests/contract/test_speech.py`; it runs on the bundled engine and on one over HTTP.
"""

from __future__ import annotations

from typing import Protocol


class SpeechFailed(Exception):
    """Nothing can be said: the engine is down or too busy, or has no voice for it. The words say which."""


class Unspeakable(SpeechFailed):
    """Nor will it be later: there is no voice for that language, or no text for a voice."""


ANY = "*"
TEXT_LIMIT = 2000


class Speech(Protocol):
    @property
    def name(self) -> str:
        """For people who look after it."""

    @property
    def version(self) -> str:
        """Of engine and voices. Part of a cached prompt's name: another version speaks anew."""

    async def languages(self) -> frozenset[str]:
        """Those it has a voice for, without their region; `*`: any. Raises `SpeechFailed`."""

    async def say(self, text: str, language: str) -> bytes:
        """A WAV file, 8 kHz, mono, 16 bit. `language` as in BCP 47. Raises `SpeechFailed`."""

    async def close(self) -> None: ...


def check(text: str) -> None:
    """What every engine refuses. Raises `Unspeakable`."""
    if not text.strip():
        raise Unspeakable("there is nothing to say")
    if len(text) > TEXT_LIMIT:
        raise Unspeakable(f"{len(text)} characters; at most {TEXT_LIMIT}")
