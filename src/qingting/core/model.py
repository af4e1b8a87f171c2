"""The state: what the core remembers. Plain records by id; everything else is an index over them.

Others read these records and never write them: they change by `apply(event)` alone. Fields that a snapshot
leaves out, because they can be rebuilt, are named as indexes.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

from .commands import NO_NOTES, Notes
from .events import ConsultStarted, VisitStarted
from .idle import Idle
from .policy import PLAIN, Policy
from .timers import Timers
from .values import Attributes, Condition, Relaxation, Requirements, Sharing, Skills
from .waiting import Lane, Line, Place

ALONE = Sharing()
"""Each medium counts for itself."""
MEDIA = ("voice", "chat", "mail", "sms", "social")
LEVELS = range(1, 6)
PRESENCES = ("available", "not_ready", "offline")
SYSTEM_REASONS = ("system", "signed_in", "connection_lost")
"""Not-ready reasons that always exist."""
DAY = 86400.0
DAY_STARTS = 57600.0
"""Midnight in China, in seconds after midnight UTC, where nothing else is said."""
RECENT = 50
"""Answers and handle times kept per queue, for estimates."""


class Pending(NamedTuple):
    """A presence asked for while busy: it comes when the last assignment is done."""

    presence: str
    reason: str
    by: str


class Bands(NamedTuple):
    """Agents who have certain skills, as bits."""

    able: int
    each: tuple[tuple[int, int], ...]
    """By band, highest first: those whose least level over the skills it is."""


class Rule(NamedTuple):
    """What contacts with certain attributes are worth, see `commands.PutRule`."""

    id: str
    when: tuple[Condition, ...]
    priority_s: float
    requires: Skills
    queues: tuple[str, ...]
    media: tuple[str, ...]


@dataclass(slots=True)
class Queue:
    id: str
    line: str
    requires: Skills
    ring_s: float
    wrap_up_s: float
    priority_s: float
    service_level_s: float
    service_level_target: float
    short_abandon_s: float
    closed: bool
    relax: tuple[Relaxation, ...] = ()
    strategy: str = "longest_idle"
    site_rule: str = "any"
    behind_s: float = 0.0
    spare_decliners: bool = False
    second_line: bool = False
    policy: Policy = PLAIN
    open: bool = True
    """Within its hours."""
    alone_at: float = 0.0
    """When the queue, with visits waiting that then flow over, was left by its last agent; 0: it was not."""
    alone_seq: int = 0
    handled: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))
    """Seconds that agents were held by the latest contacts, offer to done."""
    answered: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))
    """Instants of the latest answers."""
    met: deque[bool] = field(default_factory=lambda: deque(maxlen=RECENT))
    """Whether the latest answers met the service level."""
    boost: float = 0.0
    """Seconds that each visit is worth more while the queue is behind its target."""
    last: int = -1
    """Number of the agent whom it chose last, in a fair round."""
    # indexes
    visits: int = 0
    """Visits of this queue in the state, waiting, talking or in wrap-up."""
    waiting: int = 0
    members: int = 0
    """Agents of this queue, as bits."""
    bands: dict[Skills, Bands] = field(default_factory=dict, repr=False)
    """Of its members, by skills that visits asked for."""
    lines: dict[str, Line] = field(default_factory=dict, repr=False)
    """Waiting visits by medium."""


@dataclass(slots=True)
class Agent:
    id: str
    queues: tuple[str, ...]
    skills: Skills
    capacity: tuple[tuple[str, int], ...]
    site: str
    ranks: tuple[tuple[str, int], ...] = ()
    sharing: Sharing = ALONE
    presence: str = "offline"
    reason: str = ""
    since: float = 0.0
    """Of the presence."""
    by: str = ""
    pending: Pending | None = None
    set_aside: str = ""
    """Why there are no offers until the agent says `available` again; empty when there are."""
    reachable: tuple[str, ...] = ()
    idle_since: float = 0.0
    idle_seq: int = 0
    """Order of becoming idle: ties of `idle_since` are real, ties of this are not."""
    worked_s: float = 0.0
    """On duty today, with an assignment; until `marked`."""
    idle_s: float = 0.0
    """On duty today, without one; until `marked`."""
    marked: float = 0.0
    occupied: float = 0.0
    """Share of work in the time on duty today, as of `idle_since`."""
    today: int = 0
    """Contacts accepted today."""
    team: str = ""
    auto_answer: bool = False
    misses: int = 0
    """Offers not answered in a row."""
    aside_until: float = 0.0
    """End of a penalty; 0 for none."""
    aside_seq: int = 0
    # indexes
    assignments: list[str] = field(default_factory=list)
    """Open ones, in order of their offers."""
    level: dict[str, int] = field(default_factory=dict, repr=False)
    meets: int = field(default=0, repr=False)
    """The levels of its skills and all below them, as bits (`State.bits`)."""
    most: dict[str, int] = field(default_factory=dict, repr=False)
    load: dict[str, int] = field(default_factory=dict, repr=False)
    over: dict[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    """By medium, those that it may interrupt, in the order in which they are parked."""
    soft: frozenset[str] = frozenset()
    """Media that may be interrupted."""
    counted: tuple[str, ...] = ()
    """Strategies of the agent's queues that count something."""
    weight: dict[str, int] = field(default_factory=dict, repr=False)
    carried: int = 0
    """Load over all media, where they share the agent; else 0."""
    free: tuple[str, ...] = ()
    """Media in which the agent stands among the idle."""
    parking: tuple[str, ...] = ()
    """Those of them in which something would have to be parked."""
    on: tuple[str, ...] = ()
    """Media in which the agent would take offers, were there capacity."""
    tiers: tuple[tuple[int, tuple[Queue, ...]], ...] = field(default=(), repr=False)
    """The agent's queues by the agent's rank for them, first rank first."""
    lines: tuple[tuple[int, dict[str, tuple[Line, ...]]], ...] = field(default=(), repr=False)
    """By rank, then by medium: where visits wait that are this agent's to take."""
    number: int = 0
    bit: int = field(default=0, repr=False)
    present: tuple[str, ...] = ()
    """Media in which the agent is there, though perhaps busy, set aside or not ready."""


