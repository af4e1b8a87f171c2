"""One agent's desk, live: who they are to the router, what they hold, what they must know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...core import events as e
from ...core.engine import Engine
from ...core.model import Assignment, Callback, Visit
from ...journal.port import Entry
from .. import names
from ..pops import Pop, Pops
from .board import Board, Item
from .company import company
from .floor import Named
from .notices import COMPANY, Told
from .promises import CHANGES, Promises

MOST_NOTICES = 20
LOST = ("engine_lost", "lost")
"""Ends of a conversation that neither side wanted."""
CALL_BACK_S = 900.0
"""So long an agent may call back whom they lost, whatever else they may call."""


class Desk(Board):
    def __init__(self, agent: str, desks: Desks) -> None:
        super().__init__()
        self.agent = agent
        self._desks = desks
        self._dirty = True

    def touch(self) -> None:
        self._dirty = True
        self.wake()

    def notice(self, id: str, level: str, code: str, at: float, **detail: Any) -> None:
        self.put("notices", id, {"id": id, "level": level, "code": code, "at": at, "detail": detail})
        mine = [key for collection, key in self if collection == "notices"]
        for old in mine[: max(0, len(mine) - MOST_NOTICES)]:
            self.remove("notices", old)

    def refresh(self) -> None:
        if not self._dirty:
            return
        self._dirty = False
        engine = self._desks.engine()
        agent = engine.state.agents.get(self.agent)
        held = list(agent.assignments) if agent is not None else []
        for collection, key in list(self):
            if collection == "assignments" and key not in held:
                self.remove(collection, key)
        for assignment in held:
            self.put("assignments", assignment, self._desks.item(engine, engine.state.assignments[assignment]))
        if agent is None:
            self.remove("me", "me")
            return
        named = self._desks.named("agents", self.agent)
        self.put(
            "me",
            "me",
            {
                "agent": agent.id,
                "number": named.number,
                "name": named.name,
                "presence": agent.presence,
                "reason": agent.reason,
                "since": agent.since,
                "pending": {"presence": agent.pending.presence, "reason": agent.pending.reason}
                if agent.pending
                else None,
                "routability": engine.routability(agent.id),
                "reachable": "voice" in agent.reachable,
                "set_aside": agent.set_aside,
            },
        )


class Desks:
    """All desks of a tenant; a board is made when somebody first looks."""

    def __init__(
        self,
        engine: Callable[[], Engine],
        named: Callable[[str, str], Named],
        pops: Pops,
        recording: Callable[[str], str],
    ) -> None:
        self.engine = engine
        self.named = named
        self.pops = pops
        self.recording = recording
        self._desks: dict[str, Desk] = {}
        self._standing: dict[str, tuple[str, float]] = {}
        self._owed: dict[tuple[str, str], float] = {}
        """Calls that were lost and are done: agent and number, until when they may be called back."""
        open_ones = engine().state.assignments.values()
        self._lost = {it.id for it in open_ones if it.cause in LOST}
        """Those that are not done yet."""
        self._agent_of: dict[str, str] = {it.id: it.agent for it in open_ones}
        self._backs = {it.contact: (it.id, it.first, it.made, 0.0) for it in engine().state.callbacks.values()}
        """Contacts that are attempts of callbacks: its id, who is called first, which attempt, since when."""
        self._promises = Promises(engine().state)
        self._told = Told(engine, named, lambda contact, ref: pops.of(contact).parties.get(ref, ""))
        pops.changed = self.contact_changed

    def of(self, agent: str) -> Desk:
        if agent not in self._desks:
            desk = self._desks[agent] = Desk(agent, self)
            for code, (level, at) in self._standing.items():
                desk.notice(code, level, code, at)
        return self._desks[agent]

    def say(self, code: str, level: str, at: float) -> None:
        """A notice on every desk, and on those opened later, until it is taken back."""
        self._standing[code] = (level, at)
        for desk in self._desks.values():
            desk.notice(code, level, code, at)

    def unsay(self, code: str) -> None:
        self._standing.pop(code, None)
        for desk in self._desks.values():
            desk.remove("notices", code)

    def all(self) -> list[Desk]:
        return list(self._desks.values())

    def on_entry(self, entry: Entry) -> None:
        for agent, code, level, about, detail in self._told.of(entry):
            if agent in self._desks:
                self._desks[agent].notice(f"{code} {about}", level, code, entry.occurred, **detail)
        for event in entry.events:
            if type(event) in COMPANY:
                self.contact_changed(getattr(event, "contact", "") or names.contact_of(event.visit))
            if isinstance(event, CHANGES):
                self._journey_changed(self._promises.take(event))
            if isinstance(event, e.CallbackStarted):
                self._backs[event.contact] = event.callback, event.first, event.attempt, event.at
            assignment = getattr(event, "assignment", "")
            if isinstance(event, e.AssignmentOffered):
                self._agent_of[event.assignment] = event.agent
            agent = getattr(event, "agent", "") or self._agent_of.get(assignment, "")
            if agent in self._desks:
                self._desks[agent].touch()
            if assignment and self._in_company(names.contact_of(assignment)):
                self.contact_changed(names.contact_of(assignment))
            if isinstance(event, e.WrapUpStarted) and event.cause in LOST:
                self._lost.add(assignment)
            if isinstance(event, e.AssignmentDone) and assignment in self._lost:
                self._lost.discard(assignment)
                number = self.pops.of(names.contact_of(assignment)).number
                self._owed[agent, number] = event.at + CALL_BACK_S
            if isinstance(
                event, e.AssignmentDone | e.AssignmentDeclined | e.AssignmentTimedOut | e.AssignmentWithdrawn
            ):
                self._agent_of.pop(assignment, None)
            if isinstance(event, e.ContactEnded | e.AssignmentDone):
                contact = names.contact_of(assignment) if assignment else getattr(event, "contact", "")
                if contact not in self.engine().state.contacts:
                    self.pops.forget(contact)
                    self._backs.pop(contact, None)

    def may_call_back(self, agent: str, number: str, now: float) -> bool:
        """Whom they lost, while its wrap-up is open and for some time after."""
        self._owed = {call: until for call, until in self._owed.items() if until > now}
        if (agent, number) in self._owed:
            return bool(number)
        state = self.engine().state
        known = state.agents.get(agent)
        open_ones = [state.assignments[id] for id in known.assignments] if known is not None else []
        return bool(number) and any(number == _call_back(it, self.pops.of(it.contact)) for it in open_ones)

    def promised(self, contact: str) -> Callback | None:
        """The callback that is promised to whom the contact is with."""
        state = self.engine().state
        known = state.contacts.get(contact)
        return self._promises.of(state, known) if known is not None else None

    def _journey_changed(self, journey: str) -> None:
        state = self.engine().state
        for agent, desk in self._desks.items():
            held = state.agents[agent].assignments if agent in state.agents else ()
            if any(state.contacts[state.assignments[id].contact].journey == journey for id in held):
                desk.touch()

    def contact_changed(self, contact: str) -> None:
        """Every desk where it stands looks again."""
        state = self.engine().state
        known = state.contacts.get(contact)
        for id in (known.visit, *known.consults) if known is not None else ():
            if (visit := state.visits.get(id)) is not None:
                for assignment in (visit.assignment, *visit.beside):
                    if (agent := self._agent_of.get(assignment, "")) in self._desks:
                        self._desks[agent].touch()

    def _in_company(self, contact: str) -> bool:
        known = self.engine().state.contacts.get(contact)
        return known is not None and bool(known.consults or known.parties)

    def item(self, engine: Engine, it: Assignment) -> Item:
        state = engine.state
        contact = state.contacts[it.contact]
        visit = state.visits[it.visit]
        pop = self.pops.of(it.contact)
        promise = self._promises.of(state, contact)
        return {
            "id": it.id,
            "state": it.state,
            "since": it.since,
            "until": it.until or None,
            "contact": it.contact,
            "visit": it.visit,
            "queue": it.queue,
            "queue_name": self.named("queues", it.queue).name if it.queue else "",
            "line": contact.line,
            "direction": contact.direction,
            "language": contact.language,
            "caller": {
                "number": pop.number,
                "withheld": pop.withheld,
                "erased": pop.erased,
                "locality": pop.locality,
            },
            "customer": self._customer(pop),
            "calls_today": pop.calls_today,
            "calls_year": pop.calls_year,
            "last_contact_at": pop.last_contact_at,
            "path": list(pop.path),
            "self_service": pop.self_service,
            "waited_s": max(0.0, it.offered - visit.since),
            "first_arrival": visit.since,
            "worth": self._worth(visit),
            "recording": self._recording(it),
            "disposition": it.disposition,
            "end_cause": it.cause,
            "callback": self._callback(it.contact, pop),
            "promised": {"callback": promise.id, "at": promise.due or None} if promise is not None else None,
            "call_back": _call_back(it, pop),
            **company(state, it, self.named, pop),
        }

    def _customer(self, pop: Pop) -> Item | None:
        """As `pops` tells of them, their last contacts with names."""
        if pop.customer is None:
            return None

        def in_words(contact: Item) -> Item:
            kinds = {"queue": "queues", "agent": "agents", "disposition": "dispositions"}
            return contact | {f"{of}_name": self.named(kinds[of], id).name for of in kinds if (id := contact[of])}

        return pop.customer | {"contacts": [in_words(it) for it in pop.customer["contacts"]]}

    def _callback(self, contact: str, pop: Pop) -> Item | None:
        if contact not in self._backs:
            return None
        id, first, attempt, at = self._backs[contact]
        return {"id": id, "first": first, "attempt": attempt, "at": at or None, "note": pop.note}

    def _worth(self, visit: Visit) -> Item | None:
        """Why it may come before others that came earlier: seconds, and the rules that brought some of them."""
        if not visit.priority_s:
            return None
        return {"priority_s": visit.priority_s, "rules": [self.named("rules", it).name for it in visit.rules]}

    def _recording(self, it: Assignment) -> str:
        state = self.recording(names.recording(it.id))
        return "paused" if state == "on" and it.recording_paused else state


def _call_back(it: Assignment, pop: Pop) -> str | None:
    """Whom to ring back when the line broke under a conversation."""
    return pop.number or None if it.cause in LOST else None
