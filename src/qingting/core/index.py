"""The indexes that configuration builds: who is member of what and skilled in what, as sets of bits."""

from __future__ import annotations

from . import capacity
from .idle import COUNTING, Idle
from .model import DAY, LEVELS, MEDIA, Agent, Bands, Queue, State
from .values import Skills
from .waiting import Line


def skill_in(state: State, skill: str) -> None:
    state.skills[skill] = None
    state.levels[skill] = [0] * LEVELS.stop
    for level in LEVELS:
        state.bits[skill, level] = 1 << len(state.bits)


def queue_in(state: State, queue: Queue) -> None:
    state.queues[queue.id] = queue
    queue.lines = {medium: Line(queue, state.bits) for medium in MEDIA}


def agent_in(state: State, agent: Agent) -> None:
    """Give the agent a number and enter it wherever it belongs."""
    _number(state, agent)
    bit = agent.bit
    for queue in served(agent):
        queue.members |= bit
        queue.bands.clear()
    if agent.site:
        state.sites[agent.site] |= bit
    for skill, level in agent.skills:
        levels = state.levels[skill]
        for least in range(1, level + 1):
            levels[least] |= bit
    capacity.refresh(state, agent)


def all_agents_in(state: State) -> None:
    """As `agent_in` for each of a state whose numbers are given, by bytes instead of whole sets."""
    for number, agent in enumerate(state.numbered):
        if agent is not None:
            agent.number, agent.bit = number, 1 << number
            derive(state, agent)
    agents = sorted(state.agents.values(), key=lambda agent: agent.idle_seq)
    size = len(state.numbered) // 8 + 1
    members = {queue: bytearray(size) for queue in state.queues}
    sites = {site: bytearray(size) for site in state.sites}
    levels = {skill: [bytearray(size) for _ in range(LEVELS.stop)] for skill in state.skills}
    for agent in agents:
        byte, bit = agent.number >> 3, 1 << (agent.number & 7)
        for queue in agent.queues:
            members[queue][byte] |= bit
        if agent.site:
            sites[agent.site][byte] |= bit
        for skill, level in agent.skills:
            levels[skill][level][byte] |= bit
    for queue, bits in members.items():
        state.queues[queue].members = int.from_bytes(bits, "little")
    for site, bits in sites.items():
        state.sites[site] = int.from_bytes(bits, "little")
    for skill, exactly in levels.items():
        at_least = 0
        for level in reversed(LEVELS):
            at_least |= int.from_bytes(exactly[level], "little")
            state.levels[skill][level] = at_least
    orders_in(state)
    for agent in agents:
        capacity.refresh(state, agent)


KEPT = 64
"""Sets of skills by which a queue keeps its members."""


def bands_in(state: State, queue: Queue, skills: Skills) -> None:
    """Have it at hand whom these skills bring, until an agent changes."""
    if skills and skills not in queue.bands:
        if len(queue.bands) >= KEPT:
            queue.bands.clear()
        queue.bands[skills] = bands(state, queue, skills)


def bands(state: State, queue: Queue, skills: Skills) -> Bands:
    able = queue.members
    for skill, level in skills:
        able &= state.levels[skill][level]
    each: list[tuple[int, int]] = []
    above = 0
    for band in range(LEVELS[-1], min([level for _, level in skills]) - 1, -1):
        those = able
        for skill, level in skills:
            if level < band:
                those &= state.levels[skill][band]
        if those != above:
            each.append((band, those ^ above))
            above = those
    return Bands(able, tuple(each))


def orders_in(state: State) -> None:
    """The orders that the queues' strategies ask for, each of the agents of such queues; no others."""
    wanted = sorted({queue.strategy for queue in state.queues.values()} & COUNTING)
    state.counts_by_day = bool(wanted)
    for medium in state.orders:
        state.orders[medium] = {strategy: Idle(state.numbered, strategy) for strategy in wanted}
    for agent in state.agents.values():
        agent.counted = _counted(state, agent)
        for medium in agent.free:
            for strategy in agent.counted:
                state.orders[medium][strategy].add(agent)


def _counted(state: State, agent: Agent) -> tuple[str, ...]:
    return tuple(sorted({state.queues[queue].strategy for queue in agent.queues} & COUNTING))


def begin_day(state: State, at: float) -> None:
    """Everybody's counts begin anew, until the next day does."""
    for agent in state.agents.values():
        agent.worked_s = agent.idle_s = agent.occupied = 0.0
        agent.marked, agent.today = at, 0
    orders_in(state)
    state.day_ends = at + DAY - (at - state.day_starts) % DAY


def _number(state: State, agent: Agent) -> None:
    if state.spare:
        agent.number = state.spare.pop()
        state.numbered[agent.number] = agent
    else:
        agent.number = len(state.numbered)
        state.numbered.append(agent)
    agent.bit = 1 << agent.number
    derive(state, agent)


def derive(state: State, agent: Agent) -> None:
    """What follows from the agent's own configuration alone."""
    agent.level = dict(agent.skills)
    agent.meets = 0
    for skill, level in agent.skills:
        for least in range(1, level + 1):
            agent.meets |= state.bits[skill, least]
    agent.most = dict(agent.capacity)
    agent.weight = dict(agent.sharing.weights)
    agent.soft = frozenset([other for _, other in agent.sharing.interrupts])
    agent.over = {
        by: tuple([other for of, other in agent.sharing.interrupts if of == by]) for by, _ in agent.sharing.interrupts
    }
    agent.counted = _counted(state, agent)
    if agent.sharing.most:
        open_ones = map(state.assignments.__getitem__, agent.assignments)
        agent.carried = sum([agent.weight.get(a.medium, 1) for a in open_ones if a.state != "parked"])
    else:
        agent.carried = 0
    ranks = dict(agent.ranks)
    tiers: dict[int, list[Queue]] = {}
    for queue in agent.queues:
        tiers.setdefault(ranks.get(queue, 1), []).append(state.queues[queue])
    agent.tiers = tuple([(rank, tuple(tiers[rank])) for rank in sorted(tiers)])
    agent.lines = tuple(
        [
            (rank, {medium: tuple([queue.lines[medium] for queue in queues]) for medium in agent.most})
            for rank, queues in agent.tiers
        ]
    )


def served(agent: Agent) -> list[Queue]:
    return [queue for _, queues in agent.tiers for queue in queues]


def agent_out(state: State, agent: Agent) -> None:
    """Take the agent out of every index, so that it can go, or come in again as another."""
    capacity.withdraw(state, agent)
    bit = agent.bit
    for queue in served(agent):
        queue.members ^= bit
        queue.bands.clear()
    if agent.site:
        state.sites[agent.site] ^= bit
    for skill, level in agent.skills:
        levels = state.levels[skill]
        for least in range(1, level + 1):
            levels[least] ^= bit
    state.numbered[agent.number] = None
    state.spare.append(agent.number)


def drop_queue(state: State, id: str) -> None:
    queue = state.queues.pop(id)
    members = queue.members
    while members:
        agent = state.numbered[members.bit_length() - 1]
        assert agent is not None
        members ^= agent.bit
        agent.queues = tuple([q for q in agent.queues if q != id])
        agent.ranks = tuple([(q, rank) for q, rank in agent.ranks if q != id])
        derive(state, agent)
    if queue.strategy in COUNTING:
        orders_in(state)
