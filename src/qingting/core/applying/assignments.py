"""Assignments: an agent is asked, talks, wraps up, is free again."""

from __future__ import annotations

from .. import capacity
from .. import events as e
from ..lifecycle import ASSIGNMENT, CONSULTED, move
from ..model import Assignment, State, Visit
from ..waiting import wait_no_more
from ..watching import unwatch_visit
from . import Apply
from .visits import forget, table_of


def assignment_offered(s: State, x: e.AssignmentOffered) -> None:
    visit = s.visits[x.visit]
    state = move(table_of(visit), "visit", visit.id, visit.state, e.AssignmentOffered)
    if visit.lane is not None or visit.prefer_until:
        wait_no_more(s, visit, x.at)
        unwatch_visit(s, visit, x.at)
    visit.state = state
    if visit.assignment:
        visit.beside = (*visit.beside, x.assignment)
    else:
        visit.assignment = x.assignment
    visit.offers += 1
    s.seq += 1
    a = s.assignments[x.assignment] = Assignment(
        x.assignment, x.visit, x.contact, x.agent, visit.queue, visit.medium, "offered", x.at, x.until, s.seq, x.at
    )
    if visit.by:
        a.consult = a.kept = True
    if x.until:
        s.timers.set(x.assignment, x.until, s.seq)
    agent = s.agents[x.agent]
    if visit.queue:
        queue = s.queues[visit.queue]
        if queue.strategy == "fair_round":
            queue.last = agent.number
    if s.counts_by_day:
        capacity.account(s, agent, x.at)
    agent.assignments.append(x.assignment)
    capacity.take(s, agent, visit.medium)


def step(s: State, id: str, event: type, at: float) -> Assignment:
    a = s.assignments[id]
    before, table = a.state, CONSULTED if a.consult else ASSIGNMENT
    a.state = table[before].get(event) or move(table, "assignment", id, before, event)
    a.since = at
    if a.until:
        a.until = 0.0
        s.timers.cancel(id)
    agent = s.agents[a.agent]
    if before == "parked":
        capacity.bring_back(s, agent, a.medium)
    elif agent.soft and a.medium in agent.soft and "active" in (before, a.state):
        capacity.recount(s, agent)
    return a


def assignment_accepted(s: State, x: e.AssignmentAccepted) -> None:
    a = step(s, x.assignment, e.AssignmentAccepted, x.at)
    a.accepted = x.at
    visit = s.visits[a.visit]
    visit.state = move(table_of(visit), "visit", visit.id, visit.state, e.AssignmentAccepted)
    if visit.assignment != a.id:
        _lead(visit, a.id)
    agent = s.agents[a.agent]
    agent.misses = 0
    capacity.to_the_end(s, agent, x.at, accepted=1)


def assignment_declined(s: State, x: e.AssignmentDeclined) -> None:
    _close(s, step(s, x.assignment, e.AssignmentDeclined, x.at))


def assignment_timed_out(s: State, x: e.AssignmentTimedOut) -> None:
    a = step(s, x.assignment, e.AssignmentTimedOut, x.at)
    s.agents[a.agent].misses += 1
    _close(s, a)


def assignment_withdrawn(s: State, x: e.AssignmentWithdrawn) -> None:
    _close(s, step(s, x.assignment, e.AssignmentWithdrawn, x.at))


def assignment_connected(s: State, x: e.AssignmentConnected) -> None:
    step(s, x.assignment, e.AssignmentConnected, x.at).connected = x.at


def assignment_held(s: State, x: e.AssignmentHeld) -> None:
    step(s, x.assignment, e.AssignmentHeld, x.at)


def assignment_resumed(s: State, x: e.AssignmentResumed) -> None:
    step(s, x.assignment, e.AssignmentResumed, x.at)


def assignment_parked(s: State, x: e.AssignmentParked) -> None:
    a = step(s, x.assignment, e.AssignmentParked, x.at)
    capacity.park(s, s.agents[a.agent], a.medium)


def assignment_unparked(s: State, x: e.AssignmentUnparked) -> None:
    step(s, x.assignment, e.AssignmentUnparked, x.at)


