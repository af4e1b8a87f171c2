"""How an agent's part ends, and what their freedom brings: a presence asked for, or the next contact."""

from __future__ import annotations

from ..events import AssignmentDone, Event, WrapUpStarted
from ..matching import fill
from ..model import Assignment, State
from .agents import drained


def freed(state: State, now: float, assignment: Assignment, worked: bool) -> list[Event]:
    """`assignment` ends in this decision: what its agent does next."""
    agent = state.agents[assignment.agent]
    if agent.pending is not None:
        return drained(agent, now, 1)
    if assignment.medium not in agent.on:
        return []
    room = agent.most[assignment.medium] - agent.load[assignment.medium] + 1
    return [*fill(state, now, agent, [(assignment.medium, room)], now if worked else agent.idle_since)]


def finish(state: State, now: float, assignment: Assignment, cause: str) -> tuple[list[Event], list[Event]]:
    """A conversation is over: wrap-up begins, or there is none. Second: what follows from having none."""
    visit = state.visits[assignment.visit]
    wrap_up_s = visit.wrap_up_s
    if wrap_up_s is None:
        wrap_up_s = state.queues[visit.queue].wrap_up_s
    if wrap_up_s > 0:
        return [WrapUpStarted(now, assignment.id, now + wrap_up_s, cause)], []
    return done(state, now, assignment, "none")


def done(state: State, now: float, assignment: Assignment, how: str) -> tuple[list[Event], list[Event]]:
    return [AssignmentDone(now, assignment.id, how)], freed(state, now, assignment, worked=True)
