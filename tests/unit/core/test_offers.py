"""Offers that are not taken."""

from __future__ import annotations

import pytest

from qingting.core import commands as c
from qingting.core import events as e

from .centre import Centre, kinds, offered


def test_ring_no_answer_brings_the_visit_to_the_next_at_its_old_place(centre: Centre) -> None:
    centre.queue("care", ring_s=15.0)
    centre.agent("li", "care")
    centre.call("a", "care")
    arrived = centre.now
    centre.now += 3
    centre.call("b", "care")
    events = centre.deadline()
    assert events == [
        e.AssignmentTimedOut(arrived + 15, "v-a/1"),
        e.AgentSetAside(arrived + 15, "li", "ring_no_answer"),
        e.VisitRequeued(arrived + 15, "v-a", "ring_no_answer"),
    ]
    assert centre.engine.waiting("care") == ["v-a", "v-b"]
    assert centre.engine.routability("li") == "not_responding"
    assert centre.engine.next_deadline() is None
    centre.agent("wang", "care")
    assert [a.visit for a in centre.engine.open_assignments("wang")] == ["v-a"]
    assert offered(centre.ask(c.SetPresence("li", "available"))) == [("v-b", "li")]


@pytest.mark.parametrize(
    ("why", "aside"),
    [("agent", "declined"), ("busy", "declined"), ("unreachable", "unreachable"), ("failed", "unreachable")],
)
def test_declined(centre: Centre, why: str, aside: str) -> None:
    centre.queue("care")
    centre.agent("li", "care")
    centre.agent("wang", "care")
    centre.call("a", "care")
    declined, set_aside, requeued, offer = centre.ask(c.Decline("v-a/1", why))
    assert declined == e.AssignmentDeclined(centre.now, "v-a/1", why)
    assert set_aside == e.AgentSetAside(centre.now, "li", aside)
    assert requeued == e.VisitRequeued(centre.now, "v-a", aside)
    assert isinstance(offer, e.AssignmentOffered)
    assert (offer.assignment, offer.agent) == ("v-a/2", "wang")


def test_a_phone_that_goes_away_while_ringing(centre: Centre) -> None:
    centre.queue("care")
    centre.agent("li", "care")
    centre.agent("wang", "care")
    centre.call("a", "care")
    events = centre.ask(c.SetReachable("li", "voice", False))
    assert kinds(events) == [
        "ReachabilityChanged",
        "AssignmentDeclined",
        "AgentSetAside",
        "VisitRequeued",
        "AssignmentOffered",
    ]
    assert offered(events) == [("v-a", "wang")]
    assert centre.engine.routability("li") == "unreachable"
    centre.ask(c.SetReachable("li", "voice", True))
    assert centre.engine.routability("li") == "not_responding"


def test_a_phone_that_goes_away_while_talking_changes_nothing_else(centre: Centre) -> None:
    centre.queue("care")
    centre.agent("li", "care")
    centre.call("a", "care")
    centre.talk("a")
    assert kinds(centre.ask(c.SetReachable("li", "voice", False))) == ["ReachabilityChanged"]


def test_taken_but_not_joined(centre: Centre) -> None:
    centre.queue("care")
    centre.agent("li", "care")
    centre.call("a", "care")
    arrived = centre.now
    centre.ask(c.Accept("v-a/1"))
    centre.now += 1
    assert kinds(centre.ask(c.ConnectFails("v-a/1", "bridge"))) == [
        "AssignmentWithdrawn",
        "AgentSetAside",
        "VisitRequeued",
    ]
    assert centre.engine.state.visits["v-a"].since == arrived
    assert offered(centre.ask(c.SetPresence("li", "available"))) == [("v-a", "li")]


def test_an_agent_who_hangs_up_before_they_are_joined_does_not_end_the_call(centre: Centre) -> None:
    centre.queue("care")
    centre.agent("li", "care")
    centre.agent("wang", "care")
    centre.call("a", "care")
    centre.ask(c.Accept("v-a/1"))
    assert offered(centre.ask(c.AgentLeaves("v-a/1"))) == [("v-a", "wang")]


def test_flow_takes_a_ringing_visit_out_again(centre: Centre) -> None:
    centre.queue("care")
    centre.queue("sales")
    centre.agent("li", "care")
    centre.call("a", "care")
    centre.call("b", "care")
    events = centre.ask(c.LeaveQueue("v-a", "overflow"))
    assert kinds(events) == ["AssignmentWithdrawn", "VisitEnded", "AssignmentOffered"]
    assert offered(events) == [("v-b", "li")]
    centre.ask(c.EnterQueue("a", "v-a2", "sales"))
    assert centre.engine.place("v-a2") == 1
    assert centre.refused(c.LeaveQueue("v-a", "flow")) == "visit.unknown"
    centre.talk("b")
    assert centre.refused(c.LeaveQueue("v-b", "flow")) == "visit.wrong_state"


def test_no_offer_can_be_taken_twice(centre: Centre) -> None:
    centre.queue("care")
    centre.agent("li", "care")
    centre.call("a", "care")
    centre.ask(c.Accept("v-a/1"))
    assert centre.refused(c.Accept("v-a/1")) == "assignment.wrong_state"
    assert centre.refused(c.Decline("v-a/1")) == "assignment.wrong_state"
    assert centre.refused(c.Accept("v-a/2")) == "assignment.unknown"
    assert centre.refused(c.ConnectFails("v-x/1", "bridge")) == "assignment.unknown"
