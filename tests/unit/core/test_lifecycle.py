"""Every input in every state: either the table says where it leads, or it is refused. And what the tables say is what
`docs/guides/transitions.md` tells people, line by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from qingting.core import lifecycle
from qingting.core.lifecycle import ASSIGNMENT, CONSULT, CONSULTED, PARTY, PRESENCE, VISIT, Table, move, presence
from qingting.errors import Refused

TABLES = {"VISIT": VISIT, "CONSULT": CONSULT, "ASSIGNMENT": ASSIGNMENT, "CONSULTED": CONSULTED, "PARTY": PARTY}
CASES = [
    (table, name.lower(), state, event)
    for name, table in TABLES.items()
    for state in table
    for event in {event: None for row in table.values() for event in row}
]


def told() -> dict[str, list[tuple[str, ...]]]:
    """By table, the page's lines: state, input, where it leads."""
    page = (Path(__file__).parents[3] / "docs" / "guides" / "transitions.md").read_text()
    found: dict[str, list[tuple[str, ...]]] = {}
    for section in page.split("\n## ")[1:]:
        name, _, rest = section.partition(":")
        lines = [line for line in rest.splitlines() if line.startswith("|")]
        found[name] = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in lines[2:]]
    return found


@pytest.mark.parametrize("name", TABLES)
def test_people_are_told_every_transition(name: str) -> None:
    rows = [(state, kind.__name__, to) for state, row in getattr(lifecycle, name).items() for kind, to in row.items()]
    ends = [(state, "", "") for state, row in TABLES[name].items() if not row]
    assert sorted(told()[name]) == sorted(rows + ends)


def test_people_are_told_what_comes_of_asking_for_a_presence() -> None:
    brought = [(wanted, how, kind.__name__) for wanted, row in PRESENCE.items() for how, kind in row.items()]
    assert told()["PRESENCE"] == brought


@pytest.mark.parametrize(("table", "thing", "state", "event"), CASES)
def test_every_pair(table: Table, thing: str, state: str, event: type) -> None:
    if event in table[state]:
        assert move(table, thing, "x", state, event) == table[state][event]
        return
    with pytest.raises(Refused) as refusal:
        move(table, thing, "x", state, event)
    assert refusal.value.code == f"{thing}.wrong_state"
    assert refusal.value.detail == {"id": "x", "state": state}
    assert str(refusal.value) == f"{thing}.wrong_state: {thing} x is {state}"


@pytest.mark.parametrize("name", TABLES)
def test_every_state_but_the_first_can_be_reached(name: str) -> None:
    table = TABLES[name]
    reached = {state for row in table.values() for state in row.values()}
    assert set(table) - reached <= {next(iter(table))}


def test_every_presence_can_be_asked_for_in_peace_and_under_load() -> None:
    for wanted, row in PRESENCE.items():
        assert presence(wanted, busy=False) is row["free"]
        assert presence(wanted, busy=True) is row["busy"]
    with pytest.raises(Refused) as refusal:
        presence("asleep", busy=False)
    assert (refusal.value.code, refusal.value.detail) == ("presence.unknown", {"presence": "asleep"})
    assert str(refusal.value) == "presence.unknown: no such presence: asleep"
