"""Work beside the doors: each job under a name; one that fails starts again, after pauses that grow."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger(__name__)

PAUSE_S = (1.0, 300.0)
"""After the first failure, and at most; twice as long each time."""
STEADY_S = 60.0
"""Whoever has run so long is well again."""


class Jobs:
    def __init__(self, pause_s: tuple[float, float] = PAUSE_S, steady_s: float = STEADY_S) -> None:
        self.failing: dict[str, str] = {}
        """By name, why those stopped that failed a short while ago: the error's kind, never its words, which may hold
        what somebody said."""
        self._pause_s, self._steady_s = pause_s, steady_s
        self._tasks: list[asyncio.Task[None]] = []

    def start(self, name: str, work: Callable[[], Awaitable[object]]) -> None:
        """`work` is called again whenever it raises; a job that returns is done."""
        self._tasks.append(asyncio.create_task(self._keep(name, work), name=name))

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    async def _keep(self, name: str, work: Callable[[], Awaitable[object]]) -> None:
        loop = asyncio.get_running_loop()
        pause, most = self._pause_s
        while True:
            began = loop.time()
            well = loop.call_later(self._steady_s, self.failing.pop, name, None)
            try:
                await work()
                self.failing.pop(name, None)
                return
            except Exception as error:
                if loop.time() - began >= self._steady_s:
                    pause = self._pause_s[0]
                self.failing[name] = cause(error)
                log.exception("job.failed", job=name, cause=cause(error), again_in_s=pause)
            finally:
                well.cancel()
            await asyncio.sleep(pause)
            pause = min(pause * 2, most)


def cause(error: BaseException) -> str:
    """The kind of what went wrong first, also among tasks that ran together."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return type(error).__name__
