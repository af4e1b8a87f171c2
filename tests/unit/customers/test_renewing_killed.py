"""The process that renews tags is killed (kill -9) in the middle: the next one does what is left, and no more."""

from __future__ import annotations

import asyncio

import sqlalchemy as sa

from qingting.contexts.customers import tables as t
from qingting.contexts.customers.api import Known, Record, Tagged, upsert

from ...patience import PATIENCE_S
from ..house import House
from .test_importing import kill_workers

MANY = 6_000
GOLD = {"of": "tag", "tag": "gold"}


async def test_killed_in_the_middle_the_next_one_does_the_rest(house: House) -> None:
    lin = await house.user("lin", "supervisor")
    for start in range(0, MANY, 1_000):
        some = [
            Record(identities=[Known("phone", f"+86138{n:08}")], tags=[Tagged("value", "gold")])
            for n in range(start, start + 1_000)
        ]
        async with house.records.write() as connection:
            await upsert(connection, house.tenant, some)
    body = {"layer": "value", "tag": "top", "rule": GOLD}
    assert (await lin.post("/customer-taggings", json=body)).status_code == 201
    work = asyncio.create_task(house.renewals.do_next())
    async with asyncio.timeout(PATIENCE_S):
        while not (given := await tagged(house)):  # noqa: ASYNC110  another process writes
            await asyncio.sleep(0.002)
    assert kill_workers("segments.worker") == 1
    assert await work
    assert given <= await tagged(house) < MANY, "killed before it was done"
    told = (await lin.get("/customer-taggings")).json()["run"]
    assert (told["problem"], told["running"]) == ("tagging.broken", False), "the page says so"

    assert (await lin.post("/customer-taggings/run")).status_code == 202
    assert await house.renewals.do_next()
    assert await tagged(house) == MANY
    told = (await lin.get("/customer-taggings")).json()
    assert (told["run"]["problem"], [it["tagged"] for it in told["items"] if it["enabled"]]) == ("", [MANY])


async def tagged(house: House) -> int:
    mine = (t.tag.c.tenant == house.tenant, t.tag.c.origin == "rule")
    async with house.records.read() as connection:
        return await connection.scalar(sa.select(sa.func.count()).select_from(t.tag).where(*mine)) or 0
