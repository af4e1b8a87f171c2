"""Breaks: how many at once, reserved, begun, over."""

from __future__ import annotations

import pytest

from qingting.core import commands as c
from qingting.core import events as e

from .centre import Centre, kinds


@pytest.fixture
def team(centre: Centre) -> Centre:
    """Li and Wang of the red team, Zhao of none; one of the red may be away at once."""
    centre.queue("care", wrap_up_s=0)
    centre.ask(c.PutReason("break"))
    centre.ask(c.PutReason("training"))
    for name in ("li", "wang", "zhao"):
        centre.agent(name, "care")
    for name in ("li", "wang"):
        centre.ask(c.PutProfile(name, "red"))
    assert kinds(centre.ask(c.PutBreakLimit("team", "red", ("break",), 1))) == ["BreakLimitPut"]
    return centre


def test_one_of_a_team_at_once(team: Centre) -> None:
    team.ask(c.SetPresence("li", "not_ready", "break"))
    assert team.refused(c.SetPresence("wang", "not_ready", "break")) == "break.full"
    team.ask(c.SetPresence("zhao", "not_ready", "break"))
    team.ask(c.SetPresence("wang", "not_ready", "training"))
    team.ask(c.SetPresence("wang", "available"))
    assert kinds(team.ask(c.SetPresence("wang", "not_ready", "break", "boss"))) == ["PresenceChanged"]
    assert team.ask(c.PutBreakLimit("team", "red", ("break",), 1)) == []
    team.ask(c.PutBreakLimit("team", "red"))
    assert not team.engine.state.limits


def test_who_asked_for_one_counts_already(team: Centre) -> None:
    team.call("a", "care")
    team.talk("a")
    team.ask(c.SetPresence("li", "not_ready", "break"))
    assert team.engine.routability("li") == "draining"
    assert team.refused(c.SetPresence("wang", "not_ready", "break")) == "break.full"


def test_a_reserved_break_begins_and_is_over(team: Centre) -> None:
    start = team.now + 600
    assert kinds(team.ask(c.ReserveBreak("b1", "li", "break", start, start + 300))) == ["BreakReserved"]
    assert team.refused(c.ReserveBreak("b2", "wang", "break", start + 200, start + 500)) == "break.full"
    assert team.refused(c.ReserveBreak("b2", "li", "break", start + 200, start + 500)) == "break.overlaps"
    assert team.refused(c.ReserveBreak("b1", "wang", "break", start, start + 9)) == "break.exists"
    assert team.refused(c.ReserveBreak("b2", "wang", "nap", start, start + 9)) == "reason.unknown"
    assert team.refused(c.ReserveBreak("b2", "wang", "break", start, start)) == "break.bad_value"
    team.ask(c.ReserveBreak("b2", "wang", "break", start + 400, start + 600))
    team.ask(c.ReserveBreak("b3", "zhao", "break", start, start + 300))
    again = type(team.engine).load(team.engine.dump())
    assert again.dump() == team.engine.dump()
    assert team.deadline() == [
        e.BreakBegan(start, "b1", "li"),
        e.PresenceChanged(start, "li", "not_ready", "break", "schedule"),
    ]
    assert kinds(team.ask(c.Tick())) == ["BreakBegan", "PresenceChanged"]
    assert team.refused(c.SetPresence("wang", "not_ready", "break")) == "break.full"
    assert team.deadline() == [e.BreakEnded(start + 300, "b1", "over")]
    assert team.engine.routability("li") == "not_ready", "they come back by themselves"


def test_a_break_that_comes_while_they_talk(team: Centre) -> None:
    team.ask(c.ReserveBreak("b1", "li", "break", team.now + 20, team.now + 120))
    team.call("a", "care")
    team.talk("a")
    assert kinds(team.deadline()) == ["BreakBegan", "PresenceRequested"]
    assert kinds(team.ask(c.ContactEnds("a", "customer")))[-1] == "PresenceChanged"


def test_cancelled(team: Centre) -> None:
    team.ask(c.ReserveBreak("b1", "li", "break", team.now + 20, team.now + 120))
    assert team.ask(c.CancelBreak("b1")) == [e.BreakEnded(team.now, "b1", "cancelled")]
    assert team.refused(c.CancelBreak("b1")) == "break.unknown"
    assert team.engine.next_deadline() is None
    team.ask(c.ReserveBreak("b1", "zhao", "break", team.now + 20, team.now + 120))
    team.ask(c.RemoveAgent("zhao"))
    assert team.engine.next_deadline() is None
    assert team.refused(c.PutBreakLimit("planet", "red", ("break",))) == "break.bad_scope"
    assert team.refused(c.PutBreakLimit("queue", "nowhere", ("break",))) == "queue.unknown"
    assert team.refused(c.PutBreakLimit("queue", "care", ("nap",))) == "reason.unknown"
