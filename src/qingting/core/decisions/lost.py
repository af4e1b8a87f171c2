"""An agent who cannot be reached any more, and what they held: the customer waits again, or goes on with others."""

from __future__ import annotations

from ..commands import NO_NOTES
from ..events import (
    AssignmentDone,
    AssignmentWithdrawn,
    ConnectionBack,
    ConnectionLost,
    ContactTransferred,
    Event,
    VisitEnded,
    WrapUpStarted,
)
from ..model import Agent, Assignment, State
from . import consults
from .contacts import ended
from .endings import rest
from .names import after
from .transfers import back_to_queue, hand_over
from .untaken import back

TALKS = ("connecting", "active", "held", "joined", "parked")
GRACE_S = 30.0
"""For conversations in no queue."""


def out_of_reach(state: State, now: float, agent: Agent, medium: str) -> list[Event]:
    """Conversations in text are kept for a while; a call goes on as long as its leg does."""
    if medium == "voice":
        return []
    events: list[Event] = []
    for a in map(state.assignments.__getitem__, agent.assignments):
        if a.medium == medium and a.state in TALKS:
            grace_s = state.queues[a.queue].policy.grace_s if a.queue else GRACE_S
            events.append(ConnectionLost(now, a.id, now + grace_s))
    return events


def back_again(state: State, now: float, agent: Agent, medium: str) -> list[Event]:
    held = map(state.assignments.__getitem__, agent.assignments)
    return [ConnectionBack(now, a.id) for a in held if a.medium == medium and a.grace]


def given_up(state: State, now: float, a: Assignment) -> list[Event]:
    """The grace time is over. There is no wrap-up to be done by who is not there."""
    contact = state.contacts[a.contact]
    if a.state == "connecting":
        return [AssignmentWithdrawn(now, a.id, "connect_failed"), *back(state, now, a, "unreachable", "unreachable")]
    if a.consult:
        over = consults.end_consult(state, now, state.visits[a.visit], "left")
        return [WrapUpStarted(now, a.id, now, "lost") if type(x) is WrapUpStarted else x for x in over]
    if contact.consults or contact.parties:
        return hand_over(state, now, a, "connection_lost")
    if not a.queue:
        return ended(state, now, contact, "failed")
    return lost(state, now, a, "connection_lost")


def lost(state: State, now: float, a: Assignment, cause: str) -> list[Event]:
    """The customer waits again in the same queue, in a new visit with the first arrival of this one."""
    contact, visit = state.contacts[a.contact], state.visits[a.visit]
    wrap_up: Event
    if a.state == "parked":
        wrap_up = AssignmentDone(now, a.id, "parked")
    else:
        wrap_up = rest(state, now, a, cause) if a.medium == "voice" else WrapUpStarted(now, a.id, now, cause)
    next = after(visit.id)
    return [
        ContactTransferred(now, contact.id, visit.id, next, "lost", "queue", a.agent, "", visit.queue, NO_NOTES),
        VisitEnded(now, visit.id, "answered", cause),
        wrap_up,
        *back_to_queue(state, now, contact, visit.id, visit.queue, visit.since),
    ]
