"""Time that never steps back, made of a wall clock that may."""

from __future__ import annotations

import time
from collections.abc import Callable

CATCH_UP = 0.9
"""After a step back our time runs at this rate until the wall clock has caught up: order holds, timers hold."""


class ForwardClock:
    def __init__(self, wall: Callable[[], float] = time.time, steady: Callable[[], float] = time.monotonic) -> None:
        self._wall = wall
        self._steady = steady
        self._last = 0.0
        self._behind_since: float | None = None  # by the steady clock, when the wall clock was last seen behind

    def __call__(self) -> float:
        now = self._wall()
        if now >= self._last:
            self._last = now
            self._behind_since = None
            return now
        seen = self._steady()
        if self._behind_since is not None:
            self._last += (seen - self._behind_since) * CATCH_UP
        self._behind_since = seen
        return self._last

    def not_before(self, instant: float) -> None:
        self._last = max(self._last, instant)
