"""Agents: their presence, whether they can be reached, their breaks."""

from __future__ import annotations

from typing import NamedTuple


class PresenceChanged(NamedTuple):
    at: float
    agent: str
    presence: str
    reason: str
    by: str
    """Empty when the agent chose it, a person's id, or `system`."""


class PresenceRequested(NamedTuple):
    """Draining: takes effect when the last assignment is done. `presence` `available` cancels the request."""

    at: float
    agent: str
    presence: str
    reason: str
    by: str


class ReachabilityChanged(NamedTuple):
    at: float
    agent: str
    medium: str
    reachable: bool


class AgentSetAside(NamedTuple):
    """No offers until the agent says `available` again. `why`: `ring_no_answer`, `declined`, `unreachable`."""

    at: float
    agent: str
    why: str
    until: float = 0.0
    """A penalty: there are offers again from then."""


class AgentReturned(NamedTuple):
    """The penalty is over."""

    at: float
    agent: str


class BreakLimitPut(NamedTuple):
    at: float
    scope: str
    id: str
    reasons: tuple[str, ...]
    most: int


class BreakReserved(NamedTuple):
    at: float
    break_: str
    agent: str
    reason: str
    start: float
    end: float


class BreakBegan(NamedTuple):
    """`PresenceChanged` or `PresenceRequested` by `schedule` follows, if the agent was available."""

    at: float
    break_: str
    agent: str


class BreakEnded(NamedTuple):
    """`how`: `over`, `cancelled`, `missed`. The agent's presence is theirs to change."""

    at: float
    break_: str
    how: str


OfAgents = (
    PresenceChanged
    | PresenceRequested
    | ReachabilityChanged
    | AgentSetAside
    | AgentReturned
    | BreakLimitPut
    | BreakReserved
    | BreakBegan
    | BreakEnded
)
