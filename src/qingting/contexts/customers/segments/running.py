"""One renewal of a tenant's tags by rule and computation, and of its segments' counts.

Who should have a tag is asked in one statement that holds nobody up; what differs from what is there is written some
hundred at a time, with rests between. Done again it changes nothing, so that whoever is killed in it is no loss.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.errors import Invalid
from qingting.pacing import Pace
from qingting.records import Records, in_batches, tell

from .. import tables as t
from ..storing import put
from . import keeping, renewing
from .bounded import TooSlow, within
from .compiling import World, fits, of_all
from .computations import COMPUTATIONS
from .facts import facts, of_row
from .renewing import Turn
from .tables import tagging
from .taggings import RULE

BATCH = 500
"""Customers of one transaction."""
SHARE = 0.5
"""Of the time that it may write; the rest is for others."""
QUERY_S = 300.0
"""For each question; what takes longer is given up, and says so."""
_FINE = 0.005
"""A confidence that is so little another one stays."""


class Stop(Exception):
    """The centre has gone, or it is another's turn."""


class Renewal:
    def __init__(
        self, records: Records, turn: Turn, zone: str, complaints: Sequence[str], stopped: threading.Event
    ) -> None:
        """`zone`: the tenant's; `complaints`: the dispositions that mean one."""
        self._records, self._turn, self._zone, self._stopped = records, turn, zone, stopped
        self._complaints = complaints
        self._tenant = turn.tenant
        self._pace = Pace(0.005, 1.0, SHARE)

    async def do(self) -> None:
        try:
            await self._look_around()
            async with self._records.read() as connection:
                rows = await connection.execute(sa.select(tagging).where(tagging.c.tenant == self._tenant))
                all_of_them = rows.mappings().all()
            for it in all_of_them:
                if it["enabled"]:
                    await self._renew(it)
            await self._withdraw_others([it for it in all_of_them if it["enabled"]])
            await self._count()
            async with self._records.write() as connection:
                await renewing.end(connection, self._turn)
        except Stop:
            return

    async def _look_around(self) -> None:
        """PostgreSQL plans by what it knows of its tables: after a file was brought in that is next to nothing for a
        minute or so, and it would go through all tags once for each customer."""
        async with self._records.write() as connection:
            if connection.dialect.name == "postgresql":
                for table in (t.customer, t.identity, t.tag, t.consent, t.field_index, t.address):
                    await connection.exec_driver_sql(f"ANALYZE {table.name}")

    # --- tags ---------------------------------------------------------------------------------------------------

    async def _renew(self, it: Any) -> None:
        try:
            wanted = await self._wanted(it)
        except Invalid:
            await self._note(it, problem="tagging.bad_rule")
            return
        except TooSlow:
            await self._note(it, problem="rule.too_slow")
            return
        g, origin = t.tag.c, _origin(it)
        mine = {"layer": it["layer"], "tag": it["tag"], "origin": origin}
        those = sa.select(g.customer, g.confidence).where(g.tenant == self._tenant, g.source == it["id"])
        async with self._records.read() as connection:
            query = those.where(g.tag == it["tag"], g.layer == it["layer"], g.origin == origin)
            there: dict[str, float] = {row.customer: row.confidence for row in await connection.execute(query)}
        new = sorted(wanted.keys() - there.keys())
        other = sorted(id for id in wanted.keys() & there.keys() if abs(wanted[id] - there[id]) > _FINE)
        gone = sorted(there.keys() - wanted.keys())
        for some in in_batches(gone, BATCH):
            await self._write(lambda c, some=some: self._take_away(c, some, **mine))
        for some in in_batches(new, BATCH):
            await self._write(lambda c, some=some: self._give(c, some, wanted, it["id"], **mine))
        for some in in_batches(other, BATCH):
            await self._write(lambda c, some=some: self._change(c, some, wanted, **mine))
        await self._note(it, tagged=len(wanted), added=len(new), withdrawn=len(gone), problem="")

    async def _wanted(self, it: Any) -> dict[str, float]:
        """Customer → how sure."""
        async with self._records.read() as connection, within(connection, QUERY_S):
            world = World(self._tenant, time.time(), self._zone, connection.dialect.name)
            if it["kind"] == RULE:
                rule = await keeping.read(connection, self._tenant, it["rule"])
                query = sa.select(t.customer.c.id).where(of_all(world), fits(rule, world))
                return dict.fromkeys((await connection.execute(query)).scalars(), 1.0)
            by = {name: value for name, value in it["settings"].items() if name != "dispositions"}
            rows = await connection.execute(facts(world, by, it["settings"].get("dispositions") or self._complaints))
            sure, found = COMPUTATIONS[it["kind"]].sure, {}
            for row in rows:
                if (confidence := sure(of_row(row), by, world.now)) is not None:
                    found[row.current] = round(confidence, 3)
            return found

    async def _withdraw_others(self, enabled: Sequence[Any]) -> None:
        """What nobody stands up for any more: of one that is off, removed, or gives another tag now."""
        g = t.tag.c
        stands = [
            sa.and_(g.source == it["id"], g.layer == it["layer"], g.tag == it["tag"], g.origin == _origin(it))
            for it in enabled
        ]
        orphaned = (g.tenant == self._tenant, g.origin.in_(("rule", "computed")), ~sa.or_(sa.false(), *stands))
        query = sa.select(g.customer, g.layer, g.tag, g.origin).where(*orphaned)
        async with self._records.read() as connection:
            rows = (await connection.execute(query)).all()
        by_tag: dict[tuple[str, str, str], list[str]] = {}
        for row in rows:
            by_tag.setdefault((row.layer, row.tag, row.origin), []).append(row.customer)
        for (layer, tag, origin), ids in by_tag.items():
            mine = {"layer": layer, "tag": tag, "origin": origin}
            for some in in_batches(sorted(ids), BATCH):
                await self._write(lambda c, some=some, mine=mine: self._take_away(c, some, **mine))

    async def _write(self, work: Any) -> None:
        """In one transaction, as long as it is our turn."""
        if self._stopped.is_set():
            raise Stop
        with self._pace.work():
            async with self._records.write() as connection:
                if not await renewing.hold(connection, self._turn):
                    raise Stop
                await work(connection)
        await self._pace.rest()

    async def _give(
        self, connection: AsyncConnection, ids: Sequence[str], sure: Mapping[str, float], source: str, **mine: str
    ) -> None:
        """To those who are still there: they were asked for a while ago."""
        c = t.customer.c
        still = sa.select(c.id).where(c.tenant == self._tenant, c.id.in_(ids)).with_for_update(read=True)
        there, now = list((await connection.execute(still)).scalars()), time.time()
        rows = [
            {"tenant": self._tenant, "customer": id, "source": source, "confidence": sure[id], "at": now} | mine
            for id in there
        ]
        await put(connection, t.tag, rows, ("source", "confidence", "at"))
        await self._tell(connection, there)

    async def _change(
        self, connection: AsyncConnection, ids: Sequence[str], sure: Mapping[str, float], **mine: str
    ) -> None:
        g = t.tag.c
        own = (g.tenant == self._tenant, *(g[name] == value for name, value in mine.items()))
        await connection.execute(
            t.tag.update().where(*own, g.customer == sa.bindparam("of")).values(confidence=sa.bindparam("now")),
            [{"of": id, "now": sure[id]} for id in ids],
        )

    async def _take_away(self, connection: AsyncConnection, ids: Sequence[str], **mine: str) -> None:
        g = t.tag.c
        own = (g.tenant == self._tenant, *(g[name] == value for name, value in mine.items()))
        await connection.execute(sa.delete(t.tag).where(*own, g.customer.in_(ids)))
        await self._tell(connection, ids)

    async def _tell(self, connection: AsyncConnection, ids: Sequence[str]) -> None:
        if ids:
            told = {"new": [], "changed": list(ids)}
            await tell(connection, self._tenant, "customers", "customers_upserted", told, cause="tags")

    async def _note(self, it: Any, **values: Any) -> None:
        """What came of it, unless it was changed meanwhile."""
        own = (tagging.c.tenant == self._tenant, tagging.c.id == it["id"], tagging.c.version == it["version"])

        async def note(connection: AsyncConnection) -> None:
            await connection.execute(tagging.update().where(*own).values(ran_at=time.time(), **values))

        await self._write(note)

    # --- counts -------------------------------------------------------------------------------------------------

    async def _count(self) -> None:
        """Of all segments, to the end: what is told while somebody's own count would take too long."""
        async with self._records.read() as connection:
            kept = await keeping.of_tenant(connection, self._tenant)
        for it in kept:
            try:
                async with self._records.read() as connection, within(connection, QUERY_S):
                    world = World(self._tenant, time.time(), self._zone, connection.dialect.name)
                    rule = await keeping.read(connection, self._tenant, it["rule"])
                    query = sa.select(sa.func.count()).select_from(t.customer).where(of_all(world), fits(rule, world))
                    count = await connection.scalar(query) or 0
            except (TooSlow, Invalid):  # its page says what is wrong with it
                continue
            counted = keeping.Counted(count, "now", world.now)
            await self._write(lambda c, it=it, n=counted: keeping.keep_count(c, self._tenant, it, n))


def _origin(it: Any) -> str:
    return "rule" if it["kind"] == RULE else "computed"
