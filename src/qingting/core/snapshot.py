"""The whole state as flat tuples of plain values, fit for any encoder; the indexes are rebuilt on the way back.

JSON and msgpack turn tuples into lists: `restore` takes either.
"""

from __future__ import annotations

from collections import deque
from operator import attrgetter
from typing import Any

from . import index
from .model import RECENT, Agent, Assignment, Contact, Pending, Queue, State, Visit

VERSION = 1

CONTACT = (
    "id", "journey", "medium", "direction", "entry", "line", "site", "language", "party", "leg", "arrived",
    "flow", "version", "node", "via", "dialogue", "visit", "ended", "cause",
)  # fmt: skip
VISIT = (
    "id", "contact", "queue", "medium", "requires", "priority_s", "since", "entered", "rank", "seq", "wrap_up_s",
    "state", "assignment", "offers",
)  # fmt: skip
ASSIGNMENT = (
    "id", "visit", "contact", "agent", "queue", "medium", "state", "since", "until", "due_seq", "offered",
    "accepted", "connected", "recording_paused", "disposition", "cause",
)  # fmt: skip
AGENT = (
    "id", "queues", "skills", "capacity", "site", "presence", "reason", "since", "by", "pending", "set_aside",
    "reachable", "idle_since", "idle_seq",
)  # fmt: skip
QUEUE = (
    "id", "line", "requires", "ring_s", "wrap_up_s", "priority_s", "service_level_s", "service_level_target",
    "short_abandon_s", "closed",
)  # fmt: skip


def dump(s: State) -> tuple[Any, ...]:
    queue = attrgetter(*QUEUE)
    return (
        VERSION,
        s.at,
        s.seq,
        tuple(s.sites),
        tuple(s.skills),
        tuple(s.reasons.items()),
        tuple((*queue(q), tuple(q.handled), tuple(q.answered)) for q in s.queues.values()),
        tuple(map(attrgetter(*AGENT), s.agents.values())),
        tuple(map(attrgetter(*CONTACT), s.contacts.values())),
        tuple(map(attrgetter(*VISIT), s.visits.values())),
        tuple(map(attrgetter(*ASSIGNMENT), s.assignments.values())),
    )


def restore(data: Any) -> State:
    """Raises `ValueError` on another version."""
    version, at, seq, sites, skills, reasons, queues, agents, contacts, visits, assignments = data
    if version != VERSION:
        raise ValueError(f"snapshot of version {version}, not {VERSION}")
    s = State()
    shared: dict[tuple[str, int], tuple[str, int]] = {}
    """Thousands of agents have the same few skills at the same few levels."""

    def pairs(of: Any) -> tuple[tuple[str, int], ...]:
        return tuple([shared.setdefault(pair, pair) for pair in map(tuple, of)])

    s.at, s.seq = at, seq
    s.sites = dict.fromkeys(sites)
    s.skills = dict.fromkeys(skills)
    s.levels = {skill: [0] * 6 for skill in skills}
    s.reasons = dict(reasons)
    for *values, handled, answered in queues:
        queue = Queue(*values)
        queue.requires = pairs(queue.requires)
        queue.handled, queue.answered = deque(handled, RECENT), deque(answered, RECENT)
        s.queues[queue.id] = queue
    for values in contacts:
        s.contacts[values[0]] = Contact(*values)
    for values in visits:
        visit = s.visits[values[0]] = Visit(**dict(zip(VISIT, values, strict=True)))
        visit.requires = pairs(visit.requires)
        if visit.queue:
            queue = s.queues[visit.queue]
            queue.visits += 1
            if visit.state == "waiting":
                queue.waiting += 1
                queue.lines[visit.medium].add(visit.requires, (visit.rank, visit.seq, visit.id))
    for values in agents:
        agent = Agent(**dict(zip(AGENT, values, strict=True)))
        agent.queues, agent.reachable = tuple(agent.queues), tuple(agent.reachable)
        agent.skills, agent.capacity = pairs(agent.skills), pairs(agent.capacity)
        agent.pending = Pending(*agent.pending) if agent.pending else None
        s.agents[agent.id] = agent
    for values in assignments:
        a = s.assignments[values[0]] = Assignment(*values)
        agent = s.agents[a.agent]
        agent.assignments.append(a.id)
        agent.load[a.medium] = agent.load.get(a.medium, 0) + 1
        if a.until:
            s.timers.set(a.id, a.until, a.due_seq)
    index.all_agents_in(s)
    return s
