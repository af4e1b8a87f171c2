"""Contacts: they come, speak with a flow, wait, end."""

from __future__ import annotations

from typing import NamedTuple

from ..values import Attributes, Requirements, Skills


class ContactArrives(NamedTuple):
    contact: str
    journey: str
    medium: str = "voice"
    direction: str = "in"
    entry: str = ""
    line: str = ""
    site: str = ""
    language: str = "zh"
    party: str = ""
    """Reference to who they say they are, in the erasable table."""
    leg: str = ""
    """The customer's media leg, the engine's id of it."""


class DialogueMoves(NamedTuple):
    """One step of self-service. `state` is the interpreter's own, opaque here, kept so that it survives a restart."""

    contact: str
    flow: str
    version: int
    node: str
    via: str = ""
    """What brought them there: a key, `timeout`, `no_match`, `start`; never secret input."""
    state: str = ""
    remembered: str = ""
    """Reference to what it remembers of them now; empty: as before."""


class SetLanguage(NamedTuple):
    contact: str
    language: str


class SetAttributes(NamedTuple):
    """What is known of the contact now; others stay. A waiting visit gains at once what the rules make of it."""

    contact: str
    attributes: Attributes
    """Numbers or short codes, never personal data; an empty code takes one away."""


class EnterQueue(NamedTuple):
    contact: str
    visit: str
    queue: str
    requires: Skills = ()
    """Beside the queue's own and what rules bring."""
    priority_s: float = 0.0
    """Beside the queue's own and what rules bring."""
    since: float | None = None
    """First arrival of a visit that goes on elsewhere; none means now."""
    wants: Requirements = Requirements()
    """More of what it requires; its skills join `requires`."""


class LeaveQueue(NamedTuple):
    """Self-service takes a waiting visit out again: flow-out. `why` is `flow`, `overflow` or `transfer`."""

    visit: str
    why: str


class ContactEnds(NamedTuple):
    """The customer's side is over, however that came. Waiting: abandoned. With an agent: wrap-up begins.

    `cause`: `customer`, `agent`, `flow`, `engine_lost`, `refused`, `failed`, `unknown`.
    """

    contact: str
    cause: str


class AgentDials(NamedTuple):
    """An agent calls out: a contact with direction `out`, a visit in no queue, an assignment already connecting."""

    agent: str
    contact: str
    journey: str
    visit: str
    line: str = ""
    site: str = ""
    language: str = "zh"
    party: str = ""
    wrap_up_s: float = 60.0


OfContacts = (
    ContactArrives | DialogueMoves | SetLanguage | SetAttributes | EnterQueue | LeaveQueue | ContactEnds | AgentDials
)
