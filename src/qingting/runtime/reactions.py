"""What each event makes happen in the world: event -> effects. Pure; `voice` carries them out.

Called for durable events only. The engine may already be further than the event, so nothing here looks at
its state: an effect names what it is about, and the driver of the medium knows the legs. Each effect can be
carried out again without harm.
"""

from __future__ import annotations

from typing import NamedTuple

from ..core import events as e
from . import names


class Greet(NamedTuple):
    """Answer the customer's leg and begin self-service."""

    contact: str
    leg: str


class Seat(NamedTuple):
    """Who talks with whom, who waits, who is on hold: everybody to their place, as the contact's seating has it."""

    contact: str


class RingAgent(NamedTuple):
    contact: str
    assignment: str
    agent: str
    until: float
    """0: the agent asked for this call."""
    auto: bool
    """Their phone answers by itself."""


class RingParty(NamedTuple):
    """Ring somebody outside; who waits for them hears it ring."""

    contact: str
    party: str
    ref: str
    """To their number, in the erasable table."""


class Join(NamedTuple):
    """Seat who accepted, then say `Connected`; for a call that the agent makes, ring the customer first."""

    contact: str
    assignment: str


class Record(NamedTuple):
    """From now, if they are the one who talks with the customer."""

    contact: str
    assignment: str


class PauseRecording(NamedTuple):
    contact: str
    assignment: str
    on: bool


class StopRecording(NamedTuple):
    contact: str
    assignment: str


class Drop(NamedTuple):
    """Hang up the leg of an assignment or a party, whatever it does."""

    contact: str
    whose: str


class DropCustomer(NamedTuple):
    contact: str
    cause: str


class Overflow(NamedTuple):
    """The queue's policy leads the customer to something that is no queue."""

    contact: str
    queue: str
    to: str
    target: str


Effect = (
    Greet
    | Seat
    | Overflow
    | RingAgent
    | RingParty
    | Join
    | Record
    | PauseRecording
    | StopRecording
    | Drop
    | DropCustomer
)


def react(event: e.Event) -> tuple[Effect, ...]:
    """Effects of one event, in order."""
    match event:
        case e.ContactArrived(medium="voice", direction="in"):
            return (Greet(event.contact, event.leg),)
        case e.VisitStarted() if event.queue:
            return (Seat(event.contact),)
        case e.VisitRequeued():
            return (Seat(names.contact_of(event.visit)),)
        case e.Overflowed() if event.to not in ("queue", "site"):
            return (Overflow(event.contact, event.queue, event.to, event.target),)
        case e.AssignmentOffered():
            auto = event.auto or event.until == 0
            return (RingAgent(event.contact, event.assignment, event.agent, event.until, auto),)
        case e.AssignmentAccepted():
            return (Join(names.contact_of(event.assignment), event.assignment),)
        case e.VisitAnswered():
            return (Record(names.contact_of(event.visit), event.assignment),)
        case e.AssignmentHeld() | e.AssignmentResumed() | e.ConsultJoined():
            return (Seat(names.contact_of(event.assignment)),)
        case e.RecordingPaused() | e.RecordingResumed():
            on = isinstance(event, e.RecordingPaused)
            return (PauseRecording(names.contact_of(event.assignment), event.assignment, on),)
        case e.AssignmentTimedOut() | e.AssignmentDeclined() | e.AssignmentWithdrawn() | e.AssignmentLapsed():
            return (Drop(names.contact_of(event.assignment), event.assignment),)
        case e.WrapUpStarted() | e.AssignmentDone(how="none"):
            contact = names.contact_of(event.assignment)
            return (StopRecording(contact, event.assignment), Drop(contact, event.assignment))
        case e.ContactTransferred() | e.PartyJoined() | e.PartyHeld() | e.PartyResumed() | e.PartyAnswered():
            return (Seat(event.contact),)
        case e.ConsultEnded() | e.ConsultStarted() | e.ConsultRequeued():
            return (Seat(names.contact_of(event.visit)),)
        case e.VisitTakenOver():
            return (Seat(event.contact), Record(event.contact, event.assignment))
        case e.PartyCalled():
            return (RingParty(event.contact, event.party, event.ref),)
        case e.PartyLeft():
            return (Drop(event.contact, event.party), Seat(event.contact))
        case e.ContactEnded():
            return (DropCustomer(event.contact, event.cause),)
        case _:
            return ()
