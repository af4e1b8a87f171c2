"""Messages that were heard, or that nobody heard in a day."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.contexts.retention.api import Kind, Old, Page, Position, Tell
from qingting.records import Records

from .tables import delivery


def kinds(records: Records) -> list[Kind]:
    return [Kind("webhook_messages", "webhook_messages_days", _find, partial(_erase, records))]


async def _find(connection: AsyncConnection, tenant: str, before: float, after: Position | None, limit: int) -> Page:
    d = delivery.c
    old = (d.tenant == tenant, d.state.in_(["sent", "dead"]), d.due < before)
    query = sa.select(d.id).where(*old, d.id > (after[0] if after else "")).order_by(d.id).limit(limit)
    ids = list((await connection.execute(query)).scalars())
    return Page([Old(id) for id in ids], (ids[-1],) if len(ids) == limit else None)


async def _erase(records: Records, tenant: str, ids: Sequence[str], tell: Tell) -> None:
    async with records.write() as connection:
        d = delivery.c
        gone = await connection.execute(delivery.delete().where(d.tenant == tenant, d.id.in_(ids)))
        await tell(connection, gone.rowcount)
