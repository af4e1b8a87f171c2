"""A slow, obvious matcher, and a slow, obvious memory of who has been idle longest."""

from __future__ import annotations

from itertools import count

from qingting.core import events as e
from qingting.core.engine import Engine
from qingting.core.model import Agent, Visit


class Oracle:
    def __init__(self) -> None:
        self.order: dict[str, int] = {}
        self._next = count(1)

    def saw(self, event: e.Event, agent_of: dict[str, str]) -> None:
        """Taking work, finishing work and becoming available put an agent at the end of the idle."""
        if isinstance(event, e.PresenceChanged) and event.presence == "available":
            self.order[event.agent] = next(self._next)
        elif isinstance(event, (e.AssignmentAccepted, e.AssignmentDone)):
            self.order[agent_of[event.assignment]] = next(self._next)

    def match(self, engine: Engine, after: list[e.Event]) -> list[tuple[str, str]]:
        """Visit and agent of every offer that must follow from events that hold no offers."""
        agent_of = {a.id: a.agent for a in engine.state.assignments.values()}
        world = Engine.load(engine.dump())
        order = Oracle()
        order.order, order._next = dict(self.order), count(10**9)
        for event in after:
            if isinstance(event, e.AssignmentOffered):
                agent_of[event.assignment] = event.agent
            order.saw(event, agent_of)
            world.apply(event)
        offers = []
        while True:
            found = order._first(world)
            if found is None:
                return offers
            visit, agent = found
            offers.append((visit.id, agent.id))
            at = world.state.at
            world.apply(
                e.AssignmentOffered(
                    at, f"{visit.id}/{visit.offers + 1}", visit.id, visit.contact, agent.id, at + 1, ""
                )
            )

    def _first(self, world: Engine) -> tuple[Visit, Agent] | None:
        waiting = [v for v in world.state.visits.values() if v.state == "waiting"]
        for visit in sorted(waiting, key=lambda v: (v.since - v.priority_s, v.seq)):
            able = [a for a in world.state.agents.values() if free_for(world, a, visit)]
            if able:
                return visit, min(able, key=lambda a: (-band(a, visit), self.order[a.id]))
        return None


def band(agent: Agent, visit: Visit) -> int:
    return min((dict(agent.skills)[skill] for skill, _ in visit.requires), default=0)


def free_for(world: Engine, agent: Agent, visit: Visit) -> bool:
    load = sum(1 for a in world.state.assignments.values() if (a.agent, a.medium) == (agent.id, visit.medium))
    return (
        agent.presence == "available"
        and agent.pending is None
        and not agent.set_aside
        and visit.medium in agent.reachable
        and load < dict(agent.capacity).get(visit.medium, 0)
        and visit.queue in agent.queues
        and all(dict(agent.skills).get(skill, 0) >= level for skill, level in visit.requires)
    )
