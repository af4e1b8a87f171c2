"""The same core, driven by generated days: who comes, who serves, and what the clock brings, in order of time.

The core is asked as the live shell asks it: commands at their instants, and a tick at its next deadline.
Whoever wants to know what happened watches the events; nothing here measures.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from heapq import heappop, heappush
from typing import Any

from ...core import commands as c
from ...core import events as e
from ...core.engine import Engine
from ...errors import Refused
from .draws import Caller, busyness, callers, once_more, stream
from .people import BREAK, Due, Person, agenda, configuration, hire
from .scenario import DAY_S, Failure, Scenario

BACK_AFTER_S = 60.0
"""An agent who was set aside (a ring was missed) says available again after so long."""
SHOW_EVERY = 2_000
"""Steps between two looks at the progress."""

Watch = Mapping[type, Callable[[Any], None]]
"""What to call with events of which kind."""
Progress = Callable[[int, float, int], None]
"""Day (0 is the first), seconds after midnight, contacts so far."""


class Play:
    def __init__(self, scenario: Scenario, watch: Watch | None = None) -> None:
        self.scenario = scenario
        self.seed = scenario.seed
        self.engine = Engine()
        self.midnight = datetime.fromisoformat(scenario.starts).replace(tzinfo=UTC).timestamp()
        """Beginning of the day that is played, or is played next."""
        self.now = self.midnight
        self.day = 0
        self.contacts = 0
        self.refused: Counter[str] = Counter()
        """Commands that the core refused, by code."""
        self.callers: dict[str, Caller] = {}
        """Who waits or talks, by visit."""
        self._watchers: dict[type, tuple[Callable[[Any], None], ...]] = {}
        if watch is not None:
            self.watch(watch)
        self._heap: list[tuple[float, int, Callable[[Any], None], Any]] = []
        self._asked = self._steps = 0
        self._cut_off: set[str] = set()
        self._redials = stream(self.seed, "redials")
        self.people: dict[str, Person] = hire(scenario, self.seed)
        for command in configuration(scenario, self.people, self.seed):
            self._ask(command)

    def watch(self, watch: Watch) -> None:
        """Called with each event after all of its decision were applied, before anything follows from it."""
        for kind, call in watch.items():
            self._watchers[kind] = (*self._watchers.get(kind, ()), call)

    def run_day(self, progress: Progress | None = None) -> None:
        """One day, from midnight to midnight; whoever is still there then is sent away (`flow`)."""
        end = self.midnight + DAY_S
        self._plan_day()
        while True:
            deadline = self.engine.next_deadline()
            due = self._heap[0][0] if self._heap else math.inf
            if deadline is not None and deadline <= due:
                due = deadline
            if due >= end:
                break
            if due == deadline:
                self.now = due
                if not self._ask(c.Tick()):
                    raise RuntimeError(f"the core wanted to be woken at {due} and did nothing")
            else:
                self.now, _, act, what = heappop(self._heap)
                act(what)
            self._steps += 1
            if progress is not None and self._steps % SHOW_EVERY == 0:
                progress(self.day, self.now - self.midnight, self.contacts)
        self._close(end)
        self.day += 1
        self.midnight = end

    # --- a day's plan ------------------------------------------------------------------------------------

    def _plan_day(self) -> None:
        scenario, midnight = self.scenario, self.midnight
        for person in self.people.values():
            for due in agenda(person, self.seed, self.day):
                self.at(midnight + due.at_s, self._duty, (person, due))
        for failure in scenario.failures:
            if failure.day in (0, self.day + 1):
                self.at(midnight + failure.at_s, self._cut, failure)
        self._redials = stream(self.seed, self.day, "redials")
        factors = busyness(scenario, self.seed, self.day)
        for queue, factor in zip(scenario.queues, factors, strict=True):
            self._next_caller(callers(scenario, queue.callers, self.seed, self.day, factor))

    def _close(self, end: float) -> None:
        self.now = end
        self._heap.clear()
        for contact in list(self.engine.state.contacts.values()):
            if not contact.ended:
                self._ask(c.ContactEnds(contact.id, "flow"))
        for assignment in list(self.engine.state.assignments.values()):
            if assignment.state == "wrap_up":
                self._ask(c.FinishWrapUp(assignment.id))
        for person in self.people.values():
            if person.on_shift:
                self._out(person)
        for site in list(self._cut_off):
            self._reach(site, True)
        self.callers.clear()

    def at(self, at: float, act: Callable[[Any], None], what: Any) -> None:
        """`act(what)` when this instant has come, unless the day is over before."""
        self._asked += 1
        heappush(self._heap, (at, self._asked, act, what))

    # --- the core ----------------------------------------------------------------------------------------

    def _ask(self, command: c.Command) -> Sequence[e.Event]:
        engine = self.engine
        try:
            events = engine.decide(command, self.now)
        except Refused as refused:
            self.refused[refused.code] += 1
            return ()
        engine.fold(events)
        watchers = self._watchers
        for event in events:
            for watch in watchers.get(type(event), ()):
                watch(event)
        for event in events:
            follow = FOLLOW.get(type(event))
            if follow is not None:
                follow(self, event)
        return events

    # --- callers -----------------------------------------------------------------------------------------

    def _next_caller(self, coming: Iterator[Caller]) -> None:
        caller = next(coming, None)
        if caller is not None:
            self.at(self.midnight + caller.at, self._arrives, (caller, coming))

    def _arrives(self, what: tuple[Caller, Iterator[Caller] | None]) -> None:
        caller, coming = what
        self.contacts += 1
        n = self.contacts
        contact, visit, of = f"c{n}", f"v{n}", caller.of
        self._ask(c.ContactArrives(contact, f"j{n}", of.medium))
        self.callers[visit] = caller
        self._ask(c.EnterQueue(contact, visit, of.queue, caller.requires, caller.priority_s))
        if caller.patience_s != math.inf and self._unanswered(visit):
            self.at(self.now + caller.patience_s, self._gives_up, visit)
        if coming is not None:
            self._next_caller(coming)

    def _unanswered(self, visit: str) -> bool:
        found = self.engine.state.visits.get(visit)
        return found is not None and found.state in ("waiting", "offered", "connecting")

    def _gives_up(self, visit: str) -> None:
        if not self._unanswered(visit):
            return
        caller = self.callers[visit]
        self._ask(c.ContactEnds(f"c{visit[1:]}", "customer"))
        again = self.now + caller.again_s
        if again < self.midnight + self.scenario.closes_s:
            self.at(again, self._arrives, (once_more(caller, self._redials), None))

    def _visit_ended(self, event: e.VisitEnded) -> None:
        if event.outcome != "answered":
            self.callers.pop(event.visit, None)

    # --- conversations -----------------------------------------------------------------------------------

    def _offered(self, event: e.AssignmentOffered) -> None:
        person = self.people[event.agent]
        if person.group.misses and person.misses() < person.group.misses:
            return
        rings_s = person.pick_up()
        if rings_s:
            self.at(self.now + rings_s, self._picks_up, event.assignment)
        else:
            self._picks_up(event.assignment)

    def _picks_up(self, assignment: str) -> None:
        found = self.engine.state.assignments.get(assignment)
        if found is not None and found.state == "offered":
            self._ask(c.Accept(assignment))
            self._ask(c.Connected(assignment))

    def _connected(self, event: e.AssignmentConnected) -> None:
        visit = self.engine.state.assignments[event.assignment].visit
        self.at(self.now + self.callers[visit].handle_s, self._said_all, event.assignment)

    def _said_all(self, assignment: str) -> None:
        found = self.engine.state.assignments.get(assignment)
        if found is not None and found.state in ("active", "held"):
            self._ask(c.ContactEnds(found.contact, "customer"))

    def _wrapping_up(self, event: e.WrapUpStarted) -> None:
        caller = self.callers[self.engine.state.assignments[event.assignment].visit]
        if self.now + caller.wrap_up_s < event.until:
            self.at(self.now + caller.wrap_up_s, self._wrapped_up, event.assignment)

    def _wrapped_up(self, assignment: str) -> None:
        found = self.engine.state.assignments.get(assignment)
        if found is not None and found.state == "wrap_up":
            self._ask(c.FinishWrapUp(assignment))

    def _done(self, event: e.AssignmentDone) -> None:
        self.callers.pop(event.assignment.rpartition("/")[0], None)

    # --- agents ------------------------------------------------------------------------------------------

    def _duty(self, what: tuple[Person, Due]) -> None:
        person, due = what
        if due.what == "in":
            person.on_shift = True
            self._ask(c.SetPresence(person.id, "available"))
        elif due.what == "out":
            self._out(person)
        elif person.on_shift and not person.away:
            person.away, person.break_s = True, due.length_s
            self._ask(c.SetPresence(person.id, "not_ready", BREAK))

    def _out(self, person: Person) -> None:
        person.on_shift = person.away = False
        self._ask(c.SetPresence(person.id, "offline"))

    def _presence(self, event: e.PresenceChanged) -> None:
        """A break begins when the last contact before it is done, and lasts as long as it should."""
        person = self.people[event.agent]
        if event.presence == "not_ready" and person.away:
            self.at(self.now + person.break_s, self._back, person)

    def _back(self, person: Person) -> None:
        if person.on_shift:
            person.away = False
            self._ask(c.SetPresence(person.id, "available"))

    def _set_aside(self, event: e.AgentSetAside) -> None:
        self.at(self.now + BACK_AFTER_S, self._ready_again, self.people[event.agent])

    def _ready_again(self, person: Person) -> None:
        if person.on_shift and not person.away and self.engine.state.agents[person.id].set_aside:
            self._ask(c.SetPresence(person.id, "available"))

    # --- sites -------------------------------------------------------------------------------------------

    def _cut(self, failure: Failure) -> None:
        self._reach(failure.site, False)
        self.at(self.now + failure.length_s, self._mended, failure)

    def _mended(self, failure: Failure) -> None:
        self._reach(failure.site, True)

    def _reach(self, site: str, reachable: bool) -> None:
        (self._cut_off.discard if reachable else self._cut_off.add)(site)
        for person in self.people.values():
            if person.group.site == site:
                for medium, _ in person.group.capacity:
                    self._ask(c.SetReachable(person.id, medium, reachable))


FOLLOW: dict[type, Callable[[Play, Any], None]] = {
    e.AssignmentOffered: Play._offered,
    e.AssignmentConnected: Play._connected,
    e.WrapUpStarted: Play._wrapping_up,
    e.AssignmentDone: Play._done,
    e.VisitEnded: Play._visit_ended,
    e.PresenceChanged: Play._presence,
    e.AgentSetAside: Play._set_aside,
}
