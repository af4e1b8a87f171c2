"""Who of a call must hear whom: folded from its durable events, one picture at a time. Pure.

The table is that of `docs/guides/lifecycle.md`. While the owner is with the customer, all who joined are as well;
while the customer is on hold, all of ours talk apart. Nobody is in two places, and who is held alone hears music.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ...core import events as e
from ...core.model import Contact, State
from .. import names

CUSTOMER = ""
"""The customer's place in a picture; all others go by their assignment's or party's id."""


class Picture(NamedTuple):
    main: frozenset[str]
    """Who hears the customer, and the customer; empty when they are alone."""
    apart: frozenset[str]
    """Who talks without the customer."""
    music: frozenset[str]
    """Who is on hold."""
    waits: bool
    """The customer is alone and waits for an agent."""


@dataclass(slots=True)
class Seating:
    visit: str = ""
    """The customer's, while it goes on."""
    queue: str = ""
    """The latest: its music and whether it records."""
    owner: str = ""
    state: str = ""
    """Of the owner: `connecting`, `active` or `held`."""
    beside: dict[str, str] = field(default_factory=dict)
    """Who was consulted or called and has answered: `connecting`, `active`, `held` or `joined`."""
    awaited: set[str] = field(default_factory=set)
    """Consults that wait in a queue: nobody is rung for them."""

    def fold(self, event: e.Event) -> None:
        """One of `FOLDED`."""
        _FOLD[type(event)](self, event)

    def picture(self) -> Picture:
        joined = [id for id, state in self.beside.items() if state == "joined"]
        others = [id for id, state in self.beside.items() if state != "joined"]
        if self.state == "held":
            apart = frozenset((self.owner, *joined, *(id for id in others if self.beside[id] != "held")))
            held = [id for id in others if self.beside[id] == "held"]
            if self.awaited and len(apart) == 1:
                held.append(self.owner)
            return Picture(frozenset(), apart if len(apart) > 1 else frozenset(), frozenset((CUSTOMER, *held)), False)
        served = frozenset((CUSTOMER, self.owner, *joined)) if self.owner else frozenset((CUSTOMER, *joined))
        if len(served) == 1:
            served = frozenset()
        return Picture(served, frozenset(), frozenset(others), bool(self.visit) and not served)

    def talks(self, assignment: str) -> bool:
        """They own the customer, and have spoken with them."""
        return self.owner == assignment and self.state in ("active", "held")

    def hears_ringing(self) -> str:
        """Who waits for somebody that is rung: the customer whom nobody serves, an owner alone; else nobody."""
        if not self.owner:
            return CUSTOMER
        return self.owner if self.state == "held" and not self.beside else names.NOBODY


def seating_of(state: State, contact: Contact) -> Seating:
    """As the state has it, after a restart."""
    found = Seating()
    visit = state.visits.get(contact.visit)
    if visit is not None:
        found.queue = visit.queue
        if visit.state != "ended":
            found.visit = visit.id
        owner = state.assignments.get(visit.assignment)
        if owner is not None and owner.state in ("connecting", "active", "held"):
            found.owner, found.state = owner.id, owner.state
    for id in contact.consults:
        if state.visits[id].state == "waiting":
            found.awaited.add(id)
        asked = state.assignments.get(state.visits[id].assignment)
        if asked is not None and asked.state in ("connecting", "active", "held", "joined"):
            found.beside[asked.id] = asked.state
    for id in contact.parties:
        party = state.parties[id]
        if party.state != "calling":
            found.beside[id] = "active" if party.state == "talking" else party.state
    return found


def _visit_started(s: Seating, x: e.VisitStarted) -> None:
    s.visit, s.queue = x.visit, x.queue


def _visit_ended(s: Seating, x: e.VisitEnded) -> None:
    if s.visit == x.visit:
        s.visit = ""


def _consult_waits(s: Seating, x: e.ConsultStarted | e.ConsultRequeued) -> None:
    if isinstance(x, e.ConsultRequeued) or x.queue:
        s.awaited.add(x.visit)


def _awaited_no_more(s: Seating, x: Any) -> None:
    s.awaited.discard(x.visit)


def _taken_over(s: Seating, x: e.VisitTakenOver) -> None:
    s.awaited.discard(x.visit)
    s.visit, s.queue = x.visit, x.queue
    if (state := s.beside.pop(x.assignment, "")) != "":
        s.owner, s.state = x.assignment, "connecting" if state == "connecting" else "active"


def _accepted(s: Seating, x: e.AssignmentAccepted) -> None:
    if names.visit_of_assignment(x.assignment) == s.visit:
        s.owner, s.state = x.assignment, "connecting"
    else:
        s.beside[x.assignment] = "connecting"


def _becomes(state: str) -> Callable[[Seating, Any], None]:
    def fold(s: Seating, x: Any) -> None:
        if x.assignment == s.owner:
            s.state = state
        elif x.assignment in s.beside:
            s.beside[x.assignment] = state

    return fold


def _leaves(s: Seating, x: Any) -> None:
    if x.assignment == s.owner:
        s.owner = s.state = ""
    else:
        s.beside.pop(x.assignment, None)


def _party(state: str) -> Callable[[Seating, Any], None]:
    def fold(s: Seating, x: Any) -> None:
        s.beside[x.party] = state

    return fold


def _party_left(s: Seating, x: e.PartyLeft) -> None:
    s.beside.pop(x.party, None)


_FOLD: dict[type, Callable[[Seating, Any], None]] = {
    e.VisitStarted: _visit_started,
    e.VisitEnded: _visit_ended,
    e.ConsultStarted: _consult_waits,
    e.ConsultRequeued: _consult_waits,
    e.AssignmentOffered: _awaited_no_more,
    e.ConsultEnded: _awaited_no_more,
    e.VisitTakenOver: _taken_over,
    e.AssignmentAccepted: _accepted,
    e.AssignmentConnected: _becomes("active"),
    e.AssignmentHeld: _becomes("held"),
    e.AssignmentResumed: _becomes("active"),
    e.ConsultJoined: _becomes("joined"),
    e.WrapUpStarted: _leaves,
    e.AssignmentDone: _leaves,
    e.AssignmentWithdrawn: _leaves,
    e.AssignmentLapsed: _leaves,
    e.PartyAnswered: _party("active"),
    e.PartyHeld: _party("held"),
    e.PartyResumed: _party("active"),
    e.PartyJoined: _party("joined"),
    e.PartyLeft: _party_left,
}

FOLDED = tuple(_FOLD)


def contact_of(event: Any) -> str:
    """Of one of `FOLDED`."""
    contact: str = getattr(event, "contact", "")
    return contact or names.contact_of(getattr(event, "assignment", "") or event.visit)
