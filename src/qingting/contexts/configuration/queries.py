"""Reads of the configuration's tables."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from . import tables as t
from .schemas import KINDS
from .view import Item, Phone, View


async def revisions(connection: AsyncConnection) -> dict[str, int]:
    rows = await connection.execute(sa.select(t.revision.c.tenant, t.revision.c.revision))
    return {row.tenant: row.revision for row in rows}


async def view(connection: AsyncConnection, tenant: str) -> View:
    """All of it, in one go. A stored body that today's schema refuses is an error of ours: it raises."""
    revision = await connection.scalar(sa.select(t.revision.c.revision).where(t.revision.c.tenant == tenant))
    items: dict[str, dict[str, Item[Any]]] = defaultdict(dict)
    for row in await connection.execute(sa.select(t.item).where(t.item.c.tenant == tenant).order_by(t.item.c.id)):
        body = KINDS[row.kind].model_validate(row.body)
        items[row.kind][row.id] = Item(row.id, row.version, body, row.secret)
    published = await connection.execute(
        sa.select(t.flow_version.c.flow, sa.func.max(t.flow_version.c.version).label("version"))
        .where(t.flow_version.c.tenant == tenant)
        .group_by(t.flow_version.c.flow)
    )
    phones = await connection.execute(sa.select(t.phone).where(t.phone.c.tenant == tenant))
    return View(
        tenant,
        revision or 0,
        dict(items),
        {row.flow: row.version for row in published},
        {row.agent: Phone(row.agent, row.username, row.secret) for row in phones},
    )


async def flow_text(connection: AsyncConnection, tenant: str, flow: str, version: int) -> str | None:
    c = t.flow_version.c
    text: str | None = await connection.scalar(
        sa.select(c.text).where(c.tenant == tenant, c.flow == flow, c.version == version)
    )
    return text


async def published_texts(connection: AsyncConnection, tenant: str) -> dict[str, str]:
    """By flow, what callers meet now."""
    c = t.flow_version.c
    newest = (
        sa.select(c.flow, sa.func.max(c.version).label("version"))
        .where(c.tenant == tenant)
        .group_by(c.flow)
        .subquery()
    )
    rows = await connection.execute(
        sa.select(c.flow, c.text)
        .join(newest, sa.and_(newest.c.flow == c.flow, newest.c.version == c.version))
        .where(c.tenant == tenant)
    )
    return {row.flow: row.text for row in rows}


async def taken(connection: AsyncConnection, scopes: list[str], keys: list[str]) -> list[Any]:
    """Rows of keys that somebody has."""
    return list(await connection.execute(sa.select(t.key).where(t.key.c.scope.in_(scopes), t.key.c.key.in_(keys))))
