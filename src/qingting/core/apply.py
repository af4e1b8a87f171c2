"""What each event changes. Nothing is judged here: the tables of `lifecycle` only make sure of the order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import capacity
from . import events as e
from .index import agent_in, agent_out, bands_in, begin_day, drop_queue, orders_in
from .lifecycle import ASSIGNMENT, CONSULT, CONSULTED, PARTY, VISIT, Table, move
from .model import (
    DAY,
    Agent,
    Assignment,
    Break,
    BreakLimit,
    Callback,
    Contact,
    Message,
    Party,
    Pending,
    Queue,
    Rule,
    State,
    Visit,
    consult_of,
    visit_of,
)
from .priority import boost
from .waiting import relax, wait, wait_no_more
from .watching import unwatch_visit, watch_agent, watch_queue, watch_staff, watch_visit

# --- configuration ---------------------------------------------------------------------------------------


def site_put(s: State, x: e.SitePut) -> None:
    s.sites[x.site] = 0


def skill_put(s: State, x: e.SkillPut) -> None:
    s.skills[x.skill] = None
    s.levels[x.skill] = [0] * 6


def reason_put(s: State, x: e.ReasonPut) -> None:
    s.reasons[x.reason] = x.retired


def day_put(s: State, x: e.DayPut) -> None:
    s.day_starts = x.starts_s
    if s.counts_by_day:
        s.day_ends = x.at + DAY - (x.at - x.starts_s) % DAY


def queue_put(s: State, x: e.QueuePut) -> None:
    queue = s.queues.get(x.queue)
    if queue is None:
        queue, strategy = Queue(*x[1:]), "longest_idle"
        s.queues[x.queue] = queue
    else:
        strategy = queue.strategy
        queue.line, queue.requires, queue.ring_s, queue.wrap_up_s, queue.priority_s = x[2:7]
        queue.service_level_s, queue.service_level_target, queue.short_abandon_s, queue.closed = x[7:11]
        queue.relax, queue.strategy, queue.site_rule, queue.behind_s, queue.spare_decliners = x[11:16]
    queue.second_line = x.second_line
    queue.boost = boost(queue)
    for line in queue.lines.values():
        if line.steps != queue.relax:
            line.begin_again(queue.relax, x.at, s.relaxing)
    if queue.strategy != strategy:
        counted = s.counts_by_day
        orders_in(s)
        if s.counts_by_day and not counted:
            begin_day(s, x.at)


def policy_put(s: State, x: e.PolicyPut) -> None:
    queue = s.queues[x.queue]
    queue.policy = x.policy
    watch_queue(s, queue, x.at)


def hours_set(s: State, x: e.HoursSet) -> None:
    s.queues[x.queue].open = x.open


def queue_removed(s: State, x: e.QueueRemoved) -> None:
    s.limits.pop(("queue", x.queue), None)
    drop_queue(s, x.queue)


def rule_put(s: State, x: e.RulePut) -> None:
    s.rules[x.rule] = Rule(*x[1:])


def rule_removed(s: State, x: e.RuleRemoved) -> None:
    del s.rules[x.rule]


def agent_put(s: State, x: e.AgentPut) -> None:
    agent = s.agents.get(x.agent)
    before: tuple[str, ...] = ()
    if agent is None:
        agent = s.agents[x.agent] = Agent(*x[1:], since=x.at)
    else:
        before = agent.queues
        watch_agent(s, agent, x.at, here=False)
        agent_out(s, agent)
        agent.queues, agent.skills, agent.capacity, agent.site, agent.ranks, agent.sharing = x[2:]
    agent_in(s, agent)
    watch_agent(s, agent, x.at)
    for id in before:
        watch_staff(s, s.queues[id], x.at)


def profile_put(s: State, x: e.ProfilePut) -> None:
    agent = s.agents[x.agent]
    agent.team, agent.auto_answer = x.team, x.auto_answer


def agent_removed(s: State, x: e.AgentRemoved) -> None:
    agent = s.agents.pop(x.agent)
    for planned in [planned.id for planned in s.breaks.values() if planned.agent == agent.id]:
        del s.breaks[planned]
        s.alarms.cancel(f"break {planned}")
    _aside(s, agent, "", 0.0)
    before = agent.queues
    watch_agent(s, agent, x.at, here=False)
    agent_out(s, agent)
    for id in before:
        watch_staff(s, s.queues[id], x.at)


# --- agents ----------------------------------------------------------------------------------------------


def presence_changed(s: State, x: e.PresenceChanged) -> None:
    agent = s.agents[x.agent]
    capacity.account(s, agent, x.at)
    agent.presence, agent.reason, agent.since, agent.by = x.presence, x.reason, x.at, x.by
    agent.pending = None
    _aside(s, agent, "", 0.0)
    if x.presence == "available":
        agent.misses = 0
        capacity.to_the_end(s, agent, x.at)
    capacity.refresh(s, agent)
    watch_agent(s, agent, x.at)


def presence_requested(s: State, x: e.PresenceRequested) -> None:
    agent = s.agents[x.agent]
    capacity.account(s, agent, x.at)
    agent.pending = None if x.presence == "available" else Pending(x.presence, x.reason, x.by)
    capacity.refresh(s, agent)


def reachability_changed(s: State, x: e.ReachabilityChanged) -> None:
    agent = s.agents[x.agent]
    capacity.account(s, agent, x.at)
    others = [medium for medium in agent.reachable if medium != x.medium]
    agent.reachable = tuple(sorted([*others, x.medium] if x.reachable else others))
    capacity.refresh(s, agent)
    watch_agent(s, agent, x.at)


def agent_set_aside(s: State, x: e.AgentSetAside) -> None:
    agent = s.agents[x.agent]
    capacity.account(s, agent, x.at)
    _aside(s, agent, x.why, x.until)
    capacity.refresh(s, agent)


def agent_returned(s: State, x: e.AgentReturned) -> None:
    agent = s.agents[x.agent]
    capacity.account(s, agent, x.at)
    _aside(s, agent, "", 0.0)
    capacity.refresh(s, agent)


def _aside(s: State, agent: Agent, why: str, until: float) -> None:
    if agent.aside_until:
        s.alarms.cancel(f"agent {agent.id}")
    agent.set_aside, agent.aside_until = why, until
    if until:
        s.seq += 1
        agent.aside_seq = s.seq
        s.alarms.set(f"agent {agent.id}", until, s.seq)


def break_limit_put(s: State, x: e.BreakLimitPut) -> None:
    if x.reasons:
        s.limits[x.scope, x.id] = BreakLimit(*x[1:])
    else:
        s.limits.pop((x.scope, x.id), None)


def break_reserved(s: State, x: e.BreakReserved) -> None:
    _alarm(s, Break(*x[1:]), x.start)


def break_began(s: State, x: e.BreakBegan) -> None:
    planned = s.breaks[x.break_]
    planned.begun = True
    _alarm(s, planned, planned.end)


def _alarm(s: State, planned: Break, at: float) -> None:
    s.seq += 1
    planned.seq = s.seq
    s.breaks[planned.id] = planned
    s.alarms.set(f"break {planned.id}", at, s.seq)


def break_ended(s: State, x: e.BreakEnded) -> None:
    del s.breaks[x.break_]
    s.alarms.cancel(f"break {x.break_}")


# --- contacts --------------------------------------------------------------------------------------------


def contact_arrived(s: State, x: e.ContactArrived) -> None:
    contact = s.contacts[x.contact] = Contact(*x[1:11], arrived=x.at)
    contact.callback = x.callback


def dialogue_moved(s: State, x: e.DialogueMoved) -> None:
    contact = s.contacts[x.contact]
    contact.flow, contact.version, contact.node, contact.via, contact.dialogue = x[2:]


def language_set(s: State, x: e.LanguageSet) -> None:
    s.contacts[x.contact].language = x.language


def attributes_set(s: State, x: e.AttributesSet) -> None:
    s.contacts[x.contact].attributes = x.attributes


def contact_ended(s: State, x: e.ContactEnded) -> None:
    contact = s.contacts[x.contact]
    if contact.visits:
        contact.ended, contact.cause = x.at, x.cause
    else:
        del s.contacts[x.contact]


# --- visits ----------------------------------------------------------------------------------------------


def visit_started(s: State, x: e.VisitStarted) -> None:
    s.seq += 1
    contact = s.contacts[x.contact]
    queue = s.queues[x.queue] if x.queue else None
    visit = s.visits[x.visit] = visit_of(x, contact.medium, queue, s.seq)
    contact.visit = x.visit
    contact.visits += 1
    if queue is not None:
        queue.visits += 1
        if x.requires not in queue.bands:
            bands_in(s, queue, x.requires)
        if not x.offered:
            wait(s, visit, x.at)
            watch_visit(s, visit, x.at)


def visit_answered(s: State, x: e.VisitAnswered) -> None:
    visit = s.visits[x.visit]
    visit.state = move(VISIT, "visit", visit.id, visit.state, e.VisitAnswered)
    s.contacts[visit.contact].reached = True
    if visit.queue:
        queue = s.queues[visit.queue]
        queue.answered.append(x.at)
        queue.met.append(x.at - visit.since <= queue.service_level_s)
        if queue.behind_s:
            queue.boost = boost(queue)


def visit_requeued(s: State, x: e.VisitRequeued) -> None:
    visit = s.visits[x.visit]
    visit.state = move(VISIT, "visit", visit.id, visit.state, e.VisitRequeued)
    if x.exclude:
        visit.wants = visit.wants.without(x.exclude)
    wait(s, visit, x.at)
    watch_visit(s, visit, x.at)


def visit_revalued(s: State, x: e.VisitRevalued) -> None:
    visit = s.visits[x.visit]
    until = visit.prefer_until
    wait_no_more(s, visit, x.at)
    visit.wants = visit.wants._replace(skills=x.requires)
    visit.priority_s, visit.rules, visit.prefer_until = x.priority_s, x.rules, until
    visit.rank = visit.since - x.priority_s
    wait(s, visit, x.at)


def visits_relaxed(s: State, x: e.VisitsRelaxed) -> None:
    for id in x.visits:
        relax(s, s.visits[id], x.at)


def visit_ended(s: State, x: e.VisitEnded) -> None:
    visit = s.visits[x.visit]
    if visit.state == "waiting":
        wait_no_more(s, visit, x.at)
        unwatch_visit(s, visit, x.at)
    visit.state = move(VISIT, "visit", visit.id, visit.state, e.VisitEnded)
    if not visit.assignment and not visit.beside:
        _forget(s, visit)


def _table(visit: Visit) -> Table:
    return CONSULT if visit.by else VISIT


def _forget(s: State, visit: Visit) -> None:
    del s.visits[visit.id]
    if visit.queue:
        s.queues[visit.queue].visits -= 1
    contact = s.contacts[visit.contact]
    contact.visits -= 1
    if contact.visit == visit.id:
        contact.visit = ""
    if contact.ended and not contact.visits:
        del s.contacts[contact.id]


# --- assignments -----------------------------------------------------------------------------------------


def assignment_offered(s: State, x: e.AssignmentOffered) -> None:
    visit = s.visits[x.visit]
    state = move(_table(visit), "visit", visit.id, visit.state, e.AssignmentOffered)
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
        consult=bool(visit.by),
        kept=bool(visit.by),
    )
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


def _step(s: State, id: str, event: type, at: float) -> Assignment:
    a = s.assignments[id]
    before = a.state
    a.state = move(CONSULTED if a.consult else ASSIGNMENT, "assignment", id, before, event)
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
    a = _step(s, x.assignment, e.AssignmentAccepted, x.at)
    a.accepted = x.at
    visit = s.visits[a.visit]
    visit.state = move(_table(visit), "visit", visit.id, visit.state, e.AssignmentAccepted)
    if visit.assignment != a.id:
        _lead(visit, a.id)
    agent = s.agents[a.agent]
    agent.misses = 0
    capacity.to_the_end(s, agent, x.at, accepted=1)


def assignment_declined(s: State, x: e.AssignmentDeclined) -> None:
    _close(s, _step(s, x.assignment, e.AssignmentDeclined, x.at))


def assignment_timed_out(s: State, x: e.AssignmentTimedOut) -> None:
    a = _step(s, x.assignment, e.AssignmentTimedOut, x.at)
    s.agents[a.agent].misses += 1
    _close(s, a)


def assignment_withdrawn(s: State, x: e.AssignmentWithdrawn) -> None:
    _close(s, _step(s, x.assignment, e.AssignmentWithdrawn, x.at))


def assignment_connected(s: State, x: e.AssignmentConnected) -> None:
    _step(s, x.assignment, e.AssignmentConnected, x.at).connected = x.at


def assignment_held(s: State, x: e.AssignmentHeld) -> None:
    _step(s, x.assignment, e.AssignmentHeld, x.at)


def assignment_resumed(s: State, x: e.AssignmentResumed) -> None:
    _step(s, x.assignment, e.AssignmentResumed, x.at)


def assignment_parked(s: State, x: e.AssignmentParked) -> None:
    a = _step(s, x.assignment, e.AssignmentParked, x.at)
    capacity.park(s, s.agents[a.agent], a.medium)


def assignment_unparked(s: State, x: e.AssignmentUnparked) -> None:
    _step(s, x.assignment, e.AssignmentUnparked, x.at)


def assignment_lapsed(s: State, x: e.AssignmentLapsed) -> None:
    a = _step(s, x.assignment, e.AssignmentLapsed, x.at)
    a.cause = x.why
    _until(s, a, x.at)
    visit = s.visits[a.visit]
    if visit.assignment == a.id:
        _lead(visit, _standing(s, visit))


def wrap_up_started(s: State, x: e.WrapUpStarted) -> None:
    a = _step(s, x.assignment, e.WrapUpStarted, x.at)
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
    a = _step(s, x.assignment, e.AssignmentDone, x.at)
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
        _forget(s, visit)


def _standing(s: State, visit: Visit) -> str:
    """The first of the offers beside that still stands."""
    return next((id for id in visit.beside if s.assignments[id].state == "offered"), "")


def _lead(visit: Visit, first: str) -> None:
    """`first` is the visit's assignment, the others stand beside it in the order of their offers."""
    others = [id for id in (visit.assignment, *visit.beside) if id and id != first]
    others.sort(key=lambda id: int(id.rpartition("/")[2]))
    visit.assignment, visit.beside = first, tuple(others)


