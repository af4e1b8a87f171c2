"""Files that were brought in, and their files of errors: gone some days after the last change."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.contexts.retention.api import Kind, Old, Page, Position, Tell

from .service import BUSY, Imports
from .tables import imports


def kinds(service: Imports) -> list[Kind]:
    return [Kind("imports", "imports_days", _find, partial(_erase, service))]


async def _find(connection: AsyncConnection, tenant: str, before: float, after: Position | None, limit: int) -> Page:
    c = imports.c
    old = (c.tenant == tenant, c.state.not_in(BUSY), c.changed_at < before)
    query = sa.select(c.id).where(*old, c.id > (after[0] if after else "")).order_by(c.id).limit(limit)
    ids = list((await connection.execute(query)).scalars())
    return Page([Old(id) for id in ids], (ids[-1],) if len(ids) == limit else None)


async def _erase(service: Imports, tenant: str, ids: Sequence[str], tell: Tell) -> None:
    for id in ids:  # first the files, then the row
        await asyncio.to_thread(service.folder(tenant, id).remove)
    async with service.records.write() as connection:
        gone = await connection.execute(imports.delete().where(imports.c.tenant == tenant, imports.c.id.in_(ids)))
        await tell(connection, gone.rowcount)
