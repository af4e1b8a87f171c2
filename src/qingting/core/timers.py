"""Deadlines of assignments: earliest first, ties in the order in which they were set."""

from __future__ import annotations

from heapq import heapify, heappop, heappush


class Timers:
    """A heap whose dead are dropped when they surface, and all at once when they outnumber the living."""

    __slots__ = ("_heap", "_live")

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, str]] = []
        self._live: dict[str, int] = {}

    def set(self, what: str, until: float, seq: int) -> None:
        self._live[what] = seq
        heappush(self._heap, (until, seq, what))

    def cancel(self, what: str) -> None:
        live, heap = self._live, self._heap
        if live.pop(what, None) is None:
            return
        while heap and live.get(heap[0][2]) != heap[0][1]:
            heappop(heap)
        if len(heap) > 2 * len(live) + 1000:
            self._heap = [entry for entry in heap if live.get(entry[2]) == entry[1]]
            heapify(self._heap)

    def first(self) -> tuple[float, int, str] | None:
        """Instant, order, assignment."""
        return self._heap[0] if self._heap else None
