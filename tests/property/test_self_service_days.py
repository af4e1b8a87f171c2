"""Quarters that are merged into days tell what they told before: against sums over everything that was counted."""

from __future__ import annotations

import asyncio
import datetime as dt
import itertools
import shutil
from collections.abc import Callable, Sequence
from functools import reduce
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.contexts.retention.api import Kind
from qingting.contexts.selfservice import queries
from qingting.contexts.selfservice import tables as t
from qingting.contexts.selfservice.api import retained
from qingting.contexts.selfservice.counting import add
from qingting.contexts.selfservice.model import Figures, Totals, added
from qingting.contexts.selfservice.periods import Interval, period
from qingting.records import Records

FIRST = dt.date(2026, 10, 20)
"""In New York and Berlin clocks go back in the days after it."""
DAYS = 20
ZONES = ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"]
S = TypeVar("S", Totals, Figures)
_tenants = itertools.count()


class Killed(Exception):
    pass


class Come(NamedTuple):
    """What some contacts of a quarter add."""

    quarter: int
    """From the beginning of the first day on."""
    flow: str
    version: int
    line: str
    totals: Totals
    nodes: dict[str, Figures]
    ways: dict[tuple[str, str, str], int]

    def row(self, tenant: str, at: int) -> dict[str, Any]:
        return {"tenant": tenant, "flow": self.flow, "at": at, "version": self.version, "line": self.line}


class Merge(NamedTuple):
    until: int
    """Days from the first."""
    at_once: int
    killed_after: int


many = st.integers(0, 4)
seconds = st.integers(0, 400).map(lambda quarters: quarters / 4)  # sums of such are exact in any order
figures = st.tuples(many, seconds, many).map(lambda it: Figures(1, visits=it[0], seconds=it[1], rated=it[2]))
totals = st.tuples(many, many, seconds).map(lambda it: Totals(1, it[0], handed=it[1], seconds=it[2]))
nodes = st.sampled_from(["main", "balance", "person"])
comes = st.builds(
    Come,
    st.integers(0, DAYS * 96 - 1),
    st.sampled_from(["telecom", "bank"]),
    st.integers(1, 2),
    st.sampled_from(["", "north"]),
    totals,
    st.dictionaries(nodes, figures, max_size=2),
    st.dictionaries(st.tuples(nodes, nodes, st.sampled_from(["1", "next"])), st.integers(1, 3), max_size=3),
)
merges = st.builds(Merge, st.integers(0, DAYS), st.integers(1, 30), st.sampled_from([0, 1, 2, 999]))


def test_days_tell_what_their_quarters_told(sqlite_with_tables: Path, tmp_path: Path) -> None:
    shutil.copy(sqlite_with_tables, tmp_path / "records.db")
    with asyncio.Runner() as runner:
        records = Records(f"sqlite+aiosqlite:///{tmp_path / 'records.db'}")

        @settings(max_examples=25, deadline=None)
        @given(
            st.sampled_from(ZONES),
            st.lists(st.one_of(st.lists(comes, min_size=1, max_size=12), merges), min_size=2, max_size=6),
            st.integers(0, DAYS - 1),
            st.integers(1, DAYS),
        )
        def told(zone: str, steps: list[list[Come] | Merge], first: int, days: int) -> None:
            last = min(first + days, DAYS) - 1
            runner.run(_told(records, zone, steps, _day(first), _day(last)))

        try:
            told()
        finally:
            runner.run(records.close())


def _day(n: int) -> dt.date:
    return FIRST + dt.timedelta(days=n)


