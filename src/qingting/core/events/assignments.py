"""An agent's part in a visit."""

from __future__ import annotations

from typing import NamedTuple


class AssignmentOffered(NamedTuple):
    at: float
    assignment: str
    visit: str
    contact: str
    agent: str
    until: float
    """When the offer times out; 0 for an agent's own call, which starts as accepted."""
    why: str
    """The ranking key that won, in words short enough to print: who, which band, idle since."""
    auto: bool = False
    """To be accepted for the agent at once."""


class AssignmentAccepted(NamedTuple):
    at: float
    assignment: str


class AssignmentDeclined(NamedTuple):
    at: float
    assignment: str
    why: str


class AssignmentTimedOut(NamedTuple):
    at: float
    assignment: str


class AssignmentWithdrawn(NamedTuple):
    """Offer or connection taken back from the agent. `why`: `customer_left`, `flow`, `connect_failed`, `failed`,
    `taken`, `cancelled`."""

    at: float
    assignment: str
    why: str


class AssignmentConnected(NamedTuple):
    at: float
    assignment: str


class AssignmentHeld(NamedTuple):
    at: float
    assignment: str


class AssignmentResumed(NamedTuple):
    at: float
    assignment: str


class AssignmentParked(NamedTuple):
    """Out of the agent's hands while something else needs them; its customer sees nothing of it."""

    at: float
    assignment: str
    by: str
    """The assignment that comes instead."""


class AssignmentUnparked(NamedTuple):
    """Back in the agent's hands."""

    at: float
    assignment: str


class ConnectionLost(NamedTuple):
    """The agent of a conversation in text cannot be reached; from `until` on it is no longer theirs."""

    at: float
    assignment: str
    until: float


class ConnectionBack(NamedTuple):
    at: float
    assignment: str


class WrapUpExtended(NamedTuple):
    at: float
    assignment: str
    until: float


class WrapUpStarted(NamedTuple):
    at: float
    assignment: str
    until: float
    cause: str


class AssignmentLapsed(NamedTuple):
    """No longer the agent's, and taken back (`AssignmentWithdrawn`) by the deadline that is due at once: a decision
    sets at most one agent free. `why`: `taken` (somebody else was quicker), `customer_left`, `cancelled`."""

    at: float
    assignment: str
    why: str


class DispositionSet(NamedTuple):
    at: float
    assignment: str
    disposition: str


class RecordingPaused(NamedTuple):
    at: float
    assignment: str


class RecordingResumed(NamedTuple):
    at: float
    assignment: str


class AssignmentDone(NamedTuple):
    """The agent is free of it. `how`: `finished`, `limit` (wrap-up ran out), `none` (no wrap-up kept; then
    `WrapUpStarted` may come before it, with no time in it), `parked` (it ended while it was)."""

    at: float
    assignment: str
    how: str


OfAssignments = (
    AssignmentOffered
    | AssignmentAccepted
    | AssignmentDeclined
    | AssignmentTimedOut
    | AssignmentWithdrawn
    | AssignmentConnected
    | AssignmentHeld
    | AssignmentResumed
    | AssignmentParked
    | AssignmentUnparked
    | ConnectionLost
    | ConnectionBack
    | WrapUpExtended
    | WrapUpStarted
    | AssignmentLapsed
    | DispositionSet
    | RecordingPaused
    | RecordingResumed
    | AssignmentDone
)
