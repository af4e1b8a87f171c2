"""Things by id, or a refusal that says which is unknown; and the checks of values that come from outside."""

from __future__ import annotations

from collections.abc import Sequence

from ...errors import Refused
from .. import lifecycle
from ..commands import Notes, Skills
from ..model import LEVELS, MEDIA, Agent, Assignment, Contact, Party, Queue, State, Visit

LONGEST = 64
"""Of a code or a reference."""

MOST_SKILLS = 80
"""Of one agent; a requirement has a few."""
MOST_CHARS = 64


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
    """One that has not ended; a consult is none."""
    found = state.visits.get(id)
    if found is None or found.state == "ended" or found.by:
        raise Refused("visit.unknown", f"no such visit, or it has ended: {id}", visit=id)
    return found


def assignment(state: State, id: str) -> Assignment:
    found = state.assignments.get(id)
    if found is None:
        raise Refused("assignment.unknown", f"no such assignment, or it is done: {id}", assignment=id)
    return found


def movable(state: State, id: str, what: type) -> Assignment:
    """The assignment, if `what` may come to it now."""
    a = state.assignments.get(id) or assignment(state, id)
    table = lifecycle.CONSULTED if a.consult else lifecycle.ASSIGNMENT
    if what not in table[a.state]:
        lifecycle.move(table, "assignment", id, a.state, what)
    return a


def owner(state: State, id: str, what: type) -> Assignment:
    """The same, of the owner alone: who is consulted has no say."""
    a = assignment(state, id)
    if a.consult:
        raise Refused("assignment.not_owner", f"{id} does not own the contact", assignment=id)
    lifecycle.move(lifecycle.ASSIGNMENT, "assignment", id, a.state, what)
    return a


def owner_of(state: State, contact: Contact) -> Assignment | None:
    """Who speaks for the contact now."""
    visit = state.visits.get(contact.visit)
    return state.assignments[visit.assignment] if visit is not None and visit.state == "answered" else None


def party(state: State, id: str) -> Party:
    found = state.parties.get(id)
    if found is None:
        raise Refused("party.unknown", f"no such party, or it has left: {id}", party=id)
    return found


def notes(given: Notes) -> Notes:
    for name, value in zip(given._fields, given, strict=True):
        if len(value) > LONGEST:
            raise Refused("notes.too_long", f"{name} is longer than {LONGEST}", field=name)
    return given


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
        a_skill(state, skill)
        if level not in LEVELS:
            raise Refused("skill.bad_level", f"skill {skill}: level {level} is not 1 to 5", skill=skill)
        if level > merged.get(skill, 0):
            merged[skill] = level
    if len(merged) > MOST_SKILLS and len(merged) > len(beside):
        raise Refused("skill.too_many", f"more than {MOST_SKILLS} skills")
    return tuple(sorted(merged.items()))


def a_skill(state: State, id: str) -> str:
    if id not in state.skills:
        raise Refused("skill.unknown", f"no such skill: {id}", skill=id)
    return id


def one_of(thing: str, name: str, value: str, among: Sequence[str]) -> str:
    if value not in among:
        raise Refused(f"{thing}.bad_value", f"{name} is one of {', '.join(among)}, not {value}", field=name)
    return value


def site(state: State, id: str) -> str:
    """One that exists, or none."""
    if id and id not in state.sites:
        raise Refused("site.unknown", f"no such site: {id}", site=id)
    return id


def attribute(name: str, value: str | float) -> str | float:
    if not 0 < len(name) <= MOST_CHARS:
        raise Refused("attribute.bad_name", f"an attribute's name has 1 to {MOST_CHARS} characters")
    if isinstance(value, str):
        if len(value) > MOST_CHARS:
            raise Refused("attribute.bad_value", f"{name}: at most {MOST_CHARS} characters", field=name)
        return value
    return number("attribute", name, value, -1e12, 1e12)


def reason(state: State, id: str) -> str:
    """A not-ready reason that people may choose."""
    retired = state.reasons.get(id)
    if retired is None:
        raise Refused("reason.unknown", f"no such reason: {id}", reason=id)
    if retired:
        raise Refused("reason.retired", f"{id} is no longer in use", reason=id)
    return id


def short(thing: str, name: str, value: str) -> str:
    """A code or reference from outside."""
    if len(value) > LONGEST:
        raise Refused(f"{thing}.too_long", f"{name} is longer than {LONGEST}", field=name)
    return value


def number(thing: str, name: str, value: float, least: float, most: float) -> float:
    if not least <= value <= most:
        raise Refused(
            f"{thing}.bad_value", f"{name} must lie between {least:g} and {most:g}, not {value}", field=name
        )
    return value
