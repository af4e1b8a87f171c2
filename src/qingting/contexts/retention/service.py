"""What is older than its kind is kept goes: hour by hour, in small batches, one process at a time.

A run is on record before its first batch goes and each batch is counted in its own transaction, so that one whose
process was killed is finished, by whoever has the next turn, up to the same instant.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.access import Audit, Identity
from qingting.errors import NotFound, QingtingError
from qingting.pacing import Pace
from qingting.records import Records

from . import erasures, runs
from .holds import Covers, Holds
from .kinds import Kind
from .runs import Turn, TurnLost

log = structlog.get_logger(__name__)

EVERY_S = 3600.0
AGAIN_S = 300.0
"""After a run that failed."""
LOOK_S = 30.0
AT_ONCE = 200
COUNTED_AT_ONCE = 2000
COUNTED_MOST = 100_000
DAY_S = 86_400.0
_LOGGED = "audit"
"""What went is known as long as this kind is kept."""


class Retention:
    def __init__(
        self,
        records: Records,
        kinds: Sequence[Kind],
        days: Callable[[str, str], int],
        tenants: Callable[[], Iterable[str]],
        covers: Covers,
        audit: Audit,
        system: Callable[[str], Identity],
        now: Callable[[], float] = time.time,
    ) -> None:
        """`days(tenant, setting)`, 0 for good; `system`: who acts when nobody asked."""
        self.records, self.holds = records, Holds(covers)
        self.kinds = {kind.code: kind for kind in kinds}
        self._days, self._tenants, self._audit, self._system, self._now = days, tenants, audit, system, now
        self._asked = asyncio.Event()
        self._pace = Pace(0.02, 2.0, share=0.2)

    # --- what people ask -----------------------------------------------------------------------------------------

    async def told(self, who: Identity) -> dict[str, Any]:
        """`{kinds: [{kind, setting, days, last}], next_at, last_at, running}`; `last` as `run_of`, or None."""
        async with self.records.read() as connection:
            last = await runs.latest(connection, who.tenant)
            turn = await runs.state(connection, who.tenant)
        now = self._now()
        return {
            "kinds": [
                {
                    "kind": kind.code,
                    "setting": kind.setting,
                    "days": self._days(who.tenant, kind.setting),
                    "last": run_of(last[kind.code]) if kind.code in last else None,
                }
                for kind in self.kinds.values()
            ],
            "next_at": max(turn.next_at, now) if turn is not None else now,
            "last_at": turn.last_at if turn is not None else None,
            "running": turn is not None and turn.until > now,
        }

    async def ask(self, who: Identity) -> None:
        """A run as soon as may be."""
        async with self.records.write() as connection:
            await runs.ask(connection, who.tenant)
            await self._audit(connection, who, "retention.asked", "", {})
        self._asked.set()

    async def preview(self, who: Identity, code: str, days: int) -> dict[str, Any]:
        """How many would go by `days` now, and how many are held back: `{count, held, more}`; counted up to
        `COUNTED_MOST`. Raises `NotFound("retention.unknown")`."""
        if (kind := self.kinds.get(code)) is None:
            raise NotFound("retention.unknown", id=code)
        count, held, after = 0, 0, None
        before = self._now() - days * DAY_S
        async with self.records.read() as connection:
            covered = await self.holds.covered(connection, who.tenant)
        while days:
            async with self.records.read() as connection:
                page = await kind.find(connection, who.tenant, before, after, COUNTED_AT_ONCE)
            kept = sum(1 for it in page.items if not covered.isdisjoint({it.id, *it.of}))
            held, count, after = held + kept, count + len(page.items) - kept, page.next
            if after is None or count + held >= COUNTED_MOST:
                break
        return {"count": count, "held": held, "more": after is not None}

    # --- the work ------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Until cancelled; a database that is away is waited for."""
        while True:
            self._asked.clear()
            for tenant in list(self._tenants()):
                try:
                    await self.keep(tenant)
                except (sa.exc.SQLAlchemyError, OSError) as error:
                    log.warning("retention.waits", tenant=tenant, error=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_S):
                    await self._asked.wait()

    async def keep(self, tenant: str) -> bool:
        """One pass over all kinds, if it is due and nobody else is at it; whether it was made."""
        now = self._now()
        async with self.records.read() as connection:
            if not await runs.due(connection, tenant, now):
                return False
        async with self.records.write() as connection:
            if (turn := await runs.take(connection, tenant, now)) is None:
                return False
            await runs.begin_pass(connection, turn, now + EVERY_S)
            left = await runs.unfinished(connection, tenant)
        well = True
        try:
            for row in left:
                log.info("retention.taken_up", tenant=tenant, kind=row.kind)
                well &= await self._through(turn, row.kind, (row.tenant, row.id), row.before)
            for kind in self.kinds.values():
                if days := self._days(tenant, kind.setting):
                    before = now - days * DAY_S
                    async with self.records.write() as connection:
                        await runs.keep(connection, turn, self._now())
                        which = await runs.begin(connection, tenant, kind.code, days, before, self._now())
                    well &= await self._through(turn, kind.code, which, before)
        except TurnLost:
            log.warning("retention.turn_lost", tenant=tenant)
            return False
        async with self.records.write() as connection:
            logged = self.kinds.get(_LOGGED)
            if logged is not None and (days := self._days(tenant, logged.setting)):
                await runs.forget(connection, tenant, now - days * DAY_S)
                await erasures.forget(connection, tenant, now - days * DAY_S)
            again = self._now() + (EVERY_S if well else AGAIN_S)
            await runs.give_back(connection, turn, self._now(), again)
        return True

    async def _through(self, turn: Turn, code: str, which: tuple[str, str], before: float) -> bool:
        """Whether it went well; the other kinds' turn comes all the same."""
        held, trouble = 0, ""
        try:
            if (kind := self.kinds.get(code)) is not None:
                held = await self._erase(turn, kind, which, before)
        except TurnLost:
            raise
        except Exception as error:
            log.exception("retention.failed", tenant=turn.tenant, kind=code)
            trouble = error.code if isinstance(error, QingtingError) else type(error).__name__
        async with self.records.write() as connection:
            erased = await runs.end(connection, which, self._now(), held, trouble)
            if erased:
                detail = {"erased": erased, "held": held, "before": before, "trouble": trouble}
                await self._audit(connection, self._system(turn.tenant), "retention.erased", code, detail)
        return not trouble

    async def _erase(self, turn: Turn, kind: Kind, which: tuple[str, str], before: float) -> int:
        """How many were held back."""
        held, after, holds, covered = 0, None, None, frozenset[str]()
        while True:
            async with self.records.read() as connection:
                page = await kind.find(connection, turn.tenant, before, after, AT_ONCE)
                now_held = [row.id for row in await self.holds.open(connection, turn.tenant)]
                if now_held != holds:
                    holds, covered = now_held, await self.holds.covered(connection, turn.tenant)
            go = [it.id for it in page.items if covered.isdisjoint({it.id, *it.of})]
            held += len(page.items) - len(go)
            if go:
                with self._pace.work():
                    await kind.erase(turn.tenant, go, partial(self._told, turn, which))
                await self._pace.rest()
            if (after := page.next) is None:
                return held

    async def _told(self, turn: Turn, which: tuple[str, str], connection: AsyncConnection, erased: int) -> None:
        await runs.keep(connection, turn, self._now())
        await runs.count(connection, which, erased)


def run_of(row: Any) -> dict[str, Any]:
    names = ("id", "kind", "days", "before", "started_at", "ended_at", "erased", "held", "trouble")
    return {name: getattr(row, name) for name in names}
