"""What is said about waits, beside how long it then was.

Only callers who wait as long as it takes tell the truth: one who gave up never learns how long it would have been.
A scenario's `patient` says how many of them there are.
"""

from __future__ import annotations

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


def by_queue_length(statements: list[Statement], parts: int = 10) -> list[Held]:
    """Parts of about equal size, from short queues to long ones; equal lengths stay together."""
    ordered = sorted(statements, key=lambda s: s.waiting)
    result: list[Held] = []
    begin = 0
    for part in range(1, parts + 1):
        end = round(len(ordered) * part / parts)
        while 0 < end < len(ordered) and ordered[end].waiting == ordered[end - 1].waiting:
            end += 1
        if end > begin:
            result.append(held(ordered[begin:end]))
            begin = end
    return result


def held(statements: list[Statement]) -> Held:
    n = len(statements)
    return Held(
        max(s.waiting for s in statements),
        n,
        sum(s.wait_s <= s.said.p50_s for s in statements) / n,
        sum(s.wait_s <= s.said.p90_s for s in statements) / n,
    )


def pinball(share: float, said_s: float, wait_s: float) -> float:
    """The loss that the quantile `share` makes least (Koenker and Bassett 1978)."""
    over = wait_s - said_s
    return share * over if over > 0 else (share - 1) * over
