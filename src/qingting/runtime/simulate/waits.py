"""What is said about waits, beside how long it then was.

Only callers who wait as long as it takes tell the truth: one who gave up never learns how long it would have been.
A scenario's `patient` says how many of them there are.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from statistics import quantiles
from typing import Any, NamedTuple

from ...core import estimating
from ...core import events as e
from ...core.estimating import Estimate, Signals
from .play import Play

AGAIN_S = 60.0
"""What is said at entering is said again after so long, as announcements are …"""
TIMES = 8
"""… so often at most."""


class Statement(NamedTuple):
    queue: str
    waiting: int
    """Visits that waited in the queue when it was made."""
    first: bool
    """Made at entering; else later on."""
    signals: Signals
    said: Estimate
    wait_s: float
    """From then until connected."""


class _Said(NamedTuple):
    at: float
    queue: str
    waiting: int
    signals: Signals
    said: Estimate


class Waits:
    """All statements of the days that are played from now on."""

    def __init__(self, play: Play) -> None:
        self.statements: list[Statement] = []
        self._play = play
        self._open: dict[str, list[_Said]] = {}
        play.watch({e.VisitStarted: self._started, e.AssignmentConnected: self._connected, e.VisitEnded: self._ended})

    def _started(self, x: e.VisitStarted) -> None:
        caller = self._play.callers.get(x.visit)
        if caller is not None and caller.patient:
            self._open[x.visit] = []
            self._say(x.visit)

    def _say(self, visit: str) -> None:
        play, said = self._play, self._open.get(visit)
        found = play.engine.state.visits.get(visit)
        if said is None or found is None:
            return
        if found.state == "waiting":
            signals = estimating.signals(play.engine.state, found)
            told = play.engine.estimate(visit)
            if signals is not None and told is not None:
                said.append(_Said(play.now, found.queue, play.engine.waiting_count(found.queue), signals, told))
        elif not said:  # offered at once: there was nothing to say
            return
        if len(said) < TIMES:
            play.at(play.now + AGAIN_S, self._say, visit)

    def _connected(self, x: e.AssignmentConnected) -> None:
        visit = self._play.engine.state.assignments[x.assignment].visit
        for n, said in enumerate(self._open.pop(visit, ())):
            wait_s = x.at - said.at
            self.statements.append(Statement(said.queue, said.waiting, n == 0, said.signals, said.said, wait_s))

    def _ended(self, x: Any) -> None:
        self._open.pop(x.visit, None)


class Held(NamedTuple):
    """How often what was said held, among statements alike."""

    longest: int
    """Longest queue among them."""
    statements: int
    p50: float
    p90: float
    p50_error: float
    """Standard error; the days are independent, statements of one day are not."""
    p90_error: float


Days = Sequence[Sequence[Statement]]
"""Statements by day."""


def by_queue_length(days: Days, parts: int = 10) -> list[Held]:
    """Parts of about equal size, from short queues to long ones; equal lengths stay together."""
    ordered = sorted(((n, s) for n, day in enumerate(days) for s in day), key=lambda found: found[1].waiting)
    result: list[Held] = []
    begin = 0
    for part in range(1, parts + 1):
        end = round(len(ordered) * part / parts)
        while 0 < end < len(ordered) and ordered[end][1].waiting == ordered[end - 1][1].waiting:
            end += 1
        if end > begin:
            result.append(_held(ordered[begin:end]))
            begin = end
    return result


def held(days: Days) -> Held:
    return _held([(n, s) for n, day in enumerate(days) for s in day])


def _held(found: Sequence[tuple[int, Statement]]) -> Held:
    p50, p50_error = _share([(n, s.wait_s <= s.said.p50_s) for n, s in found])
    p90, p90_error = _share([(n, s.wait_s <= s.said.p90_s) for n, s in found])
    return Held(max(s.waiting for _, s in found), len(found), p50, p90, p50_error, p90_error)


def _share(found: Sequence[tuple[int, bool]]) -> tuple[float, float]:
    """How many hold, and the standard error with the days as clusters."""
    share = sum(holds for _, holds in found) / len(found)
    by_day: dict[int, float] = defaultdict(float)
    for day, holds in found:
        by_day[day] += holds - share
    return share, math.sqrt(sum(off * off for off in by_day.values())) / len(found)


class Loss(NamedTuple):
    """Pinball loss of all statements: as they were, and as the best constant."""

    said: float
    constant: float
    """Blind to the queue, the best one could say in a queue on a day is that day's own quantile of its waits: what
    hindsight alone knows."""


def losses(days: Days, share: float) -> Loss:
    """Of the quantile `share`, 0.5 or 0.9; of those queues and days that know two waits at least."""
    said = constant = 0.0
    for day in days:
        by_queue: dict[str, list[Statement]] = defaultdict(list)
        for s in day:
            by_queue[s.queue].append(s)
        for statements in by_queue.values():
            if len(statements) > 1:
                best = quantiles([s.wait_s for s in statements], n=10, method="inclusive")[round(10 * share) - 1]
                for s in statements:
                    said += pinball(share, s.said.p50_s if share == 0.5 else s.said.p90_s, s.wait_s)
                    constant += pinball(share, best, s.wait_s)
    return Loss(said, constant)


def pinball(share: float, said_s: float, wait_s: float) -> float:
    """The loss that the quantile `share` makes least (Koenker and Bassett 1978)."""
    over = wait_s - said_s
    return share * over if over > 0 else (share - 1) * over
