"""Configuration: what is equal to what is there changes nothing."""

from __future__ import annotations

from copy import copy

from ...errors import Refused
from ..commands import (
    PutAgent,
    PutDay,
    PutPolicy,
    PutProfile,
    PutQueue,
    PutReason,
    PutRule,
    PutSite,
    PutSkill,
    RemoveAgent,
    RemoveQueue,
    RemoveRule,
    SetHours,
)
from ..events import (
    AgentPut,
    AgentRemoved,
    AssignmentUnparked,
    DayPut,
    Event,
    HoursSet,
    PolicyPut,
    ProfilePut,
    QueuePut,
    QueueRemoved,
    ReasonPut,
    RulePut,
    RuleRemoved,
    SitePut,
    SkillPut,
)
from ..index import derive
from ..matching import pull
from ..model import DAY, LEVELS, SYSTEM_REASONS, Agent, State, unanswered
from ..values import ANYWHERE, OPERATORS, SITE_RULES, STRATEGIES, Condition, Relaxation, Sharing
from . import known
from .overflow import check_overflow, targets

MOST_STEPS = 8
MOST_RULES = 200
MOST_CONDITIONS = 8


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


def put_day(state: State, c: PutDay, now: float) -> list[Event]:
    starts_s = known.number("day", "starts_s", c.starts_s, 0, DAY)
    return [] if starts_s == state.day_starts else [DayPut(now, starts_s)]


# --- queues and rules ------------------------------------------------------------------------------------


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
        _steps(state, c.relax),
        known.one_of("queue", "strategy", c.strategy, STRATEGIES),
        known.one_of("queue", "site_rule", c.site_rule, SITE_RULES),
        known.number("queue", "behind_s", c.behind_s, 0, DAY),
        c.spare_decliners,
        c.second_line,
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
        q.relax,
        q.strategy,
        q.site_rule,
        q.behind_s,
        q.spare_decliners,
        q.second_line,
    ):
        return []
    return [put]


def _steps(state: State, steps: tuple[Relaxation, ...]) -> tuple[Relaxation, ...]:
    """Each later than the one before; steps only widen, so whoever might serve a visit still may."""
    if len(steps) > MOST_STEPS:
        raise Refused("queue.bad_value", f"at most {MOST_STEPS} steps of relaxation", field="relax")
    checked: list[Relaxation] = []
    for step in steps:
        after_s = known.number("queue", "relax.after_s", step.after_s, 0.1, DAY)
        if checked and after_s <= checked[-1].after_s:
            raise Refused("queue.bad_value", "each step of relaxation comes after the one before", field="relax")
        for skill, enough in step.lower:
            known.a_skill(state, skill)
            if not 0 <= enough < LEVELS.stop:
                raise Refused("skill.bad_level", f"skill {skill}: level {enough} is not 0 to 5", skill=skill)
        for site in step.sites:
            if site != ANYWHERE:
                known.site(state, site)
        known.number("queue", "relax.priority_s", step.priority_s, 0, DAY)
        checked.append(step)
    return tuple(checked)


def put_policy(state: State, c: PutPolicy, now: float) -> list[Event]:
    queue = known.queue(state, c.queue)
    p = c.policy
    known.number("queue", "at_once", p.at_once, 1, 10)
    known.number("queue", "misses", p.misses, 0, 100)
    for name in ("penalty_s", "grace_s", "extend_wrap_up_s"):
        known.number("queue", name, getattr(p, name), 0, DAY)
    check_overflow(state, queue, p.overflow)
    return [] if queue.policy == p else [PolicyPut(now, queue.id, p)]


def remove_queue(state: State, c: RemoveQueue, now: float) -> list[Event]:
    queue = known.queue(state, c.queue)
    callbacks = sum(1 for back in state.callbacks.values() if back.queue == queue.id)
    if queue.visits or callbacks:
        waiting = sum(1 for visit in state.visits.values() if visit.queue == queue.id and unanswered(visit))
        talking = queue.visits - waiting
        raise Refused(
            "queue.in_use",
            f"{waiting} wait and {talking} talk in {c.queue}, {callbacks} are to be called back",
            queue=c.queue,
            waiting=waiting,
            talking=talking,
            callbacks=callbacks,
        )
    for other in state.queues.values():
        if other.id != c.queue and c.queue in targets(other.policy.overflow):
            raise Refused("queue.in_use", f"{other.id} flows over to {c.queue}", queue=c.queue)
    return [QueueRemoved(now, c.queue)]


def put_rule(state: State, c: PutRule, now: float) -> list[Event]:
    _named("rule", c.rule)
    rule = state.rules.get(c.rule)
    if rule is None and len(state.rules) >= MOST_RULES:
        raise Refused("rule.too_many", f"more than {MOST_RULES} rules")
    if not 0 < len(c.when) <= MOST_CONDITIONS:
        raise Refused("rule.bad_value", f"a rule has 1 to {MOST_CONDITIONS} conditions", field="when")
    put = RulePut(
        now,
        c.rule,
        tuple([_condition(condition) for condition in c.when]),
        known.number("rule", "priority_s", c.priority_s, -DAY, DAY),
        known.skills(state, c.requires),
        tuple([known.queue(state, queue).id for queue in c.queues]),
        tuple([known.medium(medium) for medium in c.media]),
    )
    return [] if rule is not None and put[1:] == rule else [put]


