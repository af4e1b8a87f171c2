"""Speech by espeak-ng, which runs as a process of its own (`workers/espeak`, GPL): text goes in, WAV comes out.

The worker starts with the first text and again after it died; a text on which it dies or hangs fails, and only
that one. One text at a time; who comes while too many wait is turned away.
"""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path
from typing import Any

import structlog

from .port import SpeechFailed, Unspeakable, check

log = structlog.get_logger(__name__)

WORKER = Path(__file__).parents[3] / "workers" / "espeak" / "worker.py"
VERSION = "espeak-ng-1.52/2"
"""Change the last number when the worker speaks otherwise than before."""
VOICES = {"zh": "cmn", "en": "en-us"}
"""Other languages: the voice of that name."""
NAME = "espeak-ng (bundled)"

TIMEOUT_S = 10.0
START_TIMEOUT_S = 20.0
IDLE_S = 60.0
"""A worker that had nothing to say for so long ends: it holds some 90 MiB."""
WAITING_LIMIT = 200
ANSWER_LIMIT = 16 * 1024 * 1024
"""Bytes of one answer: more than six minutes of speech."""


class Espeak:
    def __init__(self, worker: Path = WORKER, *, timeout_s: float = TIMEOUT_S, idle_s: float = IDLE_S) -> None:
        self.name = NAME
        self.version = VERSION
        self._worker = worker
        self._timeout_s = timeout_s
        self._idle_s = idle_s
        self._idle: asyncio.TimerHandle | None = None
        self._resting: asyncio.Task[None] | None = None
        self._process: Process | None = None
        self._turn = asyncio.Lock()
        self._waiting = 0
        self._asked = 0
        self._languages: frozenset[str] = frozenset()

    async def say(self, text: str, language: str) -> bytes:
        check(text)
        if self._waiting >= WAITING_LIMIT:
            raise SpeechFailed(f"{WAITING_LIMIT} texts are waiting already")
        answer = await self._in_turn(text, _voice(language))
        if "wav" not in answer:
            raise Unspeakable(str(answer.get("error"))[:200])
        return base64.b64decode(answer["wav"])

    async def languages(self) -> frozenset[str]:
        if not self._languages:
            found = (await self._in_turn("", "")).get("languages", [])
            codes = {str(code).partition("-")[0] for code in found}
            self._languages = frozenset(
                codes | {ours for ours, voice in VOICES.items() if voice.partition("-")[0] in codes}
            )
        return self._languages

    async def _in_turn(self, text: str, voice: str) -> dict[str, Any]:
        self._waiting += 1
        try:
            async with self._turn:
                return await self._answered(text, voice)
        finally:
            self._waiting -= 1
            if self._idle is not None:
                self._idle.cancel()
            self._idle = asyncio.get_running_loop().call_later(self._idle_s, self._rest)

    async def close(self) -> None:
        """The next text starts it again."""
        if self._idle is not None:
            self._idle.cancel()
        async with self._turn:
            await self._end()

    @property
    def running(self) -> bool:
        return self._process is not None

    def _rest(self) -> None:
        self._resting = asyncio.get_running_loop().create_task(self.close())

    async def _answered(self, text: str, voice: str) -> dict[str, Any]:
        """In turn. Whatever goes wrong half way ends the worker, so that no answer is taken for another's."""
        try:
            process = self._process or await self._start()
            self._asked += 1
            async with asyncio.timeout(self._timeout_s):
                answer = await self._ask(process, self._asked, text, voice)
            if answer.get("id") != self._asked:
                raise SpeechFailed("the speech worker lost count")
        except BaseException as e:
            await self._end()
            if isinstance(e, TimeoutError):
                raise SpeechFailed("the speech worker took too long") from e
            if isinstance(e, OSError | ValueError | EOFError):
                raise SpeechFailed(f"the speech worker is gone: {e}") from e
            raise
        return answer

    async def _ask(self, process: Process, number: int, text: str, voice: str) -> dict[str, Any]:
        assert process.stdin is not None
        process.stdin.write(json.dumps({"id": number, "text": text, "voice": voice}).encode() + b"\n")
        await process.stdin.drain()
        return await _line(process)

    async def _start(self) -> Process:
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable, "-I", str(self._worker), stdin=PIPE, stdout=PIPE, stderr=DEVNULL, limit=ANSWER_LIMIT
        )
        async with asyncio.timeout(START_TIMEOUT_S):
            ready = await _line(process)
        log.info("speech.started", engine=ready.get("ready"))
        return process

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            try:
                process.kill()
            except ProcessLookupError:
                log.debug("speech.ended_already")
        await process.communicate()  # closes the pipes and reaps it


def _voice(language: str) -> str:
    return VOICES.get(language) or VOICES.get(language.partition("-")[0]) or language.lower()


async def _line(process: Process) -> dict[str, Any]:
    assert process.stdout is not None
    line = await process.stdout.readline()
    if not line:
        raise EOFError("it ended")
    answer = json.loads(line)
    if not isinstance(answer, dict):
        raise ValueError("not an answer")
    return answer
