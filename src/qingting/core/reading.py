"""What others ask of the state: places, estimates, how people are doing. Nothing here changes anything."""

from __future__ import annotations

from heapq import merge

from . import estimating
from .capacity import routability
from .estimating import Estimate
from .model import Agent, State

AGENT_STATES = (
    "idle", "ringing", "talking", "held", "wrap_up", "not_ready", "not_responding", "unreachable", "offline",
)  # fmt: skip


def waiting(state: State, queue: str) -> list[str]:
    """Visits that wait, in order of rank."""
    lines = state.queues[queue].lines.values()
    return [visit for _, _, visit in merge(*lines)]


def place(state: State, id: str) -> int | None:
    """1 is next, within its queue and medium; None for a visit that does not wait."""
    visit = state.visits.get(id)
    if visit is None or visit.state != "waiting":
        return None
    return state.queues[visit.queue].lines[visit.medium].place((visit.rank, visit.seq, visit.id))


def estimate(state: State, id: str) -> Estimate | None:
    """How long this visit will still wait; None when nobody can tell."""
    visit = state.visits.get(id)
    return None if visit is None else estimating.estimate(state, visit)


SHOWN = {"connecting": "talking", "active": "talking", "held": "held", "wrap_up": "wrap_up", "offered": "ringing"}
"""What a floor shows of an assignment's state; of several, what stands first here."""


def agent_state(state: State, agent: Agent) -> str:
    """One of `AGENT_STATES`: what a floor shows."""
    if len(agent.assignments) == 1:
        return SHOWN[state.assignments[agent.assignments[0]].state]
    if agent.assignments:
        states = [state.assignments[id].state for id in agent.assignments]
        return next(shown for of, shown in SHOWN.items() if of in states)
    return "idle" if agent.free else routability(agent)


def staffing(state: State) -> dict[str, dict[str, int]]:
    """By queue, how many of its agents are in which of `AGENT_STATES`.

    One pass over all agents: some 10 ms at 10,000 agents in 200 queues.
    """
    size = len(state.numbered) // 8 + 1
    sets = {name: bytearray(size) for name in AGENT_STATES}
    for agent in state.agents.values():
        sets[agent_state(state, agent)][agent.number >> 3] |= 1 << (agent.number & 7)
    bits = {name: int.from_bytes(byte, "little") for name, byte in sets.items()}
    return {
        queue.id: {name: (those & queue.members).bit_count() if those else 0 for name, those in bits.items()}
        for queue in state.queues.values()
    }


def unserved(state: State, queue: str) -> list[tuple[str, ...]]:
    """Skills that visits wait for and that no member has, on duty or not: they would wait for ever."""
    q = state.queues[queue]
    missing = []
    for line in q.lines.values():
        for requires in line.lanes:
            able = q.members
            for skill, level in requires:
                able &= state.levels[skill][level]
            if not able:
                missing.append(tuple(skill for skill, _ in requires))
    return missing
