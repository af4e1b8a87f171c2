"""What each event changes. Nothing is judged here: the tables of `lifecycle` only make sure of the order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import capacity
from . import events as e
from .index import agent_in, agent_out, drop_queue
from .lifecycle import ASSIGNMENT, VISIT, move
from .model import Agent, Assignment, Contact, Pending, Queue, State, Visit

# --- configuration ---------------------------------------------------------------------------------------


def site_put(s: State, x: e.SitePut) -> None:
    s.sites[x.site] = None


def skill_put(s: State, x: e.SkillPut) -> None:
    s.skills[x.skill] = None
    s.levels[x.skill] = [0] * 6


def reason_put(s: State, x: e.ReasonPut) -> None:
    s.reasons[x.reason] = x.retired


def queue_put(s: State, x: e.QueuePut) -> None:
    queue = s.queues.get(x.queue)
    if queue is None:
        s.queues[x.queue] = Queue(*x[1:])
    else:
        queue.line, queue.requires, queue.ring_s, queue.wrap_up_s, queue.priority_s = x[2:7]
        queue.service_level_s, queue.service_level_target, queue.short_abandon_s, queue.closed = x[7:]


def queue_removed(s: State, x: e.QueueRemoved) -> None:
    drop_queue(s, x.queue)


def agent_put(s: State, x: e.AgentPut) -> None:
    agent = s.agents.get(x.agent)
    if agent is None:
        agent = s.agents[x.agent] = Agent(*x[1:], since=x.at)
    else:
        agent_out(s, agent)
        agent.queues, agent.skills, agent.capacity, agent.site = x[2:]
    agent_in(s, agent)


def agent_removed(s: State, x: e.AgentRemoved) -> None:
    agent_out(s, s.agents.pop(x.agent))


# --- agents ----------------------------------------------------------------------------------------------


def presence_changed(s: State, x: e.PresenceChanged) -> None:
    agent = s.agents[x.agent]
    agent.presence, agent.reason, agent.since, agent.by = x.presence, x.reason, x.at, x.by
    agent.pending = None
    agent.set_aside = ""
    if x.presence == "available":
        capacity.to_the_end(s, agent, x.at)
    capacity.refresh(s, agent)


def presence_requested(s: State, x: e.PresenceRequested) -> None:
    agent = s.agents[x.agent]
    agent.pending = None if x.presence == "available" else Pending(x.presence, x.reason, x.by)
    capacity.refresh(s, agent)


def reachability_changed(s: State, x: e.ReachabilityChanged) -> None:
    agent = s.agents[x.agent]
    others = [medium for medium in agent.reachable if medium != x.medium]
    agent.reachable = tuple(sorted([*others, x.medium] if x.reachable else others))
    capacity.refresh(s, agent)


def agent_set_aside(s: State, x: e.AgentSetAside) -> None:
    agent = s.agents[x.agent]
    agent.set_aside = x.why
    capacity.refresh(s, agent)


# --- contacts --------------------------------------------------------------------------------------------


def contact_arrived(s: State, x: e.ContactArrived) -> None:
    s.contacts[x.contact] = Contact(*x[1:], arrived=x.at)


def dialogue_moved(s: State, x: e.DialogueMoved) -> None:
    contact = s.contacts[x.contact]
    contact.flow, contact.version, contact.node, contact.via, contact.dialogue = x[2:]


def language_set(s: State, x: e.LanguageSet) -> None:
    s.contacts[x.contact].language = x.language


def contact_ended(s: State, x: e.ContactEnded) -> None:
    contact = s.contacts[x.contact]
    if contact.visit:
        contact.ended, contact.cause = x.at, x.cause
    else:
        del s.contacts[x.contact]


# --- visits ----------------------------------------------------------------------------------------------


def visit_started(s: State, x: e.VisitStarted) -> None:
    s.seq += 1
    contact = s.contacts[x.contact]
    rank = x.since - x.priority_s
    visit = s.visits[x.visit] = Visit(
        x.visit, x.contact, x.queue, contact.medium, x.requires, x.priority_s, x.since, x.at, rank, s.seq, x.wrap_up_s
    )
    contact.visit = x.visit
    if x.queue:
        s.queues[x.queue].visits += 1
        _wait(s, visit)


def visit_answered(s: State, x: e.VisitAnswered) -> None:
    visit = s.visits[x.visit]
    visit.state = move(VISIT, "visit", visit.id, visit.state, e.VisitAnswered)
    if visit.queue:
        s.queues[visit.queue].answered.append(x.at)


def visit_requeued(s: State, x: e.VisitRequeued) -> None:
    visit = s.visits[x.visit]
    visit.state = move(VISIT, "visit", visit.id, visit.state, e.VisitRequeued)
    _wait(s, visit)


def visit_ended(s: State, x: e.VisitEnded) -> None:
    visit = s.visits[x.visit]
    if visit.state == "waiting":
        _wait_no_more(s, visit)
    visit.state = move(VISIT, "visit", visit.id, visit.state, e.VisitEnded)
    if not visit.assignment:
        _forget(s, visit)


def _wait(s: State, visit: Visit) -> None:
    queue = s.queues[visit.queue]
    queue.waiting += 1
    queue.lines[visit.medium].add(visit.requires, (visit.rank, visit.seq, visit.id))


def _wait_no_more(s: State, visit: Visit) -> None:
    queue = s.queues[visit.queue]
    queue.waiting -= 1
    queue.lines[visit.medium].remove(visit.requires, (visit.rank, visit.seq, visit.id))


def _forget(s: State, visit: Visit) -> None:
    del s.visits[visit.id]
    if visit.queue:
        s.queues[visit.queue].visits -= 1
    contact = s.contacts[visit.contact]
    contact.visit = ""
    if contact.ended:
        del s.contacts[contact.id]


# --- assignments -----------------------------------------------------------------------------------------


def assignment_offered(s: State, x: e.AssignmentOffered) -> None:
    visit = s.visits[x.visit]
    state = move(VISIT, "visit", visit.id, visit.state, e.AssignmentOffered)
    if visit.queue:
        _wait_no_more(s, visit)
    visit.state = state
    visit.assignment = x.assignment
    visit.offers += 1
    s.seq += 1
    s.assignments[x.assignment] = Assignment(
        x.assignment,
        x.visit,
        x.contact,
        x.agent,
        visit.queue,
        visit.medium,
        "offered",
        x.at,
        x.until,
        s.seq,
        x.at,
    )
    if x.until:
        s.timers.set(x.assignment, x.until, s.seq)
    agent = s.agents[x.agent]
    agent.assignments.append(x.assignment)
    capacity.take(s, agent, visit.medium)


def _step(s: State, id: str, event: type, at: float) -> Assignment:
    a = s.assignments[id]
    a.state = move(ASSIGNMENT, "assignment", id, a.state, event)
    a.since = at
    if a.until:
        a.until = 0.0
        s.timers.cancel(id)
    return a


def assignment_accepted(s: State, x: e.AssignmentAccepted) -> None:
    a = _step(s, x.assignment, e.AssignmentAccepted, x.at)
    a.accepted = x.at
    visit = s.visits[a.visit]
    visit.state = move(VISIT, "visit", visit.id, visit.state, e.AssignmentAccepted)
    capacity.to_the_end(s, s.agents[a.agent], x.at)


def assignment_declined(s: State, x: e.AssignmentDeclined) -> None:
    _close(s, _step(s, x.assignment, e.AssignmentDeclined, x.at))


def assignment_timed_out(s: State, x: e.AssignmentTimedOut) -> None:
    _close(s, _step(s, x.assignment, e.AssignmentTimedOut, x.at))


def assignment_withdrawn(s: State, x: e.AssignmentWithdrawn) -> None:
    _close(s, _step(s, x.assignment, e.AssignmentWithdrawn, x.at))


def assignment_connected(s: State, x: e.AssignmentConnected) -> None:
    _step(s, x.assignment, e.AssignmentConnected, x.at).connected = x.at


def assignment_held(s: State, x: e.AssignmentHeld) -> None:
    _step(s, x.assignment, e.AssignmentHeld, x.at)


def assignment_resumed(s: State, x: e.AssignmentResumed) -> None:
    _step(s, x.assignment, e.AssignmentResumed, x.at)


def wrap_up_started(s: State, x: e.WrapUpStarted) -> None:
    a = _step(s, x.assignment, e.WrapUpStarted, x.at)
    a.cause = x.cause
    a.until = x.until
    s.seq += 1
    a.due_seq = s.seq
    s.timers.set(x.assignment, x.until, s.seq)


def disposition_set(s: State, x: e.DispositionSet) -> None:
    s.assignments[x.assignment].disposition = x.disposition


def recording_paused(s: State, x: e.RecordingPaused) -> None:
    s.assignments[x.assignment].recording_paused = True


def recording_resumed(s: State, x: e.RecordingResumed) -> None:
    s.assignments[x.assignment].recording_paused = False


def assignment_done(s: State, x: e.AssignmentDone) -> None:
    a = _step(s, x.assignment, e.AssignmentDone, x.at)
    if a.queue:
        s.queues[a.queue].handled.append(x.at - a.offered)
    capacity.to_the_end(s, s.agents[a.agent], x.at)
    _close(s, a)


def _close(s: State, a: Assignment) -> None:
    del s.assignments[a.id]
    agent = s.agents[a.agent]
    agent.assignments.remove(a.id)
    capacity.release(s, agent, a.medium)
    visit = s.visits[a.visit]
    visit.assignment = ""
    if visit.state == "ended":
        _forget(s, visit)


def ticked(s: State, x: e.Ticked) -> None:
    """Only the clock moves."""


APPLY: dict[type, Callable[[State, Any], None]] = {
    e.SitePut: site_put,
    e.SkillPut: skill_put,
    e.ReasonPut: reason_put,
    e.QueuePut: queue_put,
    e.QueueRemoved: queue_removed,
    e.AgentPut: agent_put,
    e.AgentRemoved: agent_removed,
    e.PresenceChanged: presence_changed,
    e.PresenceRequested: presence_requested,
    e.ReachabilityChanged: reachability_changed,
    e.AgentSetAside: agent_set_aside,
    e.ContactArrived: contact_arrived,
    e.DialogueMoved: dialogue_moved,
    e.LanguageSet: language_set,
    e.ContactEnded: contact_ended,
    e.VisitStarted: visit_started,
    e.VisitAnswered: visit_answered,
    e.VisitRequeued: visit_requeued,
    e.VisitEnded: visit_ended,
    e.AssignmentOffered: assignment_offered,
    e.AssignmentAccepted: assignment_accepted,
    e.AssignmentDeclined: assignment_declined,
    e.AssignmentTimedOut: assignment_timed_out,
    e.AssignmentWithdrawn: assignment_withdrawn,
    e.AssignmentConnected: assignment_connected,
    e.AssignmentHeld: assignment_held,
    e.AssignmentResumed: assignment_resumed,
    e.WrapUpStarted: wrap_up_started,
    e.DispositionSet: disposition_set,
    e.RecordingPaused: recording_paused,
    e.RecordingResumed: recording_resumed,
    e.AssignmentDone: assignment_done,
    e.Ticked: ticked,
}
