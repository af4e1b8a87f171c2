"""What a queue does about offers that are not taken, and about agents who are lost."""

from __future__ import annotations

import pytest

from qingting.core import commands as c
from qingting.core import events as e
from qingting.core.policy import Overflow, Policy

from .centre import Centre, kinds, offered


def chatting(centre: Centre, **policy: float) -> None:
    """Li chats with Anna and Bo in `care`."""
    centre.queue("care")
    centre.ask(c.PutPolicy("care", Policy(**policy)))  # type: ignore[arg-type]
    centre.ask(c.PutAgent("li", ("care",), (), (("chat", 2),)))
    centre.ask(c.SetReachable("li", "chat", True))
    centre.ask(c.SetPresence("li", "available"))
    for name in ("anna", "bo"):
        centre.ask(c.ContactArrives(name, "j", "chat"))
        centre.ask(c.EnterQueue(name, f"v-{name}", "care"))
        centre.talk(name)


# --- not taken -------------------------------------------------------------------------------------------


def test_set_aside_only_after_two_misses(centre: Centre) -> None:
    centre.queue("care", ring_s=10.0)
    centre.ask(c.PutPolicy("care", Policy(misses=2)))
    centre.agent("li", "care")
    centre.call("a", "care")
    _, aside, _ = centre.deadline()
    assert aside == e.AgentSetAside(centre.now, "li", "ring_no_answer", centre.now), "no time at all"
    returned, offer = centre.ask(c.Tick())
    assert returned == e.AgentReturned(centre.now, "li")
    assert offered([offer]) == [("v-a", "li")]
    assert e.AgentSetAside(centre.now + 10, "li", "ring_no_answer") in centre.deadline()
    assert centre.engine.next_deadline() is None


def test_a_penalty_and_back_by_itself(centre: Centre) -> None:
    centre.queue("care", ring_s=10.0)
    centre.ask(c.PutPolicy("care", Policy(misses=0, penalty_s=30.0)))
    centre.agent("li", "care")
    centre.call("a", "care")
    centre.deadline()
    assert centre.engine.routability("li") == "not_responding"
    missed = centre.now
    assert offered(centre.deadline()) == [("v-a", "li")]
    assert centre.now == missed + 30
    centre.deadline()
    assert offered(centre.ask(c.SetPresence("li", "available"))) == [("v-a", "li")], "saying so is enough as well"
    assert centre.engine.next_deadline() == centre.now + 10


def test_an_answer_makes_good(centre: Centre) -> None:
    centre.queue("care", wrap_up_s=0)
    centre.ask(c.PutPolicy("care", Policy(misses=2)))
    centre.agent("li", "care")
    centre.call("a", "care")
    centre.deadline()
    centre.ask(c.Tick())
    centre.ask(c.Accept("v-a/2"))
    centre.ask(c.ContactEnds("a", "customer"))
    centre.call("b", "care")
    (_, aside, _) = centre.deadline()
    assert isinstance(aside, e.AgentSetAside)
    assert aside.until == centre.now, "the first miss again"


def test_a_decline_is_no_miss(centre: Centre) -> None:
    centre.queue("care")
    centre.ask(c.PutPolicy("care", Policy(misses=2)))
    centre.agent("li", "care")
    centre.call("a", "care")
    assert centre.ask(c.Decline("v-a/1"))[1] == e.AgentSetAside(centre.now, "li", "declined")


@pytest.mark.parametrize("whose", ["queue", "agent"])
def test_auto_answer_is_said_with_the_offer(centre: Centre, whose: str) -> None:
    centre.queue("care")
    centre.agent("li", "care")
    if whose == "queue":
        centre.ask(c.PutPolicy("care", Policy(auto_answer=True)))
    else:
        profile = c.PutProfile("li", team="red", auto_answer=True)
        assert kinds(centre.ask(profile)) == ["ProfilePut"]
        assert centre.ask(profile) == []
    *_, offer = centre.call("a", "care")
    assert isinstance(offer, e.AssignmentOffered)
    assert offer.auto


# --- lost ------------------------------------------------------------------------------------------------


