"""What a day's events amount to, by queue and interval. Definitions and their names: docs/guides/metrics.md.

A visit counts in the interval in which it was offered to the queue, a handled contact in the one in which its
wrap-up ended. Reads events only: a recorded day is measured as a generated one is.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ...core import events as e


@dataclass(slots=True)
class Row:
    """Counts of one queue in one interval, or of several together. Seconds."""

    offered: int = 0
    queued: int = 0
    """Nobody was free when they came."""
    answered: int = 0
    answered_in: int = 0
    """… within the queue's service-level seconds."""
    abandoned: int = 0
    """Left while waiting, later than the queue's short-abandon seconds."""
    abandoned_in: int = 0
    """Left while waiting within the service-level seconds, short or not."""
    short: int = 0
    """Left while waiting, sooner."""
    flow_out: int = 0
    flow_out_in: int = 0
    failed: int = 0
    escalated: int = 0
    """Answered, and passed on to the second line."""
    overflowed: int = 0
    """Not taken in, or sent on, by a rule of the queue."""
    callbacks: int = 0
    """Asked to be called back."""
    called_back: int = 0
    """… and were reached."""
    across: int = 0
    """Answered by an agent of another site than theirs."""
    wait: float = 0.0
    """Of the answered, from entering the queue to being connected."""
    waits: array[float] = field(default_factory=lambda: array("f"))
    waited: float = 0.0
    """Of all who left the waiting line, however they left it."""
    handled: int = 0
    talk: float = 0.0
    hold: float = 0.0
    wrap_up: float = 0.0
    offers: int = 0
    missed: int = 0
    """Offers that rang out."""
    overdue: int = 0
    """Still waiting at the end, longer than the service-level seconds: decided, against it."""

    def add(self, other: Row) -> None:
        for name in self.__slots__:
            if name == "waits":
                self.waits.extend(other.waits)
            else:
                setattr(self, name, getattr(self, name) + getattr(other, name))


def together(rows: Iterable[Row]) -> Row:
    total = Row()
    for row in rows:
        total.add(row)
    return total


@dataclass(slots=True)
class _Visit:
    rows: tuple[Row, ...]
    queue: str
    started: float
    home: str = ""
    """Site of the contact."""
    offered: bool = False
    left: bool = False


@dataclass(slots=True)
class _Assignment:
    visit: str
    queue: str
    since: float
    site: str
    """Of its agent."""
    state: str = "offered"
    talk: float = 0.0
    hold: float = 0.0
    wrap_up: float = 0.0


