"""Whether a page is found by reading the few or by walking the many, it is the same page. On both databases."""

from __future__ import annotations

import time
from typing import Any

import pytest
import sqlalchemy as sa

from qingting.contexts.customers import api, listing
from qingting.contexts.customers.api import Consented, Known, Record, Tagged
from qingting.contexts.customers.merging import merge
from qingting.migrate import every_table
from qingting.records import Records

from ..ways import each_way

T, MANY = "t1", 40
SINCE = time.time() - 86_400.0


def number(i: int) -> str:
    return f"+86139000{i:05d}"


def told(i: int) -> Record:
    said = [Consented("marketing", "sms", i % 4 == 0, 1000.0)] if i % 2 == 0 else []
    if i % 8 == 0:  # taken back
        said.append(Consented("marketing", "sms", False, 2000.0))
    return Record(
        external_id=f"E{i}",
        name=f"{'王李'[i % 2]}{'伟芳娜'[i % 3]}",
        kind="organisation" if i % 5 == 0 else "person",
        language=("zh-CN", "zh", "en", "")[i % 4],
        identities=[Known("phone", number(i))],
        tags=[Tagged("value", "gold")] if i % 3 == 0 else [Tagged("business", "gold")],
        consents=said,
        fields={"size": float(i % 7)},
    )


FILTERS: dict[str, tuple[dict[str, Any], Any]] = {
    "everybody": ({}, lambda i: True),
    "kind": ({"kind": "organisation"}, lambda i: i % 5 == 0),
    "persons": ({"kind": "person"}, lambda i: i % 5),
    "language": ({"language": "zh"}, lambda i: i % 4 < 2),
    "of no such language": ({"language": "z"}, lambda i: False),
    "tag": ({"tag": "gold", "layer": "value"}, lambda i: i % 3 == 0),
    "field": ({"field": "size", "least": 2.0, "most": 3.0}, lambda i: i % 7 in (2, 3)),
    "field is": ({"field": "size", "value": "2.0"}, lambda i: i % 7 == 2),
    "gave": ({"purpose": "marketing", "given": True}, lambda i: i % 8 == 4),
    "refused": (
        {"purpose": "marketing", "consent_medium": "sms", "given": False},
        lambda i: i % 2 == 0 and i % 8 != 4,
    ),
    "was asked": ({"purpose": "marketing"}, lambda i: i % 2 == 0),
    "changed": ({"changed_since": 0.0}, lambda i: True),
    "contact": ({"contacted_since": SINCE}, lambda i: i % 6 == 0),
    "both": ({"tag": "gold", "layer": "value", "contacted_since": SINCE, "language": "en"}, lambda i: i % 12 == 6),
    "named": ({"q": "伟"}, lambda i: i % 3 == 0),
    "named and tagged": ({"q": "王", "tag": "gold", "layer": "business"}, lambda i: i % 2 == 0 and i % 3),
    "named by two": ({"q": "王 芳"}, lambda i: i % 6 == 4),
    "named by what no name has": ({"q": "王芳王"}, lambda i: False),
    "named or known": ({"q": "E7"}, lambda i: i == 7),
    "last digits": ({"tail": "00007"}, lambda i: i == 7),
}


async def called(records: Records) -> None:
    told: dict[str, Any] = dict.fromkeys(
        (
            "journey",
            "entry",
            "line",
            "site",
            "language",
            "party",
            "cause",
            "outcome",
            "queue",
            "agent",
            "disposition",
        ),
        "",
    )
    told |= {"tenant": T, "medium": "voice", "direction": "in", "withheld": False, "wait_s": 0.0, "talk_s": 0.0}
    made = [
        told | {"id": f"c{i}", "number": number(i), "arrived_at": SINCE + (60 if i % 6 == 0 else -60)}
        for i in range(MANY)
    ]
    async with records.write() as connection:
        await connection.execute(every_table().tables["contact"].insert(), made)


async def all_pages(records: Records, asked: listing.Filter) -> list[str]:
    found: list[str] = []
    while True:
        async with records.read() as connection:
            page = await listing.search(connection, T, asked)
        found += [one["external_id"] for one in page.items]
        if page.next is None:
            return found
        asked = asked._replace(after=page.next)


async def test_a_page_is_the_same_however_it_is_found(records: Records, monkeypatch: pytest.MonkeyPatch) -> None:
    async with records.write() as connection:
        fields = every_table().tables["customer_field"]
        own = {"tenant": T, "id": "size", "version": 1, "names": {}, "type": "number", "choices": [], "position": 0}
        await connection.execute(fields.insert().values(**own, searchable=True, retired=False))
        await api.upsert(connection, T, [told(i) for i in range(MANY)])
    await called(records)
    async with records.read() as connection:
        rows = await connection.execute(sa.text("SELECT external_id, id FROM customer"))
        ids = {row.external_id: row.id for row in rows}
    for n, (name, (asked, fits)) in enumerate(FILTERS.items()):
        expected = sorted(f"E{i}" for i in range(MANY) if fits(i))
        order: Any = ("changed", "name")[n % 2]
        found = dict[str, list[str]]()
        for way in each_way(monkeypatch):
            found[way] = await all_pages(records, listing.Filter(order=order, limit=7, **asked))
        assert sorted(found["few"]) == expected, name
        assert all(it == found["few"] for it in found.values()), (name, found)
    # Who is merged is told of once, by whoever stands for both; what either says counts.
    async with records.write() as connection:
        await merge(connection, T, ids["E9"], ids["E1"], "u", "")
    for _ in each_way(monkeypatch):
        gold = await all_pages(records, listing.Filter(tag="gold", layer="value", limit=50))
        assert "E1" in gold
        assert "E9" not in gold
