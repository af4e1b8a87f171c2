"""Deadlines by what they are of: earliest first, ties in the order of what they are of."""

from __future__ import annotations

from heapq import heapify, heappop, heappush

Entry = tuple[float, int, str]
"""Instant, order, what."""


class Timers:
    """A heap whose dead are dropped when they surface, and all at once when they outnumber the living."""

    __slots__ = ("_live", "heap")

    def __init__(self) -> None:
        self.heap: list[Entry] = []
        """The first one lives, if there is any; always the same list."""
        self._live: dict[str, Entry] = {}

    def set(self, what: str, until: float, seq: int) -> None:
        if what in self._live:
            self.cancel(what)
        entry = self._live[what] = (until, seq, what)
        heappush(self.heap, entry)

    def cancel(self, what: str) -> None:
        live, heap = self._live, self.heap
        entry = live.pop(what, None)
        if entry is None:
            return
        if heap[0] == entry:
            while heap and live.get(heap[0][2]) != heap[0]:
                heappop(heap)
        elif len(heap) > 2 * len(live) + 1000:
            heap[:] = [entry for entry in heap if live.get(entry[2]) == entry]
            heapify(heap)

    def first(self) -> Entry | None:
        return self.heap[0] if self.heap else None

    def due(self, now: float, most: int) -> list[str]:
        """The first so many that are due, in order; the heap stays as it is."""
        heap, live = self.heap, self._live
        found: dict[str, None] = {}
        front = [(heap[0], 0)] if heap and heap[0][0] <= now else []
        while front and len(found) < most:
            entry, i = heappop(front)
            if live.get(entry[2]) == entry:
                found[entry[2]] = None
            for child in (2 * i + 1, 2 * i + 2):
                if child < len(heap) and heap[child][0] <= now:
                    heappush(front, (heap[child], child))
        return list(found)
