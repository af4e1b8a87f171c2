"""The audit log has an end as well."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ...records import Records
from ..retention.api import Kind, Old, Page, Position, Tell
from .tables import audit


def kinds(records: Records) -> list[Kind]:
    return [Kind("audit", "audit_days", _find, partial(_erase, records))]


async def _find(connection: AsyncConnection, tenant: str, before: float, after: Position | None, limit: int) -> Page:
    """What was done to somebody who is held back stays with them."""
    c = audit.c
    query = sa.select(c.at, c.id, c.target).where(c.tenant == tenant, c.at < before).order_by(c.at, c.id).limit(limit)
    if after is not None:
        query = query.where(sa.tuple_(c.at, c.id) > sa.tuple_(*map(sa.literal, after)))
    rows = (await connection.execute(query)).all()
    found = [Old(row.id, frozenset({row.target} - {""})) for row in rows]
    return Page(found, (rows[-1].at, rows[-1].id) if len(rows) == limit else None)


async def _erase(records: Records, tenant: str, ids: Sequence[str], tell: Tell) -> None:
    async with records.write() as connection:
        gone = await connection.execute(audit.delete().where(audit.c.tenant == tenant, audit.c.id.in_(ids)))
        await tell(connection, gone.rowcount)
