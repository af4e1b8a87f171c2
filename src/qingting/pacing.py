"""Work that goes on behind a call takes its share of the machine and no more.

Gathering costs little more for a hundred calls than for one: the longer a batch took, the longer the next one
may gather, so that what is written behind the calls slows down under load before the calls themselves do.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager


def behind_calls(niceness: int = 15) -> None:
    """This process, of long work, comes after all others, and one processor is left to those wherever there are two.

    Niceness alone does not do that: Linux lets a process that was begun go on for some milliseconds, and for so long
    an entry of the journal that has to wake up waited.
    """
    os.nice(niceness)
    if len(processors := sorted(os.sched_getaffinity(0))) > 1:
        os.sched_setaffinity(0, processors[1:])


class Pace:
    """Rests `least_s` to `most_s` after each piece of work, so that it takes `share` of the time at most. What else
    was done since it ended counts as rest, but for the last `least_s`."""

    def __init__(self, least_s: float, most_s: float, share: float = 0.05) -> None:
        self._least_s, self._most_s = least_s, most_s
        self._rest = 1 / share - 1
        self._took = self._ended = 0.0

    @contextmanager
    def work(self) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        finally:
            self._ended = time.monotonic()
            self._took = self._ended - began

    async def rest(self) -> None:
        since = time.monotonic() - self._ended
        await asyncio.sleep(max(min(self._took * self._rest, self._most_s) - since, self._least_s))
