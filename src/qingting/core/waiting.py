"""Who waits, in order: lanes of equal visits, by their heads.

A visit's rank is its first arrival minus its priority in seconds, so it never changes while it waits. A lane holds
the waiting visits of one queue and medium that require the same and are worth the same, first arrival first. Its
head has waited longest, so it is the most relaxed: whoever may serve any of them may serve the head, and only heads
are compared, wait for deadlines of relaxation, and have a step. A line holds a queue's lanes, and apart from them
the visits that still wait for the agent they prefer.

A visit that becomes head is at the step that its waiting time says, but not ahead of the head before it: up to
there it is known that nobody free may serve it, the rest is asked by the deadline that is due at once.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterator, Mapping, Sequence
from heapq import merge
from typing import TYPE_CHECKING

from .relaxation import Need, Steps, bonus, need, reached
from .timers import Timers
from .values import Requirements, Skills

if TYPE_CHECKING:
    from .model import Queue, State, Visit

Place = tuple[float, int, "Visit"]
"""Rank, order of entering, visit: no two have the same order, so visits themselves are never compared."""
Key = tuple[float, int]
"""Rank less what waiting has brought, order of entering."""
Front = tuple[float, "Line"]
"""Where a line stands among others: its first key's rank less its queue's boost."""


Bits = Mapping[tuple[str, int], int]
"""A bit for each skill at each level: what is asked is a set of bits, and so is what an agent meets."""


def bits_of(bits: Bits, skills: Skills) -> int:
    asked = 0
    for pair in skills:
        asked |= bits[pair]
    return asked


class Lane:
    __slots__ = ("asks", "bonus", "choosy", "key", "need", "of", "places", "since", "step", "steps", "wants")

    def __init__(self, of: tuple[Requirements, float]) -> None:
        self.of = of
        self.wants = of[0]
        self.places: list[Place] = []
        self.steps: dict[int, tuple[Need, int, float]] = {}
        """By step that some head was at: need, its skills as bits, bonus."""
        # of the head
        self.since = 0.0
        self.step = -1
        self.need: Need
        self.asks = 0
        self.choosy = False
        """Not everybody with the skills may serve it."""
        self.bonus = 0.0
        self.key: Key = (0.0, 0)


class Line:
    """`heads` are the keys of the lanes' heads, sorted, `order` their lanes beside them."""

    __slots__ = ("apart", "bits", "front", "heads", "lanes", "order", "queue", "steps")

    def __init__(self, queue: Queue, bits: Bits) -> None:
        self.queue = queue
        self.bits = bits
        self.front: Front | None = None
        """Of the first head; none waits in a lane when there is none."""
        self.steps: Steps = ()
        self.lanes: dict[tuple[Requirements, float], Lane] = {}
        self.heads: list[Key] = []
        self.order: list[Lane] = []
        self.apart: list[Place] = []

    def add(self, visit: Visit, at: float, timers: Timers) -> None:
        place = (visit.rank, visit.seq, visit)
        key = visit.wants, visit.priority_s
        lane = self.lanes.get(key)
        if lane is None:
            lane = self.lanes[key] = visit.lane = Lane(key)
            lane.places.append(place)
            self._lead(lane, at, timers, len(self.steps))
            return
        visit.lane, visit.wants = lane, lane.wants
        places = lane.places
        if place > places[-1]:
            places.append(place)
        elif place > places[0]:
            insort(places, place)
        else:
            self._step_back(lane, timers)
            places[0][2].step = -1
            places.insert(0, place)
            self._lead(lane, at, timers, len(self.steps))

    def add_again(self, visits: Sequence[Visit], at: float, timers: Timers) -> None:
        """All of them, as they stood."""
        for visit in visits:
            key = visit.wants, visit.priority_s
            lane = self.lanes.get(key)
            if lane is None:
                lane = self.lanes[key] = Lane(key)
            visit.lane, visit.wants = lane, lane.wants
            lane.places.append((visit.rank, visit.seq, visit))
        for lane in self.lanes.values():
            lane.places.sort()
            self._lead(lane, at, timers, 0)

    def remove(self, visit: Visit, at: float, timers: Timers) -> None:
        lane = visit.lane
        assert lane is not None
        places = lane.places
        if places[0][2] is visit:
            self._step_back(lane, timers)
            del places[0]
            if places:
                self._lead(lane, at, timers, lane.step)
            else:
                del self.lanes[lane.of]
        else:
            i = bisect_left(places, (visit.rank, visit.seq, visit))
            assert places[i][2] is visit
            del places[i]
        visit.lane, visit.step = None, -1

    def relax(self, visit: Visit, at: float, timers: Timers) -> None:
        """A head goes on to the step that its waiting time says."""
        lane = visit.lane
        assert lane is not None
        assert lane.places[0][2] is visit
        timers.cancel(visit.id)
        step, worth = reached(self.steps, visit.since, at), lane.bonus
        self._turn(lane, step)
        visit.step = step
        if lane.bonus != worth:
            self._step_back(lane, timers)
            self._lead(lane, at, timers, step)
        elif step < len(self.steps):
            timers.set(visit.id, visit.since + self.steps[step].after_s, visit.seq)

    def begin_again(self, steps: Steps, at: float, timers: Timers) -> None:
        """Other steps from now: everybody is at the first, and goes on by the deadlines that are due."""
        for lane in self.order:
            timers.cancel(lane.places[0][2].id)
            lane.step = -1
            lane.steps.clear()
            for _, _, visit in lane.places:
                visit.step = -1
        lanes, self.steps, self.heads, self.order, self.front = self.order, steps, [], [], None
        for lane in lanes:
            self._lead(lane, at, timers, 0)

    def _lead(self, lane: Lane, at: float, timers: Timers, most: int) -> None:
        """The first place is the head: at the step that it has, else `most` at most."""
        rank, seq, visit = lane.places[0]
        steps = self.steps
        step = visit.step
        if step < 0:
            step = visit.step = min(most, reached(steps, visit.since, at)) if steps else 0
        if step != lane.step:
            self._turn(lane, step)
        if step < len(steps):
            timers.set(visit.id, visit.since + steps[step].after_s, seq)
        lane.since = visit.since
        key = lane.key = (rank - lane.bonus, seq)
        i = bisect_left(self.heads, key)
        self.heads.insert(i, key)
        self.order.insert(i, lane)
        if not i:
            self.front = key[0] - self.queue.boost, self

    def _turn(self, lane: Lane, step: int) -> None:
        """What the head needs and is worth at this step."""
        if step not in lane.steps:
            asked = need(lane.wants, self.steps, step)
            lane.steps[step] = asked, bits_of(self.bits, asked.skills), bonus(self.steps, step)
        lane.step = step
        lane.need, lane.asks, lane.bonus = lane.steps[step]
        lane.choosy = bool(lane.need.sites or lane.need.exclude)

    def _step_back(self, lane: Lane, timers: Timers) -> None:
        i = bisect_left(self.heads, lane.key)
        assert self.order[i] is lane
        del self.heads[i]
        del self.order[i]
        if not i:
            self.stand()
        if lane.step < len(self.steps):
            timers.cancel(lane.places[0][2].id)

    def stand(self) -> None:
        """Its first head, or its queue's boost, is another."""
        self.front = (self.heads[0][0] - self.queue.boost, self) if self.heads else None

    def step(self, visit: Visit, at: float) -> int:
        """Of a visit that waits in a lane."""
        assert visit.lane is not None
        head = visit.lane.places[0][2]
        return head.step if head is visit else behind(self.steps, head, visit, at)

    def key(self, visit: Visit, at: float) -> Key:
        if visit.prefer_until or not self.steps:
            return visit.rank, visit.seq
        return visit.rank - bonus(self.steps, self.step(visit, at)), visit.seq

    def place(self, visit: Visit, at: float) -> int:
        key = self.key(visit, at)
        if not self.steps:
            before = sum([bisect_left(lane.places, key) for lane in self.lanes.values()])
        else:
            before = sum(
                [
                    bisect_left(lane.places, key, key=lambda place: self.key(place[2], at))
                    for lane in self.lanes.values()
                ]
            )
        return 1 + before + bisect_left(self.apart, key)

    def waiting(self, at: float) -> Iterator[tuple[Key, Visit]]:
        """In order."""
        lanes = [*(lane.places for lane in self.lanes.values()), self.apart]
        return merge(*([(self.key(place[2], at), place[2]) for place in places] for places in lanes))


