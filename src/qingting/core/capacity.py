"""How much an agent carries, by medium, and whether more may come.

Each open assignment, wrap-up included, is one of its medium; an agent's load never exceeds the capacity.
"""

from __future__ import annotations

from .model import Agent, State


def room(agent: Agent, medium: str) -> int:
    """How many more contacts of this medium."""
    return agent.most.get(medium, 0) - agent.load.get(medium, 0)


def on_duty(agent: Agent) -> tuple[str, ...]:
    """Media in which offers may come, were there room."""
    if agent.presence != "available" or agent.pending is not None or agent.set_aside:
        return ()
    return tuple(medium for medium in agent.most if medium in agent.reachable)


def routability(agent: Agent) -> str:
    """One of routable, draining, busy, not_responding, unreachable, not_ready, offline."""
    if agent.presence == "offline":
        return "offline"
    if agent.pending is not None:
        return "draining"
    if agent.presence == "not_ready":
        return "not_ready"
    if not any(most and medium in agent.reachable for medium, most in agent.most.items()):
        return "unreachable"
    if agent.set_aside:
        return "not_responding"
    return "routable" if agent.free else "busy"


def refresh(state: State, agent: Agent) -> None:
    """Bring the indexes in line after presence, reachability or capacity changed."""
    _set_on(state, agent, on_duty(agent))


def withdraw(state: State, agent: Agent) -> None:
    """Out of the indexes altogether."""
    _set_on(state, agent, ())


def _set_on(state: State, agent: Agent, on: tuple[str, ...]) -> None:
    for medium in agent.on:
        if medium not in on:
            state.on[medium] ^= agent.bit
    for medium in on:
        if medium not in agent.on:
            state.on[medium] ^= agent.bit
    agent.on = on
    free = tuple([medium for medium in on if room(agent, medium) > 0])
    for medium in agent.free:
        if medium not in free:
            state.idle[medium].remove(agent.bit, agent.idle_seq)
    for medium in free:
        if medium not in agent.free:
            state.idle[medium].add(agent.bit, agent.idle_seq)
    agent.free = free


def take(state: State, agent: Agent, medium: str) -> None:
    load = agent.load[medium] = agent.load.get(medium, 0) + 1
    if medium in agent.free and load >= agent.most[medium]:
        state.idle[medium].remove(agent.bit, agent.idle_seq)
        agent.free = tuple([other for other in agent.free if other != medium])


def release(state: State, agent: Agent, medium: str) -> None:
    load = agent.load[medium] = agent.load[medium] - 1
    if medium in agent.on and medium not in agent.free and load < agent.most[medium]:
        state.idle[medium].add(agent.bit, agent.idle_seq)
        agent.free = tuple([other for other in agent.on if other == medium or other in agent.free])


def to_the_end(state: State, agent: Agent, at: float) -> None:
    """To the end of the idle: they took or finished work just now."""
    for medium in agent.free:
        state.idle[medium].remove(agent.bit, agent.idle_seq)
    state.seq += 1
    agent.idle_since, agent.idle_seq = at, state.seq
    for medium in agent.free:
        state.idle[medium].add(agent.bit, agent.idle_seq)
