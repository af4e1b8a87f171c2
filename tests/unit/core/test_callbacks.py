"""Customers who are called back, and messages taken when nobody is there."""

from __future__ import annotations

from typing import Any

import pytest

from qingting.core import commands as c
from qingting.core import events as e
from qingting.core.policy import Overflow, Policy

from .centre import Centre, kinds, offered


@pytest.fixture
def busy(centre: Centre) -> Centre:
    """Li talks; Anna waits, then Bo."""
    centre.queue("care", wrap_up_s=0, ring_s=10.0)
    centre.agent("li", "care")
    for name in ("x", "anna", "bo"):
        centre.call(name, "care")
        centre.now += 10
    centre.talk("x")
    return centre


def ask(centre: Centre, **more: Any) -> list[e.Event]:
    return centre.ask(c.RequestCallback("cb", "party-1", of="anna", **more))


def test_a_callback_keeps_its_place(busy: Centre) -> None:
    arrived = busy.engine.state.visits["v-anna"].since
    requested, over = ask(busy)
    assert isinstance(requested, e.CallbackRequested)
    assert (requested.queue, requested.since, requested.due) == ("care", arrived, busy.now)
    assert over == e.VisitEnded(busy.now, "v-anna", "flow_out", "callback")
    busy.ask(c.ContactEnds("anna", "customer"))
    events = busy.ask(c.Tick())
    assert kinds(events) == ["CallbackStarted", "ContactArrived", "VisitStarted"]
    assert busy.engine.waiting("care") == ["cb~1.v1", "v-bo"], "before Bo still"
    contact = busy.engine.state.contacts["cb~1"]
    assert (contact.direction, contact.party, contact.callback) == ("out", "party-1", "cb")
    assert offered(busy.ask(c.AgentLeaves("v-x/1"))) == [("cb~1.v1", "li")]
    busy.ask(c.Accept("cb~1.v1/1"))
    events = busy.ask(c.Connected("cb~1.v1/1"))
    assert kinds(events) == ["AssignmentConnected", "VisitAnswered", "CallbackEnded"]
    assert events[-1] == e.CallbackEnded(busy.now, "cb", "reached")
    assert kinds(busy.ask(c.AgentLeaves("cb~1.v1/1")))[:3] == ["VisitEnded", "AssignmentDone", "ContactEnded"]
    assert not busy.engine.state.callbacks


def test_nobody_answers_and_it_is_tried_again(busy: Centre) -> None:
    ask(busy, attempts=2, retry_s=60.0)
    busy.ask(c.Tick())
    busy.ask(c.AgentLeaves("v-x/1"))
    busy.ask(c.Accept("cb~1.v1/1"))
    events = busy.ask(c.ContactEnds("cb~1", "no_answer"))
    assert kinds(events) == [
        "VisitEnded",
        "AssignmentDone",
        "CallbackPostponed",
        "ContactEnded",
        "AssignmentOffered",
    ]
    assert offered(events) == [("v-bo", "li")]
    busy.talk("bo")
    postponed = busy.now
    events = busy.deadline()
    assert busy.now == postponed + 60
    assert [x.attempt for x in events if isinstance(x, e.CallbackStarted)] == [2]
    busy.ask(c.AgentLeaves("v-bo/1"))
    busy.ask(c.Accept("cb~2.v1/1"))
    events = busy.ask(c.ConnectFails("cb~2.v1/1", "busy"))
    assert kinds(events)[:3] == ["AssignmentWithdrawn", "VisitEnded", "CallbackEnded"]
    assert [x.outcome for x in events if isinstance(x, e.CallbackEnded)] == ["not_reached"]
    assert busy.engine.next_deadline() is None


def test_at_a_chosen_time_from_the_web(busy: Centre) -> None:
    at = busy.now + 7200
    (requested,) = busy.ask(c.RequestCallback("cb", "party-1", queue="care", at=at, expires_s=600.0))
    assert isinstance(requested, e.CallbackRequested)
    assert (requested.due, requested.expires) == (at, at + 600)
    assert busy.engine.next_deadline() == at
    events = busy.deadline()
    assert kinds(events) == ["CallbackStarted", "ContactArrived", "VisitStarted"]
    events = busy.deadline()
    assert busy.now == at + 600
    assert kinds(events) == ["CallbackEnded", "VisitEnded", "ContactEnded"]
    assert events[0] == e.CallbackEnded(busy.now, "cb", "expired")
    assert not busy.engine.state.callbacks


