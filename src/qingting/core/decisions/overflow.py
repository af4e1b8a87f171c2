"""Contacts that a queue cannot serve, or not in time: where they go instead, by its policy."""

from __future__ import annotations

from collections.abc import Iterable

from ...errors import Refused
from ..estimating import prospect
from ..events import ConsultEnded, Event, Overflowed, VisitEnded
from ..model import Contact, Queue, State, Visit
from ..policy import MEASURED, TO, WHEN, Overflow, way_back
from ..values import Requirements
from ..watching import left_alone
from . import known
from .entering import enter
from .names import after
from .over import over

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
    of = state.queues
    way = way_back(queue.id, lambda id: sorted(targets(rules if id == queue.id else of[id].policy.overflow)))
    if way:
        raise Refused("configuration.overflow_loop", " → ".join(way), queue=queue.id, way=way)


# --- who enters ------------------------------------------------------------------------------------------


def lead(state: State, now: float, contact: Contact, queue: Queue) -> tuple[list[Event], Queue | None]:
    """Through this queue's overflow, and that of the next, to one that takes the contact; None: to no queue.

    Refused with `queue.closed` at a closed one that says nothing of it.
    """
    events: list[Event] = []
    while (rule := _holds(state, now, queue, contact.medium)) is not None:
        events.append(Overflowed(now, contact.id, "", queue.id, rule.when, rule.to, rule.target))
        if rule.to not in ("queue", "site"):
            return events, None
        queue = state.queues[rule.target]
    if queue.closed:
        raise Refused("queue.closed", f"{queue.id} is closed", queue=queue.id)
    return events, queue


def _holds(state: State, now: float, queue: Queue, medium: str) -> Overflow | None:
    for rule in queue.policy.overflow:
        if (
            (rule.when == "closed" and queue.closed)
            or (rule.when == "out_of_hours" and not queue.open)
            or (rule.when == "no_agents" and not state.present[medium] & queue.members)
            or (rule.when == "size" and queue.waiting >= rule.limit)
            or (rule.when == "longest_wait" and _longest_wait(queue, medium, now) > rule.limit)
            or (rule.when == "estimated_wait" and _expected_wait(state, now, queue, medium) > rule.limit)
        ):
            return rule
    return None


def _longest_wait(queue: Queue, medium: str, now: float) -> float:
    """Of those who wait; in a lane the first has waited longest."""
    return max((now - lane.places[0][2].since for lane in queue.lines[medium].lanes.values()), default=0.0)


def _expected_wait(state: State, now: float, queue: Queue, medium: str) -> float:
    """Of who enters now, in the middle; 0 when nobody can tell."""
    if state.idle[medium].all & queue.members:
        return 0.0
    said = prospect(state, queue.id, medium, queue.requires, now - queue.priority_s)
    return 0.0 if said is None else said.p50_s


# --- who waits -------------------------------------------------------------------------------------------


def waited(state: State, now: float, visit: Visit) -> list[Event]:
    """A visit has waited as long as its queue lets it."""
    rules = [rule for rule in state.queues[visit.queue].policy.overflow if rule.when == "waited"]
    return _leaves(state, now, visit, min(rules, key=lambda rule: rule.limit))


def nobody_there(state: State, now: float, queue: Queue) -> list[Event]:
    """The next visit that waits for nobody; the deadline stays due as long as there is one."""
    line = queue.lines[left_alone(state, queue)]
    visit = next(visit for _, visit in line.waiting(now))
    if visit.by:
        return [ConsultEnded(now, visit.id, "no_agents")]
    rule = next(rule for rule in queue.policy.overflow if rule.when == "no_agents")
    return _leaves(state, now, visit, rule)


def _leaves(state: State, now: float, visit: Visit, rule: Overflow) -> list[Event]:
    """For another queue it keeps its first arrival, and what it needed and was worth beside the queue's own."""
    contact, queue = state.contacts[visit.contact], state.queues[visit.queue]
    events: list[Event] = [
        Overflowed(now, contact.id, visit.id, queue.id, rule.when, rule.to, rule.target),
        VisitEnded(now, visit.id, "flow_out", "overflow"),
    ]
    if rule.to not in ("queue", "site"):
        return [*events, *over(state, now, contact, "overflow")] if contact.callback else events
    try:
        more, target = lead(state, now, contact, state.queues[rule.target])
    except Refused:  # the next one is closed: whoever plays the flow decides
        more, target = [], None
    events += more
    if target is None and contact.callback:
        events += over(state, now, contact, "overflow")
    elif target is not None:
        own = dict(queue.requires)
        skills = tuple([need for need in visit.wants.skills if need[1] > own.get(need[0], 0)])
        rules = [state.rules[id] for id in visit.rules if id in state.rules]
        worth = visit.priority_s - queue.priority_s - sum([rule.priority_s for rule in rules])
        wants = Requirements((), visit.home, visit.wants.exclude)
        events += enter(state, now, contact, after(visit.id), target, skills, wants, worth, visit.since, lenient=True)
    return events
