"""Assignments: taken or not, talked, wrapped up; and what their deadlines bring."""

from __future__ import annotations

from dataclasses import replace

from .. import lifecycle
from ..commands import (
    Accept,
    AgentLeaves,
    Connected,
    ConnectFails,
    Decline,
    FinishWrapUp,
    Hold,
    PauseRecording,
    Resume,
    ResumeRecording,
    SetDisposition,
    Tick,
)
from ..events import (
    AssignmentAccepted,
    AssignmentConnected,
    AssignmentDeclined,
    AssignmentHeld,
    AssignmentResumed,
    AssignmentTimedOut,
    AssignmentWithdrawn,
    ContactEnded,
    DayBegan,
    DispositionSet,
    Event,
    RecordingPaused,
    RecordingResumed,
    VisitAnswered,
    VisitEnded,
    VisitRequeued,
)
from ..matching import place, pull
from ..model import Assignment, State
from ..reading import earliest
from . import known
from .agents import aside
from .contacts import ended
from .endings import done, freed, opened
from .relaxing import relaxed

ASIDE = {"unreachable": "unreachable", "failed": "unreachable"}
"""Why an agent is set aside, by why they declined; `declined` for all others."""


def accept(state: State, c: Accept, now: float) -> list[Event]:
    return [AssignmentAccepted(now, _movable(state, c.assignment, AssignmentAccepted).id)]


def decline(state: State, c: Decline, now: float) -> list[Event]:
    a = _movable(state, c.assignment, AssignmentDeclined)
    why = ASIDE.get(c.why, "declined")
    return [AssignmentDeclined(now, a.id, c.why), *_back(state, now, a, why, why)]


def connected(state: State, c: Connected, now: float) -> list[Event]:
    a = _movable(state, c.assignment, AssignmentConnected)
    return [AssignmentConnected(now, a.id), VisitAnswered(now, a.visit, a.id), *opened(state, now, a)]


def connect_fails(state: State, c: ConnectFails, now: float) -> list[Event]:
    a = _movable(state, c.assignment, ConnectFails)
    if state.contacts[a.contact].direction == "in":
        return _not_joined(state, now, a, "unreachable")
    return [
        AssignmentWithdrawn(now, a.id, "connect_failed"),
        VisitEnded(now, a.visit, "failed", c.why),
        ContactEnded(now, a.contact, "failed"),
        *freed(state, now, a, worked=False),
    ]


def agent_leaves(state: State, c: AgentLeaves, now: float) -> list[Event]:
    a = _movable(state, c.assignment, AgentLeaves)
    contact = state.contacts[a.contact]
    if a.state == "connecting" and contact.direction == "in":
        return _not_joined(state, now, a, "unreachable" if c.why == "lost" else "declined")
    return ended(state, now, contact, "failed" if c.why == "lost" else "agent")


def hold(state: State, c: Hold, now: float) -> list[Event]:
    return [AssignmentHeld(now, _movable(state, c.assignment, AssignmentHeld).id)]


def resume(state: State, c: Resume, now: float) -> list[Event]:
    a = _movable(state, c.assignment, AssignmentResumed)
    return [AssignmentResumed(now, a.id), *opened(state, now, a)]


def set_disposition(state: State, c: SetDisposition, now: float) -> list[Event]:
    a = _movable(state, c.assignment, DispositionSet)
    return [] if a.disposition == c.disposition else [DispositionSet(now, a.id, c.disposition)]


def pause_recording(state: State, c: PauseRecording, now: float) -> list[Event]:
    a = _movable(state, c.assignment, RecordingPaused)
    return [] if a.recording_paused else [RecordingPaused(now, a.id)]


def resume_recording(state: State, c: ResumeRecording, now: float) -> list[Event]:
    a = _movable(state, c.assignment, RecordingResumed)
    return [RecordingResumed(now, a.id)] if a.recording_paused else []


def finish_wrap_up(state: State, c: FinishWrapUp, now: float) -> list[Event]:
    a = _movable(state, c.assignment, FinishWrapUp)
    closing, after = done(state, now, a, "finished")
    return [*closing, *after]


def tick(state: State, c: Tick, now: float) -> list[Event]:
    """The earliest deadline that is due, one in each decision: each has its own consequences to look at."""
    due, kind = earliest(state)
    if due is None or due[0] > now:
        return []
    if kind == "relaxing":
        return relaxed(state, now)
    if kind == "day":
        return [DayBegan(now)]
    a = state.assignments[due[2]]
    if a.state == "offered":
        return [
            AssignmentTimedOut(now, a.id),
            *_back(state, now, a, "ring_no_answer", "ring_no_answer"),
        ]
    closing, after = done(state, now, a, "limit")
    return [*closing, *after]


def _movable(state: State, id: str, what: type) -> Assignment:
    """The assignment, if `what` may come to it now."""
    a = known.assignment(state, id)
    lifecycle.move(lifecycle.ASSIGNMENT, "assignment", id, a.state, what)
    return a


def _not_joined(state: State, now: float, a: Assignment, why_aside: str) -> list[Event]:
    """Accepted, yet not joined: the agent is set aside, else the next try would be theirs again."""
    withdrawn = AssignmentWithdrawn(now, a.id, "connect_failed")
    return [withdrawn, *_back(state, now, a, why_aside, "connect_failed")]


def _back(state: State, now: float, a: Assignment, why_aside: str, why: str) -> list[Event]:
    """The agent gets no more for now; the visit waits again at its place, or someone else is free for it."""
    agent, visit = state.agents[a.agent], state.visits[a.visit]
    exclude = agent.id if why == "declined" and state.queues[visit.queue].spare_decliners else ""
    again = replace(visit, wants=visit.wants.without(exclude)) if exclude else visit
    return [
        *aside(agent, why_aside, now, 1),
        *pull(state, now, agent, agent.idle_since, (), ended=[a]),
        VisitRequeued(now, a.visit, why, exclude),
        *place(state, now, [again], agent),
    ]
