"""The agents of a scenario: who they are, and what each has before them on a day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...core import commands as c
from .draws import Draw, drawn, stream
from .scenario import Group, QueuePlan, Scenario

PICKS_UP_ITSELF_S = 1.0
"""How long a phone that answers by itself rings."""
BREAK = "break"
"""The reason with which agents of a scenario are not ready."""


@dataclass(slots=True)
class Person:
    id: str
    group: Group
    pick_up: Draw
    """How long their phone rings, in seconds."""
    misses: Draw
    """They let the phone ring out when this falls below the group's share."""
    on_shift: bool = False
    away: bool = False
    """On a break, or on the way into one."""
    break_s: float = 0.0
    """Length of the break that is due."""


def hire(scenario: Scenario, seed: int) -> dict[str, Person]:
    people = {}
    for group in scenario.groups:
        for n in range(1, group.count + 1):
            id = f"{group.name}.{n}"
            random = stream(seed, id, "work")
            people[id] = Person(id, group, drawn(group.pick_up, random, 0.0), random.random)
    return people


def configuration(scenario: Scenario, people: dict[str, Person], seed: int) -> Iterator[c.Command]:
    """What sets the centre up. Levels of skills are drawn once: an agent is the same on all days."""
    for site in scenario.sites:
        yield c.PutSite(site)
    for skill in scenario.skills:
        yield c.PutSkill(skill)
    yield c.PutReason(BREAK)
    for queue in scenario.queues:
        yield _queue(queue)
    for queue in scenario.queues:  # they may name each other
        yield c.PutPolicy(queue.name, queue.policy)
    for group in scenario.groups:
        if group.breaks_at_once:
            yield c.PutBreakLimit("team", group.name, (BREAK,), group.breaks_at_once)
    for person in people.values():
        group = person.group
        random = stream(seed, person.id, "skills")
        skills = []
        for learnt in group.skills:
            has, level = random.random() < learnt.share, random.randint(learnt.least, learnt.most)
            if has:
                skills.append((learnt.skill, level))
        yield c.PutAgent(person.id, group.queues, tuple(sorted(skills)), group.capacity, group.site)
        yield c.PutProfile(person.id, group.name, group.auto_answer)
        for medium, _ in group.capacity:
            yield c.SetReachable(person.id, medium, True)


def _queue(queue: QueuePlan) -> c.PutQueue:
    return c.PutQueue(
        queue.name,
        requires=queue.requires,
        ring_s=queue.ring_s,
        wrap_up_s=queue.wrap_up_s,
        priority_s=queue.priority_s,
        service_level_s=queue.service_level_s,
        service_level_target=queue.service_level_target,
        short_abandon_s=queue.short_abandon_s,
        relax=queue.relax,
        strategy=queue.strategy,
        site_rule=queue.site_rule,
        behind_s=queue.behind_s,
        second_line=queue.second_line,
    )


@dataclass(frozen=True, slots=True)
class Due:
    """What a person does at a time of day: `in`, `out`, or a break of some length."""

    at_s: float
    what: str
    length_s: float = 0.0


def agenda(person: Person, seed: int, day: int) -> list[Due]:
    """Empty for those who do not come."""
    group = person.group
    random = stream(seed, day, person.id, "agenda")
    if random.random() < group.absent:
        return []
    due = [Due(group.begins_s, "in"), Due(group.ends_s, "out")]
    for a_break in group.breaks:
        at = a_break.at_s + random.random() * a_break.spread_s
        if group.begins_s <= at < group.ends_s:
            due.append(Due(at, "break", a_break.length_s))
    return due
