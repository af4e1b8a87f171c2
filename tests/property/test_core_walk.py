"""Long busy days: likely steps one after the other from one seed, with everything that must hold checked after each.

What Hypothesis finds by odd orders, these find by depth: transfers of consults of calls that were transferred.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable

import pytest

from qingting.core import commands as c
from qingting.core.policy import Overflow, Policy

from .likely import choose
from .test_core import AGENTS, QUEUES, SKILLS, Core

SEEDS = int(os.environ.get("CORE_WALKS", "8"))
STEPS = 250


OVERFLOWS = {
    "sales": [
        Overflow("waited", 8.0, "queue", "care"),
        Overflow("no_agents", to="site", target="vip"),
        Overflow("size", 2, "message"),
    ],
    "care": [
        Overflow("waited", 10.0, "queue", "vip"),
        Overflow("no_agents", to="callback"),
        Overflow("out_of_hours", to="queue", target="vip"),
        Overflow("longest_wait", 12.0, "queue", "vip"),
    ],
    "vip": [
        Overflow("waited", 20.0, "message"),
        Overflow("no_agents", to="voicemail"),
        Overflow("estimated_wait", 20.0, "message"),
    ],
}


def walk(
    seed: int, steps: int = STEPS, core: Core | None = None, what: Callable[[], c.Command] | None = None
) -> Core:
    """`what` is asked next; none: what is likely."""
    draw = random.Random(seed)
    core = core or Core()

    def can(most: int) -> c.Skills:
        return tuple(sorted((skill, draw.randint(2, 5)) for skill in draw.sample(SKILLS, most)))

    core.begin(0, [can(draw.randint(0, 1)) for _ in QUEUES], [(tuple(QUEUES), can(3)) for _ in AGENTS])
    for queue in QUEUES:
        core.ask(c.PutQueue(queue, wrap_up_s=draw.choice([0.0, 20.0]), second_line=queue == "vip"))
        policy = Policy(
            at_once=draw.choice([1, 2, 3]),
            misses=draw.randint(0, 2),
            penalty_s=draw.choice([0.0, 10.0]),
            requeue_lost=draw.random() < 0.5,
            grace_s=draw.choice([0.0, 10.0]),
            extend_wrap_up_s=draw.choice([0.0, 10.0]),
            overflow=tuple(draw.sample(OVERFLOWS[queue], draw.randint(0, 2))),
        )
        core.ask(c.PutPolicy(queue, policy))
    for agent in AGENTS:
        core.ask(c.PutAgent(agent, tuple(QUEUES), can(3), (("chat", 2), ("voice", 1))))
        core.ask(c.SetReachable(agent, "chat", True))
    for _ in range(steps):
        core.visits += 1
        core.now += draw.choice([0.0, 0.0, 0.5, 6.0])
        core.tick()
        core.all_holds()
        pick = draw.randrange(10**9)
        core.ask(what() if what is not None else choose(core.engine, core.visits, pick))
        core.all_holds()
    core.teardown()
    return core


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_long_day(seed: int) -> None:
    walk(seed)
