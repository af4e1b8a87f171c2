"""Prompts as files that a voice engine can play: recorded ones first, else spoken once and kept.

    data/recorded/<tenant>/<id>.<language>.wav     what people recorded; standard prompts by their name
    data/prompts/<aa>/<digest>.wav                 what the engine said; the digest is of text, language, engine

Paths are given without suffix, as `telephony.port.play` takes them.
"""

from __future__ import annotations

import array
import asyncio
import hashlib
import io
import math
import os
import re
import tempfile
import wave
from collections.abc import Sequence
from pathlib import Path

import structlog

from ..flow.document import Document, Prompt, prompts_of
from .port import Speech, SpeechFailed
from .standard import STANDARD, text_of

log = structlog.get_logger(__name__)

SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}")


class PromptStore:
    def __init__(self, speech: Speech, cache: Path, recorded: Path) -> None:
        self.speech = speech
        self._cache = cache.absolute()
        self._recorded = recorded.absolute()
        self._known: set[Path] = set()
        """Files of the cache that were seen: they are never changed."""
        self._making: dict[Path, asyncio.Task[None]] = {}

    async def paths(self, prompts: Sequence[Prompt], language: str, tenant: str = "") -> list[str]:
        """One file for each prompt, in order. Raises `SpeechFailed`."""
        return [await self._prompt(prompt, language, tenant) for prompt in prompts]

    async def standard(self, name: str, language: str, tenant: str = "", **values: int) -> list[str]:
        """A standard prompt. Raises `SpeechFailed`, and KeyError for a name that is none."""
        text = text_of(name, language, **values)
        if not values and (found := await self._find(tenant, name, language)):
            return [found]
        return [await self._spoken(text, language if language in STANDARD[name] else "en")]

    async def tone(self) -> str:
        """After which somebody is recorded: half a second of 1000 Hz. Raises `SpeechFailed`."""
        path = self._cache / "tone-1000"
        if path not in self._known and not await asyncio.to_thread(_is_file, path):
            try:
                await asyncio.to_thread(_write, path, _beep())
            except OSError as e:
                raise SpeechFailed(f"the tone cannot be kept: {e.strerror}") from e
        self._known.add(path)
        return str(path)

    async def prepare(self, document: Document, tenant: str = "") -> list[str]:
        """Make all that a flow may say, so that no caller waits for it. What could not be made, in words."""
        failed = []
        for name, node in document.nodes.items():
            for prompt in prompts_of(node):
                for language in (prompt.only,) if prompt.only else document.languages:
                    try:
                        await self._prompt(prompt, language, tenant)
                    except SpeechFailed as e:
                        failed.append(f"{name} ({language}): {e}")
        return failed

    async def prepare_standard(self, languages: Sequence[str] = ("zh", "en")) -> list[str]:
        """Make the house's own prompts, numbers up to ten among them. What could not be made, in words."""
        wanted: list[tuple[str, dict[str, int]]] = [
            (name, {}) for name in STANDARD if "{" not in STANDARD[name]["en"]
        ]
        wanted += [("place", {"ahead": n}) for n in range(2, 11)] + [("wait", {"minutes": n}) for n in range(2, 11)]
        failed = []
        for language in languages:
            for name, values in wanted:
                try:
                    await self.standard(name, language, "", **values)
                except SpeechFailed as e:
                    failed.append(f"{name} ({language}): {e}")
        return failed

    async def one_file(self, name: str, languages: Sequence[str], path: Path) -> None:
        """A standard prompt in several languages, one after the other, as the file `path` (with suffix .wav).

        For engines that must speak while no application answers. Raises `SpeechFailed`.
        """
        parts = [part for language in languages for part in await self.standard(name, language)]
        try:
            await asyncio.to_thread(_write, path.with_suffix(""), await asyncio.to_thread(_joined, parts))
        except OSError as e:
            raise SpeechFailed(f"{path.name} cannot be written: {e.strerror}") from e

    async def tidy(self, most_bytes: int) -> int:
        """Remove the oldest files of the cache until it is no larger. How many went."""
        return await asyncio.to_thread(self._tidy, most_bytes)

    async def _prompt(self, prompt: Prompt, language: str, tenant: str) -> str:
        language = prompt.only or language
        if prompt.standard:
            return (await self.standard(prompt.standard, language, tenant))[0]
        if prompt.recorded and (found := await self._find(tenant, prompt.recorded, language)):
            return found
        text = prompt.text(language)
        if not text:
            raise SpeechFailed(f"no recording {prompt.recorded!r} in {language}, and no text")
        return await self._spoken(text, language)

    async def _find(self, tenant: str, name: str, language: str) -> str:
        """A recording, asked for each time: people replace them."""
        if not all(SAFE.fullmatch(part) for part in (tenant, name, language)):
            return ""
        path = self._recorded / tenant / f"{name}.{language}"
        return str(path) if await asyncio.to_thread(_is_file, path) else ""

    async def _spoken(self, text: str, language: str) -> str:
        digest = hashlib.sha256("\0".join((self.speech.version, language, text)).encode()).hexdigest()[:40]
        path = self._cache / digest[:2] / digest
        if path not in self._known:
            making = self._making.get(path)
            if making is None:
                making = self._making[path] = asyncio.create_task(self._make(path, text, language))
                making.add_done_callback(lambda done: self._made(path, done))
            await asyncio.shield(making)  # who hangs up meanwhile takes it from nobody
        return str(path)

    def _made(self, path: Path, done: asyncio.Task[None]) -> None:
        self._making.pop(path, None)
        if not done.cancelled() and (error := done.exception()) is not None:
            log.warning("speech.failed", why=str(error))  # told here, for all who waited may have left

    async def _make(self, path: Path, text: str, language: str) -> None:
        if not await asyncio.to_thread(_is_file, path):
            wav = await self.speech.say(text, language)
            try:
                await asyncio.to_thread(_write, path, wav)
            except OSError as e:
                raise SpeechFailed(f"the prompt cannot be kept: {e.strerror}") from e
        self._known.add(path)

    def _tidy(self, most_bytes: int) -> int:
        files = sorted((stat.st_mtime, stat.st_size, p) for p in self._cache.glob("*/*.wav") for stat in (p.stat(),))
        total, gone = sum(size for _, size, _ in files), 0
        for _, size, path in files:
            if total <= most_bytes:
                break
            self._known.discard(path.with_suffix(""))
            path.unlink(missing_ok=True)
            total, gone = total - size, gone + 1
        return gone


def _is_file(path: Path) -> bool:
    return path.with_name(path.name + ".wav").is_file()


def _beep(hertz: float = 1000.0, seconds: float = 0.5) -> bytes:
    out = io.BytesIO()
    steps = range(int(8000 * seconds))
    samples = array.array("h", (int(9000 * math.sin(2 * math.pi * hertz * n / 8000)) for n in steps))
    with wave.open(out, "wb") as wav:
        wav.setparams((1, 2, 8000, 0, "NONE", ""))
        wav.writeframes(samples.tobytes())
    return out.getvalue()


def _joined(paths: Sequence[str]) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as wav:
        wav.setparams((1, 2, 8000, 0, "NONE", ""))
        for path in paths:
            with wave.open(f"{path}.wav") as part:
                wav.writeframes(part.readframes(part.getnframes()))
    return out.getvalue()


def _write(path: Path, wav: bytes) -> None:
    """Whole or not at all, and readable by the voice engine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(wav)
            os.fchmod(file.fileno(), 0o644)
        os.replace(draft, path.with_name(path.name + ".wav"))
    except BaseException:
        os.unlink(draft)
        raise
