"""All of it, and the indexes over it."""

from __future__ import annotations

from ..idle import Idle
from ..timers import Timers
from ..waiting import Place
from .contacts import Assignment, Callback, Contact, Message, Party, Visit
from .people import DAY_STARTS, MEDIA, Agent, Break, BreakLimit, Queue, Rule


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