def assignment_lapsed(s: State, x: e.AssignmentLapsed) -> None:
    a = step(s, x.assignment, e.AssignmentLapsed, x.at)
    a.cause = x.why
    _until(s, a, x.at)
    visit = s.visits[a.visit]
    if visit.assignment == a.id:
        _lead(visit, _standing(s, visit))


def wrap_up_started(s: State, x: e.WrapUpStarted) -> None:
    a = step(s, x.assignment, e.WrapUpStarted, x.at)
    a.cause = x.cause
    if a.grace:
        _there_again(s, a)
    _until(s, a, x.until)


def _until(s: State, a: Assignment, until: float) -> None:
    a.until = until
    s.seq += 1
    a.due_seq = s.seq
    s.timers.set(a.id, until, s.seq)


def wrap_up_extended(s: State, x: e.WrapUpExtended) -> None:
    a = s.assignments[x.assignment]
    s.timers.cancel(a.id)
    a.extended = True
    _until(s, a, x.until)


def connection_lost(s: State, x: e.ConnectionLost) -> None:
    a = s.assignments[x.assignment]
    s.seq += 1
    a.grace, a.grace_seq = x.until, s.seq
    s.alarms.set(f"grace {a.id}", x.until, s.seq)


def connection_back(s: State, x: e.ConnectionBack) -> None:
    _there_again(s, s.assignments[x.assignment])


def _there_again(s: State, a: Assignment) -> None:
    a.grace = 0.0
    s.alarms.cancel(f"grace {a.id}")


def disposition_set(s: State, x: e.DispositionSet) -> None:
    s.assignments[x.assignment].disposition = x.disposition


def recording_paused(s: State, x: e.RecordingPaused) -> None:
    s.assignments[x.assignment].recording_paused = True


def recording_resumed(s: State, x: e.RecordingResumed) -> None:
    s.assignments[x.assignment].recording_paused = False


def assignment_done(s: State, x: e.AssignmentDone) -> None:
    a = step(s, x.assignment, e.AssignmentDone, x.at)
    if a.queue:
        s.queues[a.queue].handled.append(x.at - a.offered)
    capacity.to_the_end(s, s.agents[a.agent], x.at)
    _close(s, a)


def _close(s: State, a: Assignment) -> None:
    del s.assignments[a.id]
    if a.grace:
        _there_again(s, a)
    agent = s.agents[a.agent]
    agent.assignments.remove(a.id)
    capacity.release(s, agent, a.medium)
    visit = s.visits[a.visit]
    if visit.beside:
        if visit.assignment == a.id:
            _lead(visit, _standing(s, visit))
        visit.beside = tuple([id for id in visit.beside if id != a.id])
    else:
        visit.assignment = ""
    if visit.state == "ended" and not visit.assignment and not visit.beside:
        forget(s, visit)


def _standing(s: State, visit: Visit) -> str:
    """The first of the offers beside that still stands."""
    return next((id for id in visit.beside if s.assignments[id].state == "offered"), "")


def _lead(visit: Visit, first: str) -> None:
    """`first` is the visit's assignment, the others stand beside it in the order of their offers."""
    others = [id for id in (visit.assignment, *visit.beside) if id and id != first]
    others.sort(key=lambda id: int(id.rpartition("/")[2]))
    visit.assignment, visit.beside = first, tuple(others)


APPLY: Apply = {
    e.AssignmentOffered: assignment_offered,
    e.AssignmentAccepted: assignment_accepted,
    e.AssignmentDeclined: assignment_declined,
    e.AssignmentTimedOut: assignment_timed_out,
    e.AssignmentWithdrawn: assignment_withdrawn,
    e.AssignmentConnected: assignment_connected,
    e.AssignmentHeld: assignment_held,
    e.AssignmentResumed: assignment_resumed,
    e.AssignmentParked: assignment_parked,
    e.AssignmentUnparked: assignment_unparked,
    e.ConnectionLost: connection_lost,
    e.ConnectionBack: connection_back,
    e.WrapUpStarted: wrap_up_started,
    e.WrapUpExtended: wrap_up_extended,
    e.DispositionSet: disposition_set,
    e.RecordingPaused: recording_paused,
    e.RecordingResumed: recording_resumed,
    e.AssignmentDone: assignment_done,
    e.AssignmentLapsed: assignment_lapsed,
}