def _condition(condition: Condition) -> Condition:
    attribute, operator, value = condition
    known.attribute(attribute, value)
    known.one_of("rule", "operator", operator, OPERATORS)
    if operator in (">=", "<=") and isinstance(value, str):
        raise Refused("rule.bad_value", f"{attribute} {operator} needs a number, not {value}", field="when")
    return condition


def remove_rule(state: State, c: RemoveRule, now: float) -> list[Event]:
    """Visits keep what it brought them."""
    if c.rule not in state.rules:
        raise Refused("rule.unknown", f"no such rule: {c.rule}", rule=c.rule)
    return [RuleRemoved(now, c.rule)]


# --- agents ----------------------------------------------------------------------------------------------


def put_agent(state: State, c: PutAgent, now: float) -> list[Event]:
    _named("agent", c.agent)
    queues = tuple([known.queue(state, queue).id for queue in dict.fromkeys(c.queues)])
    known.site(state, c.site)
    skills = known.skills(state, c.skills)
    capacity = _by_medium("capacity", c.capacity, 0)
    put = AgentPut(now, c.agent, queues, skills, capacity, c.site, _ranks(queues, c.ranks), _sharing(c.sharing))
    agent = state.agents.get(c.agent)
    if agent is None:
        return [put]
    if put[1:] == (
        agent.id,
        agent.queues,
        agent.skills,
        agent.capacity,
        agent.site,
        agent.ranks,
        agent.sharing,
    ):
        return []
    return [put, *_with_what_comes(state, now, agent, put)]


def _with_what_comes(state: State, now: float, agent: Agent, put: AgentPut) -> list[Event]:
    """What the agent gets as who they will be. Who carries more than that keeps it, and gets nothing until they
    carry less; media that no longer share the agent leave nothing parked."""
    other = copy(agent)
    _, _, other.queues, other.skills, other.capacity, other.site, other.ranks, other.sharing = put
    derive(state, other)
    parked = [] if other.sharing.most else [id for id in agent.assignments if state.assignments[id].state == "parked"]
    back: list[Event] = [AssignmentUnparked(now, id) for id in parked]
    on = agent.presence == "available" and agent.pending is None and not agent.set_aside
    media = [medium for medium in other.most if medium in agent.reachable] if on else []
    return [*back, *pull(state, now, other, agent.idle_since, media)]


def _ranks(queues: tuple[str, ...], ranks: tuple[tuple[str, int], ...]) -> tuple[tuple[str, int], ...]:
    """Sorted; those of 1, which is where nothing is said, left out."""
    for queue, rank in ranks:
        if queue not in queues:
            raise Refused("agent.bad_value", f"a rank for {queue}, which is no queue of theirs", field="ranks")
        if rank not in range(1, 10):
            raise Refused("agent.bad_value", f"rank {rank} for {queue} is not 1 to 9", field="ranks")
    return tuple(sorted((queue, rank) for queue, rank in dict(ranks).items() if rank > 1))


def _sharing(sharing: Sharing) -> Sharing:
    most = sharing.most
    known.number("agent", "sharing.most", most, 0, 1000)
    weights = _by_medium("sharing.weights", sharing.weights, 1)
    if not most and (weights or sharing.interrupts):
        raise Refused("agent.bad_value", "weights and interruption need a load over all media", field="sharing")
    interrupts = tuple(dict.fromkeys((by, other) for by, other in sharing.interrupts))
    for by, other in interrupts:
        known.medium(by)
        known.medium(other)
        if by == other:
            raise Refused("agent.bad_value", f"{by} cannot interrupt itself", field="sharing")
        if (other, by) in interrupts:
            raise Refused("agent.bad_value", f"{by} and {other} cannot interrupt each other", field="sharing")
    return Sharing(most, weights, interrupts)


def _by_medium(what: str, pairs: tuple[tuple[str, int], ...], least: int) -> tuple[tuple[str, int], ...]:
    for medium, n in pairs:
        known.medium(medium)
        known.number("agent", what, n, least, 100)
    return tuple(sorted(dict(pairs).items()))


def set_hours(state: State, c: SetHours, now: float) -> list[Event]:
    queue = known.queue(state, c.queue)
    return [] if queue.open is c.open else [HoursSet(now, queue.id, c.open)]


def put_profile(state: State, c: PutProfile, now: float) -> list[Event]:
    agent = known.agent(state, c.agent)
    return [] if (agent.team, agent.auto_answer) == (c.team, c.auto_answer) else [ProfilePut(now, *c)]


def remove_agent(state: State, c: RemoveAgent, now: float) -> list[Event]:
    if known.agent(state, c.agent).assignments:
        raise Refused("agent.busy", f"{c.agent} holds an assignment", agent=c.agent)
    return [AgentRemoved(now, c.agent)]


def _named(thing: str, id: str) -> None:
    if not id:
        raise Refused(f"{thing}.bad_id", f"a {thing} needs an id")
