"""Contacts that a queue cannot serve, or not in time."""

from __future__ import annotations

import pytest

from qingting.core import commands as c
from qingting.core import events as e
from qingting.core.policy import Overflow, Policy

from .centre import Centre, kinds, offered


def rule(centre: Centre, *rules: Overflow, queue: str = "care") -> None:
    centre.ask(c.PutPolicy(queue, Policy(overflow=rules)))


@pytest.fixture
def two(centre: Centre) -> Centre:
    """Li in `care`, Wang in `north`; both free."""
    centre.queue("care", wrap_up_s=0)
    centre.queue("north")
    centre.agent("li", "care")
    centre.agent("wang", "north")
    return centre


def overflowed(events: list[e.Event]) -> list[tuple[str, str, str, str]]:
    return [(x.queue, x.when, x.to, x.target) for x in events if isinstance(x, e.Overflowed)]


def test_a_closed_queue_sends_callers_to_another_at_once(two: Centre) -> None:
    rule(two, Overflow("closed", to="queue", target="north"))
    two.ask(c.PutQueue("care", closed=True))
    events = two.call("a", "care")
    assert kinds(events) == ["Overflowed", "VisitStarted", "AssignmentOffered"]
    assert overflowed(events) == [("care", "closed", "queue", "north")]
    assert offered(events) == [("v-a", "wang")]
    two.ask(c.PutQueue("north", closed=True))
    two.ask(c.ContactArrives("b", "j"))
    assert two.refused(c.EnterQueue("b", "v-b", "care")) == "queue.closed"


def test_out_of_hours_it_offers_a_message(two: Centre) -> None:
    rule(two, Overflow("out_of_hours", to="voicemail", target="night"))
    assert kinds(two.ask(c.SetHours("care", False))) == ["HoursSet"]
    assert two.ask(c.SetHours("care", False)) == []
    events = two.call("a", "care")
    assert overflowed(events) == [("care", "out_of_hours", "voicemail", "night")]
    assert kinds(events) == ["Overflowed"]
    assert not two.engine.state.visits
    two.ask(c.SetHours("care", True))
    assert offered(two.ask(c.EnterQueue("a", "v-a", "care"))) == [("v-a", "li")]


def test_too_many_wait(two: Centre) -> None:
    rule(two, Overflow("size", 2, "site", "north"))
    for name in "abcd":
        events = two.call(name, "care")
    assert overflowed(events) == [("care", "size", "site", "north")]
    assert offered(events) == [("v-d", "wang")]
    assert two.engine.waiting("care") == ["v-b", "v-c"]


def test_somebody_has_waited_long(two: Centre) -> None:
    rule(two, Overflow("longest_wait", 60.0, "queue", "north"))
    two.call("a", "care")
    two.call("b", "care")
    two.now += 61
    assert overflowed(two.call("c", "care")) == [("care", "longest_wait", "queue", "north")]


def test_they_would_wait_long(two: Centre) -> None:
    for n in range(5):
        two.call(f"{n}", "care")
        two.talk(f"{n}")
        two.now += 600
        two.ask(c.ContactEnds(f"{n}", "customer"))
    rule(two, Overflow("estimated_wait", 120.0, "callback"))
    assert overflowed(two.call("a", "care")) == []
    two.talk("a")
    assert overflowed(two.call("b", "care")) == [("care", "estimated_wait", "callback", "")]


def test_nobody_is_there_when_they_come(two: Centre) -> None:
    rule(two, Overflow("no_agents", to="message", target="box"))
    two.ask(c.SetPresence("li", "not_ready", "system", "system"))
    assert overflowed(two.call("a", "care")) == [], "a break is not nobody"
    two.ask(c.SetPresence("li", "offline"))
    assert overflowed(two.call("b", "care")) == [("care", "no_agents", "message", "box")]


def test_the_last_agent_goes_home(two: Centre) -> None:
    rule(two, Overflow("no_agents", to="queue", target="north"))
    for name in "abc":
        two.call(name, "care")
        two.now += 1
    two.talk("a")
    two.ask(c.SetPresence("li", "offline"))
    assert two.engine.next_deadline() is None, "Li still talks"
    events = two.ask(c.ContactEnds("a", "customer"))
    assert kinds(events)[-1] == "PresenceChanged"
    events = two.ask(c.Tick())
    assert kinds(events) == ["Overflowed", "VisitEnded", "VisitStarted", "AssignmentOffered"]
    assert overflowed(events) == [("care", "no_agents", "queue", "north")]
    moved = two.engine.state.visits["v-b~2"]
    assert moved.since == two.now - 2, "the first arrival is kept"
    two.ask(c.Tick())
    assert two.engine.waiting("north") == ["v-c~2"]


def test_one_who_comes_back_in_time_keeps_the_others(two: Centre) -> None:
    rule(two, Overflow("no_agents", to="queue", target="north"))
    two.ask(c.SetPresence("li", "not_ready", "system", "system"))
    two.call("a", "care")
    two.ask(c.SetPresence("li", "offline"))
    assert two.engine.next_deadline() == two.now
    assert offered(two.ask(c.SetPresence("li", "available"))) == [("v-a", "li")]
    assert two.engine.next_deadline() == two.now + 15


def test_a_visit_waits_so_long_and_no_longer(two: Centre) -> None:
    rule(two, Overflow("waited", 30.0, "queue", "north"), queue="care")
    rule(two, Overflow("waited", 20.0, "message", "box"), queue="north")
    two.call("a", "care")
    two.call("b", "north")
    two.call("waits", "care", priority_s=5.0)
    arrived = two.now
    two.talk("a")
    two.talk("b")
    events = two.deadline()
    assert two.now == arrived + 30
    assert kinds(events) == ["Overflowed", "VisitEnded", "VisitStarted"]
    assert (events[1].detail, events[1].outcome) == ("overflow", "flow_out")  # type: ignore[union-attr]
    assert two.engine.state.visits["v-waits~2"].priority_s == 5.0, "what it was worth beside the queue's own"
    events = two.deadline()
    assert two.now == arrived + 50
    assert kinds(events) == ["Overflowed", "VisitEnded"]
    assert overflowed(events) == [("north", "waited", "message", "box")]
    assert "waits" in two.engine.state.contacts, "the flow goes on with them"
    assert two.engine.next_deadline() is None


def test_ringing_stops_the_clock_and_waiting_again_does_not_reset_it(two: Centre) -> None:
    rule(two, Overflow("waited", 30.0, "queue", "north"))
    two.call("a", "care")
    arrived = two.now
    two.now += 14
    two.ask(c.Decline("v-a/1"))
    assert two.engine.next_deadline() == arrived + 30


def test_a_new_rule_holds_for_who_waits_already(two: Centre) -> None:
    two.call("a", "care")
    two.call("b", "care")
    two.talk("a")
    two.now += 100
    rule(two, Overflow("waited", 30.0, "message"))
    assert overflowed(two.ask(c.Tick())) == [("care", "waited", "message", "")]


def test_a_consult_that_nobody_is_there_for_is_over(two: Centre) -> None:
    rule(two, Overflow("no_agents", to="message"), queue="north")
    two.call("a", "care")
    two.talk("a")
    two.ask(c.SetPresence("wang", "offline"))
    two.ask(c.Consult("v-a/1", "k", "north"))
    assert two.ask(c.Tick()) == [e.ConsultEnded(two.now, "k", "no_agents")]
