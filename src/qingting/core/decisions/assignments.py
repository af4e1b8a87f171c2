"""Assignments: taken or not, talked, wrapped up; and what their deadlines bring."""

from __future__ import annotations

from ...errors import Refused
from ..commands import (
    Accept,
    AgentLeaves,
    Connected,
    ConnectFails,
    Decline,
    ExtendWrapUp,
    FinishWrapUp,
    Hold,
    PauseRecording,
    Resume,
    ResumeRecording,
    SetDisposition,
)
from ..events import (
    AssignmentAccepted,
    AssignmentConnected,
    AssignmentDeclined,
    AssignmentHeld,
    AssignmentLapsed,
    AssignmentResumed,
    AssignmentTimedOut,
    AssignmentWithdrawn,
    DispositionSet,
    Event,
    RecordingPaused,
    RecordingResumed,
    VisitAnswered,
    VisitEnded,
    WrapUpExtended,
)
from ..model import Assignment, State
from . import consults, known
from .callbacks import reached
from .contacts import ended, there
from .endings import done, freed, opened
from .lost import lost
from .over import over
from .transfers import hand_over
from .untaken import back, standing

ASIDE = {"unreachable": "unreachable", "failed": "unreachable"}
"""Why an agent is set aside, by why they declined; `declined` for all others."""


def accept(state: State, c: Accept, now: float) -> list[Event]:
    """The first to accept has it; the offers beside lapse."""
    a = known.movable(state, c.assignment, AssignmentAccepted)
    events: list[Event] = [AssignmentAccepted(now, a.id)]
    visit = state.visits[a.visit]
    if visit.beside:
        for id in standing(visit):
            if id != a.id and state.assignments[id].state == "offered":
                events.append(AssignmentLapsed(now, id, "taken"))
    return events


def decline(state: State, c: Decline, now: float) -> list[Event]:
    a = known.movable(state, c.assignment, AssignmentDeclined)
    why = ASIDE.get(c.why, "declined")
    return [AssignmentDeclined(now, a.id, c.why), *back(state, now, a, why, why)]


def connected(state: State, c: Connected, now: float) -> list[Event]:
    a = known.movable(state, c.assignment, AssignmentConnected)
    if a.consult:
        return consults.answered(state, now, a)
    answered: list[Event] = [AssignmentConnected(now, a.id), VisitAnswered(now, a.visit, a.id)]
    return [*answered, *reached(state, now, state.contacts[a.contact]), *opened(state, now, a)]


def connect_fails(state: State, c: ConnectFails, now: float) -> list[Event]:
    a = known.movable(state, c.assignment, ConnectFails)
    if a.consult or there(state.contacts[a.contact]):
        return _not_joined(state, now, a, "unreachable")
    return [
        AssignmentWithdrawn(now, a.id, "connect_failed"),
        VisitEnded(now, a.visit, "failed", c.why),
        *over(state, now, state.contacts[a.contact], "failed"),
        *freed(state, now, a, worked=False),
    ]


def agent_leaves(state: State, c: AgentLeaves, now: float) -> list[Event]:
    a = known.movable(state, c.assignment, AgentLeaves)
    contact = state.contacts[a.contact]
    if a.state == "connecting" and (a.consult or there(contact)):
        return _not_joined(state, now, a, "unreachable" if c.why == "lost" else "declined")
    if a.consult:
        return consults.left(state, now, a)
    cause = "failed" if c.why == "lost" else "agent"
    if contact.consults or contact.parties:
        return hand_over(state, now, a, cause)
    if c.why == "lost" and a.queue and there(contact) and state.queues[a.queue].policy.requeue_lost:
        return lost(state, now, a, "agent_lost")
    return ended(state, now, contact, cause)


def hold(state: State, c: Hold, now: float) -> list[Event]:
    return [AssignmentHeld(now, _alone(state, c.assignment, Hold).id)]


def resume(state: State, c: Resume, now: float) -> list[Event]:
    a = _alone(state, c.assignment, Resume)
    return [AssignmentResumed(now, a.id), *opened(state, now, a)]


def _alone(state: State, id: str, what: type) -> Assignment:
    a = known.owner(state, id, what)
    if consults.engaged(state, a):
        raise Refused("contact.in_consult", "somebody is being consulted: swap instead", assignment=id)
    return a


def set_disposition(state: State, c: SetDisposition, now: float) -> list[Event]:
    a = known.movable(state, c.assignment, DispositionSet)
    return [] if a.disposition == c.disposition else [DispositionSet(now, a.id, c.disposition)]


def pause_recording(state: State, c: PauseRecording, now: float) -> list[Event]:
    a = known.movable(state, c.assignment, RecordingPaused)
    return [] if a.recording_paused else [RecordingPaused(now, a.id)]


def resume_recording(state: State, c: ResumeRecording, now: float) -> list[Event]:
    a = known.movable(state, c.assignment, RecordingResumed)
    return [RecordingResumed(now, a.id)] if a.recording_paused else []


def finish_wrap_up(state: State, c: FinishWrapUp, now: float) -> list[Event]:
    a = known.movable(state, c.assignment, FinishWrapUp)
    closing, after = done(state, now, a, "finished")
    return [*closing, *after]


def extend_wrap_up(state: State, c: ExtendWrapUp, now: float) -> list[Event]:
    a = known.movable(state, c.assignment, WrapUpExtended)
    more = state.queues[a.queue].policy.extend_wrap_up_s if a.queue else 0.0
    if not more or a.until <= a.since:
        raise Refused("wrap_up.not_allowed", "this queue has no extension of wrap-up", assignment=a.id)
    if a.extended:
        raise Refused("wrap_up.extended", "it was extended already", assignment=a.id)
    return [WrapUpExtended(now, a.id, a.until + more)]


def due(state: State, now: float, id: str) -> list[Event]:
    """An assignment's deadline has come."""
    a = state.assignments[id]
    if a.state == "offered":
        return [AssignmentTimedOut(now, a.id), *back(state, now, a, "ring_no_answer", "ring_no_answer")]
    if a.state == "lapsed":
        return [AssignmentWithdrawn(now, a.id, a.cause), *freed(state, now, a, worked=False)]
    closing, after = done(state, now, a, "limit" if a.until > a.since else "none")
    return [*closing, *after]


def _not_joined(state: State, now: float, a: Assignment, why_aside: str) -> list[Event]:
    """Accepted, yet not joined: the agent is set aside, else the next try would be theirs again."""
    withdrawn = AssignmentWithdrawn(now, a.id, "connect_failed")
    return [withdrawn, *back(state, now, a, why_aside, "connect_failed")]
