"""Contacts and their visits: arriving, self-service, waiting, leaving."""

from __future__ import annotations

from ...errors import Refused
from ..commands import ContactArrives, ContactEnds, DialogueMoves, EnterQueue, LeaveQueue, SetLanguage
from ..events import (
    AssignmentLapsed,
    AssignmentWithdrawn,
    ContactArrived,
    DialogueMoved,
    Event,
    LanguageSet,
    VisitEnded,
)
from ..model import Contact, State, Visit
from . import known
from .consults import everybody_out
from .endings import finish, freed, rest
from .entering import enter
from .over import over as contact_over
from .overflow import lead

UNANSWERED = {"engine_lost": "lost", "failed": "failed", "refused": "failed", "flow": "flow_out"}
"""Outcome of a visit that nobody answered, by the cause of its contact's end; `abandoned` for all others."""


def contact_arrives(state: State, c: ContactArrives, now: float) -> list[Event]:
    known.new_id("contact", c.contact, state.contacts)
    known.medium(c.medium)
    return [ContactArrived(now, *c)]


def dialogue_moves(state: State, c: DialogueMoves, now: float) -> list[Event]:
    known.contact(state, c.contact)
    return [DialogueMoved(now, *c)]


def set_language(state: State, c: SetLanguage, now: float) -> list[Event]:
    contact = known.contact(state, c.contact)
    return [] if contact.language == c.language else [LanguageSet(now, *c)]


def enter_queue(state: State, c: EnterQueue, now: float) -> list[Event]:
    contact = known.contact(state, c.contact)
    visit = state.visits.get(contact.visit)
    if (visit is not None and visit.state != "ended") or contact.parties:
        raise Refused("contact.in_queue", f"{contact.id} has a visit already", visit=contact.visit)
    known.new_id("visit", c.visit, state.visits)
    queue = known.queue(state, c.queue)
    led, taker = lead(state, now, contact, queue) if queue.policy.overflow or queue.closed else ([], queue)
    if taker is None:
        return led
    wants = c.wants
    skills = (*c.requires, *wants.skills) if wants.skills else c.requires
    priority_s = known.number("visit", "priority_s", c.priority_s, -86400.0, 86400.0) if c.priority_s else 0.0
    since = now if c.since is None else known.number("visit", "since", min(c.since, now), 0, now)
    started = enter(state, now, contact, c.visit, taker, skills, wants, priority_s, since)
    return [*led, *started] if led else started


def leave_queue(state: State, c: LeaveQueue, now: float) -> list[Event]:
    visit = known.visit(state, c.visit)
    contact = state.contacts[visit.contact]
    if contact.callback and not contact.reached and visit.state in ("waiting", "offered"):
        return ended(state, now, contact, "flow")  # there is nobody with whom a flow could go on
    return take_out(state, now, visit, c.why)


def take_out(state: State, now: float, visit: Visit, why: str) -> list[Event]:
    """Of its queue, unanswered."""
    if visit.state == "waiting":
        return [VisitEnded(now, visit.id, "flow_out", why)]
    if visit.state != "offered":
        raise Refused("visit.wrong_state", f"visit {visit.id} is {visit.state}", id=visit.id, state=visit.state)
    return _unanswered(state, now, visit, "flow", [VisitEnded(now, visit.id, "flow_out", why)])


def contact_ends(state: State, c: ContactEnds, now: float) -> list[Event]:
    contact = known.contact(state, c.contact)
    return ended(state, now, contact, c.cause)


def ended(state: State, now: float, contact: Contact, cause: str) -> list[Event]:
    """Whatever the contact was doing ends with it."""
    over: list[Event] = contact_over(state, now, contact, cause)
    beside = bool(contact.consults or contact.parties)
    if beside:
        over = [*everybody_out(state, now, contact), *over]
    visit = state.visits.get(contact.visit)
    if visit is None or visit.state == "ended":
        return over
    outcome = "answered" if visit.state == "answered" else UNANSWERED.get(cause, _gave_up(contact))
    visit_over = VisitEnded(now, visit.id, outcome, cause)
    if not visit.assignment:
        return [visit_over, *over]
    if visit.state == "offered":
        return _unanswered(state, now, visit, "customer_left", [visit_over, *over])
    assignment = state.assignments[visit.assignment]
    if beside:  # a consult may wait in a queue still: the owner's freedom must not meet it
        return [visit_over, rest(state, now, assignment, cause), *over]
    closing, after = finish(state, now, assignment, cause)
    return [visit_over, *closing, *over, *after]


def _unanswered(state: State, now: float, visit: Visit, why: str, over: list[Event]) -> list[Event]:
    """The offers of a visit are taken back: the first at once, others by the deadline due at once."""
    first = state.assignments[visit.assignment]
    lapsed = [AssignmentLapsed(now, id, why) for id in visit.beside if state.assignments[id].state == "offered"]
    withdrawn = AssignmentWithdrawn(now, first.id, why)
    return [withdrawn, *lapsed, *over, *freed(state, now, first, worked=False)]


def there(contact: Contact) -> bool:
    """The customer is in the call; one whom an agent calls is not until they have been reached."""
    return contact.direction == "in" or contact.reached


def _gave_up(contact: Contact) -> str:
    return "abandoned" if there(contact) else "failed"
