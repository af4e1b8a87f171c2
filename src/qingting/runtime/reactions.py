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


class Wait(NamedTuple):
    """The customer waits (again): music, place, estimate."""

    contact: str
    visit: str
    queue: str
    """Empty when the visit waits again."""


class RingAgent(NamedTuple):
    contact: str
    assignment: str
    agent: str
    until: float
    """0: the agent asked for this call, so their phone answers by itself."""


class Join(NamedTuple):
    """Bridge customer and agent, then say `Connected`; for a call that the agent makes, ring the customer first."""

    contact: str
    assignment: str


class HoldCustomer(NamedTuple):
    contact: str
    assignment: str
    on: bool


class Record(NamedTuple):
    contact: str
    assignment: str


class PauseRecording(NamedTuple):
    contact: str
    assignment: str
    on: bool


class StopRecording(NamedTuple):
    contact: str
    assignment: str


class DropAgent(NamedTuple):
    """Hang up the agent's leg, whatever it does."""

    contact: str
    assignment: str


class DropCustomer(NamedTuple):
    contact: str
    cause: str


Effect = (
    Greet
    | Wait
    | RingAgent
    | Join
    | HoldCustomer
    | Record
    | PauseRecording
    | StopRecording
    | DropAgent
    | DropCustomer
)


def react(event: e.Event) -> tuple[Effect, ...]:
    """Effects of one event, in order."""
    match event:
        case e.ContactArrived(medium="voice", direction="in"):
            return (Greet(event.contact, event.leg),)
        case e.VisitStarted() if event.queue:
            return (Wait(event.contact, event.visit, event.queue),)
        case e.VisitRequeued():
            return (Wait(names.contact_of(event.visit), event.visit, ""),)
        case e.AssignmentOffered():
            return (RingAgent(event.contact, event.assignment, event.agent, event.until),)
        case e.AssignmentAccepted():
            return (Join(names.contact_of(event.assignment), event.assignment),)
        case e.AssignmentConnected():
            return (Record(names.contact_of(event.assignment), event.assignment),)
        case e.AssignmentHeld() | e.AssignmentResumed():
            on = isinstance(event, e.AssignmentHeld)
            return (HoldCustomer(names.contact_of(event.assignment), event.assignment, on),)
        case e.RecordingPaused() | e.RecordingResumed():
            on = isinstance(event, e.RecordingPaused)
            return (PauseRecording(names.contact_of(event.assignment), event.assignment, on),)
        case e.AssignmentTimedOut() | e.AssignmentDeclined() | e.AssignmentWithdrawn():
            return (DropAgent(names.contact_of(event.assignment), event.assignment),)
        case e.WrapUpStarted() | e.AssignmentDone(how="none"):
            contact = names.contact_of(event.assignment)
            return (StopRecording(contact, event.assignment), DropAgent(contact, event.assignment))
        case e.ContactEnded():
            return (DropCustomer(event.contact, event.cause),)
        case _:
            return ()
