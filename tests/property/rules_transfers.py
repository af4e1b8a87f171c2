"""Rules of the core's machine: transfer, consult, conference, parties outside; and what must hold of them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from qingting.core import commands as c
from qingting.core.engine import Engine

QUEUES = ["", "sales", "care", "vip"]
AGENTS = ["", "", "a1", "a2", "a3", "a4"]

queues = st.sampled_from(QUEUES)
agents = st.sampled_from(AGENTS)
numbers = st.integers(0, 50)
notes = st.sampled_from([c.NO_NOTES, c.Notes("refund", "angry", "n1"), c.Notes(note="x" * 65)])


class TransferRules:
    engine: Engine
    visits: int

    def ask(self, command: c.Command) -> Any:
        raise NotImplementedError

    def talking(self, n: int) -> str:
        """An assignment in talk, else any."""
        found = self.engine.state.assignments
        ids = [a.id for a in found.values() if a.state in ("active", "held", "joined")] or list(found)
        return ids[n % len(ids)] if ids else "none"

    def beside(self, n: int) -> str:
        ids = [v.id for v in self.engine.state.visits.values() if v.by] + list(self.engine.state.parties)
        return ids[n % len(ids)] if ids else "none"

    @rule(n=numbers, q=queues, a=agents, notes=notes, priority=st.sampled_from([0.0, 15.0]))
    def transfers(self, n: int, q: str, a: str, notes: c.Notes, priority: float) -> None:
        self.visits += 1
        self.ask(c.Transfer(self.talking(n), f"v{self.visits}", q, a, (), priority, notes))

    @rule(n=numbers, consult=st.booleans())
    def outside(self, n: int, consult: bool) -> None:
        self.visits += 1
        what = c.ConsultOutside if consult else c.TransferOutside
        self.ask(what(self.talking(n), f"p{self.visits}", "number"))

    @rule(n=numbers, q=queues, a=agents, answered=st.booleans(), joined=st.booleans())
    def consults(self, n: int, q: str, a: str, answered: bool, joined: bool) -> None:
        self.visits += 1
        visit, owner = f"v{self.visits}", self.talking(n)
        if self.ask(c.Consult(owner, visit, q if q else "", "" if q else a)) and answered:
            self.ask(c.Accept(f"{visit}/1"))
            self.ask(c.Connected(f"{visit}/1"))
            if joined:
                self.ask(c.Join(owner))

    @rule(n=numbers, what=st.sampled_from([c.Swap, c.Join, c.CompleteTransfer, c.AgentLeaves, c.Hold, c.Resume]))
    def owner_does(self, n: int, what: Any) -> None:
        self.ask(what(self.talking(n)))

    @rule(n=numbers)
    def consult_is_ended(self, n: int) -> None:
        self.ask(c.EndConsult(self.beside(n)))

    @rule(n=numbers, answers=st.booleans(), cause=st.sampled_from(["hangup", "busy"]))
    def party_moves(self, n: int, answers: bool, cause: str) -> None:
        party = self.beside(n)
        self.ask(c.PartyAnswers(party) if answers else c.PartyEnds(party, cause))

    @invariant()
    def one_is_asked_at_a_time_and_only_while_somebody_asks(self) -> None:
        s = self.engine.state
        for contact in s.contacts.values():
            consults = [s.visits[id] for id in contact.consults]
            parties = [s.parties[id] for id in contact.parties]
            assert all(v.by and v.state != "ended" for v in consults)
            asked = [x for x in (*consults, *parties) if x.state != "joined"]
            main = s.visits.get(contact.visit)
            owned = main is not None and main.state == "answered"
            assert owned or not consults, "consults have an owner beside them"
            if owned:
                assert main is not None
                assert len(asked) <= 1
                owner = s.assignments[main.assignment]
                assert owner.state in ("active", "held", "parked")
                for v in consults:
                    assert v.by == owner.id
                    if v.state == "answered":
                        with_owner = s.assignments[v.assignment].state
                        assert {owner.state, with_owner} == {"active", "held"}, "one of the two is with the owner"
                    elif v.state == "joined":
                        assert s.assignments[v.assignment].state == "joined"
            assert not contact.ended or not (consults or parties)

    @invariant()
    def a_contact_has_one_open_visit(self) -> None:
        s = self.engine.state
        for contact in s.contacts.values():
            mine = [v for v in s.visits.values() if v.contact == contact.id]
            assert len(mine) == contact.visits
            live = [v.id for v in mine if not v.by and v.state != "ended"]
            assert live in ([], [contact.visit])
            assert contact.visits or not contact.ended
