"""What desks tell of a call that goes on while the program is started anew: read off the state alone."""

from __future__ import annotations

import json
from typing import Any

from qingting.core import commands as c
from qingting.core.engine import Engine
from qingting.journal.port import Entry
from qingting.runtime.pops import Pop
from qingting.runtime.views.company import company
from qingting.runtime.views.floor import Named
from qingting.runtime.views.notices import Notice, Told


class Centre:
    def __init__(self) -> None:
        self.engine = Engine()
        self.now = 1000.0

    def asks(self, *commands: c.Command) -> Entry:
        events: list[Any] = []
        for command in commands:
            made = self.engine.decide(command, self.now)
            self.engine.fold(made)
            events += made
        return Entry(1, "", 1, self.now, self.now, 1, "", None, tuple(events))

    def restart(self) -> Told:
        self.engine = Engine.load(json.loads(json.dumps(self.engine.dump())))
        return Told(lambda: self.engine, named, lambda contact, ref: f"{ref} of {contact}")


def named(kind: str, id: str) -> Named:
    return Named(id.title())


def talking() -> Centre:
    """Li talks with a customer, Wang is free."""
    centre = Centre()
    for agent in ("li", "wang"):
        centre.asks(c.PutQueue("care", wrap_up_s=0), c.PutAgent(agent, ("care",)))
    centre.asks(c.SetReachable("li", "voice", True), c.SetPresence("li", "available"))
    centre.asks(c.ContactArrives("c1", "j"), c.EnterQueue("c1", "c1.v1", "care"))
    centre.asks(c.Accept("c1.v1/1"), c.Connected("c1.v1/1"))
    centre.asks(c.SetReachable("wang", "voice", True), c.SetPresence("wang", "available"))
    return centre


def test_who_handed_it_on_and_whose_the_notes_are() -> None:
    centre = talking()
    centre.asks(c.Transfer("c1.v1/1", "c1.t1", "", "wang", notes=c.Notes("refund", "angry", "n1")), c.Tick())
    centre.asks(c.Accept("c1.t1/1"), c.Connected("c1.t1/1"))
    centre.restart()
    state = centre.engine.state
    assert "c1.v1/1" not in state.assignments, "Li is done with it"
    shown = company(state, state.assignments["c1.t1/1"], named, Pop(notes={"n1": "be kind"}))
    assert shown["transferred_from"] == "Li"
    assert shown["notes"] == {"demand": "refund", "mood": "angry", "note": "be kind", "by": "Li"}


def test_who_was_asked_outside_and_is_gone_is_told_to_who_asked() -> None:
    centre = talking()
    centre.asks(c.ConsultOutside("c1.v1/1", "c1.p1", "number"))
    told = centre.restart()
    gone = centre.asks(c.PartyEnds("c1.p1", "failed"))
    assert list(told.of(gone)) == [
        Notice("li", "party.failed", "warning", "c1.p1", {"name": "number of c1", "why": "failed"})
    ]


def test_a_transfer_outside_that_came_back_is_told_to_who_made_it() -> None:
    centre = talking()
    centre.asks(c.TransferOutside("c1.v1/1", "c1.p1", "number"), c.Tick())
    told = centre.restart()
    assert "c1.v1/1" not in centre.engine.state.assignments
    gone = centre.asks(c.PartyEnds("c1.p1", "failed"))
    assert list(told.of(gone)) == [
        Notice("li", "transfer.returned", "warning", "c1.p1", {"name": "number of c1", "why": "failed"})
    ]
    assert centre.engine.state.contacts["c1"].visit == "c1.v1~2", "the customer waits again"


def test_a_supervisors_change_is_told_once_also_when_it_comes_later() -> None:
    centre = talking()
    told = Told(lambda: centre.engine, named, lambda contact, ref: "")
    forced = Notice("li", "presence.forced", "info", "li", {"presence": "offline", "reason": ""})
    assert list(told.of(centre.asks(c.SetPresence("li", "offline", by="boss")))) == [forced]
    told = centre.restart()
    done = centre.asks(c.ContactEnds("c1", "customer"), c.Tick())
    assert centre.engine.state.agents["li"].presence == "offline"
    assert list(told.of(done)) == [], "known already"
    assert list(told.of(centre.asks(c.SetPresence("li", "available")))) == [], "their own"
    assert list(told.of(centre.asks(c.SetPresence("li", "offline", by="boss")))) == [forced]
