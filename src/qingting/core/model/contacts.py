"""Who is served: contacts, their visits to queues, agents' parts in those; who else is in a call; what is owed."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..commands import NO_NOTES, Notes
from ..events import ConsultStarted, VisitStarted
from ..values import Attributes, Requirements, Skills
from ..waiting import Lane
from .people import Queue


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
    notes_by: str = ""
    """The agent who gave them."""
    handed_on_by: str = ""
    """The agent who transferred it last."""
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
    by: str = ""
    """The user who sees to it; empty: nobody."""
    agent: str = ""
    """Which agent that is, if any."""
    since: float = 0.0
    """When they took it."""
    until: float = 0.0
    """When they have it no longer."""
    why: str = ""
    """What ends it then: `limit`, `offline`."""
    seq: int = 0
    """Order of that deadline."""