# --- transfer, consult, conference -----------------------------------------------------------------------


def contact_transferred(s: State, x: e.ContactTransferred) -> None:
    if any(x.notes):
        s.contacts[x.contact].notes = x.notes


def consult_started(s: State, x: e.ConsultStarted) -> None:
    s.seq += 1
    contact = s.contacts[x.contact]
    if any(x.notes):
        contact.notes = x.notes
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
    _step(s, x.assignment, e.ConsultJoined, x.at)


def consult_ended(s: State, x: e.ConsultEnded) -> None:
    visit = s.visits[x.visit]
    if visit.state == "waiting" and visit.queue:
        wait_no_more(s, visit, x.at)
        unwatch_visit(s, visit, x.at)
    visit.state = move(CONSULT, "consult", visit.id, visit.state, e.ConsultEnded)
    _no_consult(s, visit)
    if not visit.assignment and not visit.beside:
        _forget(s, visit)


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
    if visit.state == "waiting":
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
    if any(x.notes):
        contact.notes = x.notes
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


def day_began(s: State, x: e.DayBegan) -> None:
    begin_day(s, x.at)


# --- overflow, callbacks, messages -----------------------------------------------------------------------


def overflowed(s: State, x: e.Overflowed) -> None:
    """What it brings stands in the events after it."""


