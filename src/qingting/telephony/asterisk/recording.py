"""Two-channel recording: MixMonitor writes what came from a leg and what went to it, in step.

The engine writes a WAV's length when it closes the file, and tells nobody: so the files are looked at until
they are closed.
"""

from __future__ import annotations

import asyncio
import os
import struct
import time
from collections.abc import Callable
from pathlib import Path

from qingting.telephony.port import LegGone, RecordingEnded

from .connection import Connection

HEADER = 44
CLOSES_WITHIN_S = 5.0
_LOOK_S = 0.1


class Recordings:
    def __init__(self, connection: Connection, tell: Callable[[RecordingEnded], None]) -> None:
        self._connection = connection
        self._tell = tell
        self._running: dict[str, tuple[str, str, str]] = {}
        self._finishing: set[asyncio.Task[None]] = set()

    async def start(self, recording: str, leg: str, received: str, sent: str) -> None:
        if recording in self._running:
            return
        if any(c in path for path in (received, sent) for c in "(),\r\n"):
            raise ValueError("a recording's path has a character that MixMonitor reads otherwise")
        for other, (holder, *_) in list(self._running.items()):
            if holder == leg:  # the engine could not tell which of two to stop
                await self.stop(other, leg)
        self._running[recording] = (leg, received, sent)
        try:
            await self._ask("MixMonitor", leg, Options=f"r({received})t({sent})S")
        except BaseException:
            self._running.pop(recording, None)
            raise

    async def pause(self, leg: str, on: bool) -> None:
        await self._ask("MixMonitorMute", leg, Direction="both", State="1" if on else "0")

    async def stop(self, recording: str, leg: str) -> None:
        if recording in self._running:
            try:
                await self._ask("StopMixMonitor", leg)
            finally:
                self._finish(recording)

    def leg_ended(self, leg: str) -> None:
        for recording, (holder, *_) in list(self._running.items()):
            if holder == leg:
                self._finish(recording)

    def engine_restarted(self) -> None:
        """Whatever ran has ended with the old process, its files as they are."""
        for recording in list(self._running):
            self._finish(recording)

    async def close(self) -> None:
        for task in list(self._finishing):
            task.cancel()
        await asyncio.gather(*self._finishing, return_exceptions=True)

    async def _ask(self, action: str, leg: str, **fields: str) -> None:
        reply = await self._connection.manage(action, Channel=leg, **fields)
        if reply.get("Response") != "Success":
            raise LegGone(f"{leg}: {reply.get('Message', '')}")

    def _finish(self, recording: str) -> None:
        running = self._running.pop(recording, None)
        if running is not None:
            task = asyncio.get_running_loop().create_task(self._await_files(recording, running[1:]))
            self._finishing.add(task)
            task.add_done_callback(self._finishing.discard)

    async def _await_files(self, recording: str, files: tuple[str, ...]) -> None:
        error = ""
        for _ in range(int(CLOSES_WITHIN_S / _LOOK_S)):
            error = next((p for p in map(problem, files) if p), "")
            if not error:
                break
            await asyncio.sleep(_LOOK_S)
        self._tell(RecordingEnded(time.time(), recording, error))


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
