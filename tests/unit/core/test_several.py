"""One visit offered to several agents at once: the first to accept has it."""

from __future__ import annotations

import pytest

from qingting.core import commands as c
from qingting.core import events as e
from qingting.core.policy import Policy

from .centre import Centre, kinds, offered


@pytest.fixture
def three(centre: Centre) -> Centre:
    centre.queue("care", ring_s=10.0)
    centre.ask(c.PutPolicy("care", Policy(at_once=3)))
    for name in ("li", "wang", "zhao", "qian"):
        centre.agent(name, "care")
    return centre


def test_the_first_to_accept_has_it(three: Centre) -> None:
    assert offered(three.call("a", "care")) == [("v-a", "li"), ("v-a", "wang"), ("v-a", "zhao")]
    three.call("b", "care")
    three.call("c", "care")
    assert three.engine.waiting("care") == ["v-c"], "Qian rings for b"
    accepted, *lapsed = three.ask(c.Accept("v-a/2"))
    assert accepted == e.AssignmentAccepted(three.now, "v-a/2")
    assert lapsed == [e.AssignmentLapsed(three.now, f"v-a/{n}", "taken") for n in (1, 3)]
    assert three.refused(c.Accept("v-a/1")) == "assignment.wrong_state"
    withdrawn, offer = three.ask(c.Tick())
    assert withdrawn == e.AssignmentWithdrawn(three.now, "v-a/1", "taken")
    assert offered([offer]) == [("v-c", "li")], "freed capacity pulls at once"
    assert three.ask(c.Tick()) == [e.AssignmentWithdrawn(three.now, "v-a/3", "taken")]
    assert three.engine.state.visits["v-a"].assignment == "v-a/2"
    assert kinds(three.ask(c.Connected("v-a/2"))) == ["AssignmentConnected", "VisitAnswered"]


def test_who_declines_leaves_it_to_the_others(three: Centre) -> None:
    three.call("a", "care")
    assert kinds(three.ask(c.Decline("v-a/1"))) == ["AssignmentDeclined", "AgentSetAside"]
    assert kinds(three.ask(c.SetReachable("wang", "voice", False)))[-1] == "AgentSetAside"
    events = three.ask(c.Decline("v-a/3"))
    assert kinds(events) == ["AssignmentDeclined", "AgentSetAside", "VisitRequeued", "AssignmentOffered"]
    assert offered(events) == [("v-a", "qian")]


def test_nobody_answers(three: Centre) -> None:
    three.call("a", "care")
    assert kinds(three.deadline()) == ["AssignmentTimedOut", "AgentSetAside"]
    assert kinds(three.ask(c.Tick())) == ["AssignmentTimedOut", "AgentSetAside"]
    events = three.ask(c.Tick())
    assert kinds(events)[:3] == ["AssignmentTimedOut", "AgentSetAside", "VisitRequeued"]
    assert offered(events) == [("v-a", "qian")]


def test_the_customer_hangs_up_while_three_ring(three: Centre) -> None:
    three.call("a", "care")
    events = three.ask(c.ContactEnds("a", "customer"))
    assert kinds(events) == [
        "AssignmentWithdrawn",
        "AssignmentLapsed",
        "AssignmentLapsed",
        "VisitEnded",
        "ContactEnded",
    ]
    for _ in range(2):
        assert kinds(three.ask(c.Tick())) == ["AssignmentWithdrawn"]
    assert not three.engine.state.contacts
    assert not three.engine.state.assignments


def test_a_flow_takes_it_out_and_brings_it_elsewhere_at_once(three: Centre) -> None:
    three.queue("other")
    three.call("a", "care")
    three.ask(c.LeaveQueue("v-a", "flow"))
    three.ask(c.EnterQueue("a", "v-a2", "other"))
    for _ in range(2):
        three.ask(c.Tick())
    assert list(three.engine.state.visits) == ["v-a2"]
    assert three.engine.state.contacts["a"].visit == "v-a2"


def test_taken_but_not_joined_before_the_others_are_free(three: Centre) -> None:
    three.call("a", "care")
    three.ask(c.Accept("v-a/1"))
    events = three.ask(c.ConnectFails("v-a/1", "bridge"))
    assert offered(events) == [("v-a", "qian")]
    for _ in range(2):
        assert kinds(three.ask(c.Tick())) == ["AssignmentWithdrawn"]
    three.ask(c.Accept("v-a/4"))
    three.ask(c.Connected("v-a/4"))
    assert three.engine.state.visits["v-a"].beside == ()
