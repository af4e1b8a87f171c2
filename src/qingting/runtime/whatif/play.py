"""The recorded stretch once more under another policy: the same people come and behave as they did, the core decides.

Driven like a simulated day (`runtime.simulate.play`): commands at their instants, a tick at the core's next deadline.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Any
from zoneinfo import ZoneInfo

from ...core import commands as c
from ...core import events as e
from ...core.engine import Engine
from ...core.model import Assignment
from ...errors import Refused
from ...flow.tree import Problem
from ..simulate.play import Watch
from .behaviour import BACK_AFTER_S, Behaviour, Handling
from .document import faulty
from .policy import Policy
from .recorded import Met, Recorded


def tell(watches: Iterable[Watch], events: Iterable[e.Event]) -> None:
    """Whoever wants to know, once the events were applied."""
    for event in events:
        for watch in watches:
            if (call := watch.get(type(event))) is not None:
                call(event)


class Play:
    """On `engine`, which holds the state at `start`; `watchers` see the events of each decision, once applied."""

    def __init__(
        self,
        engine: Engine,
        recorded: Recorded,
        behaviour: Behaviour,
        policy: Policy,
        start: float,
        zone: ZoneInfo,
        watchers: Iterable[Watch],
    ) -> None:
        self.refused: Counter[str] = Counter()
        """What did not fit any more, by code: who dials out while they talk, say."""
        self._engine, self._recorded, self._behaviour, self._policy = engine, recorded, behaviour, policy
        self.now = start
        self._zone = zone
        self._watchers = tuple(watchers)
        self._heap: list[tuple[float, int, Callable[[Any], None], Any]] = []
        self._asked = 0
        self._wanted: dict[str, str] = {agent.id: agent.presence for agent in engine.state.agents.values()}
        self._original = {copy: like.agent for like in policy.more for copy, _ in policy.copies(like.agent)}
        self._met: dict[str, Met] = {}
        self._aside_s: dict[str, float | None] = {}
        self._handling: dict[str, Handling] = {}

    def run(self, until: float) -> None:
        """Raises `Invalid("policy.problems")` where the core refuses what the policy wants."""
        self._change()
        self._take_up()
        for at, command in self._recorded.outside:
            self._at(at, self._again, command)
        self._hours(until)
        while True:
            deadline = self._engine.next_deadline()
            due = self._heap[0][0] if self._heap else math.inf
            if deadline is not None and deadline <= due:
                due = deadline
            if due > until:
                break
            self.now = max(self.now, due)
            if due == deadline:
                if not self._ask(c.Tick()):
                    raise RuntimeError(f"the core wanted to be woken at {due} and did nothing")
            else:
                _, _, act, what = heappop(self._heap)
                act(what)

    # --- the beginning -----------------------------------------------------------------------------------

    def _change(self) -> None:
        for place, command in list(self._policy.at_first(self._engine.state)):
            self._change_to(place, command)

    def _change_to(self, place: str, command: c.Command) -> None:
        if isinstance(command, c.SetPresence):
            self._wanted[command.agent] = command.presence
        try:
            self._decide(command)
        except Refused as refused:
            if refused.code == "agent.busy":  # they carry more just now than then
                self.refused[refused.code] += 1
                return
            tree = self._policy.places.get(place)
            at = (tree.line, tree.column) if tree is not None else (1, 1)
            raise faulty([Problem(*at, refused.code, refused.message)]) from refused

    def _take_up(self) -> None:
        """Whoever is in the middle of something goes on as they did."""
        state = self._engine.state
        for visit in list(state.visits.values()):
            if visit.state in ("waiting", "offered", "connecting") and not visit.by:
                self._waits(visit.id, visit.entered)
        for a in list(state.assignments.values()):
            if a.consult:
                continue  # ends with its owner's conversation
            talk_s = self._handles(a.visit).talk_s
            if a.state == "offered":
                self._reacts(a, a.offered)
            elif a.state == "connecting":
                self._met.setdefault(a.id, self._meets(a))
                self._joins(a, a.accepted)
            elif a.state == "wrap_up":
                self._wraps_up(a)
            else:
                self._at(a.connected + talk_s, self._said_all, a.id)

    def _hours(self, until: float) -> None:
        """Those who were added with hours of their own, on each local day."""
        day = datetime.fromtimestamp(self.now, self._zone).replace(hour=0, minute=0, second=0, microsecond=0)
        while day.timestamp() < until:
            for like in dict.fromkeys(like for like in self._policy.more if like.hours is not None):
                for copy, of in self._policy.copies(like.agent):
                    if of is like and like.hours is not None:
                        begins, ends = (day.timestamp() + seconds for seconds in like.hours)
                        if ends > self.now:
                            self._at(max(begins, self.now), self._again, c.SetPresence(copy, "available"))
                            self._at(ends, self._again, c.SetPresence(copy, "offline"))
            day += timedelta(days=1)

    # --- the core ----------------------------------------------------------------------------------------

    def _at(self, at: float, act: Callable[[Any], None], what: Any) -> None:
        if at != math.inf:
            self._asked += 1
            heappush(self._heap, (at, self._asked, act, what))

    def _ask(self, command: c.Command) -> Sequence[e.Event]:
        try:
            return self._decide(command)
        except Refused as refused:
            self.refused[refused.code] += 1
            return ()

    def _decide(self, command: c.Command) -> Sequence[e.Event]:
        events = self._engine.decide(command, self.now)
        self._engine.fold(events)
        tell(self._watchers, events)
        for event in events:
            follow = FOLLOW.get(type(event))
            if follow is not None:
                follow(self, event)
        return events

    # --- from outside ------------------------------------------------------------------------------------

    def _again(self, recorded: c.Command) -> None:
        if isinstance(recorded, c.ContactEnds | c.LeaveQueue | c.RequestCallback) and not self._still_theirs(
            recorded
        ):
            return
        for command in self._policy.over(recorded):
            if isinstance(command, c.SetPresence):
                self._wanted[command.agent] = command.presence
            place = _place(command)
            if not place:
                self._ask(command)
            else:
                self._change_to(place, command)
                for due, put in list(self._policy.due(self._engine.state)):
                    self._change_to(due, put)

    def _still_theirs(self, command: c.ContactEnds | c.LeaveQueue | c.RequestCallback) -> bool:
        """Not if an agent has taken the contact now, or it is gone."""
        state = self._engine.state
        if isinstance(command, c.LeaveQueue):
            visit = state.visits.get(command.visit)
            return visit is not None and visit.state in ("waiting", "offered")
        of = command.of if isinstance(command, c.RequestCallback) else command.contact
        if not of:
            return True
        contact = state.contacts.get(of)
        visit = state.visits.get(contact.visit) if contact is not None else None
        return contact is not None and not contact.ended and (visit is None or visit.state in ("waiting", "offered"))

    # --- callers -----------------------------------------------------------------------------------------

    def _started(self, event: e.VisitStarted) -> None:
        self._behaviour.began(event.visit, event.queue, event.at)
        self._waits(event.visit, event.at)

    def _overflowed(self, event: e.Overflowed) -> None:
        """Where the policy leads them out of all queues: the flow did nothing of the kind then."""
        known = self._engine.state.contacts.get(event.contact)
        if event.to in ("queue", "site") or event.queue not in self._policy.leads_elsewhere or known is None:
            return
        if event.to == "callback":
            id, party = f"w{known.id}", known.party or f"p{known.id}"
            back = c.RequestCallback(id, party, of=known.id, queue=event.queue, since=known.arrived)
            self._ask(back)
        self._ask(c.ContactEnds(known.id, "flow"))

    def _waits(self, visit: str, since: float) -> None:
        self._at(since + self._behaviour.patience(visit), self._gives_up, visit)

    def _gives_up(self, visit: str) -> None:
        found = self._engine.state.visits.get(visit)
        if found is not None and found.state in ("waiting", "offered", "connecting"):
            self._ask(c.ContactEnds(found.contact, "customer"))

    # --- agents ------------------------------------------------------------------------------------------

    def _offered(self, event: e.AssignmentOffered) -> None:
        a = self._engine.state.assignments[event.assignment]
        if a.queue:
            self._reacts(a, event.at, event.auto)

    def _meets(self, a: Assignment, auto: bool = False) -> Met:
        agent = self._original.get(a.agent, a.agent)
        return self._behaviour.meets(a.visit, int(a.id.rpartition("/")[2]), agent, auto)

    def _reacts(self, a: Assignment, offered: float, auto: bool = False) -> None:
        met = self._met[a.id] = self._meets(a, auto)
        self._aside_s[a.agent] = met.aside_s
        if met.how in ("accepted", "declined"):
            self._at_or_now(offered + met.after_s, met.after_s, self._reacted, a.id)

    def _at_or_now(self, at: float, delay_s: float, act: Callable[[Any], None], what: Any) -> None:
        if delay_s:
            self._at(at, act, what)
        else:
            act(what)

    def _reacted(self, assignment: str) -> None:
        a, met = self._engine.state.assignments.get(assignment), self._met[assignment]
        if a is not None and a.state == "offered":
            self._ask(c.Accept(assignment) if met.how == "accepted" else c.Decline(assignment, met.why))

    def _accepted(self, event: e.AssignmentAccepted) -> None:
        a = self._engine.state.assignments[event.assignment]
        if event.assignment not in self._met:
            self._met[event.assignment] = self._meets(a)
        self._joins(a, event.at)

    def _joins(self, a: Assignment, accepted: float) -> None:
        met = self._met[a.id]
        if met.joined != "open":
            self._at_or_now(accepted + met.joined_s, met.joined_s, self._joined, a.id)

    def _joined(self, assignment: str) -> None:
        a, met = self._engine.state.assignments.get(assignment), self._met[assignment]
        if a is not None and a.state == "connecting":
            self._ask(c.ConnectFails(assignment, met.why) if met.joined == "failed" else c.Connected(assignment))

    def _connected(self, event: e.AssignmentConnected) -> None:
        a = self._engine.state.assignments[event.assignment]
        self._at(self.now + self._handles(a.visit).talk_s, self._said_all, a.id)

    def _handles(self, visit: str) -> Handling:
        found = self._handling.get(visit)
        if found is None:
            found = self._handling[visit] = self._behaviour.handling(visit)
        return found

    def _said_all(self, assignment: str) -> None:
        a = self._engine.state.assignments.get(assignment)
        if a is not None and a.state in ("active", "held", "parked"):
            moved = self._behaviour.moves(a.visit)
            if moved is None or not self._ask(moved._replace(assignment=a.id)):
                self._ask(c.ContactEnds(a.contact, self._handles(a.visit).cause))

    def _wrapping_up(self, event: e.WrapUpStarted) -> None:
        self._wraps_up(self._engine.state.assignments[event.assignment])

    def _wraps_up(self, a: Assignment) -> None:
        """An extension is asked for when it will be needed: by those who asked then, or, where it is the policy's, by
        those who ran into the limit."""
        handling = self._handles(a.visit)
        ends = a.since + handling.wrap_up_s
        extends = handling.extends or ends != math.inf or a.queue in self._policy.extends_wrap_up
        if extends and ends >= a.until > a.since and not a.extended and self._extends(a.queue):
            self._ask(c.ExtendWrapUp(a.id))
        if ends < a.until:
            self._at(ends, self._wrapped_up, a.id)

    def _extends(self, queue: str) -> bool:
        return bool(queue) and self._engine.state.queues[queue].policy.extend_wrap_up_s > 0

    def _wrapped_up(self, assignment: str) -> None:
        a = self._engine.state.assignments.get(assignment)
        if a is not None and a.state == "wrap_up":
            self._ask(c.FinishWrapUp(assignment))

    def _set_aside(self, event: e.AgentSetAside) -> None:
        gap = self._aside_s.get(event.agent)
        self._at(self.now + (BACK_AFTER_S if gap is None else gap), self._ready_again, event.agent)

    def _ready_again(self, agent: str) -> None:
        found = self._engine.state.agents.get(agent)
        if found is not None and found.set_aside and self._wanted.get(agent, "available") == "available":
            self._ask(c.SetPresence(agent, "available"))


def _place(command: c.Command) -> str:
    """Of what a policy may lie over; what is refused of it now is the policy's fault, for it was not refused then."""
    match command:
        case c.PutQueue() | c.PutPolicy():
            return f"queue/{command.queue}"
        case c.PutRule():
            return f"rule/{command.rule}"
        case c.PutAgent() | c.PutProfile():
            return f"agent/{command.agent.partition('+')[0]}"
    return ""


FOLLOW: dict[type, Callable[[Play, Any], None]] = {
    e.VisitStarted: Play._started,
    e.Overflowed: Play._overflowed,
    e.AssignmentOffered: Play._offered,
    e.AssignmentAccepted: Play._accepted,
    e.AssignmentConnected: Play._connected,
    e.WrapUpStarted: Play._wrapping_up,
    e.AgentSetAside: Play._set_aside,
}