def lift(queue: Queue, boost: float) -> None:
    queue.boost = boost
    for line in queue.lines.values():
        line.stand()


def behind(steps: Steps, head: Visit, visit: Visit, at: float) -> int:
    """The step of a visit that comes after this head."""
    return min(head.step, reached(steps, visit.since, at))


def wait(state: State, visit: Visit, at: float) -> None:
    queue = state.queues[visit.queue]
    queue.waiting += 1
    line = queue.lines[visit.medium]
    if visit.prefer_until:
        place = (visit.rank, visit.seq, visit)
        insort(line.apart, place)
        insort(state.awaited.setdefault(visit.prefer, []), place)
        state.relaxing.set(visit.id, visit.prefer_until, visit.seq)
    else:
        line.add(visit, at, state.relaxing)


def wait_again(state: State, waiting: Mapping[tuple[str, str], Sequence[Visit]]) -> None:
    """Those of each queue and medium wait as they did, in a state that is being restored."""
    for queue in state.queues.values():
        for medium, line in queue.lines.items():
            line.steps = queue.relax
            visits = waiting.get((queue.id, medium), ())
            in_lanes = [visit for visit in visits if not visit.prefer_until]
            line.add_again(in_lanes, state.at, state.relaxing)
            queue.waiting += len(in_lanes)
            for visit in visits:
                if visit.prefer_until:
                    wait(state, visit, state.at)


def wait_no_more(state: State, visit: Visit, at: float) -> None:
    queue = state.queues[visit.queue]
    queue.waiting -= 1
    line = queue.lines[visit.medium]
    if not visit.prefer_until:
        line.remove(visit, at, state.relaxing)
        return
    visit.prefer_until = 0.0
    place = (visit.rank, visit.seq, visit)
    line.apart.remove(place)
    awaited = state.awaited[visit.prefer]
    awaited.remove(place)
    if not awaited:
        del state.awaited[visit.prefer]
    state.relaxing.cancel(visit.id)


def relax(state: State, visit: Visit, at: float) -> None:
    """It waits for anyone now who waited for one agent; or goes on to the step that its waiting time says."""
    if visit.prefer_until:
        wait_no_more(state, visit, at)
        wait(state, visit, at)
    else:
        state.queues[visit.queue].lines[visit.medium].relax(visit, at, state.relaxing)
