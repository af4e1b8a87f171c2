"""Overflow, callbacks, messages: what a queue could not serve at once."""

from __future__ import annotations

from typing import NamedTuple

from ..values import Skills


class Overflowed(NamedTuple):
    """A queue did not take a contact, or no longer. `when`, `to`, `target` are of the rule that held.

    To a queue: `VisitStarted` follows, there or further on. To all else: the contact is in no queue, the shell goes
    on with it.
    """

    at: float
    contact: str
    visit: str
    """Whose wait ends; empty when it did not begin."""
    queue: str
    when: str
    to: str
    target: str


class CallbackRequested(NamedTuple):
    at: float
    callback: str
    party: str
    key: str
    of: str
    queue: str
    requires: Skills
    priority_s: float
    since: float
    due: float
    first: str
    attempts: int
    retry_s: float
    expires: float
    journey: str
    line: str
    site: str
    language: str


class CallbackStarted(NamedTuple):
    """An attempt: `ContactArrived` and `VisitStarted` follow. Offers of a callback whose `first` is `customer` are
    to be accepted at once; the agent's phone is rung when the customer has answered."""

    at: float
    callback: str
    contact: str
    attempt: int
    first: str


class CallbackPostponed(NamedTuple):
    """Nobody was reached; the next attempt begins at `due`. The place is kept."""

    at: float
    callback: str
    due: float
    why: str


class CallbackEnded(NamedTuple):
    """`outcome`: `reached`, `not_reached`, `expired`, or why it was cancelled."""

    at: float
    callback: str
    outcome: str


class CustomerAnswered(NamedTuple):
    at: float
    contact: str


class MessageTaken(NamedTuple):
    at: float
    message: str
    queue: str
    party: str
    note: str
    contact: str
    demand: str
    recording: str = ""


class MessageClaimed(NamedTuple):
    """Somebody sees to it, until they are done, give it back, go, or `until`."""

    at: float
    message: str
    by: str
    agent: str
    until: float


class MessageReleased(NamedTuple):
    """Nobody sees to it any more. `why`: `released`, `limit`, `offline`, `signed_out`."""

    at: float
    message: str
    by: str
    why: str


class MessageClosed(NamedTuple):
    at: float
    message: str
    by: str
    how: str


Later = (
    Overflowed
    | CallbackRequested
    | CallbackStarted
    | CallbackPostponed
    | CallbackEnded
    | CustomerAnswered
    | MessageTaken
    | MessageClaimed
    | MessageReleased
    | MessageClosed
)