@dataclass(slots=True)
class Contact:
    id: str
    journey: str
    medium: str
    direction: str
    entry: str
    line: str
    site: str
    language: str
    party: str
    leg: str
    arrived: float
    flow: str = ""
    version: int = 0
    node: str = ""
    via: str = ""
    dialogue: str = ""
    """The interpreter's own state, opaque."""
    attributes: Attributes = ()
    visit: str = ""
    """The open one, or the one still in wrap-up."""
    ended: float = 0.0
    """0 while the customer is there; an ended contact stays until its wrap-up is done."""
    cause: str = ""
    reached: bool = False
    """The customer has answered, or spoken with an agent."""
    callback: str = ""
    """Of which it is an attempt, until the customer is reached."""
    notes: Notes = NO_NOTES
    """The latest that travelled with a transfer or consult."""
    # indexes
    visits: int = 0
    """In the state, consults and wrap-up included."""
    consults: tuple[str, ...] = ()
    """Consults (visits) under way, joined or not."""
    parties: tuple[str, ...] = ()


@dataclass(slots=True)
class Visit:
    id: str
    contact: str
    queue: str
    """Empty for an agent's own call."""
    medium: str
    wants: Requirements
    """What decides who may serve it, its preferred agent apart: equal ones wait in one lane."""
    priority_s: float
    since: float
    """First arrival."""
    entered: float
    rank: float
    seq: int
    """Order of entering: ties of rank are first in, first out."""
    wrap_up_s: float | None
    state: str = "waiting"
    assignment: str = ""
    """The owner's; before there is one, the first offer that stands."""
    offers: int = 0
    home: str = ""
    """Site whose agents come first."""
    prefer: str = ""
    """Agent who comes first."""
    prefer_until: float = 0.0
    """Waits for that agent alone until then; 0: for anyone."""
    rules: tuple[str, ...] = ()
    """What made it worth more."""
    step: int = -1
    """Of its queue's relaxation; -1 when it was not at the head of its lane yet."""
    by: str = ""
    """Of a consult: the owner's assignment for which it is; empty for a customer's visit."""
    # indexes
    lane: Lane | None = field(default=None, repr=False, compare=False)
    """Where it waits for anyone."""
    beside: tuple[str, ...] = ()
    """Other open assignments: offers to several at once, and those that lapse."""


def consult_of(x: ConsultStarted, medium: str, seq: int) -> Visit:
    """As it begins."""
    wants = Requirements(x.requires, "", x.exclude)
    visit = Visit(
        x.visit, x.contact, x.queue, medium, wants, x.priority_s, x.at, x.at, x.at - x.priority_s, seq, x.wrap_up_s
    )
    visit.by = x.by
    return visit


def unanswered(visit: Visit) -> bool:
    """Waits, or rings at an agent."""
    return visit.state in ("waiting", "offered")


def visit_of(x: VisitStarted, medium: str, queue: Queue | None, seq: int) -> Visit:
    """As it begins."""
    home_only = x.site if queue is not None and queue.site_rule == "home" else ""
    return Visit(
        x.visit,
        x.contact,
        x.queue,
        medium,
        Requirements(x.requires, home_only, x.exclude),
        x.priority_s,
        x.since,
        x.at,
        x.since - x.priority_s,
        seq,
        x.wrap_up_s,
        "waiting",
        "",
        0,
        x.site,
        x.prefer,
        x.prefer_until,
        x.rules,
    )


@dataclass(slots=True)
class Assignment:
    id: str
    visit: str
    contact: str
    agent: str
    queue: str
    medium: str
    state: str
    since: float
    """Of the state."""
    until: float
    """When the state ends by itself; 0 for never."""
    due_seq: int
    offered: float
    accepted: float = 0.0
    connected: float = 0.0
    recording_paused: bool = False
    disposition: str = ""
    cause: str = ""
    """Why the conversation ended, in wrap-up; why it was lost, when lapsed."""
    grace: float = 0.0
    """Until when the agent may come back to a conversation in text; 0 while they are there."""
    grace_seq: int = 0
    extended: bool = False
    """Wrap-up was given its one extension."""
    consult: bool = False
    """Beside the owner's: consulted, or in conference."""
    kept: bool = False
    """Others were brought into it: it is not parked any more."""


