"""The process that keeps terms is killed (kill -9) in the middle of a kind: whoever has the next turn finishes it."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time

import sqlalchemy as sa

from qingting.contexts.customers import tables as customers
from qingting.contexts.retention import tables
from qingting.records import new_id

from ...patience import PATIENCE_S
from ..house import House

DAY_S = 86_400.0
OLD, NEW = 5_000, 40
KEEPING = """
import asyncio, sys
from qingting.contexts.customers import api as customers
from qingting.contexts.people import api as people
from qingting.contexts.retention.api import Retention
from qingting.records import Records
from qingting.runtime.erasure import covered

async def main(url, tenant):
    records = Records(url)
    days = lambda tenant, setting: 30 if setting == "notes_days" else 0
    kinds = customers.retained(records)
    keeper = Retention(records, kinds, days, lambda: [tenant], covered, people.record_audit, people.system)
    print("started", flush=True)
    await keeper.keep(tenant)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_killed_in_the_middle_the_next_turn_finishes_it(house: House) -> None:
    admin = await house.user("lin", "administrator")
    id = (await admin.post("/customers", json={"name": "Anna"})).json()["id"]
    now = time.time()
    row = {"tenant": house.tenant, "customer": id, "user_id": "u", "contact": "", "pinned": False, "text": "x"}
    rows = [row | {"id": new_id(), "at": now - (60 if n < OLD else 1) * DAY_S} for n in range(OLD + NEW)]
    async with house.records.write() as connection:
        await connection.execute(customers.note.insert(), rows)
    url = house.records.engine.url.render_as_string(hide_password=False)
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KEEPING, url, house.tenant, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    await process.stdout.readline()
    async with asyncio.timeout(PATIENCE_S):
        while await notes(house) == OLD + NEW:  # noqa: ASYNC110  another process writes
            await asyncio.sleep(0.002)
    os.kill(process.pid, signal.SIGKILL)
    assert await process.wait() == -signal.SIGKILL
    left = await notes(house)
    assert NEW < left < OLD + NEW, "killed in the middle"
    (run,) = await runs(house)
    assert (run.ended_at, run.erased) == (None, OLD + NEW - left), "each batch is counted in its own transaction"

    settings = (await admin.get("/settings")).json()
    changed = {"version": settings["version"], "retention": settings["retention"] | {"notes_days": 30}}
    assert (await admin.put("/settings", json=changed)).status_code == 200
    assert not await house.retention.keep(house.tenant), "its turn is still the other's"
    house.retention._now = lambda: time.time() + 3 * 3600
    assert await house.retention.keep(house.tenant)
    assert await notes(house) == NEW
    finished = {it.id: it for it in await runs(house)}[run.id]
    assert (finished.erased, finished.ended_at is not None, finished.trouble) == (OLD, True, "")
    assert [it["detail"]["erased"] for it in await house.audited("retention.erased")] == [OLD]


async def notes(house: House) -> int:
    async with house.records.read() as connection:
        return await connection.scalar(sa.select(sa.func.count()).select_from(customers.note)) or 0


async def runs(house: House) -> list[sa.Row[tuple[object, ...]]]:
    async with house.records.read() as connection:
        query = sa.select(tables.run).where(tables.run.c.kind == "notes")
        return list((await connection.execute(query)).all())
