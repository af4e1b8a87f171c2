"""Somebody outside in the call: rung, answering, leaving. They are no agent and own nothing."""

from __future__ import annotations

from ..commands import ConsultOutside, PartyAnswers, PartyEnds
from ..events import Event, PartyAnswered, PartyHeld, PartyJoined, PartyLeft
from ..lifecycle import PARTY, move
from ..model import State
from . import known
from .consults import away, may_consult
from .over import over
from .transfers import back_to_queue, call_party


def consult_outside(state: State, c: ConsultOutside, now: float) -> list[Event]:
    a = known.owner(state, c.assignment, ConsultOutside)
    may_consult(state, a)
    return [*away(a, now), call_party(state, now, a, c.party, c.ref, "consult", c.notes)]


def party_answers(state: State, c: PartyAnswers, now: float) -> list[Event]:
    """With the owner, who may be with the customer just now; with the customer when there is no owner."""
    party = known.party(state, c.party)
    move(PARTY, "party", party.id, party.state, PartyAnswered)
    events: list[Event] = [PartyAnswered(now, party.id, party.contact)]
    owner = known.owner_of(state, state.contacts[party.contact])
    if owner is None:
        events.append(PartyJoined(now, party.id, party.contact))
    elif owner.state == "active":
        events.append(PartyHeld(now, party.id, party.contact))
    return events


def party_ends(state: State, c: PartyEnds, now: float) -> list[Event]:
    """While anybody else is with the customer, that is all. If nobody is: back to the queue when the party never
    answered, else the contact is over."""
    party = known.party(state, c.party)
    contact = state.contacts[party.contact]
    gone = PartyLeft(now, party.id, party.contact, c.cause)
    visit = state.visits.get(contact.visit)
    served = visit is not None and visit.state != "ended"
    if served or contact.consults or len(contact.parties) > 1:
        return [gone]
    if party.state == "calling" and party.queue in state.queues:
        return [gone, *back_to_queue(state, now, contact, party.visit, party.queue, party.first)]
    return [gone, *over(state, now, contact, "failed" if party.state == "calling" else "outside")]
