"""The whole state as flat tuples of plain values, fit for any encoder; the indexes are rebuilt on the way back.

JSON and msgpack turn tuples into lists: `restore` takes either.
"""

from __future__ import annotations

from collections import deque
from operator import attrgetter
from typing import Any

from . import index
from .commands import Notes
from .model import (
    RECENT,
    Agent,
    Assignment,
    Break,
    BreakLimit,
    Callback,
    Contact,
    Message,
    Party,
    Pending,
    Queue,
    Rule,
    State,
    Visit,
)
from .policy import Overflow, Policy
from .priority import boost
from .values import Condition, Relaxation, Requirements, Sharing
from .waiting import wait_again
from .watching import enter, watch_visit

VERSION = 5

CONTACT = (
    "id", "journey", "medium", "direction", "entry", "line", "site", "language", "party", "leg", "arrived",
    "flow", "version", "node", "via", "dialogue", "attributes", "visit", "ended", "cause",
    "reached", "callback", "notes", "notes_by", "handed_on_by",
)  # fmt: skip
VISIT = (
    "id", "contact", "queue", "medium", "wants", "priority_s", "since", "entered", "rank", "seq", "wrap_up_s",
    "state", "assignment", "offers", "home", "prefer", "prefer_until", "rules", "step", "by",
)  # fmt: skip
ASSIGNMENT = (
    "id", "visit", "contact", "agent", "queue", "medium", "state", "since", "until", "due_seq", "offered",
    "accepted", "connected", "recording_paused", "disposition", "cause", "consult", "grace", "grace_seq", "extended",
    "kept",
)  # fmt: skip
CALLBACK = (
    "id", "party", "key", "of", "queue", "requires", "priority_s", "first_arrival", "due", "first", "attempts",
    "retry_s", "expires", "journey", "line", "site", "language", "made", "contact", "seq",
)  # fmt: skip
BREAK = ("id", "agent", "reason", "start", "end", "seq", "begun")
MESSAGE = (
    "id", "queue", "party", "note", "contact", "demand", "taken", "recording",
    "by", "agent", "since", "until", "why", "seq",
)  # fmt: skip
PARTY = ("id", "contact", "by", "ref", "how", "visit", "queue", "first", "state", "since")  # fmt: skip
AGENT = (
    "id", "queues", "skills", "capacity", "site", "ranks", "sharing", "presence", "reason", "since", "by", "pending",
    "set_aside", "reachable", "idle_since", "idle_seq", "worked_s", "idle_s", "marked", "occupied", "today",
    "team", "auto_answer", "misses", "aside_until", "aside_seq",
)  # fmt: skip
QUEUE = (
    "id", "line", "requires", "ring_s", "wrap_up_s", "priority_s", "service_level_s", "service_level_target",
    "short_abandon_s", "closed", "relax", "strategy", "site_rule", "behind_s", "spare_decliners",
    "second_line", "policy", "open", "alone_at", "alone_seq",
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
        tuple(map(attrgetter(*PARTY), s.parties.values())),
        tuple(map(attrgetter(*CALLBACK), s.callbacks.values())),
        tuple(map(attrgetter(*MESSAGE), s.messages.values())),
        tuple(s.limits.values()),
        tuple(map(attrgetter(*BREAK), s.breaks.values())),
        tuple("" if agent is None else agent.id for agent in s.numbered),
        tuple(s.spare),
        s.day_starts,
        s.day_ends,
    )


