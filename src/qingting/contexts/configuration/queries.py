"""Reads of the configuration's tables."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from . import tables as t
from .schemas import KINDS
from .view import Item, Phone, Published, View


async def revisions(connection: AsyncConnection) -> dict[str, int]:
    rows = await connection.execute(sa.select(t.revision.c.tenant, t.revision.c.revision))
    return {row.tenant: row.revision for row in rows}


async def view(connection: AsyncConnection, tenant: str, now: float) -> View:
    """All of it, in one go, with the versions of flows as of `now`. A stored body that today's schema refuses is an
    error of ours: it raises."""
    revision = await connection.scalar(sa.select(t.revision.c.revision).where(t.revision.c.tenant == tenant))
    items: dict[str, dict[str, Item[Any]]] = defaultdict(dict)
    for row in await connection.execute(sa.select(t.item).where(t.item.c.tenant == tenant).order_by(t.item.c.id)):
        body = KINDS[row.kind].model_validate(row.body)
        items[row.kind][row.id] = Item(row.id, row.version, body, row.secret)
    v = t.flow_version.c
    versions = list(
        await connection.execute(
            sa.select(v.flow, v.version, v.starts_at, v.withdrawn)
            .where(v.tenant == tenant)
            .order_by(v.starts_at, v.version)
        )
    )
    phones = await connection.execute(sa.select(t.phone).where(t.phone.c.tenant == tenant))
    return View(
        tenant,
        revision or 0,
        dict(items),
        {row.flow: row.version for row in versions if not row.withdrawn and row.starts_at <= now},
        {row.flow: row.version for row in sorted(versions, key=lambda row: row.version)},
        tuple(
            (row.starts_at, row.flow, row.version) for row in versions if not row.withdrawn and row.starts_at > now
        ),
        {row.agent: Phone(row.agent, row.username, row.secret) for row in phones},
    )


async def flow_version(connection: AsyncConnection, tenant: str, flow: str, version: int) -> Published | None:
    c = t.flow_version.c
    row = (
        await connection.execute(
            sa.select(c.text, c.cases, c.calls).where(c.tenant == tenant, c.flow == flow, c.version == version)
        )
    ).first()
    return None if row is None else Published(row.text, row.cases, dict(row.calls))


async def published_texts(connection: AsyncConnection, view: View) -> dict[str, str]:
    """By flow, what callers meet now."""
    c = t.flow_version.c
    rows = await connection.execute(sa.select(c.flow, c.version, c.text).where(c.tenant == view.tenant))
    return {row.flow: row.text for row in rows if view.published.get(row.flow) == row.version}


async def taken(connection: AsyncConnection, scopes: list[str], keys: list[str]) -> list[Any]:
    """Rows of keys that somebody has."""
    return list(await connection.execute(sa.select(t.key).where(t.key.c.scope.in_(scopes), t.key.c.key.in_(keys))))
