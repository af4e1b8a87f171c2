"""Who fits whom, in one decision: visits look for agents (`place`), an agent looks for visits (`pull`).

Between decisions no visit waits while an agent is free who may serve it at its present step; so only what a decision
itself sets free, relaxes or sends to wait can fit anew, and only that is looked at. A decision sets at most one agent
free, or sends visits to wait, never both; nothing here changes state.

A visit behind another of its lane is not looked at: whoever may serve it may serve that one, which still waits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from . import explaining
from .capacity import Carry, may_interrupt
from .choosing import choose
from .events import AssignmentOffered, AssignmentParked, AssignmentUnparked, Event
from .model import Agent, Assignment, Queue, State, Visit
from .picking import pick
from .relaxation import bonus, need, reached


class Given:
    """Who is given what in this decision, as far as it changes who is free."""

    def __init__(self, state: State, without: Agent | None) -> None:
        self._state = state
        self._carries: dict[str, Carry] = {}
        self.full = dict.fromkeys(state.idle, without.bit if without is not None else 0)
        """By medium, agents who are not asked, as bits."""
        self.parking = dict(state.parking)

    def take(self, agent: Agent, medium: str) -> list[Assignment]:
        """What is parked for it."""
        carry = self._carries.get(agent.id)
        if carry is None:
            carry = self._carries[agent.id] = Carry(self._state, agent)
        parked = carry.room(medium)
        assert parked is not None
        carry.take(medium, parked)
        for other in agent.free:
            room = carry.room(other)
            if room is None:
                self.full[other] |= agent.bit
            elif room:
                self.parking[other] |= agent.bit
        return parked


def place(state: State, now: float, visits: Sequence[Visit], without: Agent | None = None) -> list[Event]:
    """Offers for visits that wait, or will when this decision's events are applied; to anyone but one agent."""
    events: list[Event] = []
    given = Given(state, without) if len(visits) > 1 else None
    full = without.bit if without is not None else 0
    staying: set[tuple[str, object, float]] = set()
    asking = []
    for visit in visits:
        queue = state.queues[visit.queue]
        step = reached(queue.relax, visit.since, now)
        asking.append((visit.rank - bonus(queue.relax, step) - queue.boost, visit.seq, step, queue, visit))
    if len(asking) > 1:
        asking.sort(key=lambda ask: ask[:2])
    for _, _, step, queue, visit in asking:
        if _stands_behind(queue, visit) or (queue.id, visit.wants, visit.priority_s) in staying:
            continue
        asked = need(visit.wants, queue.relax, step)
        if given is not None:
            full = given.full[visit.medium]
        parking = state.parking if given is None else given.parking
        choice = choose(state, queue, visit.medium, asked, visit.home, visit.prefer, full, parking)
        if choice is None:
            staying.add((queue.id, visit.wants, visit.priority_s))
            continue
        parked = (
            given.take(choice.agent, visit.medium) if given is not None else _parked_for(state, choice.agent, visit)
        )
        why = explaining.agent_chosen(now, visit, queue, step, choice, len(parked))
        events += _offer(now, visit, queue, choice.agent, parked, why)
    return events


def _parked_for(state: State, agent: Agent, visit: Visit) -> list[Assignment]:
    return (Carry(state, agent).room(visit.medium) or []) if visit.medium in agent.parking else []


def _stands_behind(queue: Queue, visit: Visit) -> bool:
    lane = queue.lines[visit.medium].lanes.get((visit.wants, visit.priority_s))
    return lane is not None and lane.places[0] < (visit.rank, visit.seq, visit)


def pull(
    state: State,
    now: float,
    agent: Agent,
    idle_since: float,
    media: Collection[str],
    ended: Sequence[Assignment] = (),
    talking: Assignment | None = None,
) -> list[Event]:
    """What an agent with room in these media gets, until nothing fits, where all `ended` are over with this decision
    and `talking` becomes a conversation. What was parked comes back when there is room for it and nothing waits for
    the agent that might interrupt it."""
    events: list[Event] = []
    taken: set[str] = set()
    carry = Carry(state, agent, ended, talking)
    parked: list[Assignment] = []
    if agent.sharing.most:
        parked = [a for a in map(state.assignments.__getitem__, agent.assignments) if a.state == "parked"]
        parked = [a for a in parked if a not in ended]
    while True:
        back = next((a for a in parked if carry.fits(a)), None)
        wanted: Iterable[str] = media if back is None else may_interrupt(agent, back.medium)
        room = [medium for medium in wanted if medium in media and carry.room(medium) is not None]
        found = pick(state, agent, room, taken, now) if room else None
        if found is not None:
            visit = found.visit
            makes_room = carry.room(visit.medium) or []
            carry.take(visit.medium, makes_room)
            parked += makes_room
            taken.add(visit.id)
            why = explaining.visit_picked(now, agent, idle_since, room, found, len(makes_room))
            events += _offer(now, visit, found.queue, agent, makes_room, why)
        elif back is not None:
            carry.bring_back(back)
            parked.remove(back)
            events.append(AssignmentUnparked(now, back.id))
        else:
            return events


def _offer(
    now: float, visit: Visit, queue: Queue, agent: Agent, parked: Iterable[Assignment], why: str
) -> list[Event]:
    id = f"{visit.id}/{visit.offers + 1}"
    offer = AssignmentOffered(now, id, visit.id, visit.contact, agent.id, now + queue.ring_s, why)
    return [*[AssignmentParked(now, a.id, id) for a in parked], offer]
