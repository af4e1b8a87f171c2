"""Offers that were not taken, and connections that failed: the visit waits again, or somebody else is free for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..events import ConsultEnded, ConsultRequeued, Event, VisitEnded, VisitRequeued
from ..matching import place, pull
from ..model import Assignment, State, Visit
from .endings import aside, freed
from .over import over


def back(state: State, now: float, a: Assignment, why_aside: str, why: str) -> list[Event]:
    """`a` ends untaken: its agent gets no more for now, its visit goes on.

    A colleague who is consulted straight is not set aside: no queue counts on them.
    """
    visit = state.visits[a.visit]
    if visit.by and not visit.queue:
        return [*again(state, now, [a], why), *freed(state, now, a, worked=False)]
    agent, until = state.agents[a.agent], 0.0
    if why_aside == "ring_no_answer" and visit.queue:
        policy = state.queues[visit.queue].policy
        if not policy.misses or agent.misses + 1 < policy.misses:
            until = now + policy.penalty_s
    return [
        *aside(agent, why_aside, now, 1, until),
        *pull(state, now, agent, agent.idle_since, (), ended=[a]),
        *again(state, now, [a], why),
    ]


def again(state: State, now: float, lost: Sequence[Assignment], why: str) -> list[Event]:
    """What becomes of the visits of assignments of one agent that end untaken, but for the agent."""
    events: list[Event] = []
    waiting: list[Visit] = []
    for a in lost:
        visit = state.visits[a.visit]
        if any(state.assignments[id].state == "offered" for id in standing(visit) if id != a.id):
            continue
        if visit.by and visit.queue:
            events.append(ConsultRequeued(now, visit.id, why))
            waiting.append(visit)
        elif visit.queue:
            exclude = a.agent if why == "declined" and state.queues[visit.queue].spare_decliners else ""
            events.append(VisitRequeued(now, visit.id, why, exclude))
            waiting.append(replace(visit, wants=visit.wants.without(exclude)) if exclude else visit)
        elif visit.by:
            events.append(ConsultEnded(now, visit.id, why))
        else:
            contact = state.contacts[visit.contact]
            events += [VisitEnded(now, visit.id, "failed", why), *over(state, now, contact, "failed")]
    if waiting:
        events += place(state, now, waiting, state.agents[lost[0].agent])
    return events


def standing(visit: Visit) -> tuple[str, ...]:
    """Its open assignments."""
    return (visit.assignment, *visit.beside) if visit.assignment else visit.beside
