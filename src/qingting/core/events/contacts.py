"""Contacts, and their visits to queues."""

from __future__ import annotations

from typing import NamedTuple

from ..values import Attributes, Skills


class ContactArrived(NamedTuple):
    at: float
    contact: str
    journey: str
    medium: str
    direction: str
    entry: str
    line: str
    site: str
    language: str
    party: str
    leg: str
    callback: str = ""
    """Of which it is an attempt."""


class DialogueMoved(NamedTuple):
    at: float
    contact: str
    flow: str
    version: int
    node: str
    via: str
    state: str
    remembered: str = ""


class LanguageSet(NamedTuple):
    at: float
    contact: str
    language: str


class AttributesSet(NamedTuple):
    at: float
    contact: str
    attributes: Attributes
    """All of them, as they are now."""


class ContactEnded(NamedTuple):
    at: float
    contact: str
    cause: str


class VisitStarted(NamedTuple):
    at: float
    visit: str
    contact: str
    queue: str
    """Empty for an agent's own call."""
    requires: Skills
    """All of them: the queue's and the visit's own, sorted by skill."""
    priority_s: float
    """All of it."""
    since: float
    """First arrival; rank is `since - priority_s`, least first."""
    wrap_up_s: float | None = None
    """Limit of wrap-up where it is not the queue's: an agent's own call."""
    site: str = ""
    """Home site, where the queue asks for it."""
    exclude: tuple[str, ...] = ()
    """Agents."""
    prefer: str = ""
    prefer_until: float = 0.0
    """Waits for the agent `prefer` alone until then; 0: for anyone."""
    rules: tuple[str, ...] = ()
    """What made it worth more: see `RulePut`."""
    offered: bool = False
    """Its offer follows at once: it never waited."""


class VisitAnswered(NamedTuple):
    at: float
    visit: str
    assignment: str


class VisitRequeued(NamedTuple):
    """Waiting again, at its first arrival. `why`: `ring_no_answer`, `declined`, `connect_failed`, `unreachable`."""

    at: float
    visit: str
    why: str
    exclude: str = ""
    """An agent who is not offered it again."""


class VisitRevalued(NamedTuple):
    """What became known of the contact makes its waiting visit worth more, or need more."""

    at: float
    visit: str
    requires: Skills
    priority_s: float
    rules: tuple[str, ...]


class VisitsRelaxed(NamedTuple):
    """These have waited long enough for the next step of their queue's relaxation, or for the agent they preferred,
    and still nobody is free for them: each is now at the step that its waiting time says. At most 256."""

    at: float
    visits: tuple[str, ...]


class VisitEnded(NamedTuple):
    """`outcome`: `answered`, `abandoned`, `flow_out`, `lost` (the engine broke), `failed`. `detail` says more."""

    at: float
    visit: str
    outcome: str
    detail: str


OfContacts = (
    ContactArrived
    | DialogueMoved
    | LanguageSet
    | AttributesSet
    | ContactEnded
    | VisitStarted
    | VisitAnswered
    | VisitRequeued
    | VisitRevalued
    | VisitsRelaxed
    | VisitEnded
)
