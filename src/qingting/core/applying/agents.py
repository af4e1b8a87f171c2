"""Presence, reach, being set aside; breaks."""

from __future__ import annotations

from .. import capacity
from .. import events as e
from ..model import Agent, Break, BreakLimit, Pending, State
from ..watching import watch_agent
from . import Apply
from .later import agent_gone


def presence_changed(s: State, x: e.PresenceChanged) -> None:
    agent = s.agents[x.agent]
    capacity.account(s, agent, x.at)
    agent.presence, agent.reason, agent.since, agent.by = x.presence, x.reason, x.at, x.by
    agent.pending = None
    set_aside(s, agent, "", 0.0)
    if x.presence == "available":
        agent.misses = 0
        capacity.to_the_end(s, agent, x.at)
    elif x.presence == "offline":
        agent_gone(s, x.agent, x.at)
    capacity.refresh(s, agent)
    watch_agent(s, agent, x.at)


def presence_requested(s: State, x: e.PresenceRequested) -> None:
    agent = s.agents[x.agent]
    capacity.account(s, agent, x.at)
    agent.pending = None if x.presence == "available" else Pending(x.presence, x.reason, x.by)
    capacity.refresh(s, agent)


def reachability_changed(s: State, x: e.ReachabilityChanged) -> None:
    agent = s.agents[x.agent]
    capacity.account(s, agent, x.at)
    others = [medium for medium in agent.reachable if medium != x.medium]
    agent.reachable = tuple(sorted([*others, x.medium] if x.reachable else others))
    capacity.refresh(s, agent)
    watch_agent(s, agent, x.at)


def agent_set_aside(s: State, x: e.AgentSetAside) -> None:
    agent = s.agents[x.agent]
    capacity.account(s, agent, x.at)
    set_aside(s, agent, x.why, x.until)
    capacity.refresh(s, agent)


def agent_returned(s: State, x: e.AgentReturned) -> None:
    agent = s.agents[x.agent]
    capacity.account(s, agent, x.at)
    set_aside(s, agent, "", 0.0)
    capacity.refresh(s, agent)


def set_aside(s: State, agent: Agent, why: str, until: float) -> None:
    if agent.aside_until:
        s.alarms.cancel(f"agent {agent.id}")
    agent.set_aside, agent.aside_until = why, until
    if until:
        s.seq += 1
        agent.aside_seq = s.seq
        s.alarms.set(f"agent {agent.id}", until, s.seq)


def break_limit_put(s: State, x: e.BreakLimitPut) -> None:
    if x.reasons:
        s.limits[x.scope, x.id] = BreakLimit(*x[1:])
    else:
        s.limits.pop((x.scope, x.id), None)


def break_reserved(s: State, x: e.BreakReserved) -> None:
    _alarm(s, Break(*x[1:]), x.start)


def break_began(s: State, x: e.BreakBegan) -> None:
    planned = s.breaks[x.break_]
    planned.begun = True
    _alarm(s, planned, planned.end)


def _alarm(s: State, planned: Break, at: float) -> None:
    s.seq += 1
    planned.seq = s.seq
    s.breaks[planned.id] = planned
    s.alarms.set(f"break {planned.id}", at, s.seq)


def break_ended(s: State, x: e.BreakEnded) -> None:
    del s.breaks[x.break_]
    s.alarms.cancel(f"break {x.break_}")


APPLY: Apply = {
    e.PresenceChanged: presence_changed,
    e.PresenceRequested: presence_requested,
    e.ReachabilityChanged: reachability_changed,
    e.AgentSetAside: agent_set_aside,
    e.AgentReturned: agent_returned,
    e.BreakLimitPut: break_limit_put,
    e.BreakReserved: break_reserved,
    e.BreakBegan: break_began,
    e.BreakEnded: break_ended,
}
