"""Consult and conference: others beside the owner, agents or parties outside, one being asked at a time.

Who talks with whom follows from the states: the owner `active` is with the customer, `held` away from them;
a consult `active` is with the owner, `held` hears music, `joined` is with everybody.
Nothing that the customer hears changes by itself: when the consulted goes, the customer stays on hold.
"""

from __future__ import annotations

from ...errors import Refused
from ..capacity import Carry
from ..commands import Consult, EndConsult, Join, Skills, Swap
from ..events import (
    AssignmentConnected,
    AssignmentHeld,
    AssignmentLapsed,
    AssignmentOffered,
    AssignmentParked,
    AssignmentResumed,
    ConsultAnswered,
    ConsultEnded,
    ConsultJoined,
    ConsultStarted,
    Event,
    PartyHeld,
    PartyJoined,
    PartyLeft,
    PartyResumed,
    WrapUpStarted,
)
from ..matching import place
from ..model import Agent, Assignment, Contact, Party, State, Visit, consult_of
from . import known
from .endings import done, finish, rest, wrap_up_limit

RING_S = 20.0
"""How long a colleague is rung where no queue says it."""


def consult(state: State, c: Consult, now: float) -> list[Event]:
    a = known.owner(state, c.assignment, Consult)
    visit = may_consult(state, a)
    known.new_id("visit", c.visit, state.visits)
    if bool(c.agent) == bool(c.queue):
        raise Refused("consult.bad_target", "a consult goes to an agent or to a queue")
    notes = known.notes(c.notes)
    agent: Agent | None = None
    requires: Skills = ()
    priority_s, wrap_up_s = 0.0, wrap_up_limit(state, visit)
    if c.agent:
        agent = colleague(state, c.agent, a)
    else:
        queue = known.queue(state, c.queue)
        if queue.closed:
            raise Refused("queue.closed", f"{queue.id} is closed", queue=queue.id)
        requires = known.skills(state, c.requires, queue.requires)
        priority_s = queue.priority_s + known.number("visit", "priority_s", c.priority_s, -86400.0, 86400.0)
        wrap_up_s = queue.wrap_up_s
    exclude = (a.agent,)
    started = ConsultStarted(now, c.visit, a.contact, a.id, c.queue, requires, priority_s, wrap_up_s, exclude, notes)
    events = [*away(a, now), started]
    if agent is None:
        return [*events, *place(state, now, [consult_of(started, a.medium, state.seq + 1)])]
    ring_s = state.queues[visit.queue].ring_s if visit.queue else RING_S
    why = f"{agent.id}: consulted by {a.agent}"
    return [*events, *offer_to(state, now, agent, c.visit, state.contacts[a.contact], now + ring_s, why)]


def offer_to(
    state: State, now: float, agent: Agent, visit: str, contact: Contact, until: float, why: str
) -> list[Event]:
    """The first offer of a visit goes to an agent whom a colleague has named."""
    id = f"{visit}/1"
    parked = Carry(state, agent).room(contact.medium) or []
    offer = AssignmentOffered(now, id, visit, contact.id, agent.id, until, why, agent.auto_answer)
    return [*(AssignmentParked(now, other.id, id) for other in parked), offer]


def answered(state: State, now: float, a: Assignment) -> list[Event]:
    """The consulted is there; an owner who went back to the customer meanwhile is not torn away from them."""
    visit = state.visits[a.visit]
    events: list[Event] = [AssignmentConnected(now, a.id), ConsultAnswered(now, visit.id, a.id)]
    if state.assignments[visit.by].state == "active":
        events.append(AssignmentHeld(now, a.id))
    return events


def swap(state: State, c: Swap, now: float) -> list[Event]:
    a = known.owner(state, c.assignment, Swap)
    side = asked(state, a)
    if isinstance(side, Party):
        hold: Event = PartyHeld(now, side.id, side.contact)
        resume: Event = PartyResumed(now, side.id, side.contact)
    else:
        hold, resume = AssignmentHeld(now, side.assignment), AssignmentResumed(now, side.assignment)
    if a.state == "held":
        return [hold, AssignmentResumed(now, a.id)]
    return [AssignmentHeld(now, a.id), resume]


def join(state: State, c: Join, now: float) -> list[Event]:
    a = known.owner(state, c.assignment, Join)
    side = asked(state, a)
    joined = (
        PartyJoined(now, side.id, side.contact)
        if isinstance(side, Party)
        else ConsultJoined(now, side.id, side.assignment)
    )
    return [*_back(a, now), joined]


