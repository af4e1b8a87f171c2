"""Centres drawn at random: many queues, many skills, days of very different load. What estimates are fitted on.

No two are alike in size, skills, shifts, conversations, patience and load, so that what holds on all of them does
not hang on any.
"""

from __future__ import annotations

import math
from random import Random

from ...core.commands import Skills
from .draws import stream
from .scenario import Break, Callers, Distribution, Group, Learnt, QueuePlan, Scenario, Wish

HOUR = 3600.0
OPENS, CLOSES = 8 * HOUR, 16 * HOUR
PATIENT = 0.1
"""Callers who wait as long as it takes: they alone tell how long it took."""


def drawn_centre(seed: int, days: int = 1) -> Scenario:
    """2 to 8 queues, 3 to 12 skills, some 10 to 80 agents; 80 % to 115 % of what these can serve."""
    random = stream(seed, "centre")
    skills = tuple(f"s{n}" for n in range(random.randint(3, 12)))
    names = [f"q{n}" for n in range(random.randint(2, 8))]
    agents = round(math.exp(random.uniform(math.log(10), math.log(80))))
    groups = _groups(random, agents, names, skills)
    plans = []
    for name in names:
        required = ((random.choice(skills), random.randint(1, 2)),) if random.random() < 0.6 else ()
        plans.append((name, required, random.uniform(0.3, 1.0) * _able(groups, name, required)))
    load = random.uniform(0.8, 1.15) * 0.8 * agents / sum(erlangs for *_, erlangs in plans)
    cv = random.uniform(0.05, 0.3)
    queues = [
        _queue(random, name, required, skills, groups, erlangs * min(load, 0.9), cv)
        for name, required, erlangs in plans
    ]
    return Scenario(
        name=f"drawn {seed}",
        seed=seed,
        days=days,
        starts="2026-01-05",
        opens_s=OPENS,
        closes_s=CLOSES,
        warm_up_s=0.0,
        interval_s=1800.0,
        shared=random.uniform(0.2, 0.9),
        skills=skills,
        sites=(),
        queues=tuple(queues),
        groups=tuple(groups),
        failures=(),
    )


def _able(groups: list[Group], queue: str, requires: Skills) -> float:
    """Agents who can serve this, on average."""
    total = 0.0
    for group in groups:
        if queue in group.queues:
            learnt = {of.skill: of for of in group.skills}
            part = float(group.count)
            for skill, level in requires:
                of = learnt.get(skill)
                part *= (
                    0.0 if of is None else of.share * min(1.0, max(0, of.most - level + 1) / (of.most - of.least + 1))
                )
            total += part
    return total


def _queue(
    random: Random,
    name: str,
    required: Skills,
    skills: tuple[str, ...],
    groups: list[Group],
    erlangs: float,
    day_cv: float,
) -> QueuePlan:
    handle = Distribution(random.choice(("lognormal", "gamma")), random.uniform(90, 480), random.uniform(0.5, 1.1))
    wrap_up = random.choice((None, Distribution("lognormal", random.uniform(10, 60), 0.8)))
    busy_s = handle.mean_s + (wrap_up.mean_s if wrap_up is not None else 0.0)
    hours = int((CLOSES - OPENS) / HOUR)
    first, second = random.uniform(0, hours), random.uniform(0, hours)
    shape = [
        0.7 + 0.6 * math.exp(-(((h - first) / 1.5) ** 2)) + 0.4 * math.exp(-(((h - second) / 1.5) ** 2))
        for h in range(hours)
    ]
    per_hour = erlangs / busy_s * HOUR * hours / sum(shape)
    wishes = []
    for skill in random.sample(skills, random.randint(0, 2)):
        wish = ((skill, random.randint(1, 3)),)
        together = tuple(sorted({**dict(required), **dict(wish)}.items()))
        fair = 0.6 * _able(groups, name, together) / max(erlangs, 0.1)
        wishes.append(Wish(min(random.uniform(0.05, 0.25), fair), wish))
    callers = Callers(
        queue=name,
        medium="voice",
        per_hour=tuple(per_hour * value for value in shape),
        weekdays=(1.0,) * 7,
        day_cv=day_cv,
        handle=handle,
        wrap_up=wrap_up,
        patience=Distribution("exponential", math.exp(random.uniform(math.log(90), math.log(1200)))),
        patient=PATIENT,
        redial=0.0,
        redial_after_s=300.0,
        wishes=tuple(wishes),
    )
    return QueuePlan(
        name=name,
        requires=required,
        ring_s=15.0,
        wrap_up_s=300.0 if wrap_up is not None else 0.0,
        priority_s=random.choice((0.0, 0.0, 0.0, 60.0)),
        service_level_s=20.0,
        service_level_target=0.8,
        short_abandon_s=5.0,
        callers=callers,
    )


def _groups(random: Random, agents: int, names: list[str], skills: tuple[str, ...]) -> list[Group]:
    several = random.randint(2, 6)
    groups = []
    for n in range(several):
        own = random.sample(names, random.randint(max(1, len(names) // 3), len(names)))
        if n == 0:  # somebody serves each
            own = list(names)
        learnt = tuple(
            Learnt(skill, 1 if n else 3, random.randint(2, 5) if n else 5, random.uniform(0.3, 1.0))
            for skill in skills
            if n == 0 or random.random() < 0.8
        )
        begins, ends = random.choice(((OPENS, CLOSES), (OPENS, CLOSES), (OPENS, 15 * HOUR), (9.5 * HOUR, CLOSES)))
        groups.append(
            Group(
                name=f"g{n}",
                count=max(2, round(agents / several * random.uniform(0.6, 1.4))),
                site="",
                queues=tuple(own),
                skills=learnt,
                capacity=(("voice", 1),),
                begins_s=begins,
                ends_s=ends,
                breaks=(Break(random.uniform(11, 13) * HOUR, 1800.0, 5400.0), Break(14 * HOUR, 600.0, 3600.0)),
                absent=random.uniform(0, 0.1),
                pick_up=Distribution("lognormal", 3.0, 0.5),
                misses=0.0,
            )
        )
    return groups
