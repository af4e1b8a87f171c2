"""Callbacks, and messages: what is served later."""

from __future__ import annotations

from typing import NamedTuple

from ..values import Skills


class RequestCallback(NamedTuple):
    """Somebody is called back; who waits in a queue gives up the line, not the place.

    Refused with `callback.exists` when the same person is to be called back by that queue already.
    """

    callback: str
    """Its id; the n-th attempt is the contact `<callback>~<n>`, with visit `<callback>~<n>.v1`."""
    party: str
    """Reference to whom to call, in the erasable table."""
    key: str = ""
    """The same for the same person, telling nothing of them: a keyed digest, made by the shell. None: `party`."""
    of: str = ""
    """The contact that asks: its waiting visit ends, and queue, requirements and first arrival are taken over."""
    queue: str = ""
    requires: Skills = ()
    priority_s: float = 0.0
    since: float | None = None
    """First arrival; none means that of the waiting visit, or now."""
    at: float = 0.0
    """Not before this instant; 0: in turn."""
    first: str = ""
    """Who is called first: `agent`, or `customer` (then the agent is kept free for them meanwhile). This and the next
    three: where nothing is said, as the queue's policy has it."""
    attempts: int | None = None
    retry_s: float | None = None
    expires_s: float | None = None
    """From now, or from `at`."""
    journey: str = ""
    line: str = ""
    site: str = ""
    language: str = "zh"


class CancelCallback(NamedTuple):
    """Refused with `callback.under_way` while they are being connected."""

    callback: str
    why: str = "cancelled"


class CustomerAnswers(NamedTuple):
    """Of a contact that we call: the customer has picked up, and is not to be lost from now."""

    contact: str


class TakeMessage(NamedTuple):
    """Offline registration: what is asked when nobody is there. Words and number stay in the erasable tables."""

    message: str
    queue: str
    party: str
    note: str
    """Reference to the words."""
    contact: str = ""
    demand: str = ""
    """Code."""
    recording: str = ""
    """Of what they say, where it is spoken."""


class ClaimMessage(NamedTuple):
    """Somebody sees to a message, and nobody else meanwhile. Claimed again by the same: their time begins anew.

    Refused with `message.claimed` when somebody else has it.
    """

    message: str
    by: str
    """A user."""
    agent: str = ""
    """Which agent they are; who goes offline has it no longer."""
    limit_s: float = 1800.0
    """So long it is theirs."""
    over: bool = False
    """Also from somebody else."""


class ReleaseMessage(NamedTuple):
    """Who claimed it does not see to it after all. Refused with `message.claimed` when somebody else has it."""

    message: str
    by: str
    why: str = "released"


class CloseMessage(NamedTuple):
    """Refused with `message.claimed` when somebody else sees to it."""

    message: str
    by: str
    how: str
    """Code: `answered`, `called_back`, `spam` …"""
    over: bool = False
    """Also when somebody else sees to it."""


Later = (
    RequestCallback | CancelCallback | CustomerAnswers | TakeMessage | ClaimMessage | ReleaseMessage | CloseMessage
)
