"""Queues whose visits flow over while they wait: their deadlines, brought in line after each event that matters.

Queues without such rules cost nothing here.
"""

from __future__ import annotations

from .model import Agent, Queue, State, Visit


def watch_visit(state: State, visit: Visit, at: float) -> None:
    """It begins to wait."""
    queue = state.queues[visit.queue]
    if queue.policy.overflow:
        limits = [rule.limit for rule in queue.policy.overflow if rule.when == "waited"]
        if limits and not visit.by:
            state.alarms.set(f"visit {visit.id}", visit.entered + min(limits), visit.seq)
        watch_staff(state, queue, at)


def unwatch_visit(state: State, visit: Visit, at: float) -> None:
    """It waits no more."""
    queue = state.queues[visit.queue]
    if queue.policy.overflow:
        state.alarms.cancel(f"visit {visit.id}")
        if queue.alone_at:
            watch_staff(state, queue, at)


def watch_queue(state: State, queue: Queue, at: float) -> None:
    """Its policy is another."""
    for visit in state.visits.values():
        if visit.queue == queue.id and visit.state == "waiting":
            state.alarms.cancel(f"visit {visit.id}")
            watch_visit(state, visit, at)
    watch_staff(state, queue, at)


def left_alone(state: State, queue: Queue) -> str:
    """A medium in which visits wait here though no agent is there for it."""
    for medium, line in queue.lines.items():
        if (line.lanes or line.apart) and not state.present[medium] & queue.members:
            return medium
    return ""


def watch_staff(state: State, queue: Queue, at: float) -> None:
    if any(rule.when == "no_agents" for rule in queue.policy.overflow) and left_alone(state, queue):
        if not queue.alone_at:
            state.seq += 1
            queue.alone_at, queue.alone_seq = at, state.seq
            state.alarms.set(f"queue {queue.id}", at, state.seq)
    elif queue.alone_at:
        queue.alone_at = 0.0
        state.alarms.cancel(f"queue {queue.id}")


def watch_agent(state: State, agent: Agent, at: float, here: bool = True) -> None:
    """Presence, reach, queues have changed; `here` is false before the agent goes, or comes in anew."""
    for medium in agent.present:
        state.present[medium] ^= agent.bit
    agent.present = ()
    if here:
        enter(state, agent)
    for id in agent.queues if here else ():
        queue = state.queues[id]
        if queue.policy.overflow:
            watch_staff(state, queue, at)


def enter(state: State, agent: Agent) -> None:
    """Among those who are there."""
    agent.present = agent.reachable if agent.presence != "offline" else ()
    for medium in agent.present:
        state.present[medium] |= agent.bit
