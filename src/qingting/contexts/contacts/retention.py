"""What is older than a tenant keeps contacts goes: first what is known of people, in the journal, then the rows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.contexts.configuration.api import Configuration
from qingting.journal.port import Journal
from qingting.records import Records

from . import tables as t

log = structlog.get_logger(__name__)

Audit = Callable[[AsyncConnection, str, str, dict[str, Any]], Awaitable[None]]
"""(connection, tenant, action, detail): done by nobody in person."""

_AT_ONCE = 500


async def keep_to_retention(
    records: Records, journal: Journal, configuration: Configuration, audit: Audit, every_s: float = 3600.0
) -> None:
    """Until cancelled, for every tenant by its own settings."""
    while True:
        for tenant, view in list(configuration.views.items()):
            before = time.time() - view.settings.body.retention.contacts_days * 86_400
            try:
                count = await purge(records, journal, tenant, before)
                callbacks = await purge_references(records, journal, tenant, before)
                if count or callbacks:
                    log.info("contacts.purged", tenant=tenant, count=count, callbacks=callbacks)
                    detail = {"contacts": count, "callbacks": callbacks, "before": before}
                    async with records.write() as connection:
                        await audit(connection, tenant, "contacts.purged", detail)
            except Exception:  # it is tried again; the other tenants' turn comes all the same
                log.exception("contacts.purge_failed", tenant=tenant)
        await asyncio.sleep(every_s)


async def purge(records: Records, journal: Journal, tenant: str, before: float) -> int:
    """Delete contacts that ended before, with all that hangs on them, some hundred at a time. Returns how many."""
    c = t.contact.c
    old_ones = sa.select(c.id).where(c.tenant == tenant, c.arrived_at < before, c.ended_at < before).limit(_AT_ONCE)
    count = 0
    while True:
        async with records.read() as connection:
            ids = list((await connection.execute(old_ones)).scalars())
        await _erase(records, journal, tenant, ids)
        async with records.write() as connection:
            for table in (t.note, t.happening, t.assignment, t.visit):
                await connection.execute(sa.delete(table).where(table.c.tenant == tenant, table.c.contact.in_(ids)))
            await connection.execute(_rows_of(tenant, ids))
            await connection.execute(sa.delete(t.contact).where(c.tenant == tenant, c.id.in_(ids)))
        count += len(ids)
        if len(ids) < _AT_ONCE:
            return count


async def purge_references(records: Records, journal: Journal, tenant: str, before: float) -> int:
    """What callbacks and messages held that were over before. Returns how many those were."""
    r = t.reference.c
    known = sa.exists().where(t.contact.c.tenant == tenant, t.contact.c.id == r.holder)
    old_ones = sa.select(r.holder).where(r.tenant == tenant, r.ended_at < before, ~known).distinct().limit(_AT_ONCE)
    count = 0
    while True:
        async with records.read() as connection:
            holders = list((await connection.execute(old_ones)).scalars())
        await _erase(records, journal, tenant, holders)
        async with records.write() as connection:
            await connection.execute(_rows_of(tenant, holders))
        count += len(holders)
        if len(holders) < _AT_ONCE:
            return count


async def _erase(records: Records, journal: Journal, tenant: str, holders: Sequence[str]) -> None:
    """What nobody else holds: who is called back twice is known until the last of it goes."""
    r, other = t.reference.c, t.reference.alias().c
    held = sa.exists().where(other.tenant == tenant, other.ref == r.ref, other.holder.not_in(holders))
    async with records.read() as connection:
        mine = sa.select(r.ref).where(r.tenant == tenant, r.holder.in_(holders), ~held).distinct()
        refs = list((await connection.execute(mine)).scalars())
    if refs:
        await journal.erase(tenant, refs)


def _rows_of(tenant: str, holders: Sequence[str]) -> sa.Delete:
    return sa.delete(t.reference).where(t.reference.c.tenant == tenant, t.reference.c.holder.in_(holders))
