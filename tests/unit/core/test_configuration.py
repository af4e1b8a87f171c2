"""Configuration enters as commands; what is equal changes nothing."""

from __future__ import annotations

import math
from typing import Any

import pytest

from qingting.core import commands as c

from .centre import Centre, kinds, offered


@pytest.mark.parametrize(
    "command",
    [
        c.PutSite("north"),
        c.PutSkill("en"),
        c.PutReason("break"),
        c.PutQueue("vip", "bank", (("zh", 3),)),
        c.PutAgent("wang", ("care", "care"), (("zh", 2),)),
    ],
)
def test_putting_twice_is_putting_once(centre: Centre, command: Any) -> None:
    centre.queue("care", requires=(("zh", 1),))
    assert len(centre.ask(command)) == 1
    assert centre.ask(command) == []


def test_what_is_not_known_is_refused(centre: Centre) -> None:
    centre.queue("care")
    assert centre.refused(c.PutQueue("vip", requires=(("klingon", 1),))) == "skill.unknown"
    assert centre.refused(c.PutAgent("li", ("nowhere",))) == "queue.unknown"
    assert centre.refused(c.PutAgent("li", (), (("klingon", 5),))) == "skill.unknown"
    assert centre.refused(c.PutAgent("li", (), (), (("pigeon", 1),))) == "medium.unknown"
    assert centre.refused(c.PutAgent("li", site="moon")) == "site.unknown"
    assert centre.refused(c.PutAgent("")) == "agent.bad_id"
    assert centre.refused(c.PutQueue("")) == "queue.bad_id"
    assert centre.refused(c.RemoveAgent("li")) == "agent.unknown"
    assert centre.refused(c.RemoveQueue("vip")) == "queue.unknown"
    assert centre.refused(c.EnterQueue("a", "v", "care")) == "contact.unknown"
    centre.ask(c.ContactArrives("a", "j"))
    assert centre.refused(c.EnterQueue("a", "v", "vip")) == "queue.unknown"
    assert centre.refused(c.EnterQueue("a", "v", "care", (("klingon", 1),))) == "skill.unknown"


@pytest.mark.parametrize(
    "settings",
    [
        {"ring_s": 0.0},
        {"ring_s": math.nan},
        {"wrap_up_s": -1.0},
        {"service_level_target": 2.0},
        {"priority_s": math.inf},
    ],
)
def test_values_out_of_bounds(centre: Centre, settings: dict[str, float]) -> None:
    assert centre.refused(c.PutQueue("care", **settings)) == "queue.bad_value"  # type: ignore[arg-type]


def test_levels_are_one_to_five(centre: Centre) -> None:
    centre.ask(c.PutSkill("zh"))
    assert centre.refused(c.PutAgent("li", (), (("zh", 6),))) == "skill.bad_level"


def test_a_closed_queue_takes_nobody_and_serves_who_waits(centre: Centre) -> None:
    centre.queue("care")
    centre.call("a", "care")
    centre.ask(c.PutQueue("care", closed=True))
    centre.ask(c.ContactArrives("b", "j"))
    assert centre.refused(c.EnterQueue("b", "v-b", "care")) == "queue.closed"
    centre.agent("li", "care")
    assert [a.visit for a in centre.engine.open_assignments("li")] == ["v-a"]


def test_a_queue_in_use_stays(centre: Centre) -> None:
    centre.queue("care")
    centre.queue("sales")
    centre.agent("li", "care", "sales")
    centre.call("a", "care")
    assert centre.refused(c.RemoveQueue("care")) == "queue.in_use"
    assert kinds(centre.ask(c.RemoveQueue("sales"))) == ["QueueRemoved"]
    assert centre.engine.state.agents["li"].queues == ("care",)
    centre.ask(c.ContactEnds("a", "customer"))
    centre.ask(c.RemoveQueue("care"))
    assert centre.engine.state.agents["li"].queues == ()


def test_a_busy_agent_stays(centre: Centre) -> None:
    centre.queue("care")
    centre.agent("li", "care")
    centre.call("a", "care")
    assert centre.refused(c.RemoveAgent("li")) == "agent.busy"
    centre.ask(c.ContactEnds("a", "customer"))
    centre.ask(c.RemoveAgent("li"))
    centre.call("b", "care")
    assert centre.engine.place("v-b") == 1
    centre.agent("wang", "care")
    assert [a.visit for a in centre.engine.open_assignments("wang")] == ["v-b"], "takes over the number, not the past"


