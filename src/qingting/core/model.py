"""The state: what the core remembers. Plain records by id; everything else is an index over them.

Others read these records and never write them: they change by `apply(event)` alone. Fields that a snapshot
leaves out, because they can be rebuilt, are named as indexes.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

from .commands import Skills
from .idle import Idle
from .timers import Timers
from .waiting import Line

MEDIA = ("voice", "chat", "mail", "sms", "social")
LEVELS = range(1, 6)
PRESENCES = ("available", "not_ready", "offline")
SYSTEM_REASONS = ("system", "signed_in", "connection_lost")
"""Not-ready reasons that always exist."""
RECENT = 50
"""Answers and handle times kept per queue, for estimates."""


class Pending(NamedTuple):
    """A presence asked for while busy: it comes when the last assignment is done."""

    presence: str
    reason: str
    by: str


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
    handled: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))
    """Seconds that agents were held by the latest contacts, offer to done."""
    answered: deque[float] = field(default_factory=lambda: deque(maxlen=RECENT))
    """Instants of the latest answers."""
    # indexes
    visits: int = 0
    """Visits of this queue in the state, waiting, talking or in wrap-up."""
    waiting: int = 0
    members: int = 0
    """Agents of this queue, as bits."""
    lines: dict[str, Line] = field(default_factory=lambda: {medium: Line() for medium in MEDIA}, repr=False)
    """Waiting visits by medium."""


@dataclass(slots=True)
class Agent:
    id: str
    queues: tuple[str, ...]
    skills: Skills
    capacity: tuple[tuple[str, int], ...]
    site: str
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
    # indexes
    assignments: list[str] = field(default_factory=list)
    """Open ones, in order of their offers."""
    level: dict[str, int] = field(default_factory=dict, repr=False)
    most: dict[str, int] = field(default_factory=dict, repr=False)
    load: dict[str, int] = field(default_factory=dict, repr=False)
    free: tuple[str, ...] = ()
    """Media in which the agent stands among the idle."""
    on: tuple[str, ...] = ()
    """Media in which the agent would take offers, were there capacity."""
    serves: tuple[Queue, ...] = field(default=(), repr=False)
    number: int = 0
    bit: int = field(default=0, repr=False)


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
    visit: str = ""
    """The open one, or the one still in wrap-up."""
    ended: float = 0.0
    """0 while the customer is there; an ended contact stays until its wrap-up is done."""
    cause: str = ""


@dataclass(slots=True)
class Visit:
    id: str
    contact: str
    queue: str
    """Empty for an agent's own call."""
    medium: str
    requires: Skills
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
    """The open one."""
    offers: int = 0


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
    """Why the contact ended, in wrap-up."""


class State:
    """Everything, and the indexes over it. `seq` orders what shares an instant."""

    __slots__ = (
        "agents",
        "assignments",
        "at",
        "contacts",
        "idle",
        "levels",
        "numbered",
        "on",
        "queues",
        "reasons",
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
        self.sites: dict[str, None] = {}
        self.skills: dict[str, None] = {}
        self.reasons: dict[str, bool] = {}
        """Reason: retired."""
        self.queues: dict[str, Queue] = {}
        self.agents: dict[str, Agent] = {}
        self.contacts: dict[str, Contact] = {}
        self.visits: dict[str, Visit] = {}
        self.assignments: dict[str, Assignment] = {}
        # indexes
        self.timers = Timers()
        self.on: dict[str, int] = dict.fromkeys(MEDIA, 0)
        """Agents on duty by medium, idle or busy, as bits."""
        self.levels: dict[str, list[int]] = {}
        """By skill, at each level: agents who have at least that level, as bits."""
        self.numbered: list[Agent | None] = []
        """Agents by number; a number is a place in every set of bits."""
        self.spare: list[int] = []
        self.idle: dict[str, Idle] = {medium: Idle(self.numbered) for medium in MEDIA}
