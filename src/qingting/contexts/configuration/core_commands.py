"""The configuration as the decision core is told it: puts, in an order in which references are known."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable
from graphlib import TopologicalSorter
from typing import Any
from zoneinfo import ZoneInfo

from qingting.core.commands import (
    Command,
    Condition,
    PutAgent,
    PutBreakLimit,
    PutDay,
    PutPolicy,
    PutProfile,
    PutQueue,
    PutReason,
    PutRule,
    PutSite,
    PutSkill,
    Relaxation,
    RemoveAgent,
    RemoveQueue,
    RemoveRule,
    Sharing,
    Skills,
)
from qingting.core.policy import Overflow, Policy
from qingting.core.values import ANYWHERE

from .policy import Breaks, leads_to
from .routing import Agent, Media, Queue, Rule, Site, Skill, Step, Team
from .schemas import Reason, Settings
from .view import Item, View

_ORDER = ("sites", "skills", "reasons", "queues", "rules", "agents")


def puts(view: View, item: Item[Any], before: Item[Any] | None = None) -> list[Command]:
    """What is new; none for kinds that the core does not know. `before`: what stood there until now."""
    known = _all_of(view, before) if before is not None else _unsaid(item)
    commands = [command for command in _all_of(view, item) if command not in known]
    if isinstance(item.body, Settings) and before is not None and before.body.media != item.body.media:
        commands += [_agent(id, agent.body, item.body.media) for id, agent in sorted(view.agents.items())]
    return commands


def _all_of(view: View, item: Item[Any]) -> list[Command]:
    """The thing itself, then what it says of what is there already."""
    return [*_thing(view, item), *_rest(view, item)]


def _unsaid(item: Item[Any]) -> list[Command]:
    """What holds of a new thing without being said."""
    id = item.id
    return [PutPolicy(id), PutProfile(id), PutBreakLimit("queue", id), PutBreakLimit("team", id)]


def _thing(view: View, item: Item[Any]) -> list[Command]:
    match item.body:
        case Settings(timezone=timezone):
            return [PutDay(day_starts(timezone, time.time()))]
        case Site():
            return [PutSite(item.id)]
        case Skill():
            return [PutSkill(item.id)]
        case Reason(retired=retired):
            return [PutReason(item.id, retired)]
        case Queue() as q:
            return [_queue(item.id, q)]
        case Rule() as r:
            when = tuple([Condition(each.attribute, each.operator, each.value) for each in r.when])
            return [PutRule(item.id, when, r.priority_s, _skills(r.requires), tuple(r.queues), tuple(r.media))]
        case Agent() as a:
            return [_agent(item.id, a, view.settings.body.media)]
        case _:
            return []


def _rest(view: View, item: Item[Any]) -> list[Command]:
    """It refers to others of its kind, or does not matter to who fits whom."""
    match item.body:
        case Queue() as q:
            return [PutPolicy(item.id, _policy(q)), _breaks(view, "queue", item.id, q.breaks)]
        case Team(breaks=breaks):
            return [_breaks(view, "team", item.id, breaks)]
        case Agent() as a:
            return [PutProfile(item.id, a.team, a.auto_answer)]
        case _:
            return []


def _queue(id: str, q: Queue) -> PutQueue:
    return PutQueue(
        queue=id,
        line=q.line,
        requires=_skills(q.requires),
        ring_s=q.ring_s,
        wrap_up_s=q.wrap_up_s,
        priority_s=q.priority_s,
        service_level_s=q.service_level_s,
        service_level_target=q.service_level_target,
        short_abandon_s=q.short_abandon_s,
        closed=q.closed,
        relax=tuple([_step(step) for step in q.relax]),
        strategy=q.strategy,
        site_rule=q.site_rule,
        behind_s=q.behind_s,
        spare_decliners=q.spare_decliners,
        second_line=q.second_line,
    )


def _policy(q: Queue) -> Policy:
    return Policy(
        at_once=q.at_once,
        auto_answer=q.auto_answer,
        misses=q.misses,
        penalty_s=q.penalty_s,
        requeue_lost=q.requeue_lost,
        grace_s=q.grace_s,
        extend_wrap_up_s=q.extend_wrap_up_s,
        callback_first=q.callback_first,
        callback_attempts=q.callback_attempts,
        callback_retry_s=q.callback_retry_s,
        callback_expires_s=q.callback_expires_s,
        overflow=tuple([Overflow(rule.when, rule.limit, rule.to, rule.target) for rule in q.overflow]),
    )


def _breaks(view: View, scope: str, id: str, breaks: Breaks) -> PutBreakLimit:
    reasons = tuple([reason for reason in sorted(breaks.reasons) if not view.reasons[reason].body.retired])
    return PutBreakLimit(scope, id, reasons, breaks.most if reasons else 1)


def _step(step: Step) -> Relaxation:
    sites = (ANYWHERE,) if step.all_sites else tuple(sorted(step.sites))
    return Relaxation(step.after_s, _skills(step.lower), sites, step.priority_s, step.anyone)


def _agent(id: str, a: Agent, media: Media) -> PutAgent:
    load = a.load or media.load
    interrupts = [(by, other) for by, others in sorted(media.interrupts.items()) for other in others]
    return PutAgent(
        agent=id,
        queues=tuple(sorted(a.queues)),
        skills=_skills(a.skills),
        capacity=tuple(sorted(a.capacity.items())),
        site=a.site,
        ranks=tuple(sorted(a.ranks.items())),
        sharing=Sharing(load, tuple(sorted(media.weights.items())), tuple(interrupts)) if load else Sharing(),
    )


def _skills(levels: dict[str, int]) -> Skills:
    return tuple(sorted(levels.items()))


def day_starts(zone: str, at: float) -> float:
    """Seconds after midnight UTC at which days begin there, by the clock that is kept at this instant."""
    offset = dt.datetime.fromtimestamp(at, ZoneInfo(zone)).utcoffset() or dt.timedelta()
    return -offset.total_seconds() % 86_400


def remove(kind: str, id: str) -> Command | None:
    """Asked of the core before the deletion stands: it refuses while calls need it."""
    match kind:
        case "queues":
            return RemoveQueue(id)
        case "rules":
            return RemoveRule(id)
        case "teams":
            return PutBreakLimit("team", id)
        case "agents":
            return RemoveAgent(id)
        case _:
            return None


def everything(view: View) -> list[Command]:
    """All things, then what is said of them; of overflow the targets first: whatever the core knew before, no queue
    is then led back to itself in between."""
    things = [view.settings, *(item for kind in _ORDER for _, item in sorted(view.of(kind).items()))]
    said: list[Item[Any]] = [*_targets_first(view), *view.teams.values(), *view.agents.values()]
    return [
        *(command for item in things for command in _thing(view, item)),
        *(command for item in said for command in _rest(view, item)),
    ]


def between(before: View, after: View) -> list[Command]:
    """What makes of the one the other, where nothing was removed."""
    known = {(type(command), command) for command in everything(before)}
    return [command for command in everything(after) if (type(command), command) not in known]


def _targets_first(view: View) -> list[Item[Queue]]:
    order = TopologicalSorter({id: leads_to(queue.body) for id, queue in sorted(view.queues.items())})
    return [view.queues[id] for id in order.static_order()]


def surplus(
    view: View,
    queues: Iterable[str],
    agents: Iterable[str],
    rules: Iterable[str] = (),
    limits: Iterable[tuple[str, str]] = (),
) -> list[Command]:
    """What the core still has though it is configured no longer: agents and rules before queues; these lead nowhere
    before the first of them goes."""
    gone = [q for q in sorted(queues) if q not in view.queues]
    return [
        *(RemoveAgent(a) for a in sorted(agents) if a not in view.agents),
        *(RemoveRule(r) for r in sorted(rules) if r not in view.rules),
        *(PutBreakLimit("team", id) for scope, id in sorted(limits) if scope == "team" and id not in view.teams),
        *(PutPolicy(q) for q in gone),
        *(RemoveQueue(q) for q in gone),
    ]
