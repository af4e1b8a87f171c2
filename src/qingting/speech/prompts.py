"""Prompts as files that a voice engine can play: recorded ones first, else spoken once and kept.

    data/recorded/<tenant>/<id>.<language>.wav     what people recorded; standard prompts by their name
    data/prompts/<aa>/<digest>.wav                 what an engine said; the digest is of text, language, engine
    data/prompts/passing/<digest>.wav              of values of one call (amounts, numbers): gone within the hour

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
import time
import wave
from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from ..flow.document import Document
from ..flow.nodes import Prompt, prompts_of
from .in_words import in_words
from .port import Speech, SpeechFailed, Unspeakable
from .say_as import spoken
from .sound import part
from .standard import STANDARD, text_of

log = structlog.get_logger(__name__)

SAFE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}")


PASSING = "passing"
PASSING_S = 3600.0
AS_CACHED = "2"
"""Change it when what is kept of an engine's words is another thing than before."""
SENTENCE_ENDS = tuple("。.!?！？؟…")


class PromptStore:
    def __init__(self, speech: Speech, cache: Path, recorded: Path, *, instead: Speech | None = None) -> None:
        """`instead` says what `speech` cannot."""
        self.engines = (speech,) if instead is None else (speech, instead)
        self.library: Callable[[str, str, str], str] = lambda tenant, prompt, language: ""
        """What stands beside a recording that is not there in that language."""
        self._cache = cache.absolute()
        self._recorded = recorded.absolute()
        self._known: set[Path] = set()
        """Files of the cache that were seen: they are never changed."""
        self._lengths: dict[str, float] = {}
        self._making: dict[Path, asyncio.Task[None]] = {}

    async def close(self) -> None:
        for engine in self.engines:
            await engine.close()

    async def paths(self, prompts: Sequence[Prompt], language: str, tenant: str = "") -> list[str]:
        """One file for each prompt, in order. Raises `SpeechFailed`."""
        return [await self._prompt(prompt, language, tenant) for prompt in prompts]

    async def standard(self, name: str, language: str, tenant: str = "", **values: int) -> list[str]:
        """A standard prompt. Raises `SpeechFailed`, and KeyError for a name that is none."""
        text = text_of(name, language, **values)
        if not values and (found := await self._find(tenant, name, language)):
            return [found]
        return [await self._spoken(text, language if language in STANDARD[name] else "en")]

    async def value(self, kind: str, value: str, language: str) -> str:
        """A value in words (`say_as`), kept for an hour only: it is of one call. Raises `SpeechFailed`."""
        return await self._spoken(spoken(kind, value, language), language, passing=True)

    async def sound(self, text: str, language: str) -> bytes:
        """A text as callers would hear it, as WAV. Raises `SpeechFailed`."""
        path = Path(await self._spoken(text, language) + ".wav")
        try:
            return await asyncio.to_thread(path.read_bytes)
        except OSError as e:
            raise SpeechFailed(f"a prompt cannot be read: {e.strerror}") from e

    async def seconds(self, text: str, language: str) -> float:
        """How long this text is as callers hear it; it is made and kept for that. Raises `SpeechFailed`."""
        return await self._seconds(await self._spoken(text, language))

    async def seconds_of(self, prompts: Sequence[Prompt], language: str, tenant: str = "") -> float:
        """How long these are, one after the other; recordings as they were recorded. Raises `SpeechFailed`."""
        return sum([await self._seconds(path) for path in await self.paths(prompts, language, tenant)])

    async def languages(self) -> frozenset[str]:
        """Those that some engine has a voice for, as the port tells. Raises `SpeechFailed`."""
        return frozenset().union(*[await engine.languages() for engine in self.engines])

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
                if prompt.spoken:  # of what is known of one caller only
                    continue
                for language in (prompt.only,) if prompt.only else document.languages:
                    if prompt.spoken:
                        continue  # nobody knows its values yet
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
        """Remove what was of single calls, then the oldest files until the cache is no larger. How many went."""
        return await asyncio.to_thread(self._tidy, most_bytes)

    async def _prompt(self, prompt: Prompt, language: str, tenant: str) -> str:
        language = prompt.only or language
        if prompt.standard:
            return (await self.standard(prompt.standard, language, tenant))[0]
        if prompt.recorded and (found := await self._find(tenant, prompt.recorded, language)):
            return found
        text = prompt.text(language) or self.library(tenant, prompt.recorded, language)
        if not text:
            raise SpeechFailed(f"no recording {prompt.recorded!r} in {language}, and no text")
        if prompt.spoken:
            return await self._spoken(in_words(text, dict(prompt.values), language), language, passing=True)
        return await self._spoken(text, language)

    async def _find(self, tenant: str, name: str, language: str) -> str:
        """A recording, asked for each time: people replace them."""
        if not all(SAFE.fullmatch(part) for part in (tenant, name, language)):
            return ""
        path = self._recorded / tenant / f"{name}.{language}"
        return str(path) if await asyncio.to_thread(_is_file, path) else ""

    async def _spoken(self, text: str, language: str, *, passing: bool = False) -> str:
        """By the first engine that can; what another had to say is not kept as the first one's."""
        failed: SpeechFailed | None = None
        for engine in self.engines:
            try:
                return await self._by(engine, text, language, passing)
            except SpeechFailed as e:
                failed = e if failed is None or isinstance(failed, Unspeakable) else failed
        assert failed is not None
        raise failed

    async def _by(self, engine: Speech, text: str, language: str, passing: bool) -> str:
        digest = hashlib.sha256("\0".join((AS_CACHED, engine.version, language, text)).encode()).hexdigest()[:40]
        path = self._cache / (PASSING if passing else digest[:2]) / digest
        if path not in self._known:
            making = self._making.get(path)
            if making is None:
                making = self._making[path] = asyncio.create_task(self._make(engine, path, text, language))
                making.add_done_callback(lambda done: self._made(path, done))
            await asyncio.shield(making)  # who hangs up meanwhile takes it from nobody
        return str(path)

    async def _seconds(self, path: str) -> float:
        known = self._lengths.get(path)
        if known is None:
            known = await asyncio.to_thread(_length_s, path)
            if Path(path) in self._known:  # recordings are replaced
                self._lengths[path] = known
        return known

    def _made(self, path: Path, done: asyncio.Task[None]) -> None:
        self._making.pop(path, None)
        if not done.cancelled() and (error := done.exception()) is not None:
            log.warning("speech.failed", why=str(error))  # told here, for all who waited may have left

    async def _make(self, engine: Speech, path: Path, text: str, language: str) -> None:
        if not await asyncio.to_thread(_is_file, path):
            wav = await engine.say(text, language)
            try:
                if not text.rstrip().endswith(SENTENCE_ENDS):
                    wav = await asyncio.to_thread(part, wav)
                await asyncio.to_thread(_write, path, wav)
            except OSError as e:
                raise SpeechFailed(f"the prompt cannot be kept: {e.strerror}") from e
        self._known.add(path)

    def _tidy(self, most_bytes: int) -> int:
        files = sorted((stat.st_mtime, stat.st_size, p) for p in self._cache.glob("*/*.wav") for stat in (p.stat(),))
        total, gone, now = sum(size for _, size, _ in files), 0, time.time()
        files.sort(key=lambda file: file[2].parent.name != PASSING)
        for made, size, path in files:
            if total <= most_bytes and (path.parent.name != PASSING or made > now - PASSING_S):
                break
            self._known.discard(path.with_suffix(""))
            self._lengths.pop(str(path.with_suffix("")), None)
            path.unlink(missing_ok=True)
            total, gone = total - size, gone + 1
        return gone


def _is_file(path: Path) -> bool:
    return path.with_name(path.name + ".wav").is_file()


def _length_s(path: str) -> float:
    """Raises `SpeechFailed`: it was taken away meanwhile, or is no WAV."""
    try:
        with wave.open(f"{path}.wav") as wav:
            return float(wav.getnframes() / wav.getframerate())
    except (OSError, EOFError, wave.Error) as e:
        raise SpeechFailed(f"a prompt cannot be read: {e}") from e


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
