"""Speech by an engine over HTTP: one POST for each text, in the shape that the engine wants.

The default body is that of OpenAI's `/v1/audio/speech`, which many neural engines speak as well; any other is a
setting (docs/guides/speech.md). What comes back, WAV or another kind, is made what telephones play.

An engine that fails three times in a row is left alone for half a minute, so that callers wait for it no more.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import ssl
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import httpcore

from .port import ANY, SpeechFailed, Unspeakable, check
from .sound import BadSound, telephone

OPENAI = '{"model": "{model}", "input": "{text}", "voice": "{voice}", "response_format": "wav"}'
ANSWER_LIMIT = 16 * 1024 * 1024
AT_ONCE = 4
WAITING_LIMIT = 200
FAILURES = 3
REST_S = 30.0
AGAIN_AFTER_S = 0.2


class Asked(NamedTuple):
    """How the engine is asked."""

    url: str
    voices: Mapping[str, str]
    """Language to voice; `*` for all others."""
    body: str = OPENAI
    """JSON in which `{text}`, `{language}`, `{voice}` and `{model}` stand for what they say."""
    model: str = ""
    key_header: str = "Authorization: Bearer {key}"
    timeout_s: float = 8.0


class OverHttp:
    def __init__(
        self,
        asked: Asked,
        key: Path,
        *,
        trust: ssl.SSLContext | None = None,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """`key` is read for each text, so that it can be replaced; where there is no such file none is sent."""
        digest = hashlib.sha256(repr((asked.url, sorted(asked.voices.items()), asked.body, asked.model)).encode())
        self.name = asked.url.split("?")[0]
        self.version = f"http/{digest.hexdigest()[:16]}/1"
        self._asked, self._key, self._now = asked, key, now
        self._pool = httpcore.AsyncConnectionPool(ssl_context=trust, max_connections=AT_ONCE, keepalive_expiry=30)
        self._turn = asyncio.Semaphore(AT_ONCE)
        self._waiting = 0
        self._failed = 0
        self._rest_until = 0.0

    async def languages(self) -> frozenset[str]:
        return frozenset(self._asked.voices)

    async def say(self, text: str, language: str) -> bytes:
        voice = self._voice(language)
        if not voice:
            raise Unspeakable(f"no voice for {language!r}")
        check(text)
        if self._waiting >= WAITING_LIMIT:
            raise SpeechFailed(f"{WAITING_LIMIT} texts are waiting already")
        if self._now() < self._rest_until:
            raise SpeechFailed("the engine failed several times, and is asked again shortly")
        self._waiting += 1
        try:
            async with self._turn, asyncio.timeout(self._asked.timeout_s):
                wav = await telephone(await self._ask_twice(self._body(text, language, voice)))
        except TimeoutError as e:
            raise self._fail("it took too long") from e
        except BadSound as e:
            raise self._fail(f"what came back is no sound: {e.code}") from e
        except SpeechFailed as e:
            raise self._fail(str(e)) from e
        finally:
            self._waiting -= 1
        self._failed = 0
        return wav

    async def close(self) -> None:
        await self._pool.aclose()

    def _voice(self, language: str) -> str:
        voices = self._asked.voices
        return voices.get(language) or voices.get(language.partition("-")[0]) or voices.get(ANY, "")

    def _body(self, text: str, language: str, voice: str) -> bytes:
        body = self._asked.body
        values = {"text": text, "language": language, "voice": voice, "model": self._asked.model}
        tree = json.loads(body)
        return json.dumps(_filled(tree, values), ensure_ascii=False).encode()

    def _fail(self, why: str) -> SpeechFailed:
        self._failed += 1
        if self._failed >= FAILURES:
            self._rest_until = self._now() + REST_S
        return SpeechFailed(f"{self.name}: {why}")

    async def _ask_twice(self, body: bytes) -> bytes:
        headers = [("Content-Type", "application/json"), ("Accept", "audio/wav, audio/*"), *await self._secret()]
        try:
            return await self._ask(headers, body)
        except _Passing:
            await asyncio.sleep(AGAIN_AFTER_S)
        try:
            return await self._ask(headers, body)
        except _Passing as e:
            raise SpeechFailed(str(e)) from e

    async def _ask(self, headers: list[tuple[str, str]], body: bytes) -> bytes:
        try:
            async with self._pool.stream("POST", self._asked.url, headers=headers, content=body) as answer:
                if answer.status == 429 or answer.status >= 500:
                    raise _Passing(f"it answers {answer.status}")
                if answer.status != 200:
                    raise SpeechFailed(f"it answers {answer.status}")
                found = bytearray()
                async for piece in answer.aiter_stream():
                    found += piece
                    if len(found) > ANSWER_LIMIT:
                        raise SpeechFailed(f"it answers with more than {ANSWER_LIMIT} bytes")
                return bytes(found)
        except (httpcore.NetworkError, httpcore.RemoteProtocolError, OSError) as e:
            raise _Passing(f"it is not reached: {type(e).__name__}") from e
        except (httpcore.ProtocolError, httpcore.UnsupportedProtocol) as e:
            raise SpeechFailed(f"it speaks no HTTP: {type(e).__name__}") from e

    async def _secret(self) -> list[tuple[str, str]]:
        try:
            key = (await asyncio.to_thread(self._key.read_text)).strip()
        except FileNotFoundError:
            return []
        except (OSError, UnicodeError) as e:
            raise SpeechFailed(f"its key cannot be read: {type(e).__name__}") from e
        name, _, value = self._asked.key_header.partition(":")
        return [(name.strip(), value.strip().replace("{key}", key))] if key else []


class _Passing(Exception):
    """Worth a second try."""


def _filled(tree: object, values: Mapping[str, str]) -> object:
    match tree:
        case dict():
            return {name: _filled(value, values) for name, value in tree.items()}
        case list():
            return [_filled(value, values) for value in tree]
        case str():
            for name in ("model", "voice", "language", "text"):  # the text last: what it says is nobody's placeholder
                tree = tree.replace("{" + name + "}", values[name])
            return tree
    return tree


def voices_of(pairs: tuple[str, ...]) -> dict[str, str]:
    """`zh=alloy` and so on. Raises ValueError."""
    found = {}
    for pair in pairs:
        language, equals, voice = (part.strip() for part in pair.partition("="))
        if not (language and equals and voice):
            raise ValueError(f"{pair!r} is not language=voice")
        found[language] = voice
    return found
