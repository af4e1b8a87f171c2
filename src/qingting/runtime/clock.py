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
        self._seen = steady()

    def __call__(self) -> float:
        now, seen = self._wall(), self._steady()
        if now < self._last:
            now = self._last + (seen - self._seen) * CATCH_UP
        self._last, self._seen = now, seen
        return now

    def not_before(self, instant: float) -> None:
        self._last = max(self._last, instant)
