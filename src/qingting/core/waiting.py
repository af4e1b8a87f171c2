"""Who waits, in order of rank; a place in the queue; how long it may take.

Rank is first arrival minus priority in seconds, so it never changes while a visit waits. A lane holds the
waiting visits of one queue and medium that require the same skills, least rank first: whoever may serve its
head may serve them all, so only heads are compared. A line holds a queue's lanes by their heads.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Collection, Iterator
from heapq import merge

from .commands import Skills

Place = tuple[float, int, str]
"""Rank, order of entering, visit."""


class Lane:
    __slots__ = ("places", "requires")

    def __init__(self, requires: Skills) -> None:
        self.requires = requires
        self.places: list[Place] = []


class Line:
    """A queue's lanes for one medium. `heads` are their first places, sorted, `order` their lanes beside them."""

    __slots__ = ("heads", "lanes", "order")

    def __init__(self) -> None:
        self.lanes: dict[Skills, Lane] = {}
        self.heads: list[Place] = []
        self.order: list[Lane] = []

    def add(self, requires: Skills, place: Place) -> None:
        lane = self.lanes.get(requires)
        if lane is None:
            lane = self.lanes[requires] = Lane(requires)
            lane.places.append(place)
            self._add_head(lane)
            return
        places = lane.places
        if place > places[-1]:
            places.append(place)
        elif place > places[0]:
            insort(places, place)
        else:
            self._drop_head(lane)
            places.insert(0, place)
            self._add_head(lane)

    def remove(self, requires: Skills, place: Place) -> None:
        lane = self.lanes[requires]
        places = lane.places
        if places[0] == place:
            self._drop_head(lane)
            del places[0]
            if places:
                self._add_head(lane)
            else:
                del self.lanes[requires]
        else:
            i = bisect_left(places, place)
            assert places[i] == place
            del places[i]

    def _add_head(self, lane: Lane) -> None:
        head = lane.places[0]
        i = bisect_left(self.heads, head)
        self.heads.insert(i, head)
        self.order.insert(i, lane)

    def _drop_head(self, lane: Lane) -> None:
        i = bisect_left(self.heads, lane.places[0])
        assert self.order[i] is lane
        del self.heads[i]
        del self.order[i]

    def best(self, level: dict[str, int], before: Place | None, taken: Collection[str]) -> Place | None:
        """The first place that these skills may serve and that comes before `before`; none of the visits taken."""
        best = before
        for head, lane in zip(self.heads, self.order, strict=True):
            if best is not None and head >= best:
                break
            if not meets(level, lane.requires):
                continue
            if not taken:
                return head
            for place in lane.places:
                if place[2] not in taken:
                    if best is None or place < best:
                        best = place
                    break
        return best

    def place(self, place: Place) -> int:
        return 1 + sum(bisect_left(lane.places, place) for lane in self.lanes.values())

    def __iter__(self) -> Iterator[Place]:
        return merge(*(lane.places for lane in self.lanes.values()))


def meets(level: dict[str, int], requires: Skills) -> bool:
    for skill, least in requires:  # noqa: SIM110  a generator costs five times as much, on the hottest path
        if level.get(skill, 0) < least:
            return False
    return True