def callback_requested(s: State, x: e.CallbackRequested) -> None:
    back = s.callbacks[x.callback] = Callback(*x[1:])
    _due(s, back, x.due)


def _due(s: State, back: Callback, due: float) -> None:
    """The next attempt; or, with one under way, the end of its patience."""
    s.seq += 1
    back.due, back.seq = due, s.seq
    s.alarms.set(f"callback {back.id}", due or back.expires, s.seq)


def callback_started(s: State, x: e.CallbackStarted) -> None:
    back = s.callbacks[x.callback]
    back.made, back.contact = x.attempt, x.contact
    _due(s, back, 0.0)


def callback_postponed(s: State, x: e.CallbackPostponed) -> None:
    back = s.callbacks[x.callback]
    _forget_attempt(s, back)
    _due(s, back, x.due)


def callback_ended(s: State, x: e.CallbackEnded) -> None:
    back = s.callbacks.pop(x.callback)
    s.alarms.cancel(f"callback {back.id}")
    _forget_attempt(s, back)


def _forget_attempt(s: State, back: Callback) -> None:
    contact = s.contacts.get(back.contact)
    if contact is not None:
        contact.callback = ""
    back.contact = ""


def customer_answered(s: State, x: e.CustomerAnswered) -> None:
    s.contacts[x.contact].reached = True


