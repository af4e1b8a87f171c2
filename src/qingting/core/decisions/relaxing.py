"""Waiting widens who may serve a visit: what the deadlines of waiting visits bring."""

from __future__ import annotations

from ..events import AssignmentOffered, Event, VisitsRelaxed
from ..matching import place
from ..model import State

MOST = 192
"""Visits in one decision, so that none takes long."""


def relaxed(state: State, now: float) -> list[Event]:
    """Those whose deadline is due: who finds somebody now is offered, the others are relaxed and wait on."""
    due = [state.visits[id] for id in state.relaxing.due(now, MOST)]
    offers = place(state, now, due)
    served = {event.visit for event in offers if type(event) is AssignmentOffered}
    waiting = tuple([visit.id for visit in due if visit.id not in served])
    return [VisitsRelaxed(now, waiting), *offers] if waiting else offers
