"""How contacts end, and what is left behind: nothing."""

from __future__ import annotations

import pytest

from qingting.core import commands as c
from qingting.core import events as e

from .centre import Centre, kinds, offered


def ended(events: list[e.Event]) -> tuple[str, str]:
    (visit,) = [x for x in events if isinstance(x, e.VisitEnded)]
    return visit.outcome, visit.detail


@pytest.mark.parametrize(
    ("cause", "outcome"),
    [("customer", "abandoned"), ("engine_lost", "lost"), ("failed", "failed"), ("flow", "flow_out")],
)
def test_while_waiting(centre: Centre, cause: str, outcome: str) -> None:
    centre.queue("care")
    centre.call("a", "care")
    events = centre.ask(c.ContactEnds("a", cause))
    assert kinds(events) == ["VisitEnded", "ContactEnded"]
    assert ended(events) == (outcome, cause)
    assert not centre.engine.state.contacts
    assert not centre.engine.state.visits
    assert centre.refused(c.ContactEnds("a", cause)) == "contact.unknown"


def test_after_a_conversation_comes_wrap_up_with_a_limit(centre: Centre) -> None:
    centre.queue("care", wrap_up_s=30.0)
    centre.agent("li", "care")
    centre.call("a", "care")
    centre.talk("a")
    centre.call("b", "care")
    centre.now += 60
    events = centre.ask(c.ContactEnds("a", "customer"))
    assert kinds(events) == ["VisitEnded", "WrapUpStarted", "ContactEnded"]
    assert ended(events) == ("answered", "customer")
    assert centre.engine.agent_state("li") == "wrap_up"
    assert centre.refused(c.ContactEnds("a", "customer")) == "contact.unknown"
    assert centre.refused(c.EnterQueue("a", "v-again", "care")) == "contact.unknown"
    assert centre.refused(c.ContactArrives("a", "j")) == "contact.exists"
    centre.ask(c.SetDisposition("v-a/1", "sold"))
    events = centre.deadline()
    assert events[0] == e.AssignmentDone(centre.now, "v-a/1", "limit")
    assert offered(events) == [("v-b", "li")]
    assert list(centre.engine.state.contacts) == ["b"]
    assert list(centre.engine.state.visits) == ["v-b"]


def test_finished_by_hand_or_not_kept_at_all(centre: Centre) -> None:
    centre.queue("care")
    centre.queue("quick", wrap_up_s=0.0)
    centre.agent("li", "care", "quick")
    centre.call("a", "care")
    centre.talk("a")
    assert centre.refused(c.FinishWrapUp("v-a/1")) == "assignment.wrong_state"
    centre.ask(c.AgentLeaves("v-a/1"))
    assert centre.ask(c.FinishWrapUp("v-a/1"))[0] == e.AssignmentDone(centre.now, "v-a/1", "finished")
    centre.call("b", "quick")
    centre.talk("b")
    centre.call("c", "care")
    events = centre.ask(c.AgentLeaves("v-b/1"))
    assert kinds(events) == ["VisitEnded", "AssignmentDone", "ContactEnded", "AssignmentOffered"]
    assert ended(events) == ("answered", "agent")


def test_the_engine_breaks_in_mid_call(centre: Centre) -> None:
    centre.queue("care")
    centre.agent("li", "care")
    centre.agent("wang", "care")
    centre.call("talking", "care")
    centre.talk("talking")
    centre.call("joining", "care")
    centre.ask(c.Accept("v-joining/1"))
    assert ended(centre.ask(c.ContactEnds("talking", "engine_lost"))) == ("answered", "engine_lost")
    assert centre.engine.state.assignments["v-talking/1"].cause == "engine_lost"
    assert ended(centre.ask(c.ContactEnds("joining", "engine_lost"))) == ("lost", "engine_lost")


def test_talking_holding_recording(centre: Centre) -> None:
    centre.queue("care")
    centre.agent("li", "care")
    centre.call("a", "care")
    a = centre.talk("a")
    assert centre.engine.agent_state("li") == "talking"
    assert centre.refused(c.Resume(a)) == "assignment.wrong_state"
    assert kinds(centre.ask(c.Hold(a))) == ["AssignmentHeld"]
    assert centre.engine.agent_state("li") == "held"
    assert kinds(centre.ask(c.PauseRecording(a))) == ["RecordingPaused"]
    assert centre.ask(c.PauseRecording(a)) == []
    assert kinds(centre.ask(c.Resume(a))) == ["AssignmentResumed"]
    assert centre.engine.state.assignments[a].recording_paused
    assert kinds(centre.ask(c.ResumeRecording(a))) == ["RecordingResumed"]
    centre.ask(c.ContactEnds("a", "customer"))
    assert centre.refused(c.Hold(a)) == "assignment.wrong_state"
    assert centre.refused(c.PauseRecording(a)) == "assignment.wrong_state"
    assert centre.refused(c.AgentLeaves(a)) == "assignment.wrong_state"


def test_self_service_alone(centre: Centre) -> None:
    centre.ask(c.ContactArrives("a", "j", entry="95598", leg="leg-1"))
    centre.ask(c.DialogueMoves("a", "main", 3, "menu", "start", '{"step":1}'))
    assert centre.ask(c.SetLanguage("a", "zh")) == []
    centre.ask(c.SetLanguage("a", "en"))
    contact = centre.engine.state.contacts["a"]
    assert (contact.flow, contact.version, contact.node, contact.language) == ("main", 3, "menu", "en")
    assert contact.dialogue == '{"step":1}'
    assert kinds(centre.ask(c.ContactEnds("a", "flow"))) == ["ContactEnded"]
    assert centre.refused(c.DialogueMoves("a", "main", 3, "menu")) == "contact.unknown"
    assert centre.refused(c.ContactArrives("b", "j", "pigeon")) == "medium.unknown"
    assert centre.refused(c.ContactArrives("", "j")) == "contact.bad_id"


def test_a_clock_that_was_set_back_does_not_turn_time(centre: Centre) -> None:
    centre.queue("care")
    centre.call("a", "care")
    centre.now -= 500
    (over, _) = centre.ask(c.ContactEnds("a", "customer"))
    assert over.at == centre.now + 500