async def _told(
    records: Records, zone: str, steps: Sequence[list[Come] | Merge], first: dt.date, last: dt.date
) -> None:
    tenant, here = f"t{next(_tenants)}", ZoneInfo(zone)
    everything: list[Come] = []
    began = int(dt.datetime.combine(FIRST, dt.time(), here).timestamp())
    kind = retained(records, lambda _: zone)[0]
    for step in steps:
        if isinstance(step, Merge):
            before = dt.datetime.combine(_day(step.until), dt.time(13, 20), here).timestamp()
            await _merge(records, kind, tenant, before, step)
        else:
            everything += step
            async with records.write() as connection:
                for come in step:
                    await _count(connection, tenant, come, began)
        asked = period(first, last, zone)
        within = [(at, c) for c in everything if asked.since <= (at := began + c.quarter * 900) < asked.until]
        for flow, version, lines in (("telecom", 0, None), ("telecom", 2, None), ("bank", 0, frozenset({"north"}))):
            wanted = queries.Wanted(tenant, asked, lines, flow, version)
            some = [
                (at, c)
                for at, c in within
                if c.flow == flow and version in (0, c.version) and (lines is None or c.line in lines)
            ]
            async with records.read() as connection:
                await _the_same(connection, wanted, some)


async def _count(connection: AsyncConnection, tenant: str, come: Come, began: int) -> None:
    row = come.row(tenant, began + come.quarter * 900)
    await add(connection, t.flow, [row | come.totals._asdict()])
    await add(connection, t.node, [row | {"node": node} | it._asdict() for node, it in come.nodes.items()])
    names = ("source", "target", "via")
    ways = [row | dict(zip(names, way, strict=True)) | {"times": n} for way, n in come.ways.items()]
    await add(connection, t.way, ways)


async def _merge(records: Records, kind: Kind, tenant: str, before: float, how: Merge) -> None:
    """As the job does it, which is killed after some batches, or not."""
    left, after = how.killed_after, None

    async def tell(_: AsyncConnection, count: int) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Killed

    while True:
        async with records.read() as connection:
            page = await kind.find(connection, tenant, before, after, how.at_once)
        try:
            if page.items:
                await kind.erase(tenant, [it.id for it in page.items], tell)
        except Killed:
            return
        if (after := page.next) is None:
            return


async def _the_same(connection: AsyncConnection, wanted: queries.Wanted, some: list[tuple[int, Come]]) -> None:
    def by(name: Callable[[int, Come], Any], of: Callable[[Come], S], none: S) -> dict[Any, S]:
        found: dict[Any, S] = {}
        for at, c in some:
            found[name(at, c)] = added(found.get(name(at, c), none), of(c))
        return found

    def called(interval: Interval) -> Callable[[int, Come], str]:
        return lambda at, _: wanted.period.of(at, interval)

    def whole(c: Come) -> Totals:
        return c.totals

    flows = await queries.flows(connection, wanted)
    assert flows == by(lambda _, c: (c.flow, c.version), whole, Totals())
    intervals: list[Interval] = ["day", "week", "month"]
    for interval in intervals:
        trend = await queries.trend(connection, wanted, interval)
        assert trend == by(called(interval), whole, Totals())
        assert list(trend) == sorted(trend)
    hours = await queries.trend(connection, wanted, "hour")
    assert reduce(added, hours.values(), Totals()) == reduce(added, (c.totals for _, c in some), Totals())
    told = await queries.nodes(connection, wanted)
    names = {node for _, c in some for node in c.nodes}
    assert set(told) == names
    for node in names:
        here = [(wanted.period.of(at, "day"), c.nodes[node]) for at, c in some if node in c.nodes]
        assert told[node] == reduce(added, (it for _, it in here), Figures())
        days = await queries.node_trend(connection, wanted, node, "day")
        assert days == {
            day: reduce(added, (it for other, it in here if other == day), Figures())
            for day in {day for day, _ in here}
        }
    ways: dict[tuple[str, ...], int] = {}
    for _, c in some:
        for way, n in c.ways.items():
            ways[way] = ways.get(way, 0) + n
    found = await queries.ways(connection, wanted)
    assert {(it["source"], it["target"], it["via"]): it["times"] for it in found} == ways
