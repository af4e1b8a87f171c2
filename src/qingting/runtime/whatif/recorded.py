"""A recorded stretch of the journal, taken apart: what came from outside, and how people behaved.

From outside came configuration, presences, arrivals with what is known of them, callers' ways in and out of queues.
How people behaved stands by visit: how each offer was met, how long they talked and wrapped up, when they gave up.
Durations are seconds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ...core import commands as c
from ...core import events as e
from ...core.engine import Engine
from ...core.model import State
from ...journal.port import Entry

OUTSIDE = (
    c.PutSite | c.PutSkill | c.PutReason | c.PutDay | c.PutQueue | c.RemoveQueue | c.PutPolicy | c.SetHours
    | c.PutRule | c.RemoveRule | c.PutAgent | c.PutProfile | c.RemoveAgent | c.SetPresence | c.SetReachable
    | c.PutBreakLimit | c.ReserveBreak | c.CancelBreak | c.ContactArrives | c.SetLanguage
    | c.SetAttributes | c.EnterQueue | c.LeaveQueue | c.AgentDials | c.RequestCallback | c.CancelCallback
    | c.TakeMessage | c.ClaimMessage | c.ReleaseMessage | c.CloseMessage
)  # fmt: skip
"""Commands that come again as they were."""
BEHAVIOUR = (
    c.Accept | c.Decline | c.Connected | c.ConnectFails | c.Hold | c.Resume | c.AgentLeaves | c.FinishWrapUp
    | c.ContactEnds | c.Tick | c.DialogueMoves | c.SetDisposition | c.PauseRecording | c.ResumeRecording
    | c.CustomerAnswers | c.ExtendWrapUp | c.Transfer
)  # fmt: skip
"""Commands that come of what people do then, or change nothing that counts here. All others are told as left out."""


@dataclass
class Met:
    """How an agent met an offer."""

    agent: str
    offered: float
    auto: bool = False
    """The phone answers by itself."""
    how: str = "open"
    """`accepted`, `declined`, `missed`; `open`: something else came between."""
    after_s: float = 0.0
    """Until they did, or until something came between."""
    why: str = ""
    """Of declining."""
    joined: str = "open"
    """`connected`, `failed`, or `open`."""
    joined_s: float = 0.0
    """From accepting to that."""
    aside_s: float | None = None
    """After missing or declining, until they were available again."""


@dataclass
class Stay:
    """One visit, as its caller and its agents behaved."""

    queue: str
    """Empty for an agent's own call."""
    started: float
    offers: list[Met | None] = field(default_factory=list)
    """None: before this stretch began."""
    waited_s: float | None = None
    """Until connected, until they left unanswered, or until the stretch ended."""
    gave_up: bool = False
    connected: float | None = None
    talk_s: float | None = None
    """Hold is part of it; None while they talk, or when they never did."""
    least_s: float = 0.0
    """So long they talked at any rate, when the stretch ended."""
    cause: str = "customer"
    moved: c.Transfer | c.AgentLeaves | None = None
    """How the talk ended, when the agent handed it on unheard, or their line broke: where the customer goes then is
    the policy's."""
    wrap_up_s: float | None = None
    """None: none was kept, or its end is not known; `inf`: until its limit."""
    extended: bool = False
    """They asked for more wrap-up."""


@dataclass
class Recorded:
    outside: list[tuple[float, c.Command]] = field(default_factory=list)
    """In order; contacts that ended without an agent are among them."""
    stays: dict[str, Stay] = field(default_factory=dict)
    left_out: Counter[str] = field(default_factory=Counter)
    """Commands that neither come again nor are behaviour, by kind."""


