"""The indexes that configuration builds: who is member of what and skilled in what, as sets of bits."""

from __future__ import annotations

from . import capacity
from .model import LEVELS, Agent, State


def agent_in(state: State, agent: Agent) -> None:
    """Give the agent a number and enter it wherever it belongs."""
    _number(state, agent)
    bit = agent.bit
    for queue in agent.serves:
        queue.members |= bit
    for skill, level in agent.skills:
        levels = state.levels[skill]
        for least in range(1, level + 1):
            levels[least] |= bit
    capacity.refresh(state, agent)


def all_agents_in(state: State) -> None:
    """As `agent_in` for each of an unnumbered state, by bytes instead of whole sets; longest idle first."""
    agents = sorted(state.agents.values(), key=lambda agent: agent.idle_seq)
    size = len(agents) // 8 + 1
    members = {queue: bytearray(size) for queue in state.queues}
    levels = {skill: [bytearray(size) for _ in range(LEVELS.stop)] for skill in state.skills}
    for agent in agents:
        _number(state, agent)
        byte, bit = agent.number >> 3, 1 << (agent.number & 7)
        for queue in agent.queues:
            members[queue][byte] |= bit
        for skill, level in agent.skills:
            levels[skill][level][byte] |= bit
    for queue, bits in members.items():
        state.queues[queue].members = int.from_bytes(bits, "little")
    for skill, exactly in levels.items():
        at_least = 0
        for level in reversed(LEVELS):
            at_least |= int.from_bytes(exactly[level], "little")
            state.levels[skill][level] = at_least
    for agent in agents:
        capacity.refresh(state, agent)


def _number(state: State, agent: Agent) -> None:
    if state.spare:
        agent.number = state.spare.pop()
        state.numbered[agent.number] = agent
    else:
        agent.number = len(state.numbered)
        state.numbered.append(agent)
    agent.bit = 1 << agent.number
    agent.level = dict(agent.skills)
    agent.most = dict(agent.capacity)
    agent.serves = tuple([state.queues[queue] for queue in agent.queues])


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