def message_taken(s: State, x: e.MessageTaken) -> None:
    s.messages[x.message] = Message(*x[1:], taken=x.at)


def message_closed(s: State, x: e.MessageClosed) -> None:
    del s.messages[x.message]


def ticked(s: State, x: e.Ticked) -> None:
    """Only the clock moves."""


APPLY: dict[type, Callable[[State, Any], None]] = {
    e.SitePut: site_put,
    e.SkillPut: skill_put,
    e.ReasonPut: reason_put,
    e.DayPut: day_put,
    e.QueuePut: queue_put,
    e.PolicyPut: policy_put,
    e.HoursSet: hours_set,
    e.QueueRemoved: queue_removed,
    e.RulePut: rule_put,
    e.RuleRemoved: rule_removed,
    e.AgentPut: agent_put,
    e.ProfilePut: profile_put,
    e.AgentRemoved: agent_removed,
    e.PresenceChanged: presence_changed,
    e.PresenceRequested: presence_requested,
    e.ReachabilityChanged: reachability_changed,
    e.AgentSetAside: agent_set_aside,
    e.AgentReturned: agent_returned,
    e.BreakLimitPut: break_limit_put,
    e.BreakReserved: break_reserved,
    e.BreakBegan: break_began,
    e.BreakEnded: break_ended,
    e.ContactArrived: contact_arrived,
    e.DialogueMoved: dialogue_moved,
    e.LanguageSet: language_set,
    e.AttributesSet: attributes_set,
    e.ContactEnded: contact_ended,
    e.VisitStarted: visit_started,
    e.VisitAnswered: visit_answered,
    e.VisitRequeued: visit_requeued,
    e.VisitRevalued: visit_revalued,
    e.VisitsRelaxed: visits_relaxed,
    e.VisitEnded: visit_ended,
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
    e.Overflowed: overflowed,
    e.CallbackRequested: callback_requested,
    e.CallbackStarted: callback_started,
    e.CallbackPostponed: callback_postponed,
    e.CallbackEnded: callback_ended,
    e.CustomerAnswered: customer_answered,
    e.MessageTaken: message_taken,
    e.MessageClosed: message_closed,
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
    e.DayBegan: day_began,
    e.Ticked: ticked,
}
