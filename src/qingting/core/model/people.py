"""Who serves, and by which rules: agents, their breaks, queues, what contacts are worth."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

from ..policy import PLAIN, Policy
from ..values import Condition, Relaxation, Sharing, Skills
from ..waiting import Line

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
