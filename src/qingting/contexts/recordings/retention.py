"""Recordings and voicemails whose time is over."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ..retention.api import Kind, Old, Page, Position, Tell
from .service import Recordings
from .tables import recordings


def kinds(service: Recordings) -> list[Kind]:
    return [
        Kind("recordings", "recordings_days", partial(_find, False), partial(_erase, service)),
        Kind("voicemails", "voicemails_days", partial(_find, True), partial(_erase, service)),
    ]


async def _find(
    spoken: bool, connection: AsyncConnection, tenant: str, before: float, after: Position | None, limit: int
) -> Page:
    """`spoken`: messages that customers left, which are of no assignment."""
    c = recordings.c
    of = c.assignment == "" if spoken else c.assignment != ""
    old = (c.tenant == tenant, of, c.started < before, c.state.in_(["ready", "failed"]))
    query = sa.select(c.started, c.id, c.contact).where(*old).order_by(c.started, c.id).limit(limit)
    if after is not None:
        query = query.where(sa.tuple_(c.started, c.id) > sa.tuple_(*map(sa.literal, after)))
    rows = (await connection.execute(query)).all()
    found = [Old(row.id, frozenset({row.contact} - {""})) for row in rows]
    return Page(found, (rows[-1].started, rows[-1].id) if len(rows) == limit else None)


async def _erase(service: Recordings, tenant: str, ids: Sequence[str], tell: Tell) -> None:
    await service.remove(tenant, ids, tell)
