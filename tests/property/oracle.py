"""A slow, obvious matcher: every agent is looked at for every visit, every rule is read off the page.

It shares nothing with the core's own structures: who may serve what, what there is room for, who comes first are
worked out anew from the records. It is told only what has no slow form: the order of becoming idle (kept here, from
events), and at which step of relaxation a waiting visit stands.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from typing import Any

from qingting.core import commands as c
from qingting.core import events as e
from qingting.core.engine import Engine
from qingting.core.model import Agent, Assignment, Visit

PLACED = (e.VisitStarted, e.VisitRequeued, e.VisitRevalued, e.ConsultStarted, e.ConsultRequeued, e.VisitTakenOver)
"""Visits that look for an agent in their decision."""


class Oracle:
    def __init__(self) -> None:
        self.order: dict[str, int] = {}
        self.boosts: dict[str, float] = {}
        self._next = count(1)

    def saw(self, event: e.Event, agent_of: dict[str, str]) -> None:
        """Taking work, finishing work and becoming available put an agent at the end of the idle."""
        if isinstance(event, e.PresenceChanged) and event.presence == "available":
            self.order[event.agent] = next(self._next)
        elif isinstance(event, (e.AssignmentAccepted, e.AssignmentDone)):
            self.order[agent_of[event.assignment]] = next(self._next)

    def match(self, engine: Engine, command: c.Command, events: list[e.Event]) -> tuple[list[Any], list[Any]]:
        """What must follow from events, and what does: offers, what is parked for them, what comes back."""
        offers = {x.assignment for x in events if isinstance(x, e.AssignmentOffered) and matched(x)}
        follows = [
            x
            for x in events
            if (isinstance(x, e.AssignmentOffered) and matched(x))
            or (isinstance(x, e.AssignmentParked) and x.by in offers)
            or isinstance(x, e.AssignmentUnparked)
        ]
        causes = [x for x in events if x not in follows]
        causes = [x._replace(offered=False) if isinstance(x, e.VisitStarted) else x for x in causes]
        agent_of = {a.id: a.agent for a in engine.state.assignments.values()}
        world = Engine.load(engine.dump())
        order = Oracle()
        order.order, order._next = dict(self.order), count(10**9)
        order.boosts = {queue.id: queue.boost for queue in engine.state.queues.values()}
        only: set[str] | None = None
        if isinstance(command, c.Tick) and all(isinstance(x, e.VisitsRelaxed) for x in causes) and events:
            relaxed = [visit for x in causes if isinstance(x, e.VisitsRelaxed) for visit in x.visits]
            relaxed += [x.visit for x in follows if isinstance(x, e.AssignmentOffered)]
            only = {id for id in relaxed if not _behind(world, world.state.visits[id])}
            causes = [
                e.VisitsRelaxed(events[0].at, tuple(sorted(relaxed, key=lambda id: world.state.visits[id].seq)))
            ]
        for event in causes:
            if isinstance(event, e.AssignmentOffered):
                agent_of[event.assignment] = event.agent
            order.saw(event, agent_of)
            world.apply(event)
        arrives = only is not None or any(isinstance(x, PLACED) for x in causes)
        placed = [x for x in causes if isinstance(x, PLACED)]
        alone = len(only) == 1 if only is not None else len(placed) == 1
        expected: list[Any] = []
        while True:
            step = order._next_step(world, only, arrives, alone)
            if not step:
                return sorted(map(_bare, expected)), sorted(map(_bare, follows))
            expected += step
            for event in step:
                world.apply(event)

    def _next_step(self, world: Engine, only: set[str] | None, arrives: bool, alone: bool) -> list[e.Event]:
        waiting = [v for v in world.state.visits.values() if v.state == "waiting" and (only is None or v.id in only)]
        pairs = [(v, a) for v in waiting for a in world.state.agents.values() if free_for(world, a, v)]
        at = world.state.at
        if not pairs:
            for agent in world.state.agents.values():
                back = comes_back(world, agent)
                if back is not None:
                    return [e.AssignmentUnparked(at, back.id)]
            return []
        if arrives:
            visit = min((v for v, _ in pairs), key=lambda v: key(world, v, self.boosts))
            agent = min((a for v, a in pairs if v is visit), key=lambda a: self.merit(world, a, visit))
        else:
            (name,) = {a.id for _, a in pairs}
            agent = world.state.agents[name]
            visit = min(
                (v for v, _ in pairs), key=lambda v: (dict(agent.ranks).get(v.queue, 1), *key(world, v, self.boosts))
            )
        id = f"{visit.id}/{visit.offers + 1}"
        parked = [e.AssignmentParked(at, a.id, id) for a in room(world, agent, visit.medium) or []]
        offer = e.AssignmentOffered(at, id, visit.id, visit.contact, agent.id, at + 1, "")
        others = [a for v, a in pairs if v is visit and a is not agent] if arrives and alone else []
        others = [a for a in others if not room(world, a, visit.medium)]
        others.sort(key=lambda a: self.merit(world, a, visit))
        beside = [
            offer._replace(assignment=f"{visit.id}/{visit.offers + 2 + n}", agent=other.id)
            for n, other in enumerate(others[: world.state.queues[visit.queue].policy.at_once - 1])
        ]
        return [*parked, offer, *beside]

    def merit(self, world: Engine, agent: Agent, visit: Visit) -> Any:
        """Least first."""
        queue = world.state.queues[visit.queue]
        skills = needed(world, visit)
        levels = dict(agent.skills)
        band = 0 if queue.strategy == "best_fit" else -min((levels[skill] for skill in skills), default=0)
        strategy: float = 0.0
        if queue.strategy == "least_occupied":
            strategy = agent.occupied
        elif queue.strategy == "fewest_contacts":
            strategy = agent.today
        elif queue.strategy == "fair_round":
            strategy = (agent.number - queue.last - 1) % 1000
        elif queue.strategy == "best_fit":
            strategy = sum(levels[skill] - least for skill, least in skills.items())
        return (
            agent.id != visit.prefer,
            bool(room(world, agent, visit.medium)),
            bool(visit.home) and agent.site != visit.home,
            band,
            strategy,
            self.order[agent.id],
        )


def matched(offer: e.AssignmentOffered) -> bool:
    """Not dialled, consulted or transferred by somebody."""
    return bool(offer.until) and " by " not in offer.why


def _bare(event: Any) -> tuple[Any, ...]:
    """What counts of an event that follows."""
    if isinstance(event, e.AssignmentOffered):
        return ("offered", event.assignment, event.agent)
    if isinstance(event, e.AssignmentParked):
        return ("parked", event.assignment, event.by)
    return ("unparked", event.assignment, "")


def _behind(world: Engine, visit: Visit) -> bool:
    """Whether another of its lane, which waits for anyone, comes before it."""
    return any(
        v.state == "waiting"
        and not v.prefer_until
        and (v.queue, v.medium, v.wants, v.priority_s) == (visit.queue, visit.medium, visit.wants, visit.priority_s)
        and (v.rank, v.seq) < (visit.rank, visit.seq)
        for v in world.state.visits.values()
    )


def steps(world: Engine, visit: Visit) -> list[c.Relaxation]:
    done = world.step(visit.id)
    assert done is not None
    return list(world.state.queues[visit.queue].relax[:done])


def key(world: Engine, visit: Visit, boosts: dict[str, float]) -> tuple[float, int]:
    """`boosts`: of the queues as they were before the decision."""
    worth = visit.since - visit.priority_s - sum(step.priority_s for step in steps(world, visit))
    return worth - boosts.get(visit.queue, 0.0), visit.seq


def needed(world: Engine, visit: Visit) -> dict[str, int]:
    skills = dict(visit.wants.skills)
    for step in steps(world, visit):
        for skill, enough in step.lower:
            if skill in skills:
                skills[skill] = min(skills[skill], enough)
    return {skill: level for skill, level in skills.items() if level}


def may_serve(world: Engine, agent: Agent, visit: Visit) -> bool:
    relaxed = steps(world, visit)
    sites = {visit.wants.site, *(site for step in relaxed for site in step.sites)}
    return (
        visit.queue in agent.queues
        and (not visit.wants.site or agent.site in sites or "*" in sites)
        and (agent.id not in visit.wants.exclude or any(step.anyone for step in relaxed))
        and (not visit.prefer_until or agent.id == visit.prefer)
        and all(dict(agent.skills).get(skill, 0) >= level for skill, level in needed(world, visit).items())
    )


def carried(world: Engine, agent: Agent) -> list[Assignment]:
    return [world.state.assignments[id] for id in agent.assignments]


def load(agent: Agent, those: list[Assignment]) -> int:
    return sum(dict(agent.sharing.weights).get(a.medium, 1) for a in those if a.state != "parked")


def room(world: Engine, agent: Agent, medium: str) -> list[Assignment] | None:
    """What must be parked for one more; None when there is no room, whatever is parked."""
    those = carried(world, agent)
    if sum(a.medium == medium for a in those) >= dict(agent.capacity).get(medium, 0):
        return None
    most = agent.sharing.most
    weight = dict(agent.sharing.weights).get(medium, 1)
    parked: list[Assignment] = []
    others = [other for by, other in agent.sharing.interrupts if by == medium]
    talks = [a for a in reversed(those) if a.state == "active" and not a.kept]
    candidates = [a for other in others for a in talks if a.medium == other]
    while most and load(agent, [a for a in those if a not in parked]) + weight > most:
        if not candidates:
            return None
        parked.append(candidates.pop(0))
    return parked


def comes_back(world: Engine, agent: Agent) -> Assignment | None:
    """The first parked conversation for which there is room."""
    those = carried(world, agent)
    for a in those:
        more = load(agent, [*those, replace(a, state="active")])
        if a.state == "parked" and (not agent.sharing.most or not load(agent, those) or more <= agent.sharing.most):
            return a
    return None


def free_for(world: Engine, agent: Agent, visit: Visit) -> bool:
    back = comes_back(world, agent)
    return (
        agent.presence == "available"
        and agent.pending is None
        and not agent.set_aside
        and visit.medium in agent.reachable
        and room(world, agent, visit.medium) is not None
        and may_serve(world, agent, visit)
        and (back is None or (visit.medium, back.medium) in agent.sharing.interrupts)
    )
