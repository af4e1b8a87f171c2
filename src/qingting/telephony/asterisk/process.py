"""Asterisk's process: outlives us, is adopted again by its pid file, and is started anew when it died.

It runs in a session of its own, so that no signal meant for us reaches it. (Under systemd the unit needs
`KillMode=process` for the same reason.)
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from qingting.errors import Unavailable

from .layout import Layout
from .provision import Installation

BOOT_S = 120.0
STOP_S = 10.0
_LOOK_S = 0.5
_THREADS = 17
"""Where `/proc/PID/stat` tells how many there are, counted from the state on."""


class AsteriskProcess:
    def __init__(self, installation: Installation, layout: Layout) -> None:
        self.installation = installation
        self.layout = layout
        self._child = 0
        self._watch: asyncio.Task[None] | None = None
        self._expected = False

    def pid(self) -> int | None:
        """Of the Asterisk that runs on our files now, whoever started it."""
        try:
            pid = int(self.layout.pid_file.read_text())
            command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            over = state[0] == "Z" and int(state[_THREADS]) <= 1
        except (OSError, ValueError, IndexError):
            return None
        # One that is ending has no command line any more, but still holds its socket and its ports.
        ours = str(self.layout.conf).encode() in command or command == [b""]
        return pid if ours and not over else None

    async def start(self) -> bool:
        """Running and ready when it returns; true when it was running before (adopted).

        Raises `Unavailable("telephony.engine_failed")` with the last lines of its log.
        """
        self._expected = True
        adopted = self.pid() is not None
        if not adopted:
            await self._boot()
        return adopted

    def watch(self, on_restart: Callable[[], None] = lambda: None) -> None:
        """Start it again whenever it is gone. `on_restart` may rewrite its configuration first."""
        self._watch = asyncio.get_running_loop().create_task(self._keep(on_restart), name="asterisk-watch")

    async def leave(self) -> None:
        """Stop watching; Asterisk and its calls go on."""
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
            self._watch = None

    async def stop(self) -> None:
        """End it and all its calls."""
        self._expected = False
        await self.leave()
        pid = self.pid()
        if pid is None:
            return
        await self._end(pid, signal.SIGTERM, STOP_S) or await self._end(pid, signal.SIGKILL, STOP_S)

    async def kill(self) -> None:
        """As a crash would: for tests and doctors."""
        pid = self.pid()
        if pid is not None:
            await self._end(pid, signal.SIGKILL, STOP_S)

    async def _end(self, pid: int, how: signal.Signals, within_s: float) -> bool:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, how)
        until = time.monotonic() + within_s
        while time.monotonic() < until:
            self._reap()
            if self.pid() != pid:
                return True
            await asyncio.sleep(0.02)
        return False

    def _spawn(self) -> int:
        """In a session of its own. No `Popen`: that would want to wait for it."""
        argv = [*self.installation.command, "-f", "-C", str(self.layout.conf)]
        log = str(self.layout.log / "console.log")
        files = [
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (os.POSIX_SPAWN_OPEN, 1, log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ]
        return os.posix_spawn(argv[0], argv, os.environ, file_actions=files, setsid=True)

    def _reap(self) -> bool:
        """Whether the process that we started has ended."""
        if self._child == 0:
            return False
        try:
            ended, _ = os.waitpid(self._child, os.WNOHANG)
        except ChildProcessError:
            ended = self._child
        if ended:
            self._child = 0
        return bool(ended)

    async def _boot(self) -> None:
        try:
            self._child = self._spawn()
        except OSError as e:
            raise self._failed(f"cannot be run: {e}") from e
        until = time.monotonic() + BOOT_S
        while time.monotonic() < until:
            if self._reap():
                raise self._failed("ended at once")
            if self.pid() is not None and await self.console("core waitfullybooted"):
                return
            await asyncio.sleep(0.03)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._child, signal.SIGKILL)
        raise self._failed(f"not ready after {BOOT_S:.0f} s")

    async def console(self, command: str) -> bool:
        """Whether Asterisk took it; false while it does not listen yet, or answer."""
        argv = [*self.installation.command, "-C", str(self.layout.conf), "-rx", command]
        quiet = asyncio.subprocess.DEVNULL
        console = await asyncio.create_subprocess_exec(*argv, stdin=quiet, stdout=quiet, stderr=quiet)
        try:
            async with asyncio.timeout(BOOT_S):
                return await console.wait() == 0
        except TimeoutError:
            console.kill()
            return False

    async def _keep(self, on_restart: Callable[[], None]) -> None:
        pause = 0.2
        while True:
            await asyncio.sleep(_LOOK_S)
            self._reap()
            if self.pid() is not None:
                continue
            try:
                on_restart()
                await self._boot()
                pause = 0.2
            except (Unavailable, OSError):
                await asyncio.sleep(pause)
                pause = min(pause * 2, 10.0)

    def _failed(self, why: str) -> Unavailable:
        lines: list[str] = []
        for name in ("console.log", "messages.log"):
            with contextlib.suppress(OSError):
                lines += (self.layout.log / name).read_text(errors="replace").splitlines()[-5:]
        said = " | ".join(lines)[-600:]
        return Unavailable("telephony.engine_failed", f"Asterisk {why}: {said}", why=why)
