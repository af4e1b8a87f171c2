"""What agents choose, and their own calls."""

from __future__ import annotations

from qingting.core import commands as c
from qingting.core import events as e

from .centre import Centre, kinds, offered


def test_not_ready_needs_a_reason_that_exists(centre: Centre) -> None:
    centre.agent("li")
    centre.ask(c.PutReason("break"))
    centre.ask(c.PutReason("smoke", retired=True))
    assert centre.refused(c.SetPresence("li", "not_ready")) == "reason.needed"
    assert centre.refused(c.SetPresence("li", "not_ready", "nap")) == "reason.unknown"
    assert centre.refused(c.SetPresence("li", "not_ready", "smoke")) == "reason.retired"
    assert centre.refused(c.SetPresence("li", "not_ready", "system")) == "reason.fixed", "not a person's to give"
    assert centre.refused(c.SetPresence("li", "asleep")) == "presence.unknown"
    assert centre.refused(c.SetPresence("wang", "available")) == "agent.unknown"
    assert centre.refused(c.PutReason("system")) == "reason.fixed"
    change = e.PresenceChanged(centre.now, "li", "not_ready", "break", "boss")
    assert centre.ask(c.SetPresence("li", "not_ready", "break", by="boss")) == [change]
    assert centre.ask(c.SetPresence("li", "not_ready", "break")) == []
    assert centre.engine.routability("li") == "not_ready"
    assert kinds(centre.ask(c.SetPresence("li", "not_ready", "system", "system"))) == ["PresenceChanged"]


def test_a_new_agent_is_offline_and_out_of_reach(centre: Centre) -> None:
    centre.queue("care")
    centre.call("a", "care")
    centre.ask(c.PutAgent("li", ("care",)))
    assert centre.engine.routability("li") == "offline"
    assert kinds(centre.ask(c.SetPresence("li", "available"))) == ["PresenceChanged"]
    assert centre.engine.routability("li") == "unreachable"
    assert offered(centre.ask(c.SetReachable("li", "voice", True))) == [("v-a", "li")]
    assert centre.engine.routability("li") == "busy"


def test_draining(centre: Centre) -> None:
    centre.queue("care")
    centre.agent("li", "care")
    centre.ask(c.PutReason("break"))
    centre.call("a", "care")
    centre.talk("a")
    assert kinds(centre.ask(c.SetPresence("li", "not_ready", "break"))) == ["PresenceRequested"]
    assert centre.ask(c.SetPresence("li", "not_ready", "break")) == []
    assert centre.engine.routability("li") == "draining"
    centre.call("b", "care")
    centre.ask(c.ContactEnds("a", "customer"))
    done, change = centre.ask(c.FinishWrapUp("v-a/1"))
    assert isinstance(done, e.AssignmentDone)
    assert change == e.PresenceChanged(centre.now, "li", "not_ready", "break", "")
    assert centre.engine.place("v-b") == 1


def test_a_request_can_be_taken_back(centre: Centre) -> None:
    centre.queue("care")
    centre.agent("li", "care")
    centre.call("a", "care")
    centre.talk("a")
    centre.ask(c.SetPresence("li", "offline"))
    assert centre.ask(c.SetPresence("li", "available")) == [
        e.PresenceRequested(centre.now, "li", "available", "", "")
    ]
    assert centre.engine.routability("li") == "busy"
    centre.ask(c.ContactEnds("a", "customer"))
    assert kinds(centre.ask(c.FinishWrapUp("v-a/1"))) == ["AssignmentDone"]
    assert centre.engine.routability("li") == "routable"


def test_who_is_leaving_and_does_not_answer_leaves(centre: Centre) -> None:
    centre.queue("care")
    centre.agent("li", "care")
    centre.call("a", "care")
    centre.ask(c.SetPresence("li", "offline"))
    assert kinds(centre.deadline()) == ["AssignmentTimedOut", "PresenceChanged", "VisitRequeued"]
    assert centre.engine.routability("li") == "offline"


def test_an_agents_own_call(centre: Centre) -> None:
    centre.queue("care")
    centre.agent("li", "care", available=False)
    assert centre.refused(c.AgentDials("li", "out", "j", "v-out")) == "agent.offline"
    centre.ask(c.SetPresence("li", "not_ready", "system", "system"))
    arrived, started, offer, accepted = centre.ask(c.AgentDials("li", "out", "j", "v-out", wrap_up_s=12.0))
    assert isinstance(arrived, e.ContactArrived)
    assert arrived.direction == "out"
    assert isinstance(started, e.VisitStarted)
    assert started.queue == ""
    assert isinstance(offer, e.AssignmentOffered)
    assert offer.until == 0
    assert accepted == e.AssignmentAccepted(centre.now, "v-out/1")
    assert centre.engine.next_deadline() is None, "it rings as long as it rings"
    assert centre.refused(c.AgentDials("li", "two", "j", "v-two")) == "agent.busy"
    centre.ask(c.Connected("v-out/1"))
    centre.ask(c.AgentLeaves("v-out/1"))
    assert centre.engine.next_deadline() == centre.now + 12
    assert kinds(centre.ask(c.FinishWrapUp("v-out/1"))) == ["AssignmentDone"]
    assert not centre.engine.state.visits
    centre.ask(c.SetReachable("li", "voice", False))
    assert centre.refused(c.AgentDials("li", "three", "j", "v-three")) == "agent.unreachable"


def test_an_own_call_that_nobody_takes(centre: Centre) -> None:
    centre.queue("care")
    centre.agent("li", "care")
    centre.ask(c.AgentDials("li", "out", "j", "v-out"))
    centre.call("a", "care")
    events = centre.ask(c.ConnectFails("v-out/1", "busy"))
    assert kinds(events) == ["AssignmentWithdrawn", "VisitEnded", "ContactEnded", "AssignmentOffered"]
    assert offered(events) == [("v-a", "li")]
    centre.ask(c.ContactEnds("a", "customer"))
    centre.ask(c.AgentDials("li", "again", "j", "v-again"))
    (over, *_) = centre.ask(c.AgentLeaves("v-again/1"))
    assert over == e.VisitEnded(centre.now, "v-again", "failed", "agent")


def test_what_a_floor_shows(centre: Centre) -> None:
    centre.queue("care")
    for name in ("idle", "off", "aside"):
        centre.agent(name, "care", available=name != "off")
    centre.ask(c.SetPresence("idle", "not_ready", "system", "system"))
    centre.call("a", "care")
    assert centre.engine.agent_state("aside") == "ringing"
    centre.ask(c.Decline("v-a/1"))
    centre.ask(c.ContactEnds("a", "customer"))
    centre.ask(c.SetPresence("idle", "available"))
    shown = {name: n for name, n in centre.engine.staffing()["care"].items() if n}
    assert shown == {"idle": 1, "not_responding": 1, "offline": 1}
