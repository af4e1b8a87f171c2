"""How an agent's part ends, and what their freedom brings: a presence asked for, or the next contact."""

from __future__ import annotations

from ..events import AssignmentDone, Event, WrapUpStarted
from ..matching import pull
from ..model import Assignment, State
from .agents import drained


def freed(state: State, now: float, assignment: Assignment, worked: bool) -> list[Event]:
    """`assignment` ends in this decision: what its agent does next."""
    agent = state.agents[assignment.agent]
    media = agent.on
    if not agent.sharing.most:
        media = (assignment.medium,) if assignment.medium in media else ()
    events = pull(state, now, agent, now if worked else agent.idle_since, media, ended=[assignment])
    return [*events, *drained(agent, now, 1)] if agent.pending is not None else events


def opened(state: State, now: float, assignment: Assignment) -> list[Event]:
    """`assignment` becomes a conversation in this decision: it may be parked from now."""
    agent = state.agents[assignment.agent]
    if not agent.sharing.interrupts:
        return []
    return pull(state, now, agent, agent.idle_since, agent.on, talking=assignment)


def finish(state: State, now: float, assignment: Assignment, cause: str) -> tuple[list[Event], list[Event]]:
    """A conversation is over: wrap-up begins, or there is none. Second: what follows from having none."""
    if assignment.state == "parked":
        return done(state, now, assignment, "parked")
    visit = state.visits[assignment.visit]
    wrap_up_s = visit.wrap_up_s
    if wrap_up_s is None:
        wrap_up_s = state.queues[visit.queue].wrap_up_s
    if wrap_up_s > 0:
        return [WrapUpStarted(now, assignment.id, now + wrap_up_s, cause)], []
    return done(state, now, assignment, "none")


def done(state: State, now: float, assignment: Assignment, how: str) -> tuple[list[Event], list[Event]]:
    return [AssignmentDone(now, assignment.id, how)], freed(state, now, assignment, worked=True)
