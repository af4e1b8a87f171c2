"""Keeps the lines in short true: whatever happens to a customer or in one of their contacts, theirs is drawn anew.

Follows the journal by cursor, at least once; to draw a line twice is no harm. What came before this began is walked
through once, as far back as a recovery still makes sense.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

import sqlalchemy as sa
import structlog

from qingting.contexts.contacts.api import numbers_between, numbers_of, progress
from qingting.core.events import AssignmentDone, ContactEnded, DispositionSet
from qingting.journal.port import Entry, Journal
from qingting.pacing import Pace
from qingting.records import Records, in_batches

from .lines import having, having_come, renew
from .sources import Meanings, Source, of_contacts, stated

log = structlog.get_logger(__name__)

READERS = {"routing": "experience.routing", "customers": "experience.customers"}
FACTS = {
    "customer_changed": ("customer",),
    "customers_merged": ("source", "target"),
    "customers_unmerged": ("source", "target"),
}
"""What is told of customers that may move a line → who is meant."""
ENTRIES = 2000
AT_ONCE = 50
"""Customers in one transaction."""
REST_S = (3.0, 30.0)
PAST_S = 90 * 86_400.0
_PAGE = 500


class Experience:
    def __init__(
        self,
        records: Records,
        journal: Journal,
        meanings: Meanings,
        more: Sequence[Source] = (),
        now: Callable[[], float] = time.time,
    ) -> None:
        """`more`: sources beside contacts and what is stated."""
        self.records, self._journal, self._now = records, journal, now
        self.sources: tuple[Source, ...] = (of_contacts(meanings), stated, *more)

    async def run(self) -> None:
        """Until cancelled. A database that is away is waited for."""
        pace = Pace(*REST_S)
        while True:
            with pace.work():
                for tenant in sorted(
                    {tenant for tenant, stream in await self._journal.streams() if stream in READERS}
                ):
                    try:
                        await self.follow(tenant)
                    except (sa.exc.SQLAlchemyError, OSError) as error:
                        log.warning("experience.waits", tenant=tenant, error=type(error).__name__)
            await pace.rest()

    async def follow(self, tenant: str) -> int:
        """All that has happened since; how many records were looked at."""
        async with self.records.read() as connection:
            told = await progress(connection, tenant)  # what is not in the contacts' tables yet is of no use
        said = await self._journal.last_seq(tenant, "customers")
        if told and not await self._journal.cursor(tenant, READERS["routing"]):
            await self._past(tenant)
            await self._journal.set_cursor(tenant, READERS["customers"], said)
            await self._journal.set_cursor(tenant, READERS["routing"], told)
        return await self._read(tenant, "routing", told) + await self._read(tenant, "customers", said)

    async def _read(self, tenant: str, stream: str, until: int) -> int:
        count, after = 0, await self._journal.cursor(tenant, READERS[stream])
        while after < until:
            end = min(after + ENTRIES, until)
            entries = [entry async for entry in self._journal.read(tenant, stream, after, end)]
            moved = self._moved_by_facts if stream == "customers" else self._moved_by_contacts
            count += await self._renew(tenant, await moved(tenant, entries))
            await self._journal.set_cursor(tenant, READERS[stream], end)
            after = end
        return count

    async def _moved_by_contacts(self, tenant: str, entries: Sequence[Entry]) -> set[str]:
        events = [event for entry in entries for event in entry.events]
        over = {it.contact for it in events if isinstance(it, ContactEnded)}
        told = {it.assignment for it in events if isinstance(it, AssignmentDone | DispositionSet)}
        async with self.records.read() as connection:
            return await having(connection, tenant, await numbers_of(connection, tenant, over, told))

    async def _moved_by_facts(self, tenant: str, entries: Sequence[Entry]) -> set[str]:
        facts = [(entry.kind, it) for entry in entries for it in entry.events if isinstance(it, dict)]
        ids = {it[name] for kind, it in facts if kind in FACTS for name in FACTS[kind]}
        # By the thousand from a file: only those who have come already.
        brought = {id for kind, it in facts if kind == "customers_upserted" for id in it["new"] + it["changed"]}
        async with self.records.read() as connection:
            return ids | await having_come(connection, tenant, brought)

    async def _past(self, tenant: str) -> None:
        now, place = self._now(), (self._now() - PAST_S, "")
        while True:
            async with self.records.read() as connection:
                numbers, next = await numbers_between(connection, tenant, place, now, _PAGE)
                ids = await having(connection, tenant, numbers)
            await self._renew(tenant, ids)
            if next is None:
                return
            place = next

    async def _renew(self, tenant: str, ids: set[str]) -> int:
        for some in in_batches(sorted(ids), AT_ONCE):
            async with self.records.write() as connection:
                await renew(connection, self.sources, tenant, some, self._now())
            await asyncio.sleep(0)  # calls get their turn
        return len(ids)
