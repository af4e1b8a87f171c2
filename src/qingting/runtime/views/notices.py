"""What an agent must be told: whom they asked or handed on to did not come, a break begins or is over, a supervisor
has changed their presence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from ...core import events as e
from ...core.engine import Engine
from ...journal.port import Entry
from .floor import Named

COMPANY = {
    e.ContactTransferred, e.ConsultStarted, e.ConsultRequeued, e.ConsultAnswered, e.ConsultJoined, e.ConsultEnded,
    e.VisitTakenOver, e.PartyCalled, e.PartyAnswered, e.PartyHeld, e.PartyResumed, e.PartyJoined, e.PartyLeft,
}  # fmt: skip
"""What changes who is in a contact."""
OWN_DOING = ("cancelled", "customer_left", "owner_left")
"""Ends that the owner brought about, or that end the contact as well."""
NOBODY = ("", "schedule", "system")
"""Who asked for a presence, when that was no supervisor."""


class Notice(NamedTuple):
    agent: str
    code: str
    level: str
    about: str
    detail: dict[str, Any]


class Told:
    """Who asked for each consult and party that is under way, and how the one asked is called."""

    def __init__(
        self, engine: Callable[[], Engine], named: Callable[[str, str], Named], number: Callable[[str, str], str]
    ) -> None:
        """`number`: by contact and reference, of somebody outside; empty when it is not known (any more)."""
        self._named = named
        self._number = number
        self._asked: dict[str, tuple[str, str]] = {}
        state = engine().state
        for visit in state.visits.values():
            if visit.by in state.assignments:
                other = state.assignments.get(visit.assignment)
                name = named("agents", other.agent) if other is not None else named("queues", visit.queue)
                self._asked[visit.id] = state.assignments[visit.by].agent, name.name
        for party in state.parties.values():
            owner = state.assignments.get(party.by)  # of a transfer: perhaps done already
            agent = owner.agent if owner is not None else state.contacts[party.contact].handed_on_by
            self._asked[party.id] = agent, party.how
        self._refs = {party.id: party.ref for party in state.parties.values()}
        self._breaks = {it.id: (it.agent, it.reason, it.end) for it in state.breaks.values()}
        pending = [it for it in state.agents.values() if it.pending is not None]
        self._draining = {it.id for it in pending if it.pending is not None and it.pending.by not in NOBODY}
        """Agents who know that a supervisor has changed their presence, which comes when they are done."""
        self._agents = {it.id: it.agent for it in state.assignments.values()}

    def of(self, entry: Entry) -> Iterator[Notice]:
        for event in entry.events:
            match event:
                case e.AssignmentOffered():
                    self._agents[event.assignment] = event.agent
                    if event.visit in self._asked:
                        name = self._named("agents", event.agent).name
                        self._asked[event.visit] = self._asked[event.visit][0], name
                case e.AssignmentDone() | e.AssignmentDeclined() | e.AssignmentTimedOut() | e.AssignmentWithdrawn():
                    self._agents.pop(event.assignment, None)
                case e.ConsultStarted():
                    name = self._named("queues", event.queue).name if event.queue else ""
                    self._asked[event.visit] = self._agents.get(event.by, ""), name
                case e.PartyCalled():
                    self._asked[event.party] = self._agents.get(event.by, ""), event.how
                    self._refs[event.party] = event.ref
                case e.VisitTakenOver():
                    self._asked.pop(event.visit, None)
                case e.ConsultRequeued():
                    agent, name = self._asked.get(event.visit, ("", ""))
                    yield Notice(agent, "consult.requeued", "info", event.visit, {"name": name, "why": event.why})
                case e.ConsultEnded():
                    agent, name = self._asked.pop(event.visit, ("", ""))
                    if event.why not in OWN_DOING:
                        yield Notice(agent, "consult.ended", "info", event.visit, {"name": name, "why": event.why})
                case e.BreakReserved():
                    self._breaks[event.break_] = event.agent, event.reason, event.end
                case e.BreakBegan():
                    agent, reason, end = self._breaks.get(event.break_, (event.agent, "", event.at))
                    yield Notice(agent, "break.began", "info", event.break_, {"reason": reason, "until": end})
                case e.BreakEnded():
                    agent, reason, _ = self._breaks.pop(event.break_, ("", "", 0.0))
                    if event.how == "over":
                        yield Notice(agent, "break.over", "warning", event.break_, {"reason": reason})
                case e.PresenceRequested() | e.PresenceChanged():
                    known = event.agent in self._draining
                    self._draining.discard(event.agent)
                    if event.by not in NOBODY:
                        if isinstance(event, e.PresenceRequested):
                            self._draining.add(event.agent)
                        if isinstance(event, e.PresenceRequested) or not known:
                            detail = {"presence": event.presence, "reason": event.reason}
                            yield Notice(event.agent, "presence.forced", "info", event.agent, detail)
                case e.PartyLeft():
                    agent, how = self._asked.pop(event.party, ("", ""))
                    name = self._number(event.contact, self._refs.pop(event.party, ""))
                    back = how == "transfer" and any(isinstance(it, e.VisitStarted) for it in entry.events)
                    if event.why not in (*OWN_DOING, "hangup"):
                        code = "transfer.returned" if back else "party.failed"
                        yield Notice(agent, code, "warning", event.party, {"name": name, "why": event.why})
                case _:
                    pass
