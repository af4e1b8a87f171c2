"""What others show of recordings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ...access import Identity
from ...errors import NotFound
from ...records import in_batches
from .tables import recording_pauses, recordings

_SHOWN = {"recording": "pending", "pending": "pending", "ready": "ready", "failed": "failed"}
_WORST = ("failed", "pending", "ready")


async def get(connection: AsyncConnection, who: Identity, recording: str) -> sa.Row[Any]:
    """Raises `NotFound("recording.unknown")`, also for what lies outside the asker's lines."""
    row = (
        await connection.execute(
            sa.select(recordings).where(recordings.c.id == recording, recordings.c.tenant == who.tenant)
        )
    ).first()
    if row is None or not who.sees_line(row.line):
        raise NotFound("recording.unknown", "no such recording")
    return row


async def of_contact(connection: AsyncConnection, tenant: str, contact: str) -> list[dict[str, Any]]:
    """`[{id, assignment, started, seconds, state, error, paused: [[from, to|null]]}]`, oldest first."""
    rows = (
        await connection.execute(
            sa.select(recordings)
            .where(recordings.c.tenant == tenant, recordings.c.contact == contact)
            .order_by(recordings.c.started, recordings.c.id)
        )
    ).all()
    return [await described(connection, row) for row in rows]


async def by_id(connection: AsyncConnection, tenant: str, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """As `of_contact` has them; those that are not there (any more) are absent."""
    wanted = sa.select(recordings).where(recordings.c.tenant == tenant)
    found: dict[str, dict[str, Any]] = {}
    for some in in_batches(ids):
        for row in await connection.execute(wanted.where(recordings.c.id.in_(some))):
            found[row.id] = _shown(row, [])
    return found


async def described(connection: AsyncConnection, row: sa.Row[Any]) -> dict[str, Any]:
    paused = await connection.execute(
        sa.select(recording_pauses.c.paused, recording_pauses.c.resumed)
        .where(recording_pauses.c.recording == row.id)
        .order_by(recording_pauses.c.paused)
    )
    return _shown(row, [[start, end] for start, end in paused])


def _shown(row: sa.Row[Any], paused: list[list[float | None]]) -> dict[str, Any]:
    return {
        "id": row.id,
        "contact": row.contact,
        "assignment": row.assignment,
        "started": row.started,
        "seconds": seconds(row),
        "state": _SHOWN[row.state],
        "error": row.error or row.trouble,
        "skew_s": row.skew_s,
        "paused": paused,
    }


def seconds(row: sa.Row[Any]) -> float:
    if row.state == "ready":
        return float(row.frames / row.rate)
    return max(0.0, float(row.ended or row.started) - float(row.started))


async def states(connection: AsyncConnection, tenant: str, contacts: Sequence[str]) -> dict[str, str]:
    """Contact → `ready`, `pending` or `failed`: the worst of its recordings; contacts without any are absent."""
    found: dict[str, str] = {}
    for some in in_batches(contacts):
        rows = await connection.execute(
            sa.select(recordings.c.contact, recordings.c.state)
            .where(recordings.c.tenant == tenant, recordings.c.contact.in_(some))
            .distinct()
        )
        for contact, state in rows:
            shown = _SHOWN[state]
            found[contact] = min(shown, found.get(contact, shown), key=_WORST.index)
    return found