def test_the_customer_first(busy: Centre) -> None:
    ask(busy, first="customer")
    (started, *_) = busy.ask(c.Tick())
    assert started == e.CallbackStarted(busy.now, "cb", "cb~1", 1, "customer")
    busy.ask(c.AgentLeaves("v-x/1"))
    busy.ask(c.Accept("cb~1.v1/1"))
    assert kinds(busy.ask(c.CustomerAnswers("cb~1"))) == ["CustomerAnswered"]
    assert busy.ask(c.CustomerAnswers("cb~1")) == []
    events = busy.ask(c.ConnectFails("cb~1.v1/1", "agent_left"))
    assert "VisitRequeued" in kinds(events), "the customer is there, and waits for the next"
    assert busy.refused(c.CustomerAnswers("bo")) == "contact.not_called"


def test_one_person_is_called_back_once(busy: Centre) -> None:
    busy.ask(c.RequestCallback("cb", "party-1", key="digest", of="anna"))
    assert busy.refused(c.RequestCallback("cb2", "party-2", key="digest", of="bo")) == "callback.exists"
    assert busy.refused(c.RequestCallback("cb", "party-2", of="bo")) == "callback.exists"
    assert busy.engine.waiting("care") == ["v-bo"], "Bo waits on"
    busy.queue("sales")
    assert kinds(busy.ask(c.RequestCallback("cb3", "party-2", key="digest", queue="sales"))) == ["CallbackRequested"]


def test_what_makes_no_sense(busy: Centre) -> None:
    def refused(**more: Any) -> str:
        return busy.refused(c.RequestCallback("cb", **{"party": "p", "queue": "care", **more}))

    assert refused(party="") == "callback.no_number"
    assert refused(queue="nowhere") == "queue.unknown"
    assert refused(of="nobody") == "contact.unknown"
    assert refused(of="x") == "visit.wrong_state", "Li talks with them"
    assert refused(first="dog") == "callback.bad_value"
    assert refused(attempts=0) == "callback.bad_value"
    assert refused(at=busy.now + 90 * 86400) == "callback.bad_value"
    assert refused(key="x" * 65) == "callback.too_long"
    assert busy.refused(c.CancelCallback("cb")) == "callback.unknown"
    busy.ask(c.RequestCallback("cb", "p", queue="care"))
    busy.queue("empty")
    busy.ask(c.RequestCallback("cb-e", "p", queue="empty", at=busy.now + 5))
    assert busy.refused(c.RemoveQueue("empty")) == "queue.in_use"


def test_cancelled_before_its_turn_in_it_and_too_late(busy: Centre) -> None:
    ask(busy, at=busy.now + 60)
    assert busy.ask(c.CancelCallback("cb")) == [e.CallbackEnded(busy.now, "cb", "cancelled")]
    busy.ask(c.EnterQueue("anna", "v-anna2", "care"))
    ask(busy)
    busy.ask(c.Tick())
    assert kinds(busy.ask(c.CancelCallback("cb", "served"))) == ["CallbackEnded", "VisitEnded", "ContactEnded"]
    busy.ask(c.RequestCallback("cb", "party-1", queue="care", since=0.0))
    busy.ask(c.Tick())
    busy.ask(c.AgentLeaves("v-x/1"))
    busy.ask(c.Accept("cb~1.v1/1"))
    assert busy.refused(c.CancelCallback("cb")) == "callback.under_way"


def test_at_night_it_waits_for_the_morning(busy: Centre) -> None:
    busy.ask(c.PutPolicy("care", Policy(overflow=(Overflow("no_agents", to="message"),))))
    busy.ask(c.RequestCallback("cb", "p", queue="care", retry_s=3600.0))
    busy.ask(c.AgentLeaves("v-x/1"))
    busy.ask(c.Decline("v-anna/1"))
    busy.ask(c.SetPresence("li", "offline"))
    for _ in range(4):
        if busy.engine.next_deadline() == busy.now:
            busy.ask(c.Tick())
    assert busy.engine.state.callbacks["cb"].due == busy.now + 3600