def test_less_capacity_counts_at_once(centre: Centre) -> None:
    """What is there stays; nothing comes until there is room below the new limit."""
    centre.queue("care", wrap_up_s=0)
    three = (("chat", 3),)
    centre.ask(c.PutAgent("li", ("care",), (), three))
    centre.ask(c.SetReachable("li", "chat", True))
    centre.ask(c.SetPresence("li", "available"))
    for name in "abcd":
        centre.ask(c.ContactArrives(name, f"j-{name}", "chat"))
        centre.ask(c.EnterQueue(name, f"v-{name}", "care"))
    for name in "abc":
        centre.talk(name)
    assert kinds(centre.ask(c.PutAgent("li", ("care",), (), (("chat", 1),)))) == ["AgentPut"]
    for name in "ab":
        assert offered(centre.ask(c.ContactEnds(name, "customer"))) == [], "still as much as may be, or more"
    assert offered(centre.ask(c.ContactEnds("c", "customer"))) == [("v-d", "li")]
    centre.ask(c.PutAgent("li", ("care",), (), (("chat", 0),)))
    centre.talk("d")
    centre.ask(c.ContactEnds("d", "customer"))
    centre.ask(c.ContactArrives("e", "j-e", "chat"))
    assert offered(centre.ask(c.EnterQueue("e", "v-e", "care"))) == []
    assert offered(centre.ask(c.PutAgent("li", ("care",), (), three))) == [("v-e", "li")]


def test_a_new_membership_brings_work_at_once(centre: Centre) -> None:
    centre.queue("care")
    centre.agent("li")
    centre.call("a", "care")
    assert offered(centre.ask(c.PutAgent("li", ("care",)))) == [("v-a", "li")]


def test_one_visit_at_a_time(centre: Centre) -> None:
    centre.queue("care")
    centre.call("a", "care")
    assert centre.refused(c.EnterQueue("a", "v-other", "care")) == "contact.in_queue"
    centre.ask(c.ContactArrives("b", "j"))
    assert centre.refused(c.EnterQueue("b", "v-a", "care")) == "visit.exists"
    assert centre.refused(c.EnterQueue("b", "", "care")) == "visit.bad_id"


def test_who_asks_nonsense(centre: Centre) -> None:
    assert centre.refused(("not", "a", "command")) == "command.unknown"  # type: ignore[arg-type]


def test_what_nobody_can_ever_serve_is_known(centre: Centre) -> None:
    for site in ("east", "west"):
        centre.ask(c.PutSite(site))
    centre.queue("care", requires=(("english", 3),), site_rule="home")
    centre.ask(c.PutAgent("li", ("care",), (("english", 2),), site="east"))
    assert centre.engine.impossible() == [("care", "", (("english", 3),), "")]
    centre.ask(c.PutAgent("li", ("care",), (("english", 3),), site="east"))
    assert centre.engine.impossible() == [("care", "", (("english", 3),), "west")], "they stay at their own site"
    everywhere = (c.Relaxation(60.0, (), ("*",)),)
    centre.queue("care", requires=(("english", 3),), site_rule="home", relax=everywhere)
    assert centre.engine.impossible() == []
    centre.ask(c.PutAgent("li", ("care",), (("english", 3),), (("voice", 0),), "east"))
    assert centre.engine.impossible() == [("care", "", (("english", 3),), "")], "no room for anything"


def test_what_a_flow_asks_beside_a_queue_can_be_met_or_not(centre: Centre) -> None:
    relax = (c.Relaxation(60.0, (("billing", 2),)),)
    centre.ask(c.PutSkill("billing"))
    centre.queue("care", requires=(("english", 3),), relax=relax)
    centre.queue("empty")
    centre.agent("li", "care", english=3, billing=2)
    for skills, able in (((), True), ((("billing", 5),), True), ((("english", 4),), False)):
        assert centre.engine.servable("care", skills) is able
    for unknown in (centre.engine.servable("none", ()), centre.engine.servable("care", (("law", 1),))):
        assert unknown, "told elsewhere"
    assert centre.engine.servable("empty", (("english", 5),))
