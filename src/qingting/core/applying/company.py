"""Transfer, consult, conference: who else is in the call."""

from __future__ import annotations

from .. import capacity
from .. import events as e
from ..lifecycle import CONSULT, CONSULTED, PARTY, move
from ..model import Contact, Party, State, Visit, consult_of
from ..values import Notes
from ..waiting import wait, wait_no_more
from ..watching import unwatch_visit, watch_visit
from . import Apply
from .assignments import step
from .visits import forget


def contact_transferred(s: State, x: e.ContactTransferred) -> None:
    contact = s.contacts[x.contact]
    contact.handed_on_by = "" if x.how == "lost" else x.by
    _noted(contact, x.notes, x.by)


def _noted(contact: Contact, notes: Notes, agent: str) -> None:
    if any(notes):
        contact.notes, contact.notes_by = notes, agent


def consult_started(s: State, x: e.ConsultStarted) -> None:
    s.seq += 1
    contact = s.contacts[x.contact]
    _noted(contact, x.notes, s.assignments[x.by].agent)
    visit = s.visits[x.visit] = consult_of(x, contact.medium, s.seq)
    contact.visits += 1
    contact.consults = (*contact.consults, x.visit)
    _keep(s, x.by)
    if x.queue:
        s.queues[x.queue].visits += 1
        wait(s, visit, x.at)
        watch_visit(s, visit, x.at)


def _keep(s: State, owner: str) -> None:
    """Whoever is in company cannot be parked, and is not parked after it either."""
    a = s.assignments.get(owner)
    if a is not None and not a.kept:
        a.kept = True
        agent = s.agents[a.agent]
        if agent.sharing.most:
            capacity.recount(s, agent)


def consult_requeued(s: State, x: e.ConsultRequeued) -> None:
    visit = s.visits[x.visit]
    visit.state = move(CONSULT, "consult", visit.id, visit.state, e.ConsultRequeued)
    wait(s, visit, x.at)
    watch_visit(s, visit, x.at)


def consult_answered(s: State, x: e.ConsultAnswered) -> None:
    visit = s.visits[x.visit]
    visit.state = move(CONSULT, "consult", visit.id, visit.state, e.ConsultAnswered)


def consult_joined(s: State, x: e.ConsultJoined) -> None:
    visit = s.visits[x.visit]
    visit.state = move(CONSULT, "consult", visit.id, visit.state, e.ConsultJoined)
    step(s, x.assignment, e.ConsultJoined, x.at)


def consult_ended(s: State, x: e.ConsultEnded) -> None:
    visit = s.visits[x.visit]
    if visit.state == "waiting" and visit.queue:
        wait_no_more(s, visit, x.at)
        unwatch_visit(s, visit, x.at)
    visit.state = move(CONSULT, "consult", visit.id, visit.state, e.ConsultEnded)
    _no_consult(s, visit)
    if not visit.assignment and not visit.beside:
        forget(s, visit)


def visit_taken_over(s: State, x: e.VisitTakenOver) -> None:
    visit = s.visits[x.visit]
    visit.state = move(CONSULT, "consult", visit.id, visit.state, e.VisitTakenOver)
    for id in (visit.assignment, *visit.beside):
        if id:
            a = s.assignments[id]
            a.state = move(CONSULTED, "assignment", id, a.state, e.VisitTakenOver)
            a.consult, a.queue = False, x.queue
    if visit.queue != x.queue:
        visit.queue = x.queue
        s.queues[x.queue].visits += 1
    _no_consult(s, visit)
    visit.by = ""
    waits = visit.state == "waiting"
    if x.since is not None:
        if waits:
            wait_no_more(s, visit, x.at)
        visit.since, visit.rank = x.since, x.since - visit.priority_s
        if waits:
            wait(s, visit, x.at)
    if waits:
        watch_visit(s, visit, x.at)
    contact = s.contacts[x.contact]
    contact.visit = x.visit
    owner = x.assignment if visit.state == "answered" else ""
    others: list[Visit | Party] = [s.visits[id] for id in contact.consults]
    others += [s.parties[id] for id in contact.parties]
    for other in others:
        other.by = owner
        _keep(s, owner)


def _no_consult(s: State, visit: Visit) -> None:
    contact = s.contacts[visit.contact]
    contact.consults = tuple([id for id in contact.consults if id != visit.id])


def party_called(s: State, x: e.PartyCalled) -> None:
    contact = s.contacts[x.contact]
    if (owner := s.assignments.get(x.by)) is not None:
        _noted(contact, x.notes, owner.agent)
    contact.parties = (*contact.parties, x.party)
    s.parties[x.party] = Party(*x[1:9], state="calling", since=x.at)
    _keep(s, x.by)


def _party(s: State, id: str, event: type, at: float) -> Party:
    party = s.parties[id]
    party.state, party.since = move(PARTY, "party", id, party.state, event), at
    return party


def party_answered(s: State, x: e.PartyAnswered) -> None:
    _party(s, x.party, e.PartyAnswered, x.at)


def party_held(s: State, x: e.PartyHeld) -> None:
    _party(s, x.party, e.PartyHeld, x.at)


def party_resumed(s: State, x: e.PartyResumed) -> None:
    _party(s, x.party, e.PartyResumed, x.at)


def party_joined(s: State, x: e.PartyJoined) -> None:
    _party(s, x.party, e.PartyJoined, x.at)


def party_left(s: State, x: e.PartyLeft) -> None:
    party = _party(s, x.party, e.PartyLeft, x.at)
    del s.parties[party.id]
    contact = s.contacts[party.contact]
    contact.parties = tuple([id for id in contact.parties if id != party.id])


APPLY: Apply = {
    e.ContactTransferred: contact_transferred,
    e.ConsultStarted: consult_started,
    e.ConsultRequeued: consult_requeued,
    e.ConsultAnswered: consult_answered,
    e.ConsultJoined: consult_joined,
    e.ConsultEnded: consult_ended,
    e.VisitTakenOver: visit_taken_over,
    e.PartyCalled: party_called,
    e.PartyAnswered: party_answered,
    e.PartyHeld: party_held,
    e.PartyResumed: party_resumed,
    e.PartyJoined: party_joined,
    e.PartyLeft: party_left,
}
