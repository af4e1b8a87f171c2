"""A centre drawn at random: 200 queues, 60 skills, 6.5 queues per agent, 12 skills and more."""

from __future__ import annotations

import random

from qingting.core import commands as c

QUEUES = 200
SKILLS = 60


def configuration(agents: int, seed: int = 1) -> tuple[list[c.Command], list[tuple[str, c.Skills]]]:
    """Commands that set it up, everyone available; and what contacts may ask for: queue and skills of their own.

    Agents `a0`…, queues `q0`…; what is asked for can be served by about half of a queue's agents, or by all.
    """
    draw = random.Random(seed)
    skills = [f"skill{n}" for n in range(SKILLS)]
    setup: list[c.Command] = [c.PutSkill(skill) for skill in skills]
    needs: list[set[str]] = []
    extras: list[list[str]] = []
    wishes: list[tuple[str, c.Skills]] = []
    for n in range(QUEUES):
        first, *more = draw.sample(skills, 4)
        requires = ((first, 2),) if n % 4 else ()
        setup.append(c.PutQueue(f"q{n}", requires=requires, ring_s=15.0, wrap_up_s=30.0))
        needs.append({skill for skill, _ in requires})
        extras.append(more)
        wishes += [(f"q{n}", ())] * 3 + [(f"q{n}", ((skill, draw.randint(1, 3)),)) for skill in more]
    for n in range(agents):
        member = draw.sample(range(QUEUES), 6 + n % 2)
        can = set(draw.sample(skills, 12))
        for q in member:
            can |= needs[q]
            can.update(skill for skill in extras[q] if draw.random() < 0.5)
        levels = tuple((skill, draw.randint(1, 5)) for skill in sorted(can))
        setup.append(c.PutAgent(f"a{n}", tuple(f"q{q}" for q in member), levels))
        setup.append(c.SetReachable(f"a{n}", "voice", True))
    setup += [c.SetPresence(f"a{n}", "available") for n in range(agents)]
    return setup, wishes
