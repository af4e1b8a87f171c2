"""How an agent's part ends, and what their freedom brings: a presence asked for, or the next contact."""

from __future__ import annotations

from ..events import AgentSetAside, AssignmentDone, Event, PresenceChanged, WrapUpStarted
from ..matching import pull
from ..model import Agent, Assignment, Pending, State, Visit


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
    if assignment.medium not in agent.soft:
        return []
    return pull(state, now, agent, agent.idle_since, agent.on, talking=assignment)


def wrap_up_limit(state: State, visit: Visit) -> float:
    return state.queues[visit.queue].wrap_up_s if visit.wrap_up_s is None else visit.wrap_up_s


def finish(state: State, now: float, assignment: Assignment, cause: str) -> tuple[list[Event], list[Event]]:
    """A conversation is over: wrap-up begins, or there is none. Second: what follows from having none."""
    if assignment.state == "parked":
        return done(state, now, assignment, "parked")
    wrap_up_s = wrap_up_limit(state, state.visits[assignment.visit])
    if wrap_up_s > 0:
        return [WrapUpStarted(now, assignment.id, now + wrap_up_s, cause)], []
    return done(state, now, assignment, "none")


def rest(state: State, now: float, assignment: Assignment, cause: str) -> WrapUpStarted:
    """The same where this decision frees another agent, or sends a visit to wait: wrap-up in any case, if it has
    no time in it the deadline due at once ends it."""
    return WrapUpStarted(now, assignment.id, now + wrap_up_limit(state, state.visits[assignment.visit]), cause)


def done(state: State, now: float, assignment: Assignment, how: str) -> tuple[list[Event], list[Event]]:
    return [AssignmentDone(now, assignment.id, how)], freed(state, now, assignment, worked=True)


def aside(agent: Agent, why: str, now: float, left: int, until: float = 0.0) -> list[Event]:
    """An agent who did not take what came gets no more; `left` of their assignments end in this decision.

    One who is draining gets no more anyway: when this was their last, the presence asked for comes.
    """
    if agent.pending is not None:
        return drained(agent, now, left)
    if agent.presence != "available" or (agent.set_aside and (until or not agent.aside_until)):
        return []
    return [AgentSetAside(now, agent.id, why, until)]


def drained(agent: Agent, now: float, left: int) -> list[Event]:
    pending: Pending | None = agent.pending
    if pending is None or len(agent.assignments) > left:
        return []
    return [PresenceChanged(now, agent.id, *pending)]
