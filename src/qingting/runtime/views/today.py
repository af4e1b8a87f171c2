"""Counts of the day by queue and agent, folded from the routing stream. Definitions: docs/guides/metrics.md.

A visit counts in the day in which it was offered to its queue.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ...core import events as e


@dataclass(slots=True)
class Counts:
    offered: int = 0
    answered: int = 0
    answered_in_target: int = 0
    abandoned: int = 0
    short_abandoned: int = 0
    flow_out: int = 0
    escalated: int = 0
    """Answered, and passed on to the second line."""


class Target(NamedTuple):
    service_level_s: float
    short_abandon_s: float


class Today:
    def __init__(self, zone: ZoneInfo, target: Callable[[str], Target | None]) -> None:
        self.zone = zone
        self.day = ""
        self.queues: dict[str, Counts] = {}
        self.answered_by: dict[str, int] = {}
        self._target = target
        self._waiting: dict[str, tuple[str, float]] = {}
        """Visits of today that were not answered yet: queue, start."""
        self._talking: dict[str, str] = {}
        """Answered visits of today: queue."""
        self._queue_of: dict[str, tuple[str, str]] = {}
        """Open assignments: agent, visit."""

    def begin(
        self,
        now: float,
        queues: dict[str, Counts],
        answered_by: dict[str, int],
        unanswered: dict[str, tuple[str, float]],
        talking: dict[str, tuple[str, float]],
        assignments: dict[str, tuple[str, str]],
    ) -> None:
        """Go on from what was counted before this process: `unanswered` and `talking` visits with queue
        and start, open `assignments` with agent and visit."""
        self.turn(now)
        self.queues, self.answered_by = queues, answered_by
        midnight = self.midnight(now)
        self._waiting = {visit: it for visit, it in unanswered.items() if it[1] >= midnight}
        self._talking = {visit: queue for visit, (queue, since) in talking.items() if since >= midnight}
        self._queue_of = assignments

    def turn(self, now: float) -> bool:
        """True when a new day has begun: yesterday's counts are gone."""
        day = datetime.fromtimestamp(now, self.zone).date().isoformat()
        if day == self.day:
            return False
        self.day = day
        self.queues.clear()
        self.answered_by.clear()
        self._waiting.clear()
        self._talking.clear()
        return True

    def midnight(self, now: float) -> float:
        return datetime.fromtimestamp(now, self.zone).replace(hour=0, minute=0, second=0, microsecond=0).timestamp()

    def fold(self, event: e.Event) -> None:
        match event:
            case e.VisitStarted(visit=visit, queue=queue) if queue:
                self._waiting[visit] = (queue, event.at)
                self._counts(queue).offered += 1
            case e.AssignmentOffered():
                self._queue_of[event.assignment] = (event.agent, event.visit)
            case e.VisitAnswered(visit=visit, assignment=assignment):
                agent, _ = self._queue_of.get(assignment, ("", ""))
                if agent:
                    self.answered_by[agent] = self.answered_by.get(agent, 0) + 1
            case e.AssignmentConnected(assignment=assignment):
                agent, visit = self._queue_of.get(assignment, ("", ""))
                if (waited := self._waiting.pop(visit, None)) is not None:
                    queue, started = waited
                    counts = self._counts(queue)
                    counts.answered += 1
                    self._talking[visit] = queue
                    target = self._target(queue)
                    counts.answered_in_target += target is not None and event.at - started <= target.service_level_s
            case e.ContactTransferred(visit=visit, to="second_line"):
                if queue := self._talking.get(visit, ""):
                    self._counts(queue).escalated += 1
            case e.VisitEnded(visit=visit):
                self._talking.pop(visit, None)
                if (waited := self._waiting.pop(visit, None)) is not None:
                    self._ended(waited[0], event.outcome, event.at - waited[1])
            case e.AssignmentDone() | e.AssignmentDeclined() | e.AssignmentTimedOut() | e.AssignmentWithdrawn():
                self._queue_of.pop(event.assignment, None)
            case _:
                pass

    def _ended(self, queue: str, outcome: str, waited_s: float) -> None:
        counts = self._counts(queue)
        target = self._target(queue)
        if outcome == "abandoned" and target is not None and waited_s <= target.short_abandon_s:
            counts.short_abandoned += 1
        elif outcome == "abandoned":
            counts.abandoned += 1
        elif outcome == "flow_out":
            counts.flow_out += 1

    def _counts(self, queue: str) -> Counts:
        return self.queues.setdefault(queue, Counts())