def test_a_broken_call_waits_again_at_its_first_arrival(centre: Centre) -> None:
    centre.queue("care", wrap_up_s=0)
    centre.ask(c.PutPolicy("care", Policy(requeue_lost=True)))
    centre.agent("li", "care")
    centre.call("anna", "care")
    arrived = centre.now
    centre.talk("anna")
    centre.now += 50
    events = centre.ask(c.AgentLeaves("v-anna/1", "lost"))
    assert kinds(events) == ["ContactTransferred", "VisitEnded", "WrapUpStarted", "VisitStarted"]
    assert events[1] == e.VisitEnded(centre.now, "v-anna", "answered", "agent_lost")
    assert centre.engine.state.visits["v-anna~2"].since == arrived
    assert offered(centre.ask(c.Tick())) == [("v-anna~2", "li")], "they are there again"
    centre.ask(c.Accept("v-anna~2/1"))
    centre.ask(c.Connected("v-anna~2/1"))
    centre.ask(c.AgentLeaves("v-anna~2/1", "lost"))
    assert centre.engine.waiting("care") == ["v-anna~3"]


def test_hanging_up_is_not_being_lost(centre: Centre) -> None:
    centre.queue("care")
    centre.ask(c.PutPolicy("care", Policy(requeue_lost=True)))
    centre.agent("li", "care")
    centre.call("anna", "care")
    centre.talk("anna")
    assert kinds(centre.ask(c.AgentLeaves("v-anna/1"))) == ["VisitEnded", "WrapUpStarted", "ContactEnded"]


def test_chats_of_an_agent_who_comes_back_in_time(centre: Centre) -> None:
    chatting(centre, grace_s=20.0)
    lost = centre.ask(c.SetReachable("li", "chat", False))
    assert [(x.assignment, x.until) for x in lost if isinstance(x, e.ConnectionLost)] == [
        ("v-anna/1", centre.now + 20),
        ("v-bo/1", centre.now + 20),
    ]
    centre.now += 19
    assert kinds(centre.ask(c.SetReachable("li", "chat", True))) == [
        "ReachabilityChanged",
        "ConnectionBack",
        "ConnectionBack",
    ]
    assert centre.engine.next_deadline() is None


def test_chats_of_an_agent_who_does_not_come_back(centre: Centre) -> None:
    chatting(centre, grace_s=20.0)
    centre.ask(c.PutAgent("wang", ("care",), (), (("chat", 1),)))
    centre.ask(c.SetReachable("wang", "chat", True))
    centre.ask(c.SetPresence("wang", "available"))
    centre.ask(c.SetReachable("li", "chat", False))
    events = centre.deadline()
    assert kinds(events) == [
        "ContactTransferred",
        "VisitEnded",
        "WrapUpStarted",
        "VisitStarted",
        "AssignmentOffered",
    ]
    assert offered(events) == [("v-anna~2", "wang")]
    events = centre.ask(c.Tick())
    assert events == [e.AssignmentDone(centre.now, "v-anna/1", "none")]
    assert kinds(centre.ask(c.Tick()))[-1] == "VisitStarted"
    centre.ask(c.Tick())
    assert centre.engine.waiting("care") == ["v-bo~2"]
    assert centre.engine.open_assignments("li") == []
    assert offered(centre.ask(c.SetReachable("li", "chat", True))) == [("v-bo~2", "li")]


def test_a_chat_that_ends_in_the_grace_time(centre: Centre) -> None:
    chatting(centre)
    centre.ask(c.SetReachable("li", "chat", False))
    centre.ask(c.ContactEnds("anna", "customer"))
    centre.ask(c.ContactEnds("bo", "customer"))
    assert centre.deadline() == [e.AssignmentDone(centre.now, "v-anna/1", "limit")]
    assert centre.ask(c.Tick()) == [e.AssignmentDone(centre.now, "v-bo/1", "limit")]
    assert centre.engine.next_deadline() is None


# --- the agent's side ------------------------------------------------------------------------------------


