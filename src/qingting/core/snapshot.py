"""The whole state as flat tuples of plain values, fit for any encoder; the indexes are rebuilt on the way back.

JSON and msgpack turn tuples into lists: `restore` takes either.
"""

from __future__ import annotations

from collections import deque
from operator import attrgetter
from typing import Any

from . import index
from .model import RECENT, Agent, Assignment, Contact, Pending, Queue, Rule, State, Visit
from .priority import boost
from .values import Condition, Relaxation, Requirements, Sharing
from .waiting import wait_again

VERSION = 2

CONTACT = (
    "id", "journey", "medium", "direction", "entry", "line", "site", "language", "party", "leg", "arrived",
    "flow", "version", "node", "via", "dialogue", "attributes", "visit", "ended", "cause",
)  # fmt: skip
VISIT = (
    "id", "contact", "queue", "medium", "wants", "priority_s", "since", "entered", "rank", "seq", "wrap_up_s",
    "state", "assignment", "offers", "home", "prefer", "prefer_until", "rules", "step",
)  # fmt: skip
ASSIGNMENT = (
    "id", "visit", "contact", "agent", "queue", "medium", "state", "since", "until", "due_seq", "offered",
    "accepted", "connected", "recording_paused", "disposition", "cause",
)  # fmt: skip
AGENT = (
    "id", "queues", "skills", "capacity", "site", "ranks", "sharing", "presence", "reason", "since", "by", "pending",
    "set_aside", "reachable", "idle_since", "idle_seq", "worked_s", "idle_s", "marked", "occupied", "today",
)  # fmt: skip
QUEUE = (
    "id", "line", "requires", "ring_s", "wrap_up_s", "priority_s", "service_level_s", "service_level_target",
    "short_abandon_s", "closed", "relax", "strategy", "site_rule", "behind_s", "spare_decliners",
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
        tuple((*queue(q), tuple(q.handled), tuple(q.answered), tuple(q.met), q.last) for q in s.queues.values()),
        tuple(s.rules.values()),
        tuple(map(attrgetter(*AGENT), s.agents.values())),
        tuple(map(attrgetter(*CONTACT), s.contacts.values())),
        tuple(map(attrgetter(*VISIT), s.visits.values())),
        tuple(map(attrgetter(*ASSIGNMENT), s.assignments.values())),
        tuple("" if agent is None else agent.id for agent in s.numbered),
        tuple(s.spare),
        s.day_starts,
        s.day_ends,
    )


def restore(data: Any) -> State:
    """Raises `ValueError` on another version."""
    version, *rest = data
    if version != VERSION:
        raise ValueError(f"snapshot of version {version}, not {VERSION}")
    at, seq, sites, skills, reasons, queues, rules, agents, contacts, visits, assignments, numbers, spare, *day = rest
    s = State()
    shared: dict[Any, Any] = {}
    """Thousands of agents have the same few skills at the same few levels."""

    def pairs(of: Any) -> tuple[tuple[str, Any], ...]:
        return tuple([shared.setdefault(pair, pair) for pair in map(tuple, of)])

    s.at, s.seq = at, seq
    s.day_starts, s.day_ends = day
    s.sites = dict.fromkeys(sites, 0)
    s.skills = dict.fromkeys(skills)
    s.levels = {skill: [0] * 6 for skill in skills}
    s.reasons = dict(reasons)
    for *values, handled, answered, met, last in queues:
        queue = Queue(*values)
        queue.requires = pairs(queue.requires)
        queue.relax = tuple(
            Relaxation(after_s, pairs(lower), tuple(sites), priority_s, anyone)
            for after_s, lower, sites, priority_s, anyone in queue.relax
        )
        queue.handled, queue.answered = deque(handled, RECENT), deque(answered, RECENT)
        queue.met, queue.last = deque(met, RECENT), last
        queue.boost = boost(queue)
        s.queues[queue.id] = queue
    for id, when, priority_s, requires, *where in rules:
        s.rules[id] = Rule(
            id, tuple(Condition(*one) for one in when), priority_s, pairs(requires), *map(tuple, where)
        )
    for values in contacts:
        contact = s.contacts[values[0]] = Contact(**dict(zip(CONTACT, values, strict=True)))
        contact.attributes = pairs(contact.attributes)
    waiting: dict[tuple[str, str], list[Visit]] = {}
    for values in visits:
        visit = s.visits[values[0]] = Visit(**dict(zip(VISIT, values, strict=True)))
        skills, site, exclude, *_ = visit.wants
        visit.wants = Requirements(pairs(skills), site, tuple(exclude))
        visit.rules = tuple(visit.rules)
        if visit.queue:
            s.queues[visit.queue].visits += 1
            if visit.state == "waiting":
                waiting.setdefault((visit.queue, visit.medium), []).append(visit)
    wait_again(s, waiting)
    for values in agents:
        agent = Agent(**dict(zip(AGENT, values, strict=True)))
        agent.queues, agent.reachable = tuple(agent.queues), tuple(agent.reachable)
        agent.skills, agent.capacity = pairs(agent.skills), pairs(agent.capacity)
        agent.ranks = pairs(agent.ranks)
        most, weights, interrupts = agent.sharing
        agent.sharing = Sharing(most, pairs(weights), pairs(interrupts))
        agent.pending = Pending(*agent.pending) if agent.pending else None
        s.agents[agent.id] = agent
    for values in assignments:
        a = s.assignments[values[0]] = Assignment(*values)
        agent = s.agents[a.agent]
        agent.assignments.append(a.id)
        agent.load[a.medium] = agent.load.get(a.medium, 0) + 1
        if a.until:
            s.timers.set(a.id, a.until, a.due_seq)
    s.numbered[:] = [s.agents.get(id) for id in numbers]
    s.spare = list(spare)
    index.all_agents_in(s)
    return s
