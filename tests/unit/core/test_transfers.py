"""A contact that goes on: to a queue, to an agent, to the second line, outside, and back again."""

from __future__ import annotations

import pytest

from qingting.core import commands as c
from qingting.core import events as e

from .centre import Centre, kinds, offered

ANGRY = c.Notes("interpreter", "angry", "note-1")


@pytest.fixture
def busy(centre: Centre) -> Centre:
    """Li talks with Anna in `care`; Wang is an expert of the second line, out of work."""
    centre.queue("care", wrap_up_s=30.0)
    centre.queue("experts", wrap_up_s=0.0, second_line=True)
    centre.agent("li", "care")
    centre.agent("wang", "experts")
    centre.call("anna", "care")
    centre.talk("anna")
    centre.now += 60
    return centre


def moved(events: list[e.Event]) -> e.ContactTransferred:
    (found,) = [x for x in events if isinstance(x, e.ContactTransferred)]
    return found


def test_to_the_second_line_with_a_word_about_the_customer(busy: Centre) -> None:
    events = busy.ask(c.Transfer("v-anna/1", "v-2", "experts", notes=ANGRY))
    assert kinds(events) == [
        "ContactTransferred",
        "VisitEnded",
        "WrapUpStarted",
        "VisitStarted",
        "AssignmentOffered",
    ]
    how = moved(events)
    assert (how.visit, how.next, how.how, how.to, how.by, how.notes) == (
        "v-anna", "v-2", "blind", "second_line", "li", ANGRY,
    )  # fmt: skip
    assert events[1] == e.VisitEnded(busy.now, "v-anna", "answered", "transfer")
    started = events[3]
    assert isinstance(started, e.VisitStarted)
    assert started.since == busy.now - 60, "the first arrival is kept"
    assert offered(events) == [("v-2", "wang")]
    assert busy.engine.state.contacts["anna"].notes == ANGRY
    assert busy.engine.agent_state("li") == "wrap_up"
    busy.ask(c.Accept("v-2/1"))
    assert kinds(busy.ask(c.Connected("v-2/1"))) == ["AssignmentConnected", "VisitAnswered"]
    busy.ask(c.FinishWrapUp("v-anna/1"))
    assert list(busy.engine.state.visits) == ["v-2"], "the first visit is over, the contact is not"
    assert kinds(busy.ask(c.ContactEnds("anna", "customer"))) == ["VisitEnded", "AssignmentDone", "ContactEnded"]
    assert not busy.engine.state.contacts


def test_a_queue_without_wrap_up_sets_the_agent_free_by_the_next_deadline(centre: Centre) -> None:
    centre.queue("quick", wrap_up_s=0.0)
    centre.queue("other")
    centre.agent("li", "quick")
    centre.call("a", "quick")
    centre.talk("a")
    centre.call("b", "quick")
    events = centre.ask(c.Transfer("v-a/1", "v-a2", "other"))
    assert kinds(events) == ["ContactTransferred", "VisitEnded", "WrapUpStarted", "VisitStarted"]
    assert centre.engine.next_deadline() == centre.now
    done, offer = centre.ask(c.Tick())
    assert done == e.AssignmentDone(centre.now, "v-a/1", "none")
    assert isinstance(offer, e.AssignmentOffered)
    assert offer.visit == "v-b"


def test_to_an_agent_who_does_not_answer(busy: Centre) -> None:
    events = busy.ask(c.Transfer("v-anna/1", "v-2", agent="wang"))
    assert moved(events).to == "agent"
    assert offered(events) == [("v-2", "wang")], "though Wang serves another queue"
    assert kinds(busy.deadline()) == ["AssignmentTimedOut", "AgentSetAside", "VisitRequeued"]
    assert busy.engine.waiting("care") == ["v-2"]
    assert offered(busy.ask(c.FinishWrapUp("v-anna/1"))) == [("v-2", "li")]


