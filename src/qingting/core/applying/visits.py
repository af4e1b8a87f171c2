"""Visits: they wait, are answered, end; and are forgotten when nothing of them is open."""

from __future__ import annotations

from .. import events as e
from ..index import bands_in
from ..lifecycle import CONSULT, VISIT, Table, move
from ..model import State, Visit, visit_of
from ..priority import boost
from ..waiting import lift, relax, wait, wait_no_more
from ..watching import unwatch_visit, watch_visit
from . import Apply


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
            lift(queue, boost(queue))


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
        forget(s, visit)


def table_of(visit: Visit) -> Table:
    return CONSULT if visit.by else VISIT


def forget(s: State, visit: Visit) -> None:
    del s.visits[visit.id]
    if visit.queue:
        s.queues[visit.queue].visits -= 1
    contact = s.contacts[visit.contact]
    contact.visits -= 1
    if contact.visit == visit.id:
        contact.visit = ""
    if contact.ended and not contact.visits:
        del s.contacts[contact.id]


APPLY: Apply = {
    e.VisitStarted: visit_started,
    e.VisitAnswered: visit_answered,
    e.VisitRequeued: visit_requeued,
    e.VisitRevalued: visit_revalued,
    e.VisitsRelaxed: visits_relaxed,
    e.VisitEnded: visit_ended,
}