def test_a_message_is_taken_and_closed(busy: Centre) -> None:
    taken = busy.ask(c.TakeMessage("m", "care", "party-1", "note-1", "anna", "refund"))
    assert taken == [e.MessageTaken(busy.now, "m", "care", "party-1", "note-1", "anna", "refund")]
    assert busy.refused(c.TakeMessage("m", "care", "p", "n")) == "message.exists"
    assert busy.refused(c.TakeMessage("m2", "nowhere", "p", "n")) == "queue.unknown"
    assert busy.ask(c.CloseMessage("m", "li", "answered")) == [e.MessageClosed(busy.now, "m", "li", "answered")]
    assert busy.refused(c.CloseMessage("m", "li", "answered")) == "message.unknown"


def test_one_person_at_a_time_sees_to_a_message(busy: Centre) -> None:
    busy.ask(c.TakeMessage("m", "care", "p", "n", recording="m"))
    claimed = busy.ask(c.ClaimMessage("m", "u-li", "li", 600.0))
    assert claimed == [e.MessageClaimed(busy.now, "m", "u-li", "li", busy.now + 600)]
    for command in (c.ClaimMessage("m", "u-wu"), c.ReleaseMessage("m", "u-wu"), c.CloseMessage("m", "u-wu", "spam")):
        assert busy.refused(command) == "message.claimed"
    assert busy.refused(c.ClaimMessage("m", "", over=True)) == "message.nobody"
    assert busy.refused(c.ClaimMessage("nothing", "u-li")) == "message.unknown"
    busy.ask(c.ClaimMessage("m", "u-wu", over=True))
    again = type(busy.engine).load(busy.engine.dump())
    assert (again.state.messages["m"].by, again.state.messages["m"].recording) == ("u-wu", "m")
    assert again.state.alarms.first() == busy.engine.state.alarms.first()
    assert busy.ask(c.ReleaseMessage("m", "u-wu")) == [e.MessageReleased(busy.now, "m", "u-wu", "released")]
    assert busy.ask(c.ReleaseMessage("m", "u-li")) == []
    assert busy.engine.next_deadline() is None


def test_who_has_a_message_too_long_or_goes_offline_has_it_no_more(busy: Centre) -> None:
    busy.ask(c.TakeMessage("m", "care", "p", "n"))
    busy.ask(c.ClaimMessage("m", "u-li", "li", 600.0))
    busy.now += 60
    busy.ask(c.ClaimMessage("m", "u-li", "li", 600.0))
    since = busy.now
    assert busy.deadline() == [e.MessageReleased(since + 600, "m", "u-li", "limit")]
    busy.ask(c.ClaimMessage("m", "u-li", "li", 600.0))
    busy.ask(c.SetPresence("li", "offline"))
    assert busy.ask(c.Tick()) == [], "li still talks"
    busy.ask(c.AgentLeaves("v-x/1"))
    assert busy.ask(c.Tick()) == [e.MessageReleased(busy.now, "m", "u-li", "offline")]
    busy.ask(c.CloseMessage("m", "u-wu", "answered"))
    assert busy.engine.next_deadline() is None


def test_callbacks_survive_a_snapshot(busy: Centre) -> None:
    ask(busy)
    busy.ask(c.Tick())
    busy.ask(c.TakeMessage("m", "care", "party-1", "note-1"))
    busy.ask(c.RequestCallback("later", "p", queue="care", at=busy.now + 500))
    again = type(busy.engine).load(busy.engine.dump())
    assert again.dump() == busy.engine.dump()
    assert again.state.alarms.first() == busy.engine.state.alarms.first()


def test_an_attempt_that_is_taken_out_of_the_queue_is_over(busy: Centre) -> None:
    ask(busy)
    busy.ask(c.Tick())
    events = busy.ask(c.LeaveQueue("cb~1.v1", "flow"))
    assert kinds(events) == ["VisitEnded", "CallbackPostponed", "ContactEnded"]
