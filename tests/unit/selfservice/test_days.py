"""Quarters of an hour become days by their term, days go by theirs, and what is folded anew is not counted again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from qingting.contexts.contacts import tables as contacts
from qingting.contexts.contacts.api import Projection
from qingting.contexts.selfservice import tables as t
from qingting.contexts.selfservice.api import Counting, retained
from qingting.records import Records

from .. import kept
from ..house import House, code_of, make_house
from .test_figures import DAY, LOST, RANGE, SERVED, TO_PERSON, Centre, got

DAY_S = 86_400.0
ASKED: list[tuple[str, dict[str, Any]]] = [
    ("flows", {}),
    ("flows/telecom", {"version": 1}),
    ("flows/telecom", {"interval": "week"}),
    ("flows/telecom", {"interval": "month"}),
    ("flows/telecom", {"line": "south"}),
    ("flows/telecom/node", {"node": "main"}),
]


@pytest.fixture
async def house(records: Records, tmp_path: Path) -> AsyncIterator[House]:
    async with make_house(records, tmp_path) as house:
        yield house


@pytest.fixture
async def centre(house: House) -> Centre:
    centre = Centre(house)
    await centre.begin()
    return centre


async def seen(admin: Any) -> list[dict[str, Any]]:
    return [await got(admin, path, **params) for path, params in ASKED]


async def rows(records: Records, *tables: sa.Table) -> list[int]:
    async with records.read() as connection:
        return [await connection.scalar(sa.select(sa.func.count()).select_from(it)) or 0 for it in tables]


async def test_the_pages_tell_the_same_of_days(centre: Centre, house: House) -> None:
    admin = await house.user("ada", "administrator")
    for answers in (SERVED, TO_PERSON, LOST):
        for line in ("north", "south"):
            await centre.calls(answers, line=line)
        await centre.story.after(20 * 60)
    await centre.told()
    before = await seen(admin)
    assert before[0]["total"]["contacts"] == 6
    quarters = await rows(house.records, *t.DAYS)

    preview: dict[str, str | int] = {"kind": "self_service_detail", "days": 35}
    house.retention._now = lambda: centre.story.now + 30 * DAY_S
    assert (await admin.get("/retention/preview", params=preview)).json()["count"] == 0
    house.retention._now = lambda: centre.story.now + 40 * DAY_S
    assert (await admin.get("/retention/preview", params=preview)).json() == {
        "count": quarters[0], "held": 0, "more": False,
    }  # fmt: skip
    assert await house.retention.keep(house.tenant)
    assert await rows(house.records, *t.DAYS) == [0, 0, 0]
    days = await rows(house.records, *t.DAYS.values())
    assert days[0] == 2 < quarters[0], "a line each"
    assert await seen(admin) == before
    hours = await got(admin, "flows/telecom", interval="quarter")
    assert [(it["at"], it["contacts"]) for it in hours["trend"]] == [(DAY, 6)], "no more is known than the day"
    told = {it["kind"]: it for it in (await admin.get("/retention")).json()["kinds"]}
    assert told["self_service_detail"]["last"]["erased"] == quarters[0]
    assert (told["self_service_detail"]["days"], told["self_service"]["days"]) == (35, 1095)
    assert [it["target"] for it in await house.audited("retention.erased")] == ["self_service_detail"]

    # One who was long on the way is added to what is merged; to merge again changes nothing.
    await centre.calls(SERVED, line="north")
    await centre.told()
    after = await seen(admin)
    assert after[0]["total"]["contacts"] == 7
    kinds = retained(house.records, lambda _: "Asia/Shanghai")
    late = centre.story.now + 40 * DAY_S
    assert await kept.erase(house.records, kinds, "self_service_detail", house.tenant, late) == 1
    assert await kept.erase(house.records, kinds, "self_service_detail", house.tenant, late) == 0
    assert await rows(house.records, *t.DAYS.values()) == days
    assert await seen(admin) == after

    # In another zone a day that was merged stays that day.
    kinds = retained(house.records, lambda _: "America/New_York")
    assert await kept.erase(house.records, kinds, "self_service_detail", house.tenant, late) == 0
    stranger = await house.user("eve", "administrator", tenant=house.other)
    assert code_of(await stranger.get("/self-service/flows/telecom", params=RANGE)) == (404, "flow.unknown")

    house.retention._now = lambda: centre.story.now + 1200 * DAY_S
    await admin.post("/retention/runs")
    assert await house.retention.keep(house.tenant)
    assert await rows(house.records, *t.DAYS, *t.DAYS.values()) == [0] * 6


async def test_folded_anew_nobody_is_counted_twice_and_nobody_is_lost(centre: Centre, house: House) -> None:
    """Contacts are made again of the journal; sums stand by themselves, merged or not."""
    admin = await house.user("ada", "administrator")
    for answers in (SERVED, TO_PERSON):
        await centre.calls(answers)
    await centre.told()
    kinds = retained(house.records, lambda _: "Asia/Shanghai")
    late = centre.story.now + 40 * DAY_S
    assert await kept.erase(house.records, kinds, "self_service_detail", house.tenant, late) == 1
    await centre.calls(LOST)
    await centre.told()
    before = await seen(admin)
    assert before[0]["total"]["contacts"] == 3

    async with house.records.write() as connection:
        for table in (contacts.progress, contacts.contact, contacts.visit, contacts.assignment, contacts.happening):
            await connection.execute(sa.delete(table).where(table.c.tenant == house.tenant))
        await connection.execute(sa.delete(contacts.reference))

    async def kinds_of(*_: object) -> dict[str, Any]:
        return {}

    await centre.calls(TO_PERSON)  # meanwhile somebody new, in the batch of those who are known
    anew = Projection(house.journal, house.records, Counting(kinds_of))
    assert await anew.catch_up(house.tenant) == centre.story.seq
    found = await seen(admin)
    assert found[0]["total"]["contacts"] == 4
    assert found[0]["total"]["contained"] == before[0]["total"]["contained"]
    assert (await rows(house.records, contacts.contact)) == [4]


async def test_who_is_counted_while_a_quarter_is_merged_is_in_one_of_both(centre: Centre, house: House) -> None:
    admin = await house.user("ada", "administrator")
    kinds = retained(house.records, lambda _: "Asia/Shanghai")
    late = centre.story.now + 40 * DAY_S
    for _ in range(12):
        await centre.calls(TO_PERSON)
        await asyncio.gather(
            centre.told(), kept.erase(house.records, kinds, "self_service_detail", house.tenant, late)
        )
    total = (await got(admin, "flows"))["total"]
    assert (total["contacts"], total["handed"]) == (12, 12)
    nodes = {it["node"]: it["contacts"] for it in (await got(admin, "flows/telecom"))["nodes"]}
    assert nodes["main"] == 12
