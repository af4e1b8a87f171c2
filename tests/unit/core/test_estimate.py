"""How long it may take: told when it can be told, and mostly true."""

from __future__ import annotations

import heapq
import random

import pytest

from qingting.core import commands as c
from qingting.core import events as e

from .centre import Centre


def test_nobody_can_tell_without_experience_or_people(centre: Centre) -> None:
    centre.queue("care", wrap_up_s=0)
    centre.agent("li", "care")
    for n in range(4):
        centre.call(f"{n}", "care")
        centre.talk(f"{n}")
        centre.now += 100
        centre.ask(c.AgentLeaves(f"v-{n}/1"))
    centre.call("x", "care")
    centre.call("y", "care")
    assert centre.engine.estimate("v-y", centre.now) is None, "four contacts are no experience"
    centre.talk("x")
    centre.now += 100
    centre.ask(c.AgentLeaves("v-x/1"))
    centre.talk("y")
    centre.call("z", "care")
    low, high = centre.engine.estimate("v-z", centre.now) or (0, 0)
    assert 0 <= low <= 100 <= high <= 300
    assert centre.engine.estimate("v-y", centre.now) is None, "talks, and waits no more"
    assert centre.engine.estimate("v-nobody", centre.now) is None
    centre.ask(c.SetPresence("li", "offline"))
    assert centre.engine.estimate("v-z", centre.now) is None, "nobody will be there"


def simulate(
    agents: int, queues: int, handle_s: float, load: float, contacts: int
) -> list[tuple[float, float, float]]:
    """Low, high and truth for contacts that had to wait; all agents serve all queues."""
    centre, draw = Centre(), random.Random(5)
    names = [f"q{n}" for n in range(queues)]
    for name in names:
        centre.queue(name, wrap_up_s=0)
    for n in range(agents):
        centre.agent(f"a{n}", *names)
    told: dict[str, tuple[float, float, float]] = {}
    result = []
    todo: list[tuple[float, int, str]] = []

    def follow(events: list[e.Event]) -> None:
        for event in events:
            if isinstance(event, e.AssignmentOffered):
                centre.ask(c.Accept(event.assignment))
                centre.ask(c.Connected(event.assignment))
                if event.visit in told:
                    low, high, since = told.pop(event.visit)
                    result.append((low, high, centre.now - since))
                heapq.heappush(todo, (centre.now + draw.expovariate(1 / handle_s), 1, event.assignment))

    at = centre.now
    for n in range(contacts):
        at += draw.expovariate(agents * load / handle_s)
        heapq.heappush(todo, (at, 0, f"{n}"))
    while todo:
        centre.now, what, name = heapq.heappop(todo)
        if what:
            follow(centre.ask(c.AgentLeaves(name)))
        else:
            follow(centre.call(name, draw.choice(names)))
            view = centre.engine.estimate(f"v-{name}", centre.now)
            if view is not None:
                told[f"v-{name}"] = (*view, centre.now)
    return result


@pytest.mark.parametrize(("agents", "queues"), [(10, 1), (40, 1), (20, 4)])
def test_mostly_true(agents: int, queues: int) -> None:
    told = simulate(agents, queues, 180.0, 1.05, 2000)
    assert len(told) > 1000
    assert sum(low <= truth <= high for low, high, truth in told) > 0.7 * len(told)
    assert sum(high - low for low, high, _ in told) < 1.5 * sum(truth for *_, truth in told), "and it says something"
