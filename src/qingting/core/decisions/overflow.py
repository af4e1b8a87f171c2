"""Contacts that a queue cannot serve, or not in time: where they go instead, by its policy."""

from __future__ import annotations

from collections.abc import Iterable

from ...errors import Refused
from ..model import Queue, State
from ..policy import MEASURED, TO, WHEN, Overflow
from . import known

MOST_RULES = 16


def targets(rules: Iterable[Overflow]) -> set[str]:
    """Queues to which they lead."""
    return {rule.target for rule in rules if rule.to in ("queue", "site")}


def check_overflow(state: State, queue: Queue, rules: tuple[Overflow, ...]) -> None:
    if len(rules) > MOST_RULES:
        raise Refused("configuration.too_many_rules", f"more than {MOST_RULES} rules", queue=queue.id)
    for rule in rules:
        if rule.when not in WHEN or rule.to not in TO:
            raise Refused("configuration.bad_overflow", f"no such overflow: {rule.when} to {rule.to}", queue=queue.id)
        known.number("queue", rule.when, rule.limit, 0.0, MEASURED.get(rule.when, 0.0))
        if rule.to in ("queue", "site"):
            known.queue(state, rule.target)
    way = _way_back(state, queue.id, targets(rules))
    if way:
        raise Refused("configuration.overflow_loop", " → ".join(way), queue=queue.id, way=way)


def _way_back(state: State, queue: str, first: set[str]) -> list[str]:
    """Queues through which a contact could come back to this one; none if it cannot."""
    ways = [[queue, next] for next in sorted(first)]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        if way[-1] == queue:
            return way
        if way[-1] not in seen:
            seen.add(way[-1])
            ways += [[*way, next] for next in sorted(targets(state.queues[way[-1]].policy.overflow))]
    return []