class Measures:
    """`begin_day` before each day's events; then `watch` says what is to be called with them."""

    def __init__(self, interval_s: float) -> None:
        self.interval_s = interval_s
        self.rows: dict[tuple[str, int], Row] = {}
        """By queue and interval of the day (0 begins at midnight), all days together."""
        self.days: list[dict[str, Row]] = []
        """By day and queue."""
        self._target: dict[str, tuple[float, float]] = {}
        self._visits: dict[str, _Visit] = {}
        self._assignments: dict[str, _Assignment] = {}
        self._callbacks: dict[str, tuple[Row, ...]] = {}
        self._attempts: set[str] = set()
        self._homes: dict[str, str] = {}
        """Contacts that are open, and their site."""
        self._sites: dict[str, str] = {}
        """Agents, and theirs."""
        self._midnight = 0.0
        self._from = 0.0

    def begin_day(self, midnight: float, counted_from: float) -> None:
        """Visits that were offered before `counted_from` are not counted, nor what comes of them."""
        self._midnight, self._from = midnight, counted_from
        self.days.append({})

    def watch(self) -> dict[type, Callable[[Any], None]]:
        return {
            e.QueuePut: self._queue_put,
            e.AgentPut: lambda x: self.sits(x.agent, x.site),
            e.ContactArrived: self._arrived,
            e.ContactEnded: self._gone,
            e.VisitStarted: self._started,
            e.AssignmentOffered: self._offered,
            e.AssignmentConnected: self._connected,
            e.AssignmentHeld: self._held,
            e.AssignmentResumed: self._resumed,
            e.WrapUpStarted: self._wrapping,
            e.AssignmentDone: self._done,
            e.AssignmentTimedOut: self._missed,
            e.AssignmentDeclined: self._taken_back,
            e.AssignmentWithdrawn: self._taken_back,
            e.VisitEnded: self._ended,
            e.ContactTransferred: self._transferred,
            e.Overflowed: self._overflowed,
            e.CallbackRequested: self._callback,
            e.CallbackStarted: self._calls_back,
            e.CallbackEnded: self._callback_over,
        }

    def expect(self, queue: str, service_level_s: float, short_abandon_s: float) -> None:
        """A queue that was put before the first event."""
        self._target[queue] = service_level_s, short_abandon_s

    def sits(self, agent: str, site: str) -> None:
        """Where an agent is; said of those, too, who were put before the first event."""
        self._sites[agent] = site

    def end(self, at: float) -> None:
        """No more comes: who still waits, and for too long already, is counted."""
        for visit in self._visits.values():
            if not visit.left and at - visit.started > self._target[visit.queue][0]:
                for row in visit.rows:
                    row.overdue += 1

    def _rows(self, queue: str, at: float) -> tuple[Row, ...]:
        interval = int((at - self._midnight) / self.interval_s)
        row = self.rows.get((queue, interval))
        if row is None:
            row = self.rows[queue, interval] = Row()
        day = self.days[-1]
        return row, day[queue] if queue in day else day.setdefault(queue, Row())

    # --- visits ------------------------------------------------------------------------------------------

    def _queue_put(self, x: e.QueuePut) -> None:
        self._target[x.queue] = x.service_level_s, x.short_abandon_s

    def _arrived(self, x: e.ContactArrived) -> None:
        if x.site:
            self._homes[x.contact] = x.site

    def _gone(self, x: e.ContactEnded) -> None:
        self._homes.pop(x.contact, None)

    def _started(self, x: e.VisitStarted) -> None:
        if x.contact in self._attempts:  # counted as it was asked for: nobody waits on the line
            self._attempts.discard(x.contact)
        elif x.queue and x.at >= self._from:
            visit = self._visits[x.visit] = _Visit(
                self._rows(x.queue, x.at), x.queue, x.at, self._homes.get(x.contact, "")
            )
            for row in visit.rows:
                row.offered += 1

    def _offered(self, x: e.AssignmentOffered) -> None:
        visit = self._visits.get(x.visit)
        if visit is None:
            return
        self._assignments[x.assignment] = _Assignment(x.visit, visit.queue, x.at, self._sites.get(x.agent, ""))
        for row in visit.rows:
            row.offers += 1
            if not visit.offered and x.at > visit.started:
                row.queued += 1
        visit.offered = True

    def _connected(self, x: e.AssignmentConnected) -> None:
        a = self._assignments.get(x.assignment)
        if a is None:
            return
        a.state, a.since = "talk", x.at
        visit = self._visits.get(a.visit)
        if visit is None or visit.left:
            return
        visit.left = True
        wait = x.at - visit.started
        within = wait <= self._target[visit.queue][0]
        across = bool(visit.home and a.site) and visit.home != a.site
        for row in visit.rows:
            row.answered += 1
            row.across += across
            row.answered_in += within
            row.wait += wait
            row.waited += wait
            row.waits.append(wait)

    def _ended(self, x: e.VisitEnded) -> None:
        visit = self._visits.pop(x.visit, None)
        if visit is None or visit.left:
            return
        wait = x.at - visit.started
        target, short = self._target[visit.queue]
        for row in visit.rows:
            row.waited += wait
            row.queued += not visit.offered
            if x.outcome == "abandoned":
                row.short += wait <= short
                row.abandoned += wait > short
                row.abandoned_in += wait <= target
            elif x.outcome == "flow_out":
                row.flow_out += 1
                row.flow_out_in += wait <= target
            else:
                row.failed += 1

    def _transferred(self, x: e.ContactTransferred) -> None:
        visit = self._visits.get(x.visit)
        if visit is not None and visit.left and x.to == "second_line":
            for row in visit.rows:
                row.escalated += 1

    def _overflowed(self, x: e.Overflowed) -> None:
        if x.at >= self._from:
            for row in self._rows(x.queue, x.at):
                row.overflowed += 1

    def _callback(self, x: e.CallbackRequested) -> None:
        if x.at >= self._from:
            self._callbacks[x.callback] = self._rows(x.queue, x.at)
            for row in self._callbacks[x.callback]:
                row.callbacks += 1

    def _calls_back(self, x: e.CallbackStarted) -> None:
        self._attempts.add(x.contact)

    def _callback_over(self, x: e.CallbackEnded) -> None:
        for row in self._callbacks.pop(x.callback, ()):
            row.called_back += x.outcome == "reached"

    # --- an agent's part ---------------------------------------------------------------------------------

    def _step(self, assignment: str, state: str, at: float) -> None:
        a = self._assignments.get(assignment)
        if a is not None:
            if a.state != "offered":
                setattr(a, a.state, getattr(a, a.state) + at - a.since)
            a.state, a.since = state, at

    def _held(self, x: e.AssignmentHeld) -> None:
        self._step(x.assignment, "hold", x.at)

    def _resumed(self, x: e.AssignmentResumed) -> None:
        self._step(x.assignment, "talk", x.at)

    def _wrapping(self, x: e.WrapUpStarted) -> None:
        self._step(x.assignment, "wrap_up", x.at)

    def _done(self, x: e.AssignmentDone) -> None:
        self._step(x.assignment, "offered", x.at)
        a = self._assignments.pop(x.assignment, None)
        if a is None:
            return
        for row in self._rows(a.queue, x.at):
            row.handled += 1
            row.talk += a.talk
            row.hold += a.hold
            row.wrap_up += a.wrap_up

    def _missed(self, x: e.AssignmentTimedOut) -> None:
        a = self._assignments.pop(x.assignment, None)
        visit = self._visits.get(a.visit) if a is not None else None
        if visit is not None:
            for row in visit.rows:
                row.missed += 1

    def _taken_back(self, x: e.AssignmentDeclined | e.AssignmentWithdrawn) -> None:
        self._assignments.pop(x.assignment, None)