def test_wrap_up_is_extended_once(centre: Centre) -> None:
    centre.queue("care", wrap_up_s=30.0)
    centre.agent("li", "care")
    centre.call("a", "care")
    centre.talk("a")
    assert centre.refused(c.ExtendWrapUp("v-a/1")) == "assignment.wrong_state"
    centre.ask(c.ContactEnds("a", "customer"))
    assert centre.refused(c.ExtendWrapUp("v-a/1")) == "wrap_up.not_allowed"
    centre.ask(c.PutPolicy("care", Policy(extend_wrap_up_s=60.0)))
    ended = centre.now
    centre.now += 10
    assert centre.ask(c.ExtendWrapUp("v-a/1")) == [e.WrapUpExtended(centre.now, "v-a/1", ended + 90)]
    assert centre.refused(c.ExtendWrapUp("v-a/1")) == "wrap_up.extended"
    centre.deadline()
    assert centre.now == ended + 90


def test_a_supervisor_sends_an_agent_away_and_what_rings_goes_to_others(centre: Centre) -> None:
    centre.queue("care")
    centre.ask(c.PutReason("training"))
    centre.agent("li", "care")
    centre.agent("wang", "care")
    centre.call("a", "care")
    forced = c.SetPresence("li", "not_ready", "training", "boss", force=True)
    assert centre.refused(forced._replace(by="")) == "presence.not_supervisor"
    events = centre.ask(forced)
    assert kinds(events) == ["AssignmentDeclined", "PresenceChanged", "VisitRequeued", "AssignmentOffered"]
    assert offered(events) == [("v-a", "wang")]
    assert centre.ask(forced) == []


def test_a_supervisor_waits_for_the_end_of_a_conversation(centre: Centre) -> None:
    centre.queue("care", wrap_up_s=0)
    centre.agent("li", "care")
    centre.call("a", "care")
    centre.talk("a")
    forced = c.SetPresence("li", "offline", by="boss", force=True)
    assert centre.ask(forced) == [e.PresenceRequested(centre.now, "li", "offline", "", "boss")]
    assert centre.ask(forced) == []
    assert kinds(centre.ask(c.ContactEnds("a", "customer")))[-1] == "PresenceChanged"


# --- configuration ---------------------------------------------------------------------------------------


def test_overflow_that_goes_round_is_refused(centre: Centre) -> None:
    for queue in ("a", "b", "c"):
        centre.queue(queue)
    centre.ask(c.PutPolicy("a", Policy(overflow=(Overflow("closed", to="queue", target="b"),))))
    centre.ask(c.PutPolicy("b", Policy(overflow=(Overflow("size", 10, "site", "c"),))))

    def refused(*rules: Overflow) -> str:
        return centre.refused(c.PutPolicy("c", Policy(overflow=rules)))

    assert refused(Overflow("waited", 60, "queue", "a")) == "configuration.overflow_loop"
    assert refused(Overflow("waited", 60, "queue", "c")) == "configuration.overflow_loop"
    assert refused(Overflow("waited", 60, "queue", "nowhere")) == "queue.unknown"
    assert refused(Overflow("rains")) == "configuration.bad_overflow"
    assert refused(Overflow("closed", to="moon")) == "configuration.bad_overflow"
    assert refused(Overflow("closed", 3.0, to="message")) == "queue.bad_value"
    assert refused(*[Overflow("closed", to="message")] * 17) == "configuration.too_many_rules"
    assert kinds(centre.ask(c.PutPolicy("c", Policy(overflow=(Overflow("closed", to="message"),))))) == ["PolicyPut"]
    assert centre.refused(c.RemoveQueue("b")) == "queue.in_use"
    assert centre.refused(c.PutPolicy("a", Policy(at_once=0))) == "queue.bad_value"
    assert centre.refused(c.PutPolicy("x", Policy())) == "queue.unknown"


def test_policies_survive_a_snapshot(centre: Centre) -> None:
    chatting(centre, misses=3, penalty_s=5.0)
    centre.ask(c.SetReachable("li", "chat", False))
    again = type(centre.engine).load(centre.engine.dump())
    assert again.dump() == centre.engine.dump()
    assert again.next_deadline() == centre.engine.next_deadline()
