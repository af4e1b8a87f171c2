"""The configuration as the decision core is told it: puts, in an order in which references are known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from qingting.core.commands import (
    Command,
    Condition,
    PutAgent,
    PutDay,
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
from qingting.core.values import ANYWHERE

from .fields import Body
from .routing import Agent, Media, Queue, Rule, Site, Skill, Step
from .schemas import Reason, Settings
from .view import Item, View

_ORDER = ("sites", "skills", "reasons", "queues", "rules", "agents")


def puts(view: View, item: Item[Any], before: Item[Any] | None = None) -> list[Command]:
    """None for kinds that the core does not know. `before`: what stood there until now."""
    match item.body:
        case Settings() as s:
            commands: list[Command] = [PutDay(_midnight(s.timezone))]
            if before is not None and before.body.media != s.media:
                commands += [_agent(id, agent.body, s.media) for id, agent in sorted(view.agents.items())]
            return commands
        case Agent() as a:
            return [_agent(item.id, a, view.settings.body.media)]
        case _:
            command = _put(item.id, item.body)
            return [] if command is None else [command]


def _put(id: str, body: Body) -> Command | None:
    match body:
        case Site():
            return PutSite(id)
        case Skill():
            return PutSkill(id)
        case Reason(retired=retired):
            return PutReason(id, retired)
        case Queue() as q:
            return _queue(id, q)
        case Rule() as r:
            when = tuple([Condition(each.attribute, each.operator, each.value) for each in r.when])
            return PutRule(id, when, r.priority_s, _skills(r.requires), tuple(r.queues), tuple(r.media))
        case _:
            return None


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
    )


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


def _midnight(zone: str) -> float:
    """Seconds after midnight UTC at which the day begins there, as of today."""
    offset = dt.datetime.now(ZoneInfo(zone)).utcoffset() or dt.timedelta()
    return -offset.total_seconds() % 86_400


def remove(kind: str, id: str) -> Command | None:
    """Asked of the core before the deletion stands: it refuses while calls need it."""
    match kind:
        case "queues":
            return RemoveQueue(id)
        case "rules":
            return RemoveRule(id)
        case "agents":
            return RemoveAgent(id)
        case _:
            return None


def everything(view: View) -> list[Command]:
    items = [view.settings, *(item for kind in _ORDER for _, item in sorted(view.of(kind).items()))]
    return [command for item in items for command in puts(view, item)]


def surplus(view: View, queues: Iterable[str], agents: Iterable[str], rules: Iterable[str] = ()) -> list[Command]:
    """What the core still has though it is configured no longer: agents and rules before queues."""
    return [
        *(RemoveAgent(a) for a in sorted(agents) if a not in view.agents),
        *(RemoveRule(r) for r in sorted(rules) if r not in view.rules),
        *(RemoveQueue(q) for q in sorted(queues) if q not in view.queues),
    ]
