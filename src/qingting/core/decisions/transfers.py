"""The contact goes on elsewhere: handed on unheard, left to whom the owner spoke with, or back to its queue.

A transferred contact begins a new visit; the one before ends as answered. What was the owner's part ends with
wrap-up in any case, with no time in it where none is kept: the deadline due at once sets the agent free, since a
decision sends a visit to wait or sets an agent free, never both.
"""

from __future__ import annotations

from dataclasses import replace

from ...errors import Refused
from ..commands import NO_NOTES, CompleteTransfer, Notes, Requirements, Transfer, TransferOutside
from ..events import (
    ContactTransferred,
    Event,
    PartyCalled,
    PartyJoined,
    PartyLeft,
    VisitEnded,
    VisitTakenOver,
)
from ..matching import place
from ..model import Assignment, Contact, Queue, State, Visit
from . import known
from .consults import colleague, end_consult, offer_to
from .endings import rest
from .entering import enter
from .names import after


def transfer(state: State, c: Transfer, now: float) -> list[Event]:
    a = known.owner(state, c.assignment, Transfer)
    contact, visit = alone(state, a)
    known.new_id("visit", c.visit, state.visits)
    queue = known.queue(state, _queue(c.queue or visit.queue))
    target = colleague(state, c.agent, a) if c.agent else None
    if queue.closed and target is None:
        raise Refused("queue.closed", f"{queue.id} is closed", queue=queue.id)
    wants = Requirements(c.requires, exclude=(a.agent,) if target is None else ())
    priority_s = known.number("visit", "priority_s", c.priority_s, -86400.0, 86400.0)
    started = enter(state, now, contact, c.visit, queue, wants.skills, wants, priority_s, visit.since)
    if target is not None:
        why = f"{target.id}: transferred by {a.agent}"
        started = [started[0], *offer_to(state, now, target, c.visit, contact, now + queue.ring_s, why)]
    to = "agent" if target is not None else _kind(queue)
    return [
        _moved(now, a, c.visit, "blind", to, c.agent, queue.id, known.notes(c.notes)),
        VisitEnded(now, visit.id, "answered", "transfer"),
        rest(state, now, a, "transfer"),
        *started,
    ]


def transfer_outside(state: State, c: TransferOutside, now: float) -> list[Event]:
    a = known.owner(state, c.assignment, TransferOutside)
    _, visit = alone(state, a)
    called = call_party(state, now, a, c.party, c.ref, "transfer", c.notes)
    return [
        _moved(now, a, c.party, "blind", "outside", "", "", c.notes),
        VisitEnded(now, visit.id, "answered", "transfer"),
        rest(state, now, a, "transfer"),
        called,
    ]


def complete_transfer(state: State, c: CompleteTransfer, now: float) -> list[Event]:
    a = known.owner(state, c.assignment, CompleteTransfer)
    contact = state.contacts[a.contact]
    if not contact.consults and not contact.parties:
        raise Refused("contact.no_consult", "there is nobody to leave the contact to", contact=contact.id)
    return hand_over(state, now, a, "transfer", known.notes(c.notes))


def hand_over(state: State, now: float, a: Assignment, cause: str, notes: Notes = NO_NOTES) -> list[Event]:
    """The owner leaves; who was consulted or is in conference stays with the customer.

    An agent in conference comes first, then one who is consulted, answered or not, then a party. Whoever else
    was being consulted is sent away.
    """
    contact, visit = state.contacts[a.contact], state.visits[a.visit]
    consults = [state.visits[id] for id in contact.consults]
    heir = next((consult for consult in consults if consult.state == "joined"), None) or next(iter(consults), None)
    parties = [state.parties[id] for id in contact.parties]
    party = next((party for party in parties if party.state == "joined"), None) or next(iter(parties), None)
    others: list[Event] = []
    for consult in consults:
        if consult is not heir and consult.state != "joined":
            others += end_consult(state, now, consult, "owner_left")
    for other in parties:
        if other.state != "joined" and (heir is not None or other is not party):
            others.append(PartyLeft(now, other.id, other.contact, "owner_left"))
    over = VisitEnded(now, visit.id, "answered", cause)
    closing = rest(state, now, a, cause)
    if heir is None:
        assert party is not None
        how = {"joined": "conference", "calling": "blind"}.get(party.state, "consulted")
        stays = [PartyJoined(now, party.id, party.contact)] if party.state in ("talking", "held") else []
        moved = _moved(now, a, party.id, how, "outside", "", "", notes)
        return [moved, *others, over, closing, *stays]
    how = {"joined": "conference", "answered": "consulted"}.get(heir.state, "blind")
    queue = heir.queue or visit.queue
    target = state.assignments[heir.assignment].agent if heir.assignment else ""
    to = _kind(state.queues[heir.queue]) if heir.queue else "agent"
    # One that waits already may be due for more relaxation by the customer's first arrival than by its own.
    waits = [replace(heir, since=visit.since, rank=visit.since - heir.priority_s)] if heir.state == "waiting" else []
    return [
        _moved(now, a, heir.id, how, to, target, heir.queue, notes),
        *others,
        over,
        closing,
        VisitTakenOver(now, heir.id, contact.id, queue, heir.assignment, visit.since),
        *place(state, now, waits),
    ]


def call_party(state: State, now: float, a: Assignment, party: str, ref: str, how: str, notes: Notes) -> PartyCalled:
    known.new_id("party", party, state.parties)
    if a.medium != "voice":
        raise Refused("medium.no_parties", f"nobody outside can join {a.medium}", medium=a.medium)
    if not ref:
        raise Refused("party.no_number", "somebody outside has a number")
    visit = state.visits[a.visit]
    return PartyCalled(now, party, a.contact, a.id, ref, how, visit.id, visit.queue, visit.since, known.notes(notes))


def back_to_queue(state: State, now: float, contact: Contact, visit: str, queue: str, since: float) -> list[Event]:
    """The contact waits again, in a visit after `visit`, at its first arrival; it ends when there is no queue."""
    return enter(state, now, contact, after(visit), state.queues[queue], (), Requirements(), 0.0, since, lenient=True)


def alone(state: State, a: Assignment) -> tuple[Contact, Visit]:
    """Contact and visit of an owner who is alone with the customer."""
    contact = state.contacts[a.contact]
    if contact.consults or contact.parties:
        raise Refused("contact.in_consult", f"somebody else is in {contact.id}", contact=contact.id)
    return contact, state.visits[a.visit]


def _queue(id: str) -> str:
    if not id:
        raise Refused("queue.needed", "the contact is in no queue; name one")
    return id


def _kind(queue: Queue) -> str:
    return "second_line" if queue.second_line else "queue"


def _moved(
    now: float, a: Assignment, next: str, how: str, to: str, agent: str, queue: str, notes: Notes
) -> ContactTransferred:
    return ContactTransferred(now, a.contact, a.visit, next, how, to, a.agent, agent, queue, notes)
