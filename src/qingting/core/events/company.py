"""Transfer, consult, conference; parties outside."""

from __future__ import annotations

from typing import NamedTuple

from ..values import Notes, Skills


class ContactTransferred(NamedTuple):
    """The contact goes from one visit to the next.

    `how`: `blind`, `consulted`, `conference` (the owner left it), `lost` (the owner was lost).
    `to`: `agent`, `queue`, `second_line` (a queue that is one), `outside`.
    """

    at: float
    contact: str
    visit: str
    """The one that ends."""
    next: str
    """The visit that follows, or the party outside."""
    how: str
    to: str
    by: str
    """Agent."""
    agent: str
    queue: str
    notes: Notes


class ConsultStarted(NamedTuple):
    """A visit beside the customer's: `queue` is empty when it goes straight to an agent."""

    at: float
    visit: str
    contact: str
    by: str
    """The owner's assignment."""
    queue: str
    requires: Skills
    priority_s: float
    wrap_up_s: float
    """Kept only when the consulted came to talk with the customer."""
    exclude: tuple[str, ...]
    notes: Notes


class ConsultRequeued(NamedTuple):
    """Not taken: it waits again."""

    at: float
    visit: str
    why: str


class ConsultAnswered(NamedTuple):
    """Owner and consulted hear each other, unless the owner is with the customer: `AssignmentHeld` follows then."""

    at: float
    visit: str
    assignment: str


class ConsultJoined(NamedTuple):
    """Conference: the consulted hears the customer as well."""

    at: float
    visit: str
    assignment: str


class ConsultEnded(NamedTuple):
    """`why`: `left`, `cancelled`, `customer_left`, `owner_left`, or why nobody took it, as in `VisitRequeued`."""

    at: float
    visit: str
    why: str


class VisitTakenOver(NamedTuple):
    """A consult is the contact's visit from now: whoever it has owns the customer; if nobody yet, the customer
    waits in its queue."""

    at: float
    visit: str
    contact: str
    queue: str
    assignment: str
    """Owner, or standing offer; empty while it waits."""
    since: float | None = None
    """The customer's first arrival: their place from now on. None, of earlier builds: it waits at its own."""


class PartyCalled(NamedTuple):
    """Somebody outside is rung. `how`: `consult` or `transfer`."""

    at: float
    party: str
    contact: str
    by: str
    """The owner's assignment."""
    ref: str
    how: str
    visit: str
    queue: str
    since: float
    """Visit, queue and first arrival to come back to."""
    notes: Notes


class PartyAnswered(NamedTuple):
    at: float
    party: str
    contact: str


class PartyHeld(NamedTuple):
    at: float
    party: str
    contact: str


class PartyResumed(NamedTuple):
    at: float
    party: str
    contact: str


class PartyJoined(NamedTuple):
    """Customer and party hear each other, and the owner if there is one."""

    at: float
    party: str
    contact: str


class PartyLeft(NamedTuple):
    """`why`: the cause of `PartyEnds`, `cancelled`, `customer_left`."""

    at: float
    party: str
    contact: str
    why: str


InCompany = (
    ContactTransferred
    | ConsultStarted
    | ConsultRequeued
    | ConsultAnswered
    | ConsultJoined
    | ConsultEnded
    | VisitTakenOver
    | PartyCalled
    | PartyAnswered
    | PartyHeld
    | PartyResumed
    | PartyJoined
    | PartyLeft
)
