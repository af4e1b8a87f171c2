"""Asking a colleague while the customer waits on the line; talking all together; who leaves, and what then."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qingting.core import commands as c
from qingting.core import events as e

from .centre import Centre, kinds, offered

A, B = "v-anna/1", "k/1"


@pytest.fixture
def busy(centre: Centre) -> Centre:
    """Li talks with Anna; Wang is in the second line."""
    centre.queue("care", wrap_up_s=30.0)
    centre.queue("experts", wrap_up_s=20.0, second_line=True)
    centre.agent("li", "care")
    centre.agent("wang", "experts")
    centre.call("anna", "care")
    centre.talk("anna")
    return centre


def states(centre: Centre) -> tuple[str, ...]:
    found = centre.engine.state.assignments
    return tuple(found[id].state if id in found else "" for id in (A, B))


def consult(centre: Centre) -> Centre:
    """Wang has answered: Li talks with Wang, Anna hears music."""
    centre.ask(c.Consult(A, "k", "experts"))
    centre.ask(c.Accept(B))
    centre.ask(c.Connected(B))
    return centre


def confer(centre: Centre) -> Centre:
    consult(centre).ask(c.Join(A))
    return centre


def test_a_consult_and_back(busy: Centre) -> None:
    held, started, offer = busy.ask(c.Consult(A, "k", "experts", notes=c.Notes(mood="calm")))
    assert held == e.AssignmentHeld(busy.now, A)
    assert isinstance(started, e.ConsultStarted)
    assert (started.visit, started.contact, started.by, started.queue) == ("k", "anna", A, "experts")
    assert isinstance(offer, e.AssignmentOffered)
    assert (offer.assignment, offer.agent, offer.contact) == (B, "wang", "anna")
    busy.ask(c.Accept(B))
    assert kinds(busy.ask(c.Connected(B))) == ["AssignmentConnected", "ConsultAnswered"]
    assert states(busy) == ("held", "active")
    assert busy.ask(c.Swap(A)) == [e.AssignmentHeld(busy.now, B), e.AssignmentResumed(busy.now, A)]
    assert busy.ask(c.Swap(A)) == [e.AssignmentHeld(busy.now, A), e.AssignmentResumed(busy.now, B)]
    assert busy.refused(c.Resume(A)) == "contact.in_consult"
    assert busy.refused(c.Swap(B)) == "assignment.not_owner"
    assert busy.refused(c.Hold(B)) == "assignment.not_owner"
    events = busy.ask(c.EndConsult("k"))
    assert kinds(events) == ["ConsultEnded", "WrapUpStarted", "AssignmentResumed"]
    assert states(busy) == ("active", "wrap_up")
    assert busy.ask(c.Tick()) == [e.AssignmentDone(busy.now, B, "none")], "no wrap-up: Wang never spoke with Anna"
    assert busy.refused(c.EndConsult("k")) == "consult.unknown"
    assert busy.refused(c.Swap(A)) == "consult.unknown"
    assert list(busy.engine.state.visits) == ["v-anna"]


def test_the_owner_leaves_the_customer_to_the_consulted(busy: Centre) -> None:
    consult(busy)
    arrived = busy.engine.state.visits[busy.engine.state.assignments[A].visit].since
    events = busy.ask(c.CompleteTransfer(A, c.Notes(demand="refund")))
    assert kinds(events) == ["ContactTransferred", "VisitEnded", "WrapUpStarted", "VisitTakenOver"]
    moved = events[0]
    assert isinstance(moved, e.ContactTransferred)
    assert (moved.how, moved.to, moved.by, moved.agent) == ("consulted", "second_line", "li", "wang")
    assert events[-1] == e.VisitTakenOver(busy.now, "k", "anna", "experts", B, arrived)
    assert states(busy) == ("wrap_up", "active")
    assert busy.engine.state.contacts["anna"].visit == "k"
    busy.ask(c.FinishWrapUp(A))
    assert kinds(busy.ask(c.Hold(B))) == ["AssignmentHeld"], "Wang owns the contact now"
    events = busy.ask(c.ContactEnds("anna", "customer"))
    assert kinds(events) == ["VisitEnded", "WrapUpStarted", "ContactEnded"]
    busy.ask(c.FinishWrapUp(B))
    assert not busy.engine.state.contacts


def test_who_is_put_on_hold_is_with_the_customer_after_all(busy: Centre) -> None:
    consult(busy).ask(c.Swap(A))
    assert states(busy) == ("active", "held")
    busy.ask(c.CompleteTransfer(A))
    assert states(busy) == ("wrap_up", "active")


def test_hanging_up_in_a_consult_leaves_the_customer_to_the_consulted(busy: Centre) -> None:
    consult(busy)
    assert "VisitTakenOver" in kinds(busy.ask(c.AgentLeaves(A)))
    assert states(busy) == ("wrap_up", "active")


def test_hanging_up_while_it_rings_lets_the_customer_wait_there(busy: Centre) -> None:
    arrived = busy.engine.state.visits[busy.engine.state.assignments[A].visit].since
    busy.ask(c.Consult(A, "k", "experts"))
    events = busy.ask(c.AgentLeaves(A, "lost"))
    assert [x.how for x in events if isinstance(x, e.ContactTransferred)] == ["blind"]
    assert busy.engine.state.contacts["anna"].visit == "k"
    assert kinds(busy.deadline()) == ["AssignmentTimedOut", "AgentSetAside", "VisitRequeued"]
    assert busy.engine.waiting("experts") == ["k"]
    assert busy.engine.state.visits["k"].since == arrived, "at the place of the customer's first arrival"
    assert offered(busy.ask(c.SetPresence("wang", "available"))) == [("k", "wang")]
    busy.ask(c.Accept("k/2"))
    assert kinds(busy.ask(c.Connected("k/2"))) == ["AssignmentConnected", "VisitAnswered"]


def test_hanging_up_while_the_consult_waits_in_its_queue(busy: Centre) -> None:
    busy.ask(c.SetPresence("wang", "offline"))
    busy.ask(c.Consult(A, "k", "experts"))
    assert busy.engine.place("k") == 1
    busy.ask(c.CompleteTransfer(A))
    assert busy.engine.place("k") == 1
    assert kinds(busy.ask(c.ContactEnds("anna", "customer"))) == ["VisitEnded", "ContactEnded"]


def test_a_conference_and_who_leaves_it(busy: Centre) -> None:
    consult(busy)
    assert busy.ask(c.Join(A)) == [e.AssignmentResumed(busy.now, A), e.ConsultJoined(busy.now, "k", B)]
    assert states(busy) == ("active", "joined")
    assert busy.engine.agent_state("wang") == "talking"
    assert busy.refused(c.Join(A)) == "consult.unknown"
    events = busy.ask(c.AgentLeaves(B))
    assert kinds(events) == ["ConsultEnded", "WrapUpStarted"], (
        "Wang spoke with Anna: there is something to write down"
    )
    assert states(busy) == ("active", "wrap_up")


def test_the_owner_leaves_a_conference_and_the_others_go_on(busy: Centre) -> None:
    confer(busy)
    events = busy.ask(c.AgentLeaves(A))
    assert kinds(events) == ["ContactTransferred", "VisitEnded", "WrapUpStarted", "VisitTakenOver"]
    assert [x.how for x in events if isinstance(x, e.ContactTransferred)] == ["conference"]
    assert kinds(busy.ask(c.AgentLeaves(B))) == ["VisitEnded", "WrapUpStarted", "ContactEnded"]


def test_the_owner_sends_a_member_away(busy: Centre) -> None:
    confer(busy)
    assert kinds(busy.ask(c.EndConsult("k"))) == ["ConsultEnded", "WrapUpStarted"]
    assert busy.engine.state.assignments[B].until == busy.now + 20


def test_a_third_agent_joins(busy: Centre) -> None:
    busy.agent("zhao")
    confer(busy)
    busy.ask(c.Consult(A, "k2", agent="zhao"))
    assert busy.refused(c.Consult(A, "k3", "experts")) == "contact.in_consult"
    busy.ask(c.Accept("k2/1"))
    busy.ask(c.Connected("k2/1"))
    busy.ask(c.Join(A))
    events = busy.ask(c.AgentLeaves(A))
    assert [x.visit for x in events if isinstance(x, e.VisitTakenOver)] == ["k"], "who joined first"
    busy.ask(c.AgentLeaves(B))
    assert busy.engine.state.contacts["anna"].visit == "k2"
    assert kinds(busy.ask(c.ContactEnds("anna", "customer"))) == ["VisitEnded", "WrapUpStarted", "ContactEnded"]


def test_the_owner_of_a_conference_hangs_up_while_another_is_rung(busy: Centre) -> None:
    busy.agent("zhao")
    confer(busy)
    busy.ask(c.Consult(A, "k2", agent="zhao"))
    events = busy.ask(c.AgentLeaves(A))
    assert [(x.visit, x.why) for x in events if isinstance(x, e.ConsultEnded)] == [("k2", "owner_left")]
    assert busy.ask(c.Tick()) == [e.AssignmentWithdrawn(busy.now, "k2/1", "owner_left")]


def test_the_customer_hangs_up_in_a_consult(busy: Centre) -> None:
    consult(busy)
    events = busy.ask(c.ContactEnds("anna", "customer"))
    assert kinds(events) == ["VisitEnded", "WrapUpStarted", "ConsultEnded", "WrapUpStarted", "ContactEnded"]
    assert busy.ask(c.Tick()) == [e.AssignmentDone(busy.now, B, "none")]
    busy.ask(c.FinishWrapUp(A))
    assert not busy.engine.state.contacts


def test_the_customer_hangs_up_while_the_consult_rings(busy: Centre) -> None:
    busy.ask(c.Consult(A, "k", "experts"))
    events = busy.ask(c.ContactEnds("anna", "customer"))
    assert [x.why for x in events if isinstance(x, e.AssignmentLapsed)] == ["customer_left"]
    assert busy.refused(c.Accept(B)) == "assignment.wrong_state"
    assert busy.ask(c.Tick()) == [e.AssignmentWithdrawn(busy.now, B, "customer_left")]


def no_answer(centre: Centre) -> list[e.Event]:
    return centre.deadline()


def decline(centre: Centre) -> list[e.Event]:
    return centre.ask(c.Decline(B))


def phone_lost(centre: Centre) -> list[e.Event]:
    return centre.ask(c.SetReachable("wang", "voice", False))


@pytest.mark.parametrize("how", [no_answer, decline, phone_lost])
def test_nobody_takes_the_consult(busy: Centre, how: Callable[[Centre], list[e.Event]]) -> None:
    """Asked through a queue it waits on; asked straight it is over. The customer stays on hold either way."""
    busy.ask(c.Consult(A, "k", "experts"))
    assert kinds(how(busy))[-2:] == ["AgentSetAside", "ConsultRequeued"] or how is phone_lost
    assert busy.engine.waiting("experts") == ["k"]
    busy.ask(c.EndConsult("k"))
    busy.ask(c.SetReachable("wang", "voice", True))
    busy.ask(c.SetPresence("wang", "available"))
    busy.ask(c.Consult(A, "k", agent="wang"))
    events = how(busy)
    assert kinds(events)[-1] == "ConsultEnded"
    assert states(busy) == ("held", "")
    assert kinds(busy.ask(c.Resume(A))) == ["AssignmentResumed"]


def test_who_is_left_to_a_consult_that_waits_is_there_at_their_first_arrival(centre: Centre) -> None:
    """As if they had been sent on at once; what their whole wait relaxes may bring somebody in the same decision."""
    centre.queue("care", wrap_up_s=30.0)
    relaxed = (c.Relaxation(60.0, (("pc", 1),)), c.Relaxation(600.0, (("pc", 0),)))
    centre.queue("experts", requires=(("pc", 3),), relax=relaxed)
    centre.agent("li", "care")
    centre.agent("wang", "experts", pc=3)
    centre.call("anna", "care")
    centre.talk("anna")
    centre.call("chris", "experts")
    centre.talk("chris")
    centre.now += 10
    centre.call("bob", "experts")
    centre.now += 10
    centre.ask(c.Consult(A, "k", "experts"))
    assert centre.engine.waiting("experts") == ["v-bob", "k"], "the colleague asks as any other"
    taken = centre.ask(c.CompleteTransfer(A))[-1]
    assert taken == e.VisitTakenOver(centre.now, "k", "anna", "experts", "", 1000.0)
    assert centre.engine.waiting("experts") == ["k", "v-bob"], "Anna was there before Bob"

    centre.ask(c.FinishWrapUp(A))
    centre.call("dora", "care")
    dora = centre.talk("dora")
    centre.now += 100
    centre.ask(c.Tick())
    centre.ask(c.ContactEnds("anna", "customer"))
    centre.ask(c.ContactEnds("bob", "customer"))
    centre.ask(c.Consult(dora, "k2", "experts"))
    centre.agent("chen", "experts", pc=1)
    assert centre.engine.waiting("experts") == ["k2"], "nobody at ease, and the consult has not waited for a minute"
    events = centre.ask(c.CompleteTransfer(dora))
    assert offered(events) == [("k2", "chen")], "Dora has"


def test_a_colleague_who_did_not_answer_a_colleague_gets_contacts_still(busy: Centre) -> None:
    busy.ask(c.Consult(A, "k", agent="wang"))
    busy.call("b", "experts")
    events = busy.deadline()
    assert kinds(events) == ["AssignmentTimedOut", "ConsultEnded", "AssignmentOffered"]
    assert offered(events) == [("v-b", "wang")]


def test_the_owner_goes_back_to_the_customer_while_it_rings(busy: Centre) -> None:
    busy.ask(c.Consult(A, "k", "experts"))
    busy.ask(c.Resume(A))
    busy.ask(c.Accept(B))
    events = busy.ask(c.Connected(B))
    assert kinds(events) == ["AssignmentConnected", "ConsultAnswered", "AssignmentHeld"]
    assert states(busy) == ("active", "held")
    assert busy.refused(c.Hold(A)) == "contact.in_consult"


def test_the_consulted_is_lost_before_they_are_joined(busy: Centre) -> None:
    busy.ask(c.Consult(A, "k", "experts"))
    busy.ask(c.Accept(B))
    events = busy.ask(c.ConnectFails(B, "bridge"))
    assert kinds(events) == ["AssignmentWithdrawn", "AgentSetAside", "ConsultRequeued"]


def test_what_makes_no_sense(busy: Centre) -> None:
    assert busy.refused(c.Consult(A, "k")) == "consult.bad_target"
    assert busy.refused(c.Consult(A, "k", "experts", "wang")) == "consult.bad_target"
    assert busy.refused(c.Consult(A, "v-anna", "experts")) == "visit.exists"
    assert busy.refused(c.Consult(A, "k", agent="li")) == "agent.self"
    assert busy.refused(c.CompleteTransfer(A)) == "contact.no_consult"
    busy.ask(c.Consult(A, "k", "experts"))
    assert busy.refused(c.Swap(A)) == "consult.not_answered"
    assert busy.refused(c.Join(A)) == "consult.not_answered"
    assert busy.refused(c.Transfer(A, "v-2", "experts")) == "contact.in_consult"
    assert busy.refused(c.LeaveQueue("k", "flow")) == "visit.unknown"
    busy.ask(c.Accept(B))
    busy.ask(c.Connected(B))
    assert busy.refused(c.Consult(B, "k2", "care")) == "assignment.not_owner"


def test_somebody_outside_is_asked_and_joins(busy: Centre) -> None:
    held, called = busy.ask(c.ConsultOutside(A, "p", "number-1"))
    assert held == e.AssignmentHeld(busy.now, A)
    assert isinstance(called, e.PartyCalled)
    assert (called.party, called.by, called.ref, called.how) == ("p", A, "number-1", "consult")
    assert kinds(busy.ask(c.PartyAnswers("p"))) == ["PartyAnswered"]
    assert busy.ask(c.Swap(A)) == [e.PartyHeld(busy.now, "p", "anna"), e.AssignmentResumed(busy.now, A)]
    assert busy.ask(c.Swap(A)) == [e.AssignmentHeld(busy.now, A), e.PartyResumed(busy.now, "p", "anna")]
    assert busy.ask(c.Join(A)) == [e.AssignmentResumed(busy.now, A), e.PartyJoined(busy.now, "p", "anna")]
    assert kinds(busy.ask(c.PartyEnds("p"))) == ["PartyLeft"]
    assert states(busy) == ("active", "")
    assert busy.refused(c.ConsultOutside(A, "p", "")) == "party.no_number"


def test_the_customer_is_left_to_somebody_outside(busy: Centre) -> None:
    busy.ask(c.ConsultOutside(A, "p", "number-1"))
    busy.ask(c.PartyAnswers("p"))
    events = busy.ask(c.CompleteTransfer(A))
    assert kinds(events) == ["ContactTransferred", "VisitEnded", "WrapUpStarted", "PartyJoined"]
    assert [(x.how, x.to) for x in events if isinstance(x, e.ContactTransferred)] == [("consulted", "outside")]
    assert kinds(busy.ask(c.PartyEnds("p"))) == ["PartyLeft", "ContactEnded"]


def test_hanging_up_while_somebody_outside_is_rung(busy: Centre) -> None:
    busy.ask(c.ConsultOutside(A, "p", "number-1"))
    busy.ask(c.AgentLeaves(A))
    assert kinds(busy.ask(c.PartyEnds("p", "busy"))) == ["PartyLeft", "VisitStarted"]
    assert busy.engine.waiting("care") == ["v-anna~2"]


def test_a_party_is_sent_away(busy: Centre) -> None:
    busy.ask(c.ConsultOutside(A, "p", "number-1"))
    assert kinds(busy.ask(c.EndConsult("p"))) == ["PartyLeft", "AssignmentResumed"]
    busy.ask(c.ConsultOutside(A, "p", "number-1"))
    busy.ask(c.Resume(A))
    assert kinds(busy.ask(c.PartyAnswers("p"))) == ["PartyAnswered", "PartyHeld"]


def test_everything_survives_a_snapshot(busy: Centre) -> None:
    confer(busy).ask(c.ConsultOutside(A, "p", "number-1"))
    again = type(busy.engine).load(busy.engine.dump())
    assert again.dump() == busy.engine.dump()
    (anna,) = again.state.contacts.values()
    assert (anna.consults, anna.parties, anna.visits) == (("k",), ("p",), 2)
