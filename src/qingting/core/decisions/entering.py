"""A visit begins to wait: what it needs, what it is worth, who gets it first; and what changes that later."""

from __future__ import annotations

from dataclasses import replace

from ...errors import Refused
from ..commands import SetAttributes
from ..events import AttributesSet, Event, VisitRevalued, VisitStarted
from ..matching import place, place_new
from ..model import Contact, Queue, Rule, State
from ..picking import may_serve
from ..priority import bounded, matching_rules
from ..relaxation import need
from ..values import MOST_EXCLUDED, Attributes, Requirements, Skills, merged
from . import known

MOST_REQUIRED = 8
MOST_ATTRIBUTES = 32
PREFER_S = 3600.0


def enter(
    state: State,
    now: float,
    contact: Contact,
    visit: str,
    queue: Queue,
    skills: Skills,
    wants: Requirements,
    priority_s: float,
    since: float,
    lenient: bool = False,
) -> list[Event]:
    """The visit's start, and the offer for it if anyone is free. It asks for `skills`, not for those in `wants`.
    `lenient`: it must not be refused, as nobody asked; what is too much is left out."""
    rules = matching_rules(state, contact.attributes, queue.id, contact.medium) if state.rules else []
    requires = known.skills(state, skills, _with(rules, queue.requires) if rules else queue.requires)
    worth = queue.priority_s + priority_s
    if rules or priority_s:
        worth = bounded(worth + sum([rule.priority_s for rule in rules]))
    if lenient and len(requires) > MOST_REQUIRED:
        requires = queue.requires
    elif len(requires) > MOST_REQUIRED:
        raise Refused("skill.too_many", f"more than {MOST_REQUIRED} skills are required")
    if len(wants.exclude) > MOST_EXCLUDED:
        raise Refused("visit.bad_value", f"more than {MOST_EXCLUDED} agents are excluded", field="exclude")
    site = known.site(state, wants.site) if wants.site else contact.site if contact.site in state.sites else ""
    prefer, until = _preferred(state, now, contact, queue, requires, wants) if wants.prefer else ("", 0.0)
    free = bool(state.idle[contact.medium].all & queue.members) and not until
    start = VisitStarted(
        now,
        visit,
        contact.id,
        queue.id,
        requires,
        worth,
        since,
        None,
        site if queue.site_rule != "any" else "",
        tuple(sorted({agent for agent in wants.exclude if agent in state.agents})) if wants.exclude else (),
        prefer,
        until,
        tuple([rule.id for rule in rules]) if rules else (),
        free,
    )
    if not free:
        return [start]
    offers = place_new(state, now, start, contact.medium, queue)
    return [start, *offers] if offers else [start._replace(offered=False)]


def _with(rules: list[Rule], skills: Skills) -> Skills:
    for rule in rules:
        skills = merged(skills, rule.requires)
    return skills


def _preferred(
    state: State, now: float, contact: Contact, queue: Queue, requires: Skills, wants: Requirements
) -> tuple[str, float]:
    """The agent, if they may serve it at all, and until when it waits for them alone."""
    agent = state.agents.get(wants.prefer)
    prefer_s = known.number("visit", "prefer_s", wants.prefer_s, 0.0, PREFER_S)
    if agent is None or queue.id not in agent.queues:
        return "", 0.0
    if not may_serve(agent, need(Requirements(requires, "", wants.exclude), (), 0)):
        return "", 0.0
    waits = prefer_s > 0 and contact.medium in agent.on and contact.medium not in agent.free
    return agent.id, now + prefer_s if waits else 0.0


def set_attributes(state: State, c: SetAttributes, now: float) -> list[Event]:
    contact = known.contact(state, c.contact)
    merged_ones = {**dict(contact.attributes), **{name: known.attribute(name, value) for name, value in c.attributes}}
    attributes = tuple(sorted((name, value) for name, value in merged_ones.items() if value != ""))
    if len(attributes) > MOST_ATTRIBUTES:
        raise Refused("contact.too_many_attributes", f"more than {MOST_ATTRIBUTES} attributes", contact=contact.id)
    if attributes == contact.attributes:
        return []
    return [AttributesSet(now, contact.id, attributes), *_revalued(state, now, contact, attributes)]


def _revalued(state: State, now: float, contact: Contact, attributes: Attributes) -> list[Event]:
    """What was worth something stays so: only rules that hold anew count."""
    visit = state.visits.get(contact.visit)
    if visit is None or visit.state != "waiting":
        return []
    rules = matching_rules(state, attributes, visit.queue, visit.medium)
    new = [rule for rule in rules if rule.id not in visit.rules]
    if not new:
        return []
    requires = _with(new, visit.wants.skills)
    priority_s = bounded(visit.priority_s + sum([rule.priority_s for rule in new]))
    ids = (*visit.rules, *[rule.id for rule in new])
    events: list[Event] = [VisitRevalued(now, visit.id, requires, priority_s, ids)]
    if not visit.prefer_until:
        worth = replace(
            visit, wants=visit.wants._replace(skills=requires), priority_s=priority_s, rank=visit.since - priority_s
        )
        events += place(state, now, [worth])
    return events