class Recorder:
    """Give it every entry before the engine folds it."""

    def __init__(self, engine: Engine) -> None:
        self.recorded = Recorded()
        self._state: State = engine.state
        self._met: dict[str, Met] = {}
        self._visit_of: dict[str, str] = {}
        self._accepted: dict[str, float] = {}
        self._wrapping: dict[str, float] = {}
        self._aside: dict[str, tuple[float, Met | None]] = {}
        for visit in self._state.visits.values():
            if visit.by:
                continue
            self.recorded.stays[visit.id] = Stay(visit.queue, visit.entered, [None] * visit.offers)
        for a in self._state.assignments.values():
            if a.visit not in self.recorded.stays:
                continue
            self._visit_of[a.id] = a.visit
            stay = self.recorded.stays[a.visit]
            if a.state in ("offered", "connecting"):
                met = self._met[a.id] = Met(a.agent, a.offered)
                stay.offers[-1] = met
            if a.state == "connecting":
                met.how, met.after_s, self._accepted[a.id] = "accepted", a.accepted - a.offered, a.accepted
            elif a.connected:
                stay.connected, stay.waited_s = a.connected, a.connected - stay.started
            if a.state == "wrap_up":
                self._wrapping[a.id] = a.since

    def take(self, entry: Entry) -> None:
        command = entry.command
        if isinstance(command, OUTSIDE) or (isinstance(command, c.ContactEnds) and self._from_outside(command)):
            self.recorded.outside.append((entry.events[-1].at, command))
        elif not isinstance(command, BEHAVIOUR):
            self.recorded.left_out[type(command).__name__] += 1
        for event in entry.events:
            note = NOTE.get(type(event))
            if note is not None and self._carried(event):
                note(self, event, command)

    def end(self, at: float) -> Recorded:
        """No more comes: who waits or talks did so until now."""
        for stay in self.recorded.stays.values():
            if stay.waited_s is None:
                stay.waited_s = at - stay.started
            if stay.connected is not None and stay.talk_s is None:
                stay.least_s = at - stay.connected
        for assignment in self._wrapping:
            self.recorded.stays[self._visit_of[assignment]].wrap_up_s = float("inf")
        return self.recorded

    def _carried(self, x: Any) -> bool:
        """Not of a consult: that is part of its owner's conversation."""
        if type(x) is e.AssignmentOffered:
            return x.visit in self.recorded.stays
        if "assignment" in x._fields:
            return x.assignment in self._visit_of
        return type(x) is not e.VisitEnded or x.visit in self.recorded.stays

    def _from_outside(self, command: c.ContactEnds) -> bool:
        """Nobody's patience, and no conversation's end."""
        contact = self._state.contacts.get(command.contact)
        visit = self._state.visits.get(contact.visit) if contact is not None else None
        if visit is None:
            return True
        return visit.state in ("waiting", "offered") and command.cause in ("flow", "engine_lost", "failed", "refused")

    # --- visits ------------------------------------------------------------------------------------------

    def _started(self, x: e.VisitStarted, _: Any) -> None:
        self.recorded.stays[x.visit] = Stay(x.queue, x.at)

    def _ended(self, x: e.VisitEnded, command: Any) -> None:
        stay = self.recorded.stays[x.visit]
        if stay.connected is not None:
            stay.talk_s, stay.cause = x.at - stay.connected, x.detail
            lost = isinstance(command, c.AgentLeaves) and command.why == "lost"
            stay.moved = command if lost or isinstance(command, c.Transfer) else None
        else:
            stay.waited_s, stay.gave_up = x.at - stay.started, x.outcome == "abandoned" or not stay.queue

    # --- offers ------------------------------------------------------------------------------------------

    def _offered(self, x: e.AssignmentOffered, _: Any) -> None:
        met = self._met[x.assignment] = Met(x.agent, x.at, x.auto)
        self._visit_of[x.assignment] = x.visit
        self.recorded.stays[x.visit].offers.append(met)

    def _reacted(self, assignment: str, at: float, how: str, why: str = "") -> None:
        met = self._met[assignment]
        met.how, met.after_s, met.why = how, at - met.offered, why
        self._aside[met.agent] = at, met

    def _accepted_it(self, x: e.AssignmentAccepted, _: Any) -> None:
        self._accepted[x.assignment] = x.at
        met = self._met[x.assignment]
        met.how, met.after_s = "accepted", x.at - met.offered

    def _declined(self, x: e.AssignmentDeclined, command: Any) -> None:
        if isinstance(command, c.Decline):
            self._reacted(x.assignment, x.at, "declined", x.why)
        else:
            self._reacted(x.assignment, x.at, "open")

    def _missed(self, x: e.AssignmentTimedOut, _: Any) -> None:
        self._reacted(x.assignment, x.at, "missed")

    def _withdrawn(self, x: e.AssignmentWithdrawn, _: Any) -> None:
        accepted = self._accepted.get(x.assignment)
        if accepted is None:
            self._met[x.assignment].after_s = x.at - self._met[x.assignment].offered
        elif x.why == "connect_failed":
            self._met[x.assignment].joined, self._met[x.assignment].joined_s = "failed", x.at - accepted
            self._aside[self._met[x.assignment].agent] = x.at, self._met[x.assignment]

    def _connected(self, x: e.AssignmentConnected, _: Any) -> None:
        stay = self.recorded.stays[self._visit_of[x.assignment]]
        if stay.connected is None:
            stay.connected, stay.waited_s = x.at, x.at - stay.started
        met = self._met[x.assignment]
        met.joined, met.joined_s = "connected", x.at - self._accepted[x.assignment]

    def _wrapping_up(self, x: e.WrapUpStarted, _: Any) -> None:
        self._wrapping[x.assignment] = x.at

    def _extended(self, x: e.WrapUpExtended, _: Any) -> None:
        self.recorded.stays[self._visit_of[x.assignment]].extended = True

    def _done(self, x: e.AssignmentDone, _: Any) -> None:
        since = self._wrapping.pop(x.assignment, None)
        if since is not None:
            stay = self.recorded.stays[self._visit_of[x.assignment]]
            stay.wrap_up_s = float("inf") if x.how == "limit" else x.at - since

    def _presence(self, x: e.PresenceChanged, _: Any) -> None:
        at, met = self._aside.pop(x.agent, (0.0, None))
        if met is not None and x.presence == "available":
            met.aside_s = x.at - at


NOTE: dict[type, Callable[[Recorder, Any, Any], None]] = {
    e.VisitStarted: Recorder._started,
    e.VisitEnded: Recorder._ended,
    e.AssignmentOffered: Recorder._offered,
    e.AssignmentAccepted: Recorder._accepted_it,
    e.AssignmentDeclined: Recorder._declined,
    e.AssignmentTimedOut: Recorder._missed,
    e.AssignmentWithdrawn: Recorder._withdrawn,
    e.AssignmentConnected: Recorder._connected,
    e.WrapUpStarted: Recorder._wrapping_up,
    e.WrapUpExtended: Recorder._extended,
    e.AssignmentDone: Recorder._done,
    e.PresenceChanged: Recorder._presence,
}
