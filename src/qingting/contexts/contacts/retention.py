"""What is older than a tenant keeps contacts goes: first who they were from, in the journal, then the rows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.contexts.configuration.api import Configuration
from qingting.journal.port import Journal
from qingting.records import Records

from . import tables as t

log = structlog.get_logger(__name__)

_AT_ONCE = 500
_WITH_WORDS = ("ContactTransferred", "ConsultStarted", "PartyCalled")


async def keep_to_retention(
    records: Records, journal: Journal, configuration: Configuration, every_s: float = 3600.0
) -> None:
    """Until cancelled, for every tenant by its own settings."""
    while True:
        for tenant, view in list(configuration.views.items()):
            before = time.time() - view.settings.body.retention.contacts_days * 86_400
            try:
                if count := await purge(records, journal, tenant, before):
                    log.info("contacts.purged", tenant=tenant, count=count)
            except Exception:  # it is tried again; the other tenants' turn comes all the same
                log.exception("contacts.purge_failed", tenant=tenant)
        await asyncio.sleep(every_s)


async def purge(records: Records, journal: Journal, tenant: str, before: float) -> int:
    """Delete contacts that ended before, with all that hangs on them, some hundred at a time. Returns how many."""
    c = t.contact.c
    old_ones = (
        sa.select(c.id, c.party).where(c.tenant == tenant, c.arrived_at < before, c.ended_at < before).limit(_AT_ONCE)
    )
    count = 0
    while True:
        async with records.read() as connection:
            old = (await connection.execute(old_ones)).all()
            refs = await _refs(connection, tenant, [row.id for row in old])
        if refs := [row.party for row in old if row.party] + refs:
            await journal.erase(tenant, refs)
        ids = [row.id for row in old]
        async with records.write() as connection:
            for table in (t.note, t.happening, t.assignment, t.visit):
                await connection.execute(sa.delete(table).where(table.c.tenant == tenant, table.c.contact.in_(ids)))
            await connection.execute(sa.delete(t.contact).where(c.tenant == tenant, c.id.in_(ids)))
        count += len(ids)
        if len(ids) < _AT_ONCE:
            return count


async def _refs(connection: AsyncConnection, tenant: str, contacts: Sequence[str]) -> list[str]:
    """To what agents wrote when they handed these on, and to numbers that they called into them."""
    h = t.happening.c
    told = sa.select(h.detail).where(h.tenant == tenant, h.contact.in_(contacts), h.kind.in_(_WITH_WORDS))
    found = []
    for detail in (await connection.execute(told)).scalars():
        notes = detail.get("notes") or ()
        found += [ref for ref in (*notes[2:3], detail.get("ref", "")) if ref]
    return found