def restore(data: Any) -> State:
    """Raises `ValueError` on another version."""
    version, *rest = _tuples(data)
    if version != VERSION:
        raise ValueError(f"snapshot of version {version}, not {VERSION}")
    at, seq, sites, skills, reasons, queues, rules, agents, contacts, visits, assignments, parties, *last = rest
    callbacks, messages, limits, breaks, numbers, spare, *day = last
    s = State()
    shared: dict[Any, Any] = {}
    """Thousands of agents have the same few skills at the same few levels."""

    def pairs(of: Any) -> tuple[tuple[str, Any], ...]:
        return tuple([shared.setdefault(pair, pair) for pair in of])

    s.at, s.seq = at, seq
    s.day_starts, s.day_ends = day
    s.sites = dict.fromkeys(sites, 0)
    for skill in skills:
        index.skill_in(s, skill)
    s.reasons = dict(reasons)
    for *values, handled, answered, met, last in queues:
        queue = Queue(*values)
        queue.requires = pairs(queue.requires)
        queue.relax = tuple(
            Relaxation(after_s, pairs(lower), sites, priority_s, anyone)
            for after_s, lower, sites, priority_s, anyone in queue.relax
        )
        policy = Policy(*queue.policy)
        queue.policy = policy._replace(overflow=tuple([Overflow(*rule) for rule in policy.overflow]))
        queue.handled, queue.answered = deque(handled, RECENT), deque(answered, RECENT)
        queue.met, queue.last = deque(met, RECENT), last
        queue.boost = boost(queue)
        index.queue_in(s, queue)
    for id, when, priority_s, requires, *where in rules:
        s.rules[id] = Rule(id, tuple([Condition(*one) for one in when]), priority_s, pairs(requires), *where)
    for values in contacts:
        contact = s.contacts[values[0]] = Contact(**dict(zip(CONTACT, values, strict=False)))
        contact.attributes = pairs(contact.attributes)
        contact.notes = Notes(*contact.notes)
    waiting: dict[tuple[str, str], list[Visit]] = {}
    for values in visits:
        visit = s.visits[values[0]] = Visit(**dict(zip(VISIT, values, strict=True)))
        skills, site, exclude, *_ = visit.wants
        visit.wants = Requirements(pairs(skills), site, exclude)
        contact = s.contacts[visit.contact]
        contact.visits += 1
        if visit.by and visit.state != "ended":
            contact.consults = (*contact.consults, visit.id)
        if visit.queue:
            s.queues[visit.queue].visits += 1
            if visit.state == "waiting":
                waiting.setdefault((visit.queue, visit.medium), []).append(visit)
    wait_again(s, waiting)
    for values in agents:
        agent = Agent(**dict(zip(AGENT, values, strict=False)))
        agent.skills, agent.capacity = pairs(agent.skills), pairs(agent.capacity)
        agent.ranks = pairs(agent.ranks)
        most, weights, interrupts = agent.sharing
        agent.sharing = Sharing(most, pairs(weights), pairs(interrupts))
        agent.pending = Pending(*agent.pending) if agent.pending else None
        s.agents[agent.id] = agent
        if agent.aside_until:
            s.alarms.set(f"agent {agent.id}", agent.aside_until, agent.aside_seq)
    for values in assignments:
        a = s.assignments[values[0]] = Assignment(**dict(zip(ASSIGNMENT, values, strict=False)))
        visit = s.visits[a.visit]
        if visit.assignment != a.id:
            visit.beside = (*visit.beside, a.id)
        agent = s.agents[a.agent]
        agent.assignments.append(a.id)
        agent.load[a.medium] = agent.load.get(a.medium, 0) + 1
        if a.until:
            s.timers.set(a.id, a.until, a.due_seq)
        if a.grace:
            s.alarms.set(f"grace {a.id}", a.grace, a.grace_seq)
    for values in parties:
        party = s.parties[values[0]] = Party(*values)
        contact = s.contacts[party.contact]
        contact.parties = (*contact.parties, party.id)
    s.numbered[:] = [s.agents.get(id) for id in numbers]
    s.spare = list(spare)
    for values in callbacks:
        back = s.callbacks[values[0]] = Callback(*values)
        back.requires = pairs(back.requires)
        s.alarms.set(f"callback {back.id}", back.due or back.expires, back.seq)
    for scope, id, reasons_, most in limits:
        s.limits[scope, id] = BreakLimit(scope, id, reasons_, most)
    for values in breaks:
        planned = s.breaks[values[0]] = Break(*values)
        s.alarms.set(f"break {planned.id}", planned.end if planned.begun else planned.start, planned.seq)
    for values in messages:
        message = s.messages[values[0]] = Message(*values)
        if message.by:
            s.alarms.set(f"message {message.id}", message.until, message.seq)
    index.all_agents_in(s)
    for agent in s.agents.values():
        enter(s, agent)
    for visit in s.visits.values():
        if visit.state == "waiting" and visit.queue:
            watch_visit(s, visit, at)
    for queue in s.queues.values():
        if queue.alone_at:
            s.alarms.set(f"queue {queue.id}", queue.alone_at, queue.alone_seq)
    return s


def _tuples(of: Any) -> Any:
    """A store gives lists for tuples."""
    return tuple([_tuples(one) for one in of]) if type(of) is list or type(of) is tuple else of
