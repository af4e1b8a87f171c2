"""Who fits whom, in one decision: visits look for agents (`place`), an agent looks for visits (`pull`).

Between decisions no visit waits while an agent is free who may serve it at its present step; so only what a decision
itself sets free, relaxes or sends to wait can fit anew, and only that is looked at. A decision sets at most one agent
free, or sends visits to wait, never both; nothing here changes state.

A visit behind another of its lane is not looked at: whoever may serve it may serve that one, which still waits.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from . import explaining
from .capacity import Carry, may_interrupt
from .choosing import Choice, choose
from .events import AssignmentOffered, AssignmentParked, AssignmentUnparked, Event, VisitStarted
from .model import Agent, Assignment, Queue, State, Visit, visit_of
from .picking import pick
from .relaxation import Need, bonus, need, reached
from .values import Requirements


class Given:
    """Who is given what in this decision, as far as it changes who is free."""

    def __init__(self, state: State, full: int) -> None:
        self._state = state
        self._carries: dict[str, Carry] = {}
        self.full = dict.fromkeys(state.idle, full)
        """By medium, agents who are not asked, as bits."""
        self.parking = dict(state.parking)

    def take(self, agent: Agent, medium: str) -> Sequence[Assignment]:
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
    full = without.bit if without is not None else 0
    if len(visits) == 1:
        visit = visits[0]
        queue = state.queues[visit.queue]
        if not state.idle[visit.medium].all & queue.members or _stands_behind(queue, visit):
            return []
        step = reached(queue.relax, visit.since, now) if queue.relax else 0
        choice = _choose(state, queue, visit, step, full, state.parking)
        if choice is None:
            return []
        events = _given(now, visit, queue, step, choice, _parks(state, choice.agent, visit.medium))
        if queue.policy.at_once > 1:
            events += _beside(state, now, visit, queue, step, full | choice.agent.bit)
        return events
    asking = []
    for visit in visits:
        queue = state.queues[visit.queue]
        if not state.idle[visit.medium].all & queue.members:
            continue
        step = reached(queue.relax, visit.since, now)
        asking.append((visit.rank - bonus(queue.relax, step) - queue.boost, visit.seq, step, queue, visit))
    if not asking:
        return []
    asking.sort(key=lambda ask: ask[:2])
    events = []
    given = Given(state, full)
    staying: set[tuple[str, str, Requirements, float]] = set()
    for _, _, step, queue, visit in asking:
        lane = (queue.id, visit.medium, visit.wants, visit.priority_s)
        if lane in staying or _stands_behind(queue, visit):
            continue
        choice = _choose(state, queue, visit, step, given.full[visit.medium], given.parking)
        if choice is None:
            staying.add(lane)
        else:
            events += _given(now, visit, queue, step, choice, given.take(choice.agent, visit.medium))
    return events


def place_new(state: State, now: float, start: VisitStarted, medium: str, queue: Queue) -> list[Event]:
    """As `place`, for a visit that starts in this decision, for anyone; some member of the queue is free."""
    if queue.policy.at_once > 1 or start.since < now or queue.lines[medium].lanes:
        return place(state, now, [visit_of(start, medium, queue, state.seq + 1)])
    home_only = (start.site,) if start.site and queue.site_rule == "home" else ()
    asked = Need(start.requires, home_only, start.exclude)
    choice = choose(state, queue, medium, asked, start.site, start.prefer, 0, state.parking)
    if choice is None:
        return []
    parks = _parks(state, choice.agent, medium)
    why = explaining.agent_chosen(now, start, queue, 0, choice, len(parks))
    return _offer(now, start.visit, start.contact, 1, queue, choice.agent, parks, why)


def _parks(state: State, agent: Agent, medium: str) -> Sequence[Assignment]:
    """What an agent who stands among the free parks for one more."""
    return Carry(state, agent).room(medium) or () if medium in agent.parking else ()


def _beside(state: State, now: float, visit: Visit, queue: Queue, step: int, full: int) -> list[Event]:
    """Offers of the same visit to others at once; nobody parks anything for a race."""
    events: list[Event] = []
    for n in range(1, queue.policy.at_once):
        choice = _choose(state, queue, visit, step, full, state.parking)
        if choice is None or visit.medium in choice.agent.parking:
            break
        full |= choice.agent.bit
        why = explaining.agent_chosen(now, visit, queue, step, choice, 0)
        events += _offer(now, visit.id, visit.contact, visit.offers + 1 + n, queue, choice.agent, (), why)
    return events


def _stands_behind(queue: Queue, visit: Visit) -> bool:
    lanes = queue.lines[visit.medium].lanes
    if not lanes:
        return False
    lane = lanes.get((visit.wants, visit.priority_s))
    return lane is not None and lane.places[0] < (visit.rank, visit.seq, visit)


def _choose(state: State, queue: Queue, visit: Visit, step: int, full: int, parking: dict[str, int]) -> Choice | None:
    asked = need(visit.wants, queue.relax, step)
    return choose(state, queue, visit.medium, asked, visit.home, visit.prefer, full, parking)


def _given(
    now: float, visit: Visit, queue: Queue, step: int, choice: Choice, parks: Sequence[Assignment]
) -> list[Event]:
    why = explaining.agent_chosen(now, visit, queue, step, choice, len(parks))
    return _offer(now, visit.id, visit.contact, visit.offers + 1, queue, choice.agent, parks, why)


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
    if agent.sharing.most:
        return _pull_shared(state, now, agent, idle_since, media, ended, talking)
    rooms: dict[str, int] = {}
    for medium in media:
        room = agent.most.get(medium, 0) - agent.load.get(medium, 0)
        for a in ended:
            if a.medium == medium:
                room += 1
        if room > 0:
            rooms[medium] = room
    events: list[Event] = []
    taken: set[str] = set()
    while rooms:
        found = pick(state, agent, rooms, taken, now)
        if found is None:
            break
        visit = found.visit
        why = explaining.visit_picked(now, agent, idle_since, found, 0)
        events += _offer(now, visit.id, visit.contact, visit.offers + 1, found.queue, agent, (), why)
        taken.add(visit.id)
        rooms[visit.medium] -= 1
        if not rooms[visit.medium]:
            del rooms[visit.medium]
    return events


def _pull_shared(
    state: State,
    now: float,
    agent: Agent,
    idle_since: float,
    media: Collection[str],
    ended: Sequence[Assignment],
    talking: Assignment | None,
) -> list[Event]:
    events: list[Event] = []
    taken: set[str] = set()
    carry = Carry(state, agent, ended, talking)
    parked = [
        a for a in map(state.assignments.__getitem__, agent.assignments) if a.state == "parked" and a not in ended
    ]
    while True:
        back = next((a for a in parked if carry.fits(a)), None) if parked else None
        wanted = media if back is None else may_interrupt(agent, back.medium)
        rooms = [medium for medium in wanted if medium in media and carry.room(medium) is not None]
        found = pick(state, agent, rooms, taken, now) if rooms else None
        if found is not None:
            visit = found.visit
            parks = carry.room(visit.medium) or ()
            carry.take(visit.medium, parks)
            parked += parks
            taken.add(visit.id)
            why = explaining.visit_picked(now, agent, idle_since, found, len(parks))
            events += _offer(now, visit.id, visit.contact, visit.offers + 1, found.queue, agent, parks, why)
        elif back is not None:
            carry.bring_back(back)
            parked.remove(back)
            events.append(AssignmentUnparked(now, back.id))
        else:
            return events


def _offer(
    now: float, visit: str, contact: str, nth: int, queue: Queue, agent: Agent, parks: Sequence[Assignment], why: str
) -> list[Event]:
    id = f"{visit}/{nth}"
    auto = queue.policy.auto_answer or agent.auto_answer
    offer = AssignmentOffered(now, id, visit, contact, agent.id, now + queue.ring_s, why, auto)
    return [*[AssignmentParked(now, a.id, id) for a in parks], offer] if parks else [offer]
