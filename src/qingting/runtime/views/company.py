"""Who else is in a contact, as one agent's desk shows it. Pure: read off the state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...core.model import Assignment, Contact, Party, State, Visit
from ...core.reading import answers_itself
from ..pops import Pop
from .board import Item
from .floor import Named

Names = Callable[[str, str], Named]
"""(kind, id)."""


def company(state: State, it: Assignment, named: Names, pop: Pop) -> Item:
    """What an item of the desk tells of others, and of what they left: see docs/api.md."""
    contact = state.contacts[it.contact]
    visit = state.visits.get(contact.visit)
    owner = state.assignments.get(visit.assignment) if visit is not None else None
    return {
        "role": "consulted" if it.consult else "owner",
        "talk": _talk(state, contact, it, owner),
        "consults": [*_consults(state, contact, it, named), *_parties(state, contact, pop)],
        "owner_name": named("agents", owner.agent).name if it.consult and owner is not None else "",
        "notes": _notes(contact, named, pop),
        "transferred_from": named("agents", giver).name
        if (giver := contact.handed_on_by) not in ("", it.agent)
        else "",
        "extendable": it.state == "wrap_up"
        and not it.extended
        and it.until > it.since
        and bool(it.queue and state.queues[it.queue].policy.extend_wrap_up_s),
        "auto": it.state == "offered" and answers_itself(state, it),
    }


def _talk(state: State, contact: Contact, it: Assignment, owner: Assignment | None) -> str:
    """`customer`, `consult` (the colleague or party, the owner), `all`, `none`."""
    asked: list[Visit | Party] = [state.visits[id] for id in contact.consults]
    asked += [state.parties[id] for id in contact.parties]
    if it.state == "joined":
        return "all" if owner is None or owner.state == "active" else "consult"
    if it.consult:
        return "consult" if it.state == "active" else "none"
    if it.state == "active":
        return "all" if any(side.state == "joined" for side in asked) else "customer"
    return "consult" if it.state == "held" and any(_with_owner(state, side) for side in asked) else "none"


def _with_owner(state: State, side: Visit | Party) -> bool:
    if isinstance(side, Party):
        return side.state in ("talking", "joined")
    return side.state in ("answered", "joined") and state.assignments[side.assignment].state != "held"


def _consults(state: State, contact: Contact, it: Assignment, named: Names) -> list[dict[str, Any]]:
    found = []
    for side in map(state.visits.__getitem__, contact.consults):
        if side.id == it.visit:
            continue
        asked = state.assignments.get(side.assignment)
        who = named("agents", asked.agent) if asked is not None else named("queues", side.queue)
        found.append(
            {
                "id": side.id,
                "kind": "queue" if side.queue else "agent",
                "name": who.name,
                "number": who.number,
                "state": _state(side, asked),
                "since": asked.since if asked is not None else side.entered,
            }
        )
    return found


def _state(side: Visit, asked: Assignment | None) -> str:
    if side.state == "offered":
        return "ringing"
    if side.state == "answered" and asked is not None:
        return "held" if asked.state == "held" else "talking"
    return side.state


def _parties(state: State, contact: Contact, pop: Pop) -> list[dict[str, Any]]:
    return [
        {
            "id": party.id,
            "kind": "number",
            "name": "",
            "number": pop.parties.get(party.ref, ""),
            "state": "ringing" if party.state == "calling" else party.state,
            "since": party.since,
        }
        for party in map(state.parties.__getitem__, contact.parties)
    ]


def _notes(contact: Contact, named: Names, pop: Pop) -> dict[str, str] | None:
    if not any(contact.notes):
        return None
    demand, mood, ref = contact.notes
    by = named("agents", contact.notes_by).name if contact.notes_by else ""
    return {"demand": demand, "mood": mood, "note": pop.notes.get(ref, ""), "by": by}
