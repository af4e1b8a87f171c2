"""Who waits in a queue that goes away: they go on in another, at their first arrival."""

from __future__ import annotations

import asyncio

import structlog

from ..core import commands as c
from ..core.model import Queue, State, Visit, unanswered
from ..errors import Refused
from . import names
from .live import Live

log = structlog.get_logger(__name__)


async def move_waiting(live: Live, queue: str, to: str) -> int:
    """How many they were. All of them or nobody: refused with `queue.in_use` while somebody talks in the queue or
    is to be called back from it, with `queue.closed` when the other takes nobody, with `queue.unknown`."""
    state = live.engine.state
    left, entered = _known(state, queue), _known(state, to)
    if entered.closed:
        raise Refused("queue.closed", f"{to} takes nobody", queue=to)
    waiting = [visit for visit in state.visits.values() if visit.queue == queue and unanswered(visit)]
    talking = left.visits - len(waiting)
    callbacks = sum(1 for back in state.callbacks.values() if back.queue == queue)
    if talking or callbacks:
        raise Refused(
            "queue.in_use",
            f"{talking} talk in {queue}, {callbacks} are to be called back",
            queue=queue,
            waiting=len(waiting),
            talking=talking,
            callbacks=callbacks,
        )
    waiting.sort(key=lambda visit: visit.since)
    # Decided one after the other, made durable together.
    moved = await asyncio.gather(*[_move(live, visit, left, to) for visit in waiting])
    return sum(moved)


async def _move(live: Live, visit: Visit, left: Queue, to: str) -> bool:
    """What the contact asked for itself goes along; what the queue and the rules brought is found anew."""
    rules = [rule for id in visit.rules if (rule := live.engine.state.rules.get(id)) is not None]
    brought = [*left.requires, *(skill for rule in rules for skill in rule.requires)]
    own = tuple([(skill, level) for skill, level in visit.wants.skills if (skill, level) not in brought])
    priority_s = visit.priority_s - left.priority_s - sum([rule.priority_s for rule in rules])
    since = visit.since
    try:
        await live.submit(c.LeaveQueue(visit.id, "moved"), cause="configuration")
        enter = c.EnterQueue(
            visit.contact, names.visit_moved(visit.id), to, own, max(-86400.0, min(86400.0, priority_s)), since
        )
        await live.submit(enter, cause="configuration")
    except Refused as e:  # they hung up, or an agent took them, at this very moment
        log.info("queue.not_moved", visit=visit.id, code=e.code)
        return False
    return True


def _known(state: State, queue: str) -> Queue:
    found = state.queues.get(queue)
    if found is None:
        raise Refused("queue.unknown", f"no such queue: {queue}", queue=queue)
    return found