@dataclass(slots=True)
class Party:
    """Somebody outside who is in the call, or rung for it: no agent."""

    id: str
    contact: str
    by: str
    ref: str
    how: str
    visit: str
    queue: str
    first: float
    """Visit, queue and first arrival to come back to."""
    state: str
    since: float
    """Of the state."""


@dataclass(slots=True)
class Callback:
    id: str
    party: str
    key: str
    of: str
    queue: str
    requires: Skills
    priority_s: float
    first_arrival: float
    due: float
    """When the next attempt begins; 0 while one is under way."""
    first: str
    attempts: int
    retry_s: float
    expires: float
    journey: str
    line: str
    site: str
    language: str
    made: int = 0
    contact: str = ""
    """Of the attempt under way."""
    seq: int = 0
    """Order of its deadline."""


class BreakLimit(NamedTuple):
    scope: str
    id: str
    reasons: tuple[str, ...]
    most: int


@dataclass(slots=True)
class Break:
    id: str
    agent: str
    reason: str
    start: float
    end: float
    seq: int = 0
    """Order of its deadline: of its start, then of its end."""
    begun: bool = False


@dataclass(slots=True)
class Message:
    id: str
    queue: str
    party: str
    note: str
    contact: str
    demand: str
    taken: float
    recording: str = ""


class State:
    """Everything, and the indexes over it. `seq` orders what shares an instant."""

    __slots__ = (
        "agents",
        "alarms",
        "assignments",
        "at",
        "awaited",
        "bits",
        "breaks",
        "callbacks",
        "contacts",
        "counts_by_day",
        "day_ends",
        "day_starts",
        "heaps",
        "idle",
        "levels",
        "limits",
        "messages",
        "numbered",
        "on",
        "orders",
        "parking",
        "parties",
        "present",
        "queues",
        "reasons",
        "relaxing",
        "rules",
        "seq",
        "sites",
        "skills",
        "spare",
        "timers",
        "visits",
    )

    def __init__(self) -> None:
        self.at = 0.0
        """Instant of the last event: the engine's clock never goes back."""
        self.seq = 0
        self.day_starts = DAY_STARTS
        """Seconds after midnight UTC."""
        self.day_ends = 0.0
        """When agents' counts of the day begin anew; 0 before anybody counts."""
        self.sites: dict[str, int] = {}
        """Its agents, as bits: an index."""
        self.skills: dict[str, None] = {}
        self.bits: dict[tuple[str, int], int] = {}
        """One for each skill at each level: an index."""
        self.reasons: dict[str, bool] = {}
        """Reason: retired."""
        self.rules: dict[str, Rule] = {}
        self.queues: dict[str, Queue] = {}
        self.agents: dict[str, Agent] = {}
        self.contacts: dict[str, Contact] = {}
        self.visits: dict[str, Visit] = {}
        self.assignments: dict[str, Assignment] = {}
        self.parties: dict[str, Party] = {}
        self.callbacks: dict[str, Callback] = {}
        """Still to be made, or under way."""
        self.limits: dict[tuple[str, str], BreakLimit] = {}
        """Of breaks, by scope and id."""
        self.breaks: dict[str, Break] = {}
        """Reserved or under way."""
        self.messages: dict[str, Message] = {}
        """Not closed yet."""
        self.present: dict[str, int] = dict.fromkeys(MEDIA, 0)
        """Agents by medium who are there, though perhaps busy, set aside or not ready, as bits."""
        # indexes
        self.counts_by_day = False
        """Some queue's strategy does."""
        self.timers = Timers()
        """Of assignments."""
        self.relaxing = Timers()
        """Of waiting visits: the next step of a lane's head, the end of waiting for the preferred agent."""
        self.awaited: dict[str, list[Place]] = {}
        """By agent, visits that wait for them alone."""
        self.alarms = Timers()
        """All other deadlines: their kind, a blank, and whose they are."""
        self.heaps = (self.timers.heap, self.relaxing.heap, self.alarms.heap)
        self.on: dict[str, int] = dict.fromkeys(MEDIA, 0)
        """Agents on duty by medium, idle or busy, as bits."""
        self.levels: dict[str, list[int]] = {}
        """By skill, at each level: agents who have at least that level, as bits."""
        self.numbered: list[Agent | None] = []
        """Agents by number; a number is a place in every set of bits."""
        self.spare: list[int] = []
        self.idle: dict[str, Idle] = {medium: Idle(self.numbered) for medium in MEDIA}
        self.orders: dict[str, dict[str, Idle]] = {medium: {} for medium in MEDIA}
        """By medium, the idle in the order of each other strategy that some queue has."""
        self.parking: dict[str, int] = dict.fromkeys(MEDIA, 0)
        """By medium, those of the idle who would have to park something, as bits."""
