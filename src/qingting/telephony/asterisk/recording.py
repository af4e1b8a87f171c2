"""Two-channel recording: MixMonitor writes what came from a leg and what went to it, in step.

The engine writes a WAV's length when it closes the file, and tells nobody: so the files are looked at until
they are closed. Where a silence ends a recording, TALK_DETECT tells who talks.
"""

from __future__ import annotations

import asyncio
import os
import struct
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from qingting.telephony.port import EngineUnavailable, LegGone, RecordingEnded

from .ari import path
from .connection import Connection

log = structlog.get_logger(__name__)

HEADER = 44
CLOSES_WITHIN_S = 60.0
"""A machine that stalls closes late; who closes never is an engine that is gone, and that is known."""
_LOOK_S = 0.1
LOUD = 128
"""Mean amplitude of a sample from which on it is speech; Asterisk's own 256 passes over who speaks softly."""


@dataclass(slots=True)
class Running:
    leg: str
    files: tuple[str, str]
    silence_s: float = 0.0
    spoken: bool = False
    patience: asyncio.TimerHandle | None = None
    """Until the first word."""

    @property
    def silent(self) -> bool:
        return self.silence_s > 0 and not self.spoken


class Recordings:
    def __init__(self, connection: Connection, tell: Callable[[RecordingEnded], None]) -> None:
        self._connection = connection
        self._tell = tell
        self._running: dict[str, Running] = {}
        self._finishing: set[asyncio.Task[None]] = set()
        self._engines = 0  # that have gone

    async def start(self, recording: str, leg: str, received: str, sent: str, silence_s: float = 0.0) -> None:
        if recording in self._running:
            return
        if any(c in path for path in (received, sent) for c in "(),\r\n"):
            raise ValueError("a recording's path has a character that MixMonitor reads otherwise")
        for other, one in list(self._running.items()):
            if one.leg == leg:  # the engine could not tell which of two to stop
                await self.stop(other, leg)
        running = self._running[recording] = Running(leg, (received, sent), silence_s)
        try:
            if silence_s:
                await self._detect(leg, "set", f"{int(silence_s * 1000)},{LOUD}")
            await self._ask("MixMonitor", leg, Options=f"r({received})t({sent})S")
        except BaseException:
            self._running.pop(recording, None)
            raise
        if running.silent:
            later = asyncio.get_running_loop().call_later
            running.patience = later(silence_s, self._fell_silent, recording, running)

    def talks(self, leg: str, on: bool) -> None:
        """As the engine tells of a leg for which it was asked."""
        for recording, running in list(self._running.items()):
            if running.leg == leg and running.silence_s:
                running.spoken = True
                if running.patience is not None:
                    running.patience.cancel()
                    running.patience = None
                if not on:
                    self._fell_silent(recording, running)

    def _fell_silent(self, recording: str, running: Running) -> None:
        if self._running.get(recording) is running:
            self._background(self._stop(recording, running.leg))

    async def _stop(self, recording: str, leg: str) -> None:
        try:
            await self.stop(recording, leg)
        except (LegGone, EngineUnavailable) as e:  # its end comes with the leg's
            log.debug("recording.not_stopped", recording=recording, why=str(e))

    async def _detect(self, leg: str, what: str, value: str) -> None:
        variable = {"variable": f"TALK_DETECT({what})", "value": value}
        await self._connection.ask("POST", path("channels", leg, "variable"), variable, lane=leg)

    async def pause(self, leg: str, on: bool) -> None:
        await self._ask("MixMonitorMute", leg, Direction="both", State="1" if on else "0")

    async def stop(self, recording: str, leg: str) -> None:
        """Also of one that an earlier process began; of that `RecordingEnded` is not told."""
        try:
            if (running := self._running.get(recording)) is not None and running.silence_s:
                await self._detect(leg, "remove", "")
            await self._ask("StopMixMonitor", leg)
        finally:
            self._finish(recording)

    def leg_ended(self, leg: str) -> None:
        for recording, running in list(self._running.items()):
            if running.leg == leg:
                self._finish(recording)

    def engine_restarted(self) -> None:
        """Whatever ran has ended with the old process, its files as they are."""
        self._engines += 1
        for recording in list(self._running):
            self._finish(recording, of_the_last=True)

    async def close(self) -> None:
        for task in list(self._finishing):
            task.cancel()
        await asyncio.gather(*self._finishing, return_exceptions=True)

    async def _ask(self, action: str, leg: str, **fields: str) -> None:
        reply = await self._connection.manage(action, Channel=leg, **fields)
        if reply.get("Response") != "Success":
            raise LegGone(f"{leg}: {reply.get('Message', '')}")

    def _finish(self, recording: str, of_the_last: bool = False) -> None:
        running = self._running.pop(recording, None)
        if running is not None:
            if running.patience is not None:
                running.patience.cancel()
            engine = self._engines - of_the_last
            self._background(self._await_files(recording, running.files, running.silent, engine))

    def _background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._finishing.add(task)
        task.add_done_callback(self._finishing.discard)

    async def _await_files(self, recording: str, files: tuple[str, ...], silent: bool, engine: int) -> None:
        until = time.monotonic() + CLOSES_WITHIN_S
        while error := next((p for p in map(problem, files) if p), ""):
            if engine != self._engines or time.monotonic() > until:
                break
            await asyncio.sleep(_LOOK_S)
        self._tell(RecordingEnded(time.time(), recording, error, silent))


def problem(path: str) -> str:
    """Empty when the file is there and closed, else why not. Reads 44 bytes."""
    name = Path(path).name
    try:
        with Path(path).open("rb") as file:
            head = file.read(HEADER)
            size = os.fstat(file.fileno()).st_size
    except OSError as e:
        return f"{name}: {e.strerror}"
    if len(head) < HEADER or head[:4] != b"RIFF":
        return f"{name}: empty"
    (said,) = struct.unpack("<I", head[40:44])
    return "" if 0 < said <= size - HEADER else f"{name}: not closed"
