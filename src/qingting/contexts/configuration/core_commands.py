"""The configuration as the decision core is told it: puts, in an order in which references are known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from qingting.core.commands import Command, PutAgent, PutQueue, PutReason, PutSite, PutSkill, RemoveAgent, RemoveQueue

from .schemas import Agent, Queue, Reason, Site, Skill
from .view import Item, View

_ORDER = ("sites", "skills", "reasons", "queues", "agents")


def put(item: Item[Any]) -> Command | None:
    """None for kinds that the core does not know."""
    match item.body:
        case Site():
            return PutSite(item.id)
        case Skill():
            return PutSkill(item.id)
        case Reason(retired=retired):
            return PutReason(item.id, retired)
        case Queue() as q:
            return PutQueue(
                queue=item.id,
                line=q.line,
                requires=tuple(sorted(q.requires.items())),
                ring_s=q.ring_s,
                wrap_up_s=q.wrap_up_s,
                priority_s=q.priority_s,
                service_level_s=q.service_level_s,
                service_level_target=q.service_level_target,
                short_abandon_s=q.short_abandon_s,
                closed=q.closed,
            )
        case Agent() as a:
            return PutAgent(
                agent=item.id,
                queues=tuple(sorted(a.queues)),
                skills=tuple(sorted(a.skills.items())),
                site=a.site,
            )
        case _:
            return None


def remove(kind: str, id: str) -> Command | None:
    """Asked of the core before the deletion stands: it refuses while calls need it."""
    match kind:
        case "queues":
            return RemoveQueue(id)
        case "agents":
            return RemoveAgent(id)
        case _:
            return None


def everything(view: View) -> list[Command]:
    commands = (put(item) for kind in _ORDER for _, item in sorted(view.of(kind).items()))
    return [command for command in commands if command is not None]


def surplus(view: View, queues: Iterable[str], agents: Iterable[str]) -> list[Command]:
    """What the core still has (`queues`, `agents`) though it is configured no longer, agents first."""
    return [
        *(RemoveAgent(a) for a in sorted(agents) if a not in view.agents),
        *(RemoveQueue(q) for q in sorted(queues) if q not in view.queues),
    ]
