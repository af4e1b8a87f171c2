"""Which of the free agents, by the queue's strategy."""

from __future__ import annotations

import pytest

from qingting.core import commands as c
from qingting.core import events as e

from .centre import Centre, offered


def work(centre: Centre, name: str, queue: str, seconds: float) -> str:
    """A contact from its arrival to its end; who had it."""
    ((_, agent),) = offered(centre.call(name, queue))
    assignment = centre.talk(name)
    centre.now += seconds
    centre.ask(c.AgentLeaves(assignment))
    return agent


def test_least_occupied_is_the_share_of_the_time_on_duty(centre: Centre) -> None:
    centre.queue("care", wrap_up_s=0, strategy="least_occupied")
    centre.agent("early", "care")
    centre.now += 300
    assert work(centre, "a", "care", 100) == "early"
    early = centre.engine.state.agents["early"]
    assert (early.idle_s, early.worked_s, early.occupied, early.today) == (300, 100, 0.25, 1)
    centre.agent("late", "care")
    centre.now += 10
    assert work(centre, "b", "care", 300) == "late", "nothing yet, against a quarter"
    late = centre.engine.state.agents["late"]
    assert (late.idle_s, late.worked_s, late.occupied, late.today) == (10, 300, 300 / 310, 1)
    assert work(centre, "c", "care", 10) == "early", "a quarter, against nearly all of it"


def test_fewest_contacts_begin_anew_with_the_day(centre: Centre) -> None:
    centre.ask(c.PutDay(centre.now % 86400 + 500))
    centre.queue("care", wrap_up_s=0, strategy="fewest_contacts")
    centre.queue("other", wrap_up_s=0)
    centre.agent("li", "care", "other")
    for n in range(2):
        work(centre, f"more-{n}", "other", 5)
    centre.agent("wang", "care")
    assert {name: agent.today for name, agent in centre.engine.state.agents.items()} == {"li": 2, "wang": 0}
    assert work(centre, "a", "care", 5) == "wang"
    assert work(centre, "b", "care", 5) == "wang"
    assert work(centre, "c", "care", 5) == "li", "two each, and idle for longer"
    ends = centre.engine.next_deadline()
    assert ends == 1500.0
    centre.now = ends
    assert centre.ask(c.Tick()) == [e.DayBegan(1500.0)]
    assert [agent.today for agent in centre.engine.state.agents.values()] == [0, 0]
    assert centre.engine.next_deadline() == 1500.0 + 86400
    centre.queue("care", wrap_up_s=0)
    assert centre.engine.next_deadline() is None, "nobody counts any more"


def test_time_on_a_break_is_neither_work_nor_idle(centre: Centre) -> None:
    centre.queue("care", wrap_up_s=0, strategy="least_occupied")
    centre.agent("li", "care")
    centre.now += 50
    centre.ask(c.SetPresence("li", "offline"))
    centre.now += 1000
    centre.ask(c.SetPresence("li", "available"))
    centre.now += 30
    work(centre, "a", "care", 20)
    li = centre.engine.state.agents["li"]
    assert (li.idle_s, li.worked_s, li.occupied) == (80, 20, 0.2)


def test_what_is_declined_is_no_contact_of_the_day(centre: Centre) -> None:
    centre.queue("care", wrap_up_s=0, strategy="fewest_contacts")
    centre.agent("li", "care")
    centre.call("a", "care")
    centre.ask(c.Decline("v-a/1"))
    assert centre.engine.state.agents["li"].today == 0


def test_a_fair_round_goes_by_configuration_whoever_was_idle_longest(centre: Centre) -> None:
    centre.queue("care", wrap_up_s=0, strategy="fair_round")
    for name in ("li", "wang", "zhao"):
        centre.agent(name, "care", available=False)
    for name in ("zhao", "wang", "li"):
        centre.ask(c.SetPresence(name, "available"))
    assert [work(centre, f"{n}", "care", 1) for n in range(4)] == ["li", "wang", "zhao", "li"]
    centre.ask(c.SetPresence("wang", "offline"))
    assert [work(centre, f"more-{n}", "care", 1) for n in range(2)] == ["zhao", "li"]


def test_best_fit_keeps_who_can_more_for_who_needs_more(centre: Centre) -> None:
    centre.queue("care", strategy="best_fit", requires=(("en", 2), ("loans", 2)))
    centre.agent("master", "care", en=5, loans=5)
    centre.agent("broad", "care", en=2, loans=5)
    centre.agent("fits", "care", en=3, loans=3)
    centre.agent("short", "care", en=5, loans=1)
    events = centre.call("a", "care")
    assert offered(events) == [("v-a", "fits")], "two more than needed, in all"
    assert offered(centre.call("b", "care")) == [("v-b", "broad")]
    assert offered(centre.call("c", "care")) == [("v-c", "master")]
    assert offered(centre.call("d", "care")) == []


@pytest.mark.parametrize("strategy", ["least_occupied", "fewest_contacts", "fair_round"])
def test_the_better_band_comes_before_any_strategy(centre: Centre, strategy: str) -> None:
    centre.queue("care", requires=(("zh", 1),), strategy=strategy)
    centre.agent("novice", "care", zh=1)
    centre.agent("expert", "care", zh=5)
    assert offered(centre.call("a", "care")) == [("v-a", "expert")]
