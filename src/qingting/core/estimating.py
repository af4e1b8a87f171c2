"""How long a visit will still wait: a range that is as often true as it says.

What is known is folded from events: who waits before it and for whom, which agents on duty could serve it, how long
the latest contacts of each queue held an agent. From this follows how long its agents have to work before its turn:

    work    every visit of any queue that goes before it and could take one of its agents, in seconds of handling;
            of a visit that twenty agents may serve, five of them among these, a quarter counts
    turn    (work + one handling) / agents
    pace    its place times the seconds between two answers of its queue lately; silence counts

If nobody gave up, went on a break or came back, the turn would be the wait; the pace knows of what the turn does
not. How far the wait really is from them, in the middle and nine times in ten, was fitted on simulated days
(`fitted.py` tells how): the statement is

    exp(level(place) + a·ln(turn + 5) + b·ln(agents) + c·ln(1 + visits before it) + d·ln((pace + 5)/(turn + 5))) − 5

seconds, with a `level` that goes in straight lines between a few places, on a logarithmic scale, and a pace that is
asked from the third place on, in full from the tenth.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import reduce
from math import exp, log
from operator import or_
from typing import NamedTuple

from .fitted import PLACES, Q50, Q90
from .model import Queue, State, Visit
from .relaxation import Need, need
from .values import Skills

LEAST = 5
"""So many contacts must have been handled before a statement is ventured."""
SHORT_S = 5.0
"""Below some seconds differences do not matter: logarithms are taken of this much more."""
NARROW, NARROW_S = 1.6, 60.0

ASKED = 2
"""The pace is asked at these of `PLACES` and beyond."""

_LOG_PLACES = tuple(map(log, PLACES))


class Estimate(NamedTuple):
    """Seconds still to wait until an agent is connected, of one who does not give up."""

    p50_s: float
    """Not exceeded in one case of two."""
    p90_s: float
    """Not exceeded in nine cases of ten."""

    @property
    def narrow(self) -> bool:
        """Whether "about N minutes" says the truth: both lie close together, or both within a minute or so."""
        return self.p90_s <= max(NARROW * self.p50_s, self.p50_s + NARROW_S)


Signals = tuple[float, ...]
"""What a statement is made of: a weight for each of `PLACES`, then the four logarithms."""


def estimate(state: State, visit: Visit) -> Estimate | None:
    """None when the visit does not wait or nobody can tell: nobody is there, or there is too little experience."""
    found = signals(state, visit)
    return None if found is None else stated(found)


def prospect(state: State, queue: str, medium: str, requires: Skills, rank: float) -> Estimate | None:
    """The same for one who would come now; `requires` with the queue's own, `rank` as a visit's."""
    found = _signals(state, state.queues[queue], medium, Need(requires, (), ()), (rank, state.seq + 1))
    return None if found is None else stated(found)


def stated(found: Signals) -> Estimate:
    p50, p90 = (max(0.0, exp(sum(map(float.__mul__, found, by))) - SHORT_S) for by in (Q50, Q90))
    return Estimate(p50, max(p50, p90))


def signals(state: State, visit: Visit) -> Signals | None:
    if visit.state != "waiting":
        return None
    queue = state.queues[visit.queue]
    lane = queue.lines[visit.medium].lanes.get((visit.wants, visit.priority_s))
    asked = need(visit.wants, (), 0) if lane is None else lane.need
    return _signals(state, queue, visit.medium, asked, (visit.rank, visit.seq))


def _signals(state: State, queue: Queue, medium: str, asked: Need, me: tuple[float, int]) -> Signals | None:
    on = state.on[medium]
    agents = _able(state, on & queue.members, asked)
    if not agents or len(queue.handled) < LEAST:
        return None
    handle_s = sum(queue.handled) / len(queue.handled)
    place, before, work_s = 1, 0.0, 0.0
    for other in state.queues.values():
        lanes = other.lines[medium].lanes
        staff = on & other.members
        if not lanes or not staff & agents:
            continue
        known = len(other.handled) >= LEAST
        each_s = sum(other.handled) / len(other.handled) if known else handle_s
        for lane in lanes.values():
            ahead = bisect_left(lane.places, me)
            if not ahead:
                continue
            if other is queue:
                place += ahead
            able = _able(state, staff, lane.need)
            shared = (able & agents).bit_count()
            if shared:
                part = ahead * shared / able.bit_count()
                before += part
                work_s += part * each_s
    weights = _between(log(place))
    turn = log((work_s + handle_s) / agents.bit_count() + SHORT_S)
    gap_s = _gap(queue, state.at)
    pace = 0.0 if gap_s is None else (log(place * gap_s + SHORT_S) - turn) * sum(weights[ASKED:])
    return (*weights, turn, log(agents.bit_count()), log(1.0 + before), pace)


def _gap(queue: Queue, at: float) -> float | None:
    """Seconds between two answers of this queue lately."""
    answers = len(queue.answered)
    if answers < LEAST:
        return None
    first, last = queue.answered[0], queue.answered[-1]
    return max((last - first) / (answers - 1), (at - last) / answers)


def _able(state: State, among: int, asked: Need) -> int:
    """Who could serve it at its present step; who is excluded are too few to matter."""
    for skill, level in asked.skills:
        among &= state.levels[skill][level]
    if asked.sites:
        among &= reduce(or_, [state.sites.get(site, 0) for site in asked.sites])
    return among


def _between(at: float) -> list[float]:
    """Weights of `PLACES`: the two around a place share it."""
    weights = [0.0] * len(_LOG_PLACES)
    if at >= _LOG_PLACES[-1]:
        weights[-1] = 1.0
        return weights
    for n, above in enumerate(_LOG_PLACES[1:], 1):
        if at < above:
            below = _LOG_PLACES[n - 1]
            weights[n] = (at - below) / (above - below)
            weights[n - 1] = 1.0 - weights[n]
            break
    return weights
