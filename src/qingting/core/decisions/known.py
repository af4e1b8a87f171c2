"""Things by id, or a refusal that says which is unknown; and the checks of values that come from outside."""

from __future__ import annotations

from ...errors import Refused
from ..commands import Skills
from ..model import LEVELS, MEDIA, Agent, Assignment, Contact, Queue, State, Visit


def queue(state: State, id: str) -> Queue:
    found = state.queues.get(id)
    if found is None:
        raise Refused("queue.unknown", f"no such queue: {id}", queue=id)
    return found


def agent(state: State, id: str) -> Agent:
    found = state.agents.get(id)
    if found is None:
        raise Refused("agent.unknown", f"no such agent: {id}", agent=id)
    return found


def contact(state: State, id: str) -> Contact:
    """One that has not ended."""
    found = state.contacts.get(id)
    if found is None or found.ended:
        raise Refused("contact.unknown", f"no such contact, or it has ended: {id}", contact=id)
    return found


def visit(state: State, id: str) -> Visit:
    """One that has not ended."""
    found = state.visits.get(id)
    if found is None or found.state == "ended":
        raise Refused("visit.unknown", f"no such visit, or it has ended: {id}", visit=id)
    return found


def assignment(state: State, id: str) -> Assignment:
    found = state.assignments.get(id)
    if found is None:
        raise Refused("assignment.unknown", f"no such assignment, or it is done: {id}", assignment=id)
    return found


def new_id(thing: str, id: str, among: object) -> str:
    if not id:
        raise Refused(f"{thing}.bad_id", f"a {thing} needs an id")
    if id in among:  # type: ignore[operator]
        raise Refused(f"{thing}.exists", f"{thing} {id} exists", id=id)
    return id


def medium(name: str) -> str:
    if name not in MEDIA:
        raise Refused("medium.unknown", f"no such medium: {name}", medium=name)
    return name


def skills(state: State, asked: Skills, beside: Skills = ()) -> Skills:
    """What is asked, checked, merged with what is known to be right: sorted, the highest level of each skill."""
    if not asked:
        return beside
    merged = dict(beside)
    for skill, level in asked:
        if skill not in state.skills:
            raise Refused("skill.unknown", f"no such skill: {skill}", skill=skill)
        if level not in LEVELS:
            raise Refused("skill.bad_level", f"skill {skill}: level {level} is not 1 to 5", skill=skill)
        if level > merged.get(skill, 0):
            merged[skill] = level
    return tuple(sorted(merged.items()))


def number(thing: str, name: str, value: float, least: float, most: float) -> float:
    if not least <= value <= most:
        raise Refused(
            f"{thing}.bad_value", f"{name} must lie between {least:g} and {most:g}, not {value}", field=name
        )
    return value
