"""The process that merges quarters into days is killed (kill -9) in the middle: sums are what they were."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

import sqlalchemy as sa

from qingting.contexts.selfservice import tables as t
from qingting.contexts.selfservice.api import retained
from qingting.contexts.selfservice.model import Figures, Totals
from qingting.records import Records

from ...patience import PATIENCE_S
from .. import kept

QUARTERS, BEGAN, TENANT, ZONE = 1_500, 1_789_920_000, "t1", "Asia/Shanghai"
MERGING = """
import asyncio, sys
from qingting.contexts.selfservice.api import retained
from qingting.records import Records
from tests.unit import kept

async def main(url, tenant, zone, before):
    records = Records(url)
    kinds = retained(records, lambda _: zone)
    print("started", flush=True)
    await kept.erase(records, kinds, "self_service_detail", tenant, float(before), some=50)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_killed_in_the_middle_nothing_is_lost_or_counted_twice(records: Records) -> None:
    rows = [
        {"tenant": TENANT, "flow": "f", "at": BEGAN + n * t.QUARTER_S, "version": 1, "line": ""}
        for n in range(QUARTERS)
    ]
    async with records.write() as connection:
        await connection.execute(t.flow.insert(), [row | Totals(1, seconds=0.5)._asdict() for row in rows])
        for node in ("main", "told"):
            told = Figures(1, visits=2)._asdict() | {"node": node}
            await connection.execute(t.node.insert(), [row | told for row in rows])
        way = {"source": "main", "target": "told", "via": "1", "times": 3}
        await connection.execute(t.way.insert(), [row | way for row in rows])
    before = await sums(records)
    url = records.engine.url.render_as_string(hide_password=False)
    late = BEGAN + (QUARTERS + 200) * t.QUARTER_S
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", MERGING, url, TENANT, ZONE, str(late), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    await process.stdout.readline()
    async with asyncio.timeout(PATIENCE_S):
        while await quarters(records) == QUARTERS:  # noqa: ASYNC110  another process writes
            await asyncio.sleep(0.002)
    os.kill(process.pid, signal.SIGKILL)
    assert await process.wait() == -signal.SIGKILL
    left = await quarters(records)
    assert 0 < left < QUARTERS, "killed in the middle"
    assert await sums(records) == before

    kinds = retained(records, lambda _: ZONE)
    assert await kept.erase(records, kinds, "self_service_detail", TENANT, late, some=200) == left
    assert await quarters(records) == 0
    assert await sums(records) == before


async def quarters(records: Records) -> int:
    async with records.read() as connection:
        return await connection.scalar(sa.select(sa.func.count()).select_from(t.flow)) or 0


async def sums(records: Records) -> list[float]:
    """Of quarters and days together, table by table."""
    found = []
    async with records.read() as connection:
        for fine, days in t.DAYS.items():
            for name in t.sums_of(fine):
                some = [await connection.scalar(sa.select(sa.func.sum(it.c[name]))) or 0 for it in (fine, days)]
                found.append(float(sum(some)))
    return found
