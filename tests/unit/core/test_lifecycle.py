"""Every input in every state: either the table says where it leads, or it is refused."""

from __future__ import annotations

import pytest

from qingting.core.lifecycle import ASSIGNMENT, PRESENCE, VISIT, Table, move, presence
from qingting.errors import Refused

TABLES = [(VISIT, "visit"), (ASSIGNMENT, "assignment")]
CASES = [
    (table, thing, state, event)
    for table, thing in TABLES
    for state in table
    for event in {event: None for row in table.values() for event in row}
]


@pytest.mark.parametrize(("table", "thing", "state", "event"), CASES)
def test_every_pair(table: Table, thing: str, state: str, event: type) -> None:
    if event in table[state]:
        assert move(table, thing, "x", state, event) == table[state][event]
        return
    with pytest.raises(Refused) as refusal:
        move(table, thing, "x", state, event)
    assert refusal.value.code == f"{thing}.wrong_state"
    assert refusal.value.detail == {"id": "x", "state": state}


@pytest.mark.parametrize(("table", "thing"), TABLES)
def test_every_state_but_the_first_can_be_reached(table: Table, thing: str) -> None:
    reached = {state for row in table.values() for state in row.values()}
    assert set(table) - reached <= {next(iter(table))}


def test_every_presence_can_be_asked_for_in_peace_and_under_load() -> None:
    for wanted, row in PRESENCE.items():
        assert presence(wanted, busy=False) is row["free"]
        assert presence(wanted, busy=True) is row["busy"]
    with pytest.raises(Refused):
        presence("asleep", busy=False)
