"""The deadline that `next_deadline` named has come: one in each decision, as each has its own consequences."""

from __future__ import annotations

from collections.abc import Callable

from ..commands import Tick
from ..events import AgentReturned, DayBegan, Event
from ..matching import pull
from ..model import State
from ..reading import earliest
from . import assignments, breaks, callbacks, lost, messages, overflow
from .relaxing import relaxed


def tick(state: State, c: Tick, now: float) -> list[Event]:
    due, kind = earliest(state)
    if due is None or due[0] > now:
        return []
    if kind == "assignment":
        return assignments.due(state, now, due[2])
    if kind == "relaxing":
        return relaxed(state, now)
    if kind == "day":
        return [DayBegan(now)]
    alarm, _, id = due[2].partition(" ")
    return ALARMS[alarm](state, now, id)


def _penalty_over(state: State, now: float, id: str) -> list[Event]:
    agent = state.agents[id]
    events: list[Event] = [AgentReturned(now, id)]
    if agent.presence == "available" and agent.pending is None:
        media = [medium for medium in agent.most if medium in agent.reachable]
        events += pull(state, now, agent, agent.idle_since, media)
    return events


def _grace_over(state: State, now: float, id: str) -> list[Event]:
    return lost.given_up(state, now, state.assignments[id])


def _waited(state: State, now: float, id: str) -> list[Event]:
    return overflow.waited(state, now, state.visits[id])


def _left_alone(state: State, now: float, id: str) -> list[Event]:
    return overflow.nobody_there(state, now, state.queues[id])


ALARMS: dict[str, Callable[[State, float, str], list[Event]]] = {
    "agent": _penalty_over,
    "grace": _grace_over,
    "visit": _waited,
    "queue": _left_alone,
    "callback": callbacks.due,
    "break": breaks.due,
    "message": messages.due,
}
