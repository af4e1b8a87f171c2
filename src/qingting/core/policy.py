"""A queue's policy, as data: offers that are not taken, agents who are lost, contacts that it cannot serve."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

WHEN = ("closed", "out_of_hours", "no_agents", "size", "longest_wait", "estimated_wait", "waited")
"""`closed` by hand; `out_of_hours` by the shell's word; `no_agents` on duty; `size` waiting; `longest_wait` of those
who wait; `estimated_wait` of who comes now. These look at who enters, `no_agents` also at who waits already.
`waited` looks at who waits: so long in this queue."""

MEASURED = {"size": 100_000.0, "longest_wait": 86400.0, "estimated_wait": 86400.0, "waited": 86400.0}
"""Those that have a limit, and the most that it may be."""

TO = ("queue", "site", "callback", "voicemail", "message")
"""To a `queue` goes the core itself, also to one that stands for another `site`. The others are the shell's to do:
the contact is in no queue then."""


class Overflow(NamedTuple):
    when: str
    limit: float = 0.0
    """Visits, or seconds."""
    to: str = "queue"
    target: str = ""
    """Queue; of a `site` the queue that stands for it; of others the prompt or box that the shell knows."""


class Policy(NamedTuple):
    at_once: int = 1
    """Agents to whom a visit is offered together when it comes and so many are free; the first to accept has it."""
    auto_answer: bool = False
    """The shell accepts for the agent at once."""
    misses: int = 1
    """So many offers in a row not answered set an agent aside until they say available; 0: never."""
    penalty_s: float = 0.0
    """Before that: so long without offers after each."""
    requeue_lost: bool = False
    """A customer whose agent's leg broke waits again at their first arrival; else their call is over."""
    grace_s: float = 30.0
    """So long an agent who cannot be reached keeps their conversations in text; then those go back."""
    extend_wrap_up_s: float = 0.0
    """What one extension of wrap-up brings; 0: there is none."""
    overflow: tuple[Overflow, ...] = ()
    """The first that holds."""
    callback_first: str = "agent"
    """Who is called first when somebody is called back, where they do not say: `agent` or `customer`."""
    callback_attempts: int = 3
    callback_retry_s: float = 300.0
    """From an attempt in vain to the next."""
    callback_expires_s: float = 86400.0
    """From the request, or from the time that was chosen."""


PLAIN = Policy()


def way_back(queue: str, next_of: Callable[[str], Sequence[str]]) -> list[str]:
    """Queues through which a contact could come back to this one, it first and last; none if it cannot."""
    ways = [[queue, next] for next in next_of(queue)]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        if way[-1] == queue:
            return way
        if way[-1] not in seen:
            seen.add(way[-1])
            ways += [[*way, next] for next in next_of(way[-1])]
    return []