def test_whom_one_cannot_transfer_to(busy: Centre) -> None:
    busy.agent("off", available=False)
    busy.agent("away", available=False)
    busy.ask(c.SetPresence("away", "not_ready", "system", "system"))
    busy.ask(c.SetReachable("away", "voice", False))
    busy.call("b", "experts")

    def refused(**more: str) -> str:
        return busy.refused(c.Transfer("v-anna/1", "v-2", **more))  # type: ignore[arg-type]

    assert refused(agent="nobody") == "agent.unknown"
    assert refused(agent="li") == "agent.self"
    assert refused(agent="off") == "agent.offline"
    assert refused(agent="away") == "agent.unreachable"
    assert refused(agent="wang") == "agent.busy"
    assert refused(queue="nowhere") == "queue.unknown"
    assert busy.refused(c.Transfer("v-anna/1", "v-anna", "experts")) == "visit.exists"
    busy.ask(c.PutQueue("experts", closed=True))
    assert refused(queue="experts") == "queue.closed"
    assert busy.refused(c.Transfer("v-anna/1", "v-2", notes=c.Notes(note="x" * 65))) == "notes.too_long"
    assert busy.refused(c.Transfer("v-b/1", "v-2")) == "assignment.wrong_state", "it rings only"
    busy.ask(c.SetPresence("wang", "offline"))
    busy.ask(c.ContactEnds("b", "customer"))


def test_an_own_call_is_in_no_queue(centre: Centre) -> None:
    centre.queue("care")
    centre.agent("li", "care")
    centre.ask(c.AgentDials("li", "out", "j", "v-out"))
    centre.ask(c.Connected("v-out/1"))
    assert centre.refused(c.Transfer("v-out/1", "v-2")) == "queue.needed"
    assert kinds(centre.ask(c.Transfer("v-out/1", "v-2", "care")))[-1] == "VisitStarted"
    centre.agent("wang", "care")
    centre.ask(c.Accept("v-2/1"))
    assert kinds(centre.ask(c.ConnectFails("v-2/1", "bridge"))) == [
        "AssignmentWithdrawn",
        "AgentSetAside",
        "VisitRequeued",
    ], "the customer is there, though it was we who called"
    assert busy_outcome(centre.ask(c.ContactEnds("out", "customer"))) == "abandoned"


def busy_outcome(events: list[e.Event]) -> str:
    (over,) = [x for x in events if isinstance(x, e.VisitEnded)]
    return over.outcome


def test_outside_and_answered(busy: Centre) -> None:
    events = busy.ask(c.TransferOutside("v-anna/1", "p1", "number-1"))
    assert kinds(events) == ["ContactTransferred", "VisitEnded", "WrapUpStarted", "PartyCalled"]
    assert moved(events).to == "outside"
    assert kinds(busy.ask(c.PartyAnswers("p1"))) == ["PartyAnswered", "PartyJoined"]
    assert busy.refused(c.PartyAnswers("p1")) == "party.wrong_state"
    busy.ask(c.FinishWrapUp("v-anna/1"))
    assert "anna" in busy.engine.state.contacts, "they still talk, though no agent does"
    assert busy.refused(c.EnterQueue("anna", "v-9", "care")) == "contact.in_queue"
    left, over = busy.ask(c.PartyEnds("p1"))
    assert left == e.PartyLeft(busy.now, "p1", "anna", "hangup")
    assert over == e.ContactEnded(busy.now, "anna", "outside")
    assert not busy.engine.state.contacts
    assert not busy.engine.state.parties


def test_outside_and_nobody_answers(busy: Centre) -> None:
    busy.ask(c.TransferOutside("v-anna/1", "p1", "number-1"))
    events = busy.ask(c.PartyEnds("p1", "no_answer"))
    assert kinds(events) == ["PartyLeft", "VisitStarted"]
    assert busy.engine.waiting("care") == ["v-anna~2"]
    assert busy.engine.state.visits["v-anna~2"].since == busy.now - 60
    assert busy.refused(c.PartyEnds("p1")) == "party.unknown"


def test_the_customer_hangs_up_while_it_rings_outside(busy: Centre) -> None:
    busy.ask(c.TransferOutside("v-anna/1", "p1", "number-1"))
    assert kinds(busy.ask(c.ContactEnds("anna", "customer"))) == ["PartyLeft", "ContactEnded"]
    busy.ask(c.FinishWrapUp("v-anna/1"))
    assert not busy.engine.state.contacts


def test_only_calls_go_outside(centre: Centre) -> None:
    centre.queue("care")
    centre.ask(c.PutAgent("li", ("care",), (), (("chat", 2),)))
    centre.ask(c.SetReachable("li", "chat", True))
    centre.ask(c.SetPresence("li", "available"))
    centre.ask(c.ContactArrives("a", "j", "chat"))
    centre.ask(c.EnterQueue("a", "v-a", "care"))
    centre.talk("a")
    assert centre.refused(c.TransferOutside("v-a/1", "p", "ref")) == "medium.no_parties"
