"""Breaks: how many at once, by team or queue; reserved for a time, and begun when it has come."""

from __future__ import annotations

from ...errors import Refused
from ..commands import CancelBreak, PutBreakLimit, ReserveBreak
from ..events import BreakBegan, BreakEnded, BreakLimitPut, BreakReserved, Event, PresenceChanged, PresenceRequested
from ..model import Agent, BreakLimit, State
from . import known

SCOPES = ("team", "queue")
LONGEST_S = 86400.0
AHEAD_S = 31 * 86400.0


def put_limit(state: State, c: PutBreakLimit, now: float) -> list[Event]:
    if c.scope not in SCOPES or not c.id:
        raise Refused("break.bad_scope", f"no such scope: {c.scope} {c.id}")
    if c.scope == "queue":
        known.queue(state, c.id)
    reasons = tuple(sorted(set(c.reasons)))
    for reason in reasons:
        known.reason(state, reason)
    known.number("break", "most", c.most, 0, 10_000)
    limit = state.limits.get((c.scope, c.id))
    if (limit is None and not reasons) or (limit is not None and limit[2:] == (reasons, c.most)):
        return []
    return [BreakLimitPut(now, c.scope, c.id, reasons, c.most)]


def reserve(state: State, c: ReserveBreak, now: float) -> list[Event]:
    known.new_id("break", c.break_, state.breaks)
    agent = known.agent(state, c.agent)
    known.reason(state, c.reason)
    start = known.number("break", "start", c.start, now, now + AHEAD_S)
    end = known.number("break", "end", c.end, start + 1.0, start + LONGEST_S)
    for other in state.breaks.values():
        if other.agent == agent.id and other.start < end and start < other.end:
            raise Refused("break.overlaps", f"{agent.id} has a break then already", other=other.id)
    for limit in _limits(state, agent, c.reason):
        those = [
            other
            for other in state.breaks.values()
            if other.reason in limit.reasons and _within(state, limit, state.agents[other.agent])
        ]
        # it is fullest at the beginning of one of them
        for at in {start, *(other.start for other in those if start <= other.start < end)}:
            if sum(other.start <= at < other.end for other in those) >= limit.most:
                raise _full(limit)
    return [BreakReserved(now, c.break_, agent.id, c.reason, start, end)]


def cancel(state: State, c: CancelBreak, now: float) -> list[Event]:
    if c.break_ not in state.breaks:
        raise Refused("break.unknown", f"no such break, or it is over: {c.break_}", id=c.break_)
    return [BreakEnded(now, c.break_, "cancelled")]


def due(state: State, now: float, id: str) -> list[Event]:
    """It begins: who talks ends that first. Or it is over: the agent comes back by themselves."""
    planned = state.breaks[id]
    if planned.begun or now >= planned.end:
        return [BreakEnded(now, id, "over" if planned.begun else "missed")]
    agent = state.agents[planned.agent]
    began: list[Event] = [BreakBegan(now, id, agent.id)]
    if agent.presence != "available" or agent.pending is not None:
        return began
    kind = PresenceRequested if agent.assignments else PresenceChanged
    return [*began, kind(now, agent.id, "not_ready", planned.reason, "schedule")]


def check(state: State, now: float, agent: Agent, reason: str) -> None:
    """An agent wants a break now: those away and those who have reserved one for now count."""
    for limit in _limits(state, agent, reason):
        away = {id for id in on_break(state, limit) if id != agent.id}
        for planned in state.breaks.values():
            if planned.start <= now < planned.end and planned.reason in limit.reasons:
                other = state.agents[planned.agent]
                if other is agent:
                    return
                if _within(state, limit, other):
                    away.add(other.id)
        if len(away) >= limit.most:
            raise _full(limit)


def on_break(state: State, limit: BreakLimit) -> list[str]:
    """Agents who are away under a limit now, or will be when they are done."""
    return [it.id for it in state.agents.values() if _away(it) in limit.reasons and _within(state, limit, it)]


def _away(agent: Agent) -> str:
    return agent.pending.reason if agent.pending is not None else agent.reason


def _limits(state: State, agent: Agent, reason: str) -> list[BreakLimit]:
    return [x for x in state.limits.values() if reason in x.reasons and _within(state, x, agent)]


def _within(state: State, limit: BreakLimit, agent: Agent) -> bool:
    return agent.team == limit.id if limit.scope == "team" else limit.id in agent.queues


def _full(limit: BreakLimit) -> Refused:
    text = f"{limit.most} of {limit.scope} {limit.id} are on a break then"
    return Refused("break.full", text, scope=limit.scope, id=limit.id, most=limit.most)
