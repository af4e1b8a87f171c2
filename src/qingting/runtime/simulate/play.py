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
from .draws import Caller, busyness, callers, handed_on, once_more, stream
from .duty import Duty
from .people import PICKS_UP_ITSELF_S, Person, configuration, hire
from .scenario import DAY_S, Callback, Scenario

CUSTOMER_RINGS_S = 8.0
"""How long the phone of a customer rings who is called back."""
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
        self._who: dict[str, Caller] = {}
        """By contact."""
        self._called_back: dict[str, tuple[Caller, Callback]] = {}
        """Who is to be called back, by callback."""
        self._plans = {queue.name: queue for queue in scenario.queues}
        self._redials = stream(self.seed, "redials")
        self._later = stream(self.seed, "later")
        self.people: dict[str, Person] = hire(scenario, self.seed)
        self._duty = Duty(self, scenario, self.people)
        for command in configuration(scenario, self.people, self.seed):
            self.ask(command)

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
                if not self.ask(c.Tick()):
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
        scenario = self.scenario
        self._duty.plan(self.midnight, self.day)
        self._redials = stream(self.seed, self.day, "redials")
        self._later = stream(self.seed, self.day, "later")
        factors = busyness(scenario, self.seed, self.day)
        for queue, factor in zip(scenario.queues, factors, strict=True):
            self._next_caller(callers(scenario, queue.callers, self.seed, self.day, factor))

    def _close(self, end: float) -> None:
        self.now = end
        self._heap.clear()
        state = self.engine.state
        for contact in list(state.contacts.values()):
            if not contact.ended:
                self.ask(c.ContactEnds(contact.id, "flow"))
        for callback in list(state.callbacks):
            self.ask(c.CancelCallback(callback))
        for message in list(state.messages):
            self.ask(c.CloseMessage(message, "desk", "answered"))
        for assignment in list(self.engine.state.assignments.values()):
            if assignment.state == "wrap_up":
                self.ask(c.FinishWrapUp(assignment.id))
        self._duty.close()
        self.callers.clear()
        self._who.clear()
        self._called_back.clear()

    def at(self, at: float, act: Callable[[Any], None], what: Any) -> None:
        """`act(what)` when this instant has come, unless the day is over before."""
        self._asked += 1
        heappush(self._heap, (at, self._asked, act, what))

    # --- the core ----------------------------------------------------------------------------------------

    def ask(self, command: c.Command) -> Sequence[e.Event]:
        try:
            return self.decide(command)
        except Refused as refused:
            self.refused[refused.code] += 1
            return ()

    def decide(self, command: c.Command) -> Sequence[e.Event]:
        engine = self.engine
        events = engine.decide(command, self.now)
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
        self.ask(c.ContactArrives(contact, f"j{n}", of.medium, site=caller.site, party=f"p{n}"))
        self.callers[visit] = self._who[contact] = caller
        self.ask(c.EnterQueue(contact, visit, of.queue, caller.requires, caller.priority_s))
        if self._unanswered(contact):
            if caller.patience_s != math.inf:
                self.at(self.now + caller.patience_s, self._gives_up, (contact, caller))
            if caller.asks_after_s < caller.patience_s:
                self.at(self.now + caller.asks_after_s, self._asks_for_callback, contact)
        if coming is not None:
            self._next_caller(coming)

    def _unanswered(self, contact: str) -> bool:
        found = self.engine.state.contacts.get(contact)
        visit = self.engine.state.visits.get(found.visit) if found is not None else None
        return visit is not None and visit.state in ("waiting", "offered", "connecting")

    def _gives_up(self, what: tuple[str, Caller]) -> None:
        contact, caller = what
        if self._who.get(contact) is not caller or not self._unanswered(contact):
            return
        self.ask(c.ContactEnds(contact, "customer"))
        again = self.now + caller.again_s
        if again < self.midnight + self.scenario.closes_s:
            self.at(again, self._arrives, (once_more(caller, self._redials), None))

    def _visit_started(self, event: e.VisitStarted) -> None:
        """One that follows by itself is of the same caller."""
        if event.visit not in self.callers and event.contact in self._who:
            self.callers[event.visit] = self._who[event.contact]

    def _visit_ended(self, event: e.VisitEnded) -> None:
        if event.outcome != "answered":
            self.callers.pop(event.visit, None)

    def _contact_ended(self, event: e.ContactEnded) -> None:
        self._who.pop(event.contact, None)

    # --- later and elsewhere -----------------------------------------------------------------------------

    def _overflowed(self, event: e.Overflowed) -> None:
        """What the core leaves to the flow: a callback, a message, or goodbye."""
        if event.to in ("queue", "site"):
            return
        contact = event.contact
        if contact not in self.engine.state.contacts:  # an attempt to call them back: it is over
            return
        if event.to == "callback":
            self._callback(contact, event.queue)
        elif event.to == "message":
            self.ask(c.TakeMessage(f"m{contact}", event.queue, f"p{contact}", "n", contact))
        self.ask(c.ContactEnds(contact, "flow"))

    def _asks_for_callback(self, contact: str) -> None:
        found = self.engine.state.contacts.get(contact)
        visit = self.engine.state.visits.get(found.visit) if found is not None else None
        if visit is not None and visit.state == "waiting" and self._callback(contact, visit.queue):
            self.ask(c.ContactEnds(contact, "flow"))

    def _callback(self, contact: str, queue: str) -> bool:
        caller = self._who[contact]
        plan = caller.of.callback or Callback(1.0, 0.0)
        self._called_back[f"b{contact}"] = caller, plan
        return bool(
            self.ask(
                c.RequestCallback(
                    f"b{contact}",
                    f"p{contact}",
                    of=contact,
                    queue=queue,
                    first=plan.first,
                    attempts=plan.attempts,
                    retry_s=plan.retry_s,
                    expires_s=DAY_S,
                )
            )
        )

    def _calls_back(self, event: e.CallbackStarted) -> None:
        self._who[event.contact] = self._called_back[event.callback][0]

    def _rings_customer(self, assignment: str) -> None:
        """The agent is there; the customer's phone rings."""
        found = self.engine.state.assignments.get(assignment)
        if found is None or found.state != "connecting":
            return
        callback = self.engine.state.contacts[found.contact].callback
        if self._later.random() < self._called_back[callback][1].reached:
            self.ask(c.CustomerAnswers(found.contact))
            self.ask(c.Connected(assignment))
        else:
            self.ask(c.ContactEnds(found.contact, "no_answer"))

    def _callback_over(self, event: e.CallbackEnded) -> None:
        self._called_back.pop(event.callback, None)

    # --- conversations -----------------------------------------------------------------------------------

    def _offered(self, event: e.AssignmentOffered) -> None:
        person = self.people[event.agent]
        if self._customer_first(event.contact):
            self._picks_up(event.assignment)
            return
        if event.auto:
            self.at(self.now + PICKS_UP_ITSELF_S, self._picks_up, event.assignment)
            return
        if person.group.misses and person.misses() < person.group.misses:
            return
        rings_s = person.pick_up()
        if rings_s:
            self.at(self.now + rings_s, self._picks_up, event.assignment)
        else:
            self._picks_up(event.assignment)

    def _customer_first(self, contact: str) -> bool:
        if not self._called_back:
            return False
        callback = self.engine.state.contacts[contact].callback
        return bool(callback) and self._called_back[callback][1].first == "customer"

    def _picks_up(self, assignment: str) -> None:
        found = self.engine.state.assignments.get(assignment)
        if found is None or found.state != "offered":
            return
        self.ask(c.Accept(assignment))
        if self._called_back and self.engine.state.contacts[found.contact].callback:
            self.at(self.now + CUSTOMER_RINGS_S, self._rings_customer, assignment)
        else:
            self.ask(c.Connected(assignment))

    def _connected(self, event: e.AssignmentConnected) -> None:
        visit = self.engine.state.assignments[event.assignment].visit
        self.at(self.now + self.callers[visit].handle_s, self._said_all, event.assignment)

    def _said_all(self, assignment: str) -> None:
        found = self.engine.state.assignments.get(assignment)
        if found is None or found.state not in ("active", "held"):
            return
        to = self.callers[found.visit].goes_to
        if to and self._hands_on(found.contact, assignment, to):
            return
        self.ask(c.ContactEnds(found.contact, "customer"))

    def _hands_on(self, contact: str, assignment: str, to: str) -> bool:
        next_one = handed_on(self._plans[to].callers, self._later)
        before, self._who[contact] = self._who[contact], next_one
        if not self.ask(c.Transfer(assignment, f"{contact}.t", to)):
            self._who[contact] = before
            return False
        if next_one.patience_s != math.inf and self._unanswered(contact):
            self.at(self.now + next_one.patience_s, self._gives_up, (contact, next_one))
        return True

    def _wrapping_up(self, event: e.WrapUpStarted) -> None:
        a = self.engine.state.assignments[event.assignment]
        caller = self.callers.get(a.visit)
        wrap_up_s = caller.wrap_up_s if caller is not None else 0.0  # nobody was reached: nothing is left to do
        if self.now + wrap_up_s >= a.until > self.now and self.engine.state.queues[a.queue].policy.extend_wrap_up_s:
            self.ask(c.ExtendWrapUp(a.id))
        if self.now + wrap_up_s < a.until:
            self.at(self.now + wrap_up_s, self._wrapped_up, event.assignment)

    def _wrapped_up(self, assignment: str) -> None:
        found = self.engine.state.assignments.get(assignment)
        if found is not None and found.state == "wrap_up":
            self.ask(c.FinishWrapUp(assignment))

    def _done(self, event: e.AssignmentDone) -> None:
        self.callers.pop(event.assignment.rpartition("/")[0], None)


FOLLOW: dict[type, Callable[[Play, Any], None]] = {
    e.VisitStarted: Play._visit_started,
    e.AssignmentOffered: Play._offered,
    e.AssignmentConnected: Play._connected,
    e.WrapUpStarted: Play._wrapping_up,
    e.AssignmentDone: Play._done,
    e.VisitEnded: Play._visit_ended,
    e.ContactEnded: Play._contact_ended,
    e.Overflowed: Play._overflowed,
    e.CallbackStarted: Play._calls_back,
    e.CallbackEnded: Play._callback_over,
    e.PresenceChanged: lambda play, event: play._duty.presence(event),
    e.AgentSetAside: lambda play, event: play._duty.set_aside(event),
}
