"""Whether contacts are found by reading the few or by walking from the latest, they are the same ones."""

from __future__ import annotations

from typing import Any

import pytest

from qingting.contexts.contacts import listing
from qingting.contexts.contacts import tables as t
from qingting.records import Records

from ..plans import plans
from ..ways import each_way

T, MANY, START = "t1", 60, 1_700_000_000.0
OUTCOMES = ("answered", "abandoned", "lost")
LINES = ("care", "sales", "repair", "gold")


def number(i: int) -> str | None:
    return None if i % 11 == 0 else f"+8613900{i % 4}{i % 2}8{i % 3}7"


def row(i: int) -> dict[str, Any]:
    told: dict[str, Any] = {it.name: "" for it in t.contact.c if it.name not in ("number", "ended_at")}
    return told | {
        "tenant": T, "id": f"c{i:02d}", "number": number(i), "withheld": False, "wait_s": 0.0, "talk_s": 0.0,
        "line": LINES[i % 4], "outcome": OUTCOMES[i % 3], "arrived_at": START + i // 2, "ended_at": None,
    }  # fmt: skip


def visit(i: int, n: int) -> dict[str, Any]:
    told: dict[str, Any] = {it.name: "" for it in t.visit.c if it.name not in ("answered_at", "ended_at")}
    return told | {
        "tenant": T, "id": f"v{i}-{n}", "contact": f"c{i:02d}", "queue": f"q{(i + n) % 5}", "started_at": START,
        "since": START, "service_level_s": 20.0, "short_abandon_s": 5.0, "in_target": True, "short": False,
    }  # fmt: skip


def queues(i: int) -> set[str]:
    return {f"q{(i + n) % 5}" for n in range(2)}


FILTERS: dict[str, tuple[dict[str, Any], Any]] = {
    "all": ({}, lambda i: True),
    "line": ({"line": "gold"}, lambda i: i % 4 == 3),
    "scope": ({"lines": frozenset(("gold", "care"))}, lambda i: i % 4 in (0, 3)),
    "none": ({"lines": frozenset(("nobody",))}, lambda i: False),
    "outcome in scope": (
        {"outcome": "lost", "lines": frozenset(("sales",))},
        lambda i: i % 3 == 2 and i % 4 == 1,
    ),
    "queue": ({"queue": "q3", "outcome": "answered"}, lambda i: "q3" in queues(i) and i % 3 == 0),
    "last digits": ({"number_end": "1817"}, lambda i: (number(i) or "").endswith("1817")),
    "more digits": ({"number_end": "011807"}, lambda i: (number(i) or "").endswith("011807")),
    "fewer": ({"number_end": "27"}, lambda i: (number(i) or "").endswith("27")),
    "time": (
        {"since": START + 5, "until": START + 20, "line": "care"},
        lambda i: 5 <= i // 2 < 20 and i % 4 == 0,
    ),
    "theirs": ({"numbers": [number(1), number(2)]}, lambda i: number(i) in (number(1), number(2))),
}


async def made(records: Records) -> None:
    async with records.write() as connection:
        await connection.execute(t.contact.insert(), [row(i) for i in range(MANY)])
        await connection.execute(t.visit.insert(), [visit(i, n) for i in range(MANY) for n in range(2)])


async def all_pages(records: Records, asked: listing.Filter) -> list[str]:
    found: list[str] = []
    while True:
        async with records.read() as connection:
            rows = await listing.search(connection, T, asked)
        found += [it["id"] for it in rows[: asked.limit]]
        if len(rows) <= asked.limit:
            return found
        last = rows[asked.limit - 1]
        asked = asked._replace(before=(last["arrived_at"], last["id"]))


async def test_a_page_is_the_same_however_it_is_found(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    await made(records)
    for name, (asked, fits) in FILTERS.items():
        expected = sorted((f"c{i:02d}" for i in range(MANY) if fits(i)), reverse=True)
        assert len(expected) > 1 or name == "none", name
        for way in each_way(monkeypatch):
            assert await all_pages(records, listing.Filter(limit=4, **asked)) == expected, (name, way)


async def test_what_is_rare_is_not_looked_for_among_all(sqlite_records: Records) -> None:
    await made(sqlite_records)
    for name in ("line", "scope", "outcome in scope", "queue", "time", "theirs"):
        asked = FILTERS[name][0]
        async with plans(sqlite_records) as found, sqlite_records.read() as connection:
            assert await listing.search(connection, T, listing.Filter(**asked))
        assert found
        assert [walk for it in found for walk in it.walks] == [], name
