"""How long it may take: told when it can be told, longer for more work, shorter for more hands.

Whether what is told is true is seen on simulated days: tests/unit/simulate/test_waits.py.
"""

from __future__ import annotations

from itertools import pairwise

import pytest

from qingting.core import commands as c
from qingting.core.estimating import Estimate, prospect

from .centre import Centre


def experienced(centre: Centre, queue: str, agent: str, handle_s: float = 100.0, contacts: int = 5) -> None:
    """So many contacts of the queue held this agent for so long."""
    for n in range(contacts):
        name = f"{queue}-{n}"
        centre.call(name, queue)
        centre.talk(name)
        centre.now += handle_s
        centre.ask(c.AgentLeaves(f"v-{name}/1"))


def told(centre: Centre, name: str) -> Estimate:
    estimate = centre.engine.estimate(f"v-{name}")
    assert estimate is not None
    return estimate


def test_nobody_can_tell_without_experience_or_people(centre: Centre) -> None:
    centre.queue("care", wrap_up_s=0)
    centre.agent("li", "care")
    experienced(centre, "care", "li", contacts=4)
    centre.call("x", "care")
    centre.call("y", "care")
    assert centre.engine.estimate("v-y") is None, "four contacts are no experience"
    centre.talk("x")
    centre.now += 100
    centre.ask(c.AgentLeaves("v-x/1"))
    centre.talk("y")
    centre.call("z", "care")
    assert 0 <= told(centre, "z").p50_s <= 100 <= told(centre, "z").p90_s <= 300
    assert centre.engine.estimate("v-y") is None, "talks, and waits no more"
    assert centre.engine.estimate("v-nobody") is None
    centre.ask(c.SetPresence("li", "offline"))
    assert centre.engine.estimate("v-z") is None, "nobody will be there"


def test_whoever_stands_behind_waits_longer(centre: Centre) -> None:
    centre.queue("care", wrap_up_s=0)
    centre.agent("li", "care")
    experienced(centre, "care", "li")
    for n in range(30):
        centre.call(f"{n}", "care")
    waits = [told(centre, f"{n}") for n in range(1, 30)]
    assert all(before.p50_s < after.p50_s for before, after in pairwise(waits))
    assert all(before.p90_s < after.p90_s for before, after in pairwise(waits))
    assert all(wait.p50_s < wait.p90_s for wait in waits)


def test_more_hands_and_shorter_talks_make_it_shorter(centre: Centre) -> None:
    for queue, handle_s, agents in (("slow", 200.0, 1), ("quick", 50.0, 1), ("many", 200.0, 4)):
        centre.queue(queue, wrap_up_s=0)
        centre.agent(f"{queue}-0", queue)
        experienced(centre, queue, f"{queue}-0", handle_s)
        for n in range(1, agents):
            centre.agent(f"{queue}-{n}", queue)
        for n in range(8 + agents):
            centre.call(f"{queue}{n}", queue)
    slow, quick, many = told(centre, "slow8"), told(centre, "quick8"), told(centre, "many11")
    assert quick.p50_s < slow.p50_s
    assert quick.p90_s < slow.p90_s
    assert many.p50_s < slow.p50_s


def test_other_queues_of_the_same_agents_count(centre: Centre) -> None:
    centre.queue("care", wrap_up_s=0)
    centre.queue("sales", wrap_up_s=0)
    centre.agent("li", "care", "sales")
    experienced(centre, "care", "li")
    centre.call("talks", "care")
    centre.call("waits", "care")
    alone = told(centre, "waits")
    centre.ask(c.LeaveQueue("v-waits", "flow"))
    for n in range(4):
        centre.call(f"sale{n}", "sales")
    centre.call("later", "care")
    assert centre.engine.place("v-later") == 1
    assert told(centre, "later").p50_s > 2 * alone.p50_s, "first of their queue, yet four others go before"


def test_only_those_who_can_serve_it_count(centre: Centre) -> None:
    centre.queue("care", wrap_up_s=0)
    centre.agent("li", "care", english=3)
    experienced(centre, "care", "li")
    for n in range(5):
        centre.agent(f"wang{n}", "care")
    for n in range(6):
        centre.call(f"{n}", "care")
    centre.call("anyone", "care")
    centre.call("english", "care", requires=(("english", 2),))
    anyone, english = told(centre, "anyone"), told(centre, "english")
    assert english.p50_s > anyone.p50_s


def test_one_who_would_come_now_is_told_what_they_are_told_once_there(centre: Centre) -> None:
    centre.queue("care", wrap_up_s=0)
    centre.agent("li", "care")
    experienced(centre, "care", "li")
    for n in range(4):
        centre.call(f"{n}", "care")
    would = prospect(centre.engine.state, "care", "voice", (), centre.now)
    centre.call("comes", "care")
    assert would == told(centre, "comes")


@pytest.mark.parametrize(
    ("p50", "p90", "narrow"),
    [(10, 65, True), (10, 75, False), (600, 900, True), (600, 1000, False), (0, 60, True)],
)
def test_about_so_many_minutes_is_said_of_a_narrow_range_only(p50: float, p90: float, narrow: bool) -> None:
    assert Estimate(p50, p90).narrow is narrow
