"""Configuration: what is equal to what is there changes nothing."""

from __future__ import annotations

from ...errors import Refused
from ..commands import PutAgent, PutQueue, PutReason, PutSite, PutSkill, RemoveAgent, RemoveQueue
from ..events import AgentPut, AgentRemoved, Event, QueuePut, QueueRemoved, ReasonPut, SitePut, SkillPut
from ..matching import fill
from ..model import SYSTEM_REASONS, State
from . import known

DAY = 86400.0


def put_site(state: State, c: PutSite, now: float) -> list[Event]:
    _named("site", c.site)
    return [] if c.site in state.sites else [SitePut(now, c.site)]


def put_skill(state: State, c: PutSkill, now: float) -> list[Event]:
    _named("skill", c.skill)
    return [] if c.skill in state.skills else [SkillPut(now, c.skill)]


def put_reason(state: State, c: PutReason, now: float) -> list[Event]:
    _named("reason", c.reason)
    if c.reason in SYSTEM_REASONS:
        raise Refused("reason.fixed", f"{c.reason} is the system's own", reason=c.reason)
    return [] if state.reasons.get(c.reason) is c.retired else [ReasonPut(now, c.reason, c.retired)]


def put_queue(state: State, c: PutQueue, now: float) -> list[Event]:
    _named("queue", c.queue)
    put = QueuePut(
        now,
        c.queue,
        c.line,
        known.skills(state, c.requires),
        known.number("queue", "ring_s", c.ring_s, 0.1, 3600),
        known.number("queue", "wrap_up_s", c.wrap_up_s, 0, DAY),
        known.number("queue", "priority_s", c.priority_s, -DAY, DAY),
        known.number("queue", "service_level_s", c.service_level_s, 0, DAY),
        known.number("queue", "service_level_target", c.service_level_target, 0, 1),
        known.number("queue", "short_abandon_s", c.short_abandon_s, 0, DAY),
        c.closed,
    )
    q = state.queues.get(c.queue)
    if q is not None and put[1:] == (
        q.id,
        q.line,
        q.requires,
        q.ring_s,
        q.wrap_up_s,
        q.priority_s,
        q.service_level_s,
        q.service_level_target,
        q.short_abandon_s,
        q.closed,
    ):
        return []
    return [put]


def remove_queue(state: State, c: RemoveQueue, now: float) -> list[Event]:
    if known.queue(state, c.queue).visits:
        raise Refused("queue.in_use", f"visits wait or talk in {c.queue}", queue=c.queue)
    return [QueueRemoved(now, c.queue)]


def put_agent(state: State, c: PutAgent, now: float) -> list[Event]:
    _named("agent", c.agent)
    queues = [known.queue(state, queue) for queue in dict.fromkeys(c.queues)]
    if c.site and c.site not in state.sites:
        raise Refused("site.unknown", f"no such site: {c.site}", site=c.site)
    skills = known.skills(state, c.skills)
    capacity = dict(sorted(c.capacity))
    for medium, most in capacity.items():
        known.medium(medium)
        known.number("agent", "capacity", most, 0, 100)
    put = AgentPut(now, c.agent, tuple([queue.id for queue in queues]), skills, tuple(capacity.items()), c.site)
    agent = state.agents.get(c.agent)
    if agent is None:
        return [put]
    if put[1:] == (agent.id, agent.queues, agent.skills, agent.capacity, agent.site):
        return []
    for medium, load in agent.load.items():
        if load > capacity.get(medium, 0):
            raise Refused("agent.busy", f"{c.agent} carries more {medium} than that", agent=c.agent)
    events: list[Event] = [put]
    if agent.presence == "available" and agent.pending is None and not agent.set_aside:
        rooms = [(m, most - agent.load.get(m, 0)) for m, most in capacity.items() if m in agent.reachable]
        events += fill(state, now, agent, rooms, agent.idle_since, queues, dict(skills))
    return events


def remove_agent(state: State, c: RemoveAgent, now: float) -> list[Event]:
    if known.agent(state, c.agent).assignments:
        raise Refused("agent.busy", f"{c.agent} holds an assignment", agent=c.agent)
    return [AgentRemoved(now, c.agent)]


def _named(thing: str, id: str) -> None:
    if not id:
        raise Refused(f"{thing}.bad_id", f"a {thing} needs an id")
