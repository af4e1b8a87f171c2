"""The indexes that configuration builds: who is member of what and skilled in what, as sets of bits."""

from __future__ import annotations

from . import capacity
from .model import Agent, State


def agent_in(state: State, agent: Agent) -> None:
    """Give the agent a number and enter it wherever it belongs."""
    if state.spare:
        agent.number = state.spare.pop()
        state.numbered[agent.number] = agent
    else:
        agent.number = len(state.numbered)
        state.numbered.append(agent)
    bit = agent.bit = 1 << agent.number
    agent.level = dict(agent.skills)
    agent.most = dict(agent.capacity)
    agent.serves = tuple([state.queues[queue] for queue in agent.queues])
    for queue in agent.serves:
        queue.members |= bit
    for skill, level in agent.skills:
        levels = state.levels[skill]
        for least in range(1, level + 1):
            levels[least] |= bit
    capacity.refresh(state, agent)


def agent_out(state: State, agent: Agent) -> None:
    """Take the agent out of every index, so that it can go, or come in again as another."""
    capacity.withdraw(state, agent)
    bit = agent.bit
    for queue in agent.serves:
        queue.members ^= bit
    for skill, level in agent.skills:
        levels = state.levels[skill]
        for least in range(1, level + 1):
            levels[least] ^= bit
    state.numbered[agent.number] = None
    state.spare.append(agent.number)


def drop_queue(state: State, queue: str) -> None:
    members = state.queues.pop(queue).members
    while members:
        agent = state.numbered[members.bit_length() - 1]
        assert agent is not None
        members ^= agent.bit
        agent.queues = tuple([q for q in agent.queues if q != queue])
        agent.serves = tuple([q for q in agent.serves if q.id != queue])
