"""Several records that are the same customer: who stands for them, and what they say together. Pure.

Merges are facts between two records, in no order: from the set of those that hold follows who stands for whom.
Merges made at once end the same whichever comes first, a circle included, and what is taken back was never there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

ALONE = ("external_id", "name", "language", "born", "since", "note")
"""Of the record that stands for them, or where it is silent of the oldest that is not."""
TOGETHER = ("attributes", "fields")
"""What each says by name; where several do, as above."""


def standing(records: Iterable[str], merges: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Record → the one that stands for it, by merges (source, target) among `records`.

    Of those that hang together it is the one that was merged into no other; of several such the oldest (ids sort by
    time); where merges go in a circle the oldest of all.
    """
    leader = {id: id for id in records}

    def find(id: str) -> str:
        while leader[id] != id:
            leader[id] = leader[leader[id]]
            id = leader[id]
        return id

    sources = set()
    for source, target in merges:
        sources.add(source)
        leader[find(source)] = find(target)
    groups: dict[str, list[str]] = {}
    for id in sorted(leader):
        groups.setdefault(find(id), []).append(id)
    return {
        id: next((it for it in group if it not in sources), group[0]) for group in groups.values() for id in group
    }


def as_one(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What records that stand together (rows of `customer`) say: one row, of the one that stands for them."""
    ordered = sorted(rows, key=lambda row: (row["id"] != row["current"], row["id"]))
    one = dict(ordered[0])
    for name in ALONE:
        one[name] = next((row[name] for row in ordered if row[name]), one[name])
    for name in TOGETHER:
        one[name] = {key: value for row in reversed(ordered) for key, value in row[name].items()}
    return one