def end(state: State, c: EndConsult, now: float) -> list[Event]:
    party = state.parties.get(c.consult)
    visit = state.visits.get(c.consult)
    if party is None and (visit is None or not visit.by or visit.state == "ended"):
        raise Refused("consult.unknown", f"no such consult, or it is over: {c.consult}", consult=c.consult)
    owner = known.owner_of(state, state.contacts[party.contact if party is not None else visit.contact])  # type: ignore[union-attr]
    if owner is None:
        raise Refused("contact.no_owner", "nobody is left with the customer", consult=c.consult)
    if party is not None:
        events: list[Event] = [PartyLeft(now, party.id, party.contact, "cancelled")]
        joined = party.state == "joined"
    else:
        assert visit is not None
        events = end_consult(state, now, visit, "cancelled")
        joined = visit.state == "joined"
    return events if joined else [*events, *_back(owner, now)]


def left(state: State, now: float, a: Assignment) -> list[Event]:
    """The consulted hangs up. Out of a conference they have wrap-up, as they spoke with the customer."""
    over = ConsultEnded(now, a.visit, "left")
    closing, then = finish(state, now, a, "agent") if a.state == "joined" else done(state, now, a, "none")
    return [over, *closing, *then]


def end_consult(state: State, now: float, visit: Visit, why: str) -> list[Event]:
    """Whoever it has is set free by the deadline that is due at once, or after their wrap-up."""
    events: list[Event] = [ConsultEnded(now, visit.id, why)]
    for id in (visit.assignment, *visit.beside):
        a = state.assignments.get(id)
        if a is None or a.state == "lapsed":
            continue
        if a.state in ("offered", "connecting"):
            events.append(AssignmentLapsed(now, a.id, why))
        elif a.state == "joined":
            events.append(rest(state, now, a, why))
        else:
            events.append(WrapUpStarted(now, a.id, now, why))
    return events


def everybody_out(state: State, now: float, contact: Contact) -> list[Event]:
    """The contact is over: for those beside the owner as well."""
    events: list[Event] = []
    for id in contact.consults:
        events += end_consult(state, now, state.visits[id], "customer_left")
    return [*events, *(PartyLeft(now, id, contact.id, "customer_left") for id in contact.parties)]


def asked(state: State, a: Assignment) -> Visit | Party:
    """Who is being consulted and has answered. Raises `consult.unknown`, `consult.not_answered`."""
    side = _side(state, state.contacts[a.contact])
    if side is None:
        raise Refused("consult.unknown", "nobody is being consulted", assignment=a.id)
    if side.state not in ("answered", "talking", "held"):
        raise Refused("consult.not_answered", f"{side.id} has not answered", consult=side.id)
    return side


def engaged(state: State, a: Assignment) -> bool:
    """Somebody consulted has answered: now it is `Swap` that holds and resumes."""
    contact = state.contacts[a.contact]
    if not contact.consults and not contact.parties:
        return False
    side = _side(state, contact)
    return side is not None and side.state in ("answered", "talking", "held")


def colleague(state: State, id: str, a: Assignment) -> Agent:
    """Another agent who can be rung now, available or not ready."""
    agent = known.agent(state, id)
    if id == a.agent:
        raise Refused("agent.self", "one cannot consult oneself", agent=id)
    if agent.presence == "offline":
        raise Refused("agent.offline", f"{id} is offline", agent=id)
    if agent.pending is not None:
        raise Refused("agent.draining", f"{id} takes nothing more", agent=id)
    if a.medium not in agent.reachable:
        raise Refused("agent.unreachable", f"{id} cannot be reached for {a.medium}", agent=id)
    if Carry(state, agent).room(a.medium) is None:
        raise Refused("agent.busy", f"{id} is busy", agent=id)
    return agent


def away(a: Assignment, now: float) -> list[Event]:
    return [AssignmentHeld(now, a.id)] if a.state == "active" else []


def _back(a: Assignment, now: float) -> list[Event]:
    return [AssignmentResumed(now, a.id)] if a.state == "held" else []


def _side(state: State, contact: Contact) -> Visit | Party | None:
    """Who is being consulted and not yet in conference: at most one."""
    for id in contact.consults:
        if state.visits[id].state != "joined":
            return state.visits[id]
    for id in contact.parties:
        if state.parties[id].state != "joined":
            return state.parties[id]
    return None


def may_consult(state: State, a: Assignment) -> Visit:
    if _side(state, state.contacts[a.contact]) is not None:
        raise Refused("contact.in_consult", "somebody is being consulted already", contact=a.contact)
    return state.visits[a.visit]
