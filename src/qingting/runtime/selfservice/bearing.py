"""What another system is asked to bear: so many at once, so many a second, and nothing for a while when it fails.

One that hangs costs its own callers their patience, and nobody else's.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


class Resting(Exception):
    """It failed so often that it is not asked now."""


class Bearing:
    def __init__(
        self,
        at_once: int,
        per_second: float,
        rest_after: int,
        rest_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._places = asyncio.Semaphore(at_once)
        self._gap_s, self._next = 1 / per_second, 0.0
        self._rest_after, self._rest_s, self._clock = rest_after, rest_s, clock
        self._failures, self._until = 0, 0.0

    @property
    def resting(self) -> bool:
        return self._failures >= self._rest_after and self._clock() < self._until

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Waits for a place and for its turn; whoever waits bounds it. Raises `Resting`."""
        self._try()
        async with self._places:
            now = self._clock()
            self._next = max(self._next, now) + self._gap_s
            if (wait := self._next - self._gap_s - now) > 0:
                await asyncio.sleep(wait)
            yield

    def _try(self) -> None:
        """After a rest one goes ahead; the others wait for what becomes of it."""
        if self._failures < self._rest_after:
            return
        if self.resting:
            raise Resting
        self._until = self._clock() + self._rest_s

    def went(self, well: bool) -> None:
        """What became of a turn."""
        self._failures = 0 if well else self._failures + 1
        if self._failures >= self._rest_after:
            self._until = self._clock() + self._rest_s
