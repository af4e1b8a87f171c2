"""Agents: what they choose, whether they can be reached, their breaks."""

from __future__ import annotations

from typing import NamedTuple


class SetPresence(NamedTuple):
    """Asked for while busy, anything but `available` means draining: complete when the last assignment is done."""

    agent: str
    presence: str
    """`available`, `not_ready` or `offline`."""
    reason: str = ""
    """Needed with `not_ready`."""
    by: str = ""
    """Who asked, when not the agent: a supervisor's id, or `system`: only they may give a system reason."""
    force: bool = False
    """A supervisor's: what rings at the agent goes to others, limits of breaks do not count."""


class SetReachable(NamedTuple):
    """The agent's phone (or desk, for text) came or went. `medium` as in capacity."""

    agent: str
    medium: str
    reachable: bool


class PutBreakLimit(NamedTuple):
    """How many may be on breaks of these reasons at once. `scope`: `team` or `queue`. No reasons: no limit."""

    scope: str
    id: str
    reasons: tuple[str, ...] = ()
    most: int = 1


class ReserveBreak(NamedTuple):
    """At its start the agent is not ready, or drains; they come back by themselves. Refused with `break.full`."""

    break_: str
    agent: str
    reason: str
    start: float
    end: float


class CancelBreak(NamedTuple):
    break_: str


OfAgents = SetPresence | SetReachable | PutBreakLimit | ReserveBreak | CancelBreak
