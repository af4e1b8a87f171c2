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


SITES = ("beijing", "shanghai", "guangzhou", "chengdu", "xian")
STRATEGIES = ("longest_idle", "least_occupied", "fewest_contacts", "fair_round", "best_fit")
SITE_RULES = ("near", "any", "home", "near")


def configuration_in_full(agents: int, seed: int = 1) -> tuple[list[c.Command], list[tuple[str, c.Skills]]]:
    """The same centre with all that routing knows: sites, steps of relaxation, rules, media that share agents.

    Every tenth queue has another strategy than longest idle; after 20 s visits no longer need what they ask for
    beside the queue's own skill, after 40 s all sites serve them, after 90 s they are worth half a minute more. Every
    fifth agent takes chats and mails as well, two contacts at once, and a call parks a mail.
    """
    setup, wishes = configuration(agents, seed)
    asked: dict[str, dict[str, int]] = {}
    for queue, skills in wishes:
        asked.setdefault(queue, {}).update(dict.fromkeys([skill for skill, _ in skills], 0))
    full: list[c.Command] = [c.PutSite(site) for site in SITES]
    for command in setup:
        if isinstance(command, c.PutQueue):
            n = int(command.queue[1:])
            steps = (
                c.Relaxation(20.0, tuple(asked[command.queue].items())),
                c.Relaxation(40.0, sites=("*",)),
                c.Relaxation(90.0, priority_s=30.0),
            )
            strategy = STRATEGIES[n // 10 % 5] if n % 10 == 9 else "longest_idle"
            command = command._replace(relax=steps, strategy=strategy, site_rule=SITE_RULES[n % 4])
        elif isinstance(command, c.PutAgent):
            n = int(command.agent[1:])
            command = command._replace(site=SITES[n // 5 % 5])
            if n % 5 == 0:
                sharing = c.Sharing(2, (), (("voice", "mail"),))
                command = command._replace(capacity=(("chat", 2), ("mail", 1), ("voice", 1)), sharing=sharing)
        full.append(command)
        if isinstance(command, c.PutAgent) and command.sharing.most:
            full += [c.SetReachable(command.agent, medium, True) for medium in ("chat", "mail")]
    loyal = (c.Condition("years", ">=", 4.0), c.Condition("human_calls", "=", 0.0))
    full.insert(len(SITES) + SKILLS, c.PutRule("loyal", loyal, 60.0))
    return full, wishes
