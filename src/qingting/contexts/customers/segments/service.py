"""The house's part in renewals: looks whether one is due, and starts the process that does it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence

import sqlalchemy as sa
import structlog

from qingting.records import Records

from ..apart import work_apart
from . import renewing

log = structlog.get_logger(__name__)

POLL_S = 5.0


class Renewals:
    def __init__(
        self, records: Records, zone_of: Callable[[str], str], complaints: Callable[[str], Sequence[str]]
    ) -> None:
        """`zone_of`: tenant → its time zone; `complaints`: → the dispositions that mean a complaint."""
        self.records, self._zone_of, self._complaints = records, zone_of, complaints
        self.asked = asyncio.Event()
        """Somebody waits for one."""

    async def run(self) -> None:
        """Until cancelled. A database that is away is waited for."""
        while True:
            self.asked.clear()
            try:
                if await self.do_next():
                    continue
            except (sa.exc.SQLAlchemyError, OSError) as error:
                log.warning("renewal.waits", error=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_S):
                    await self.asked.wait()

    async def do_next(self) -> bool:
        """Whether one was due."""
        async with self.records.write() as connection:
            turn = await renewing.take(connection)
        if turn is None:
            return False
        told = {"records": self.records.url, **turn._asdict()}
        told |= {"zone": self._zone_of(turn.tenant), "complaints": list(self._complaints(turn.tenant))}
        ended = await work_apart("qingting.contexts.customers.segments.worker", told)
        if ended.status:
            log.warning("renewal.died", tenant=turn.tenant, status=ended.status, error=ended.error)
            async with self.records.write() as connection:
                await renewing.end(connection, turn, "tagging.broken")
        return True
