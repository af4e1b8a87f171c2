"""The audit log: who did what to what, from where. Written in the transaction of what was done."""

from __future__ import annotations

import time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ...access import Identity
from ...records import new_id
from .tables import audit, users


async def record_audit(
    connection: AsyncConnection,
    identity: Identity,
    action: str,
    target: str = "",
    detail: dict[str, Any] | None = None,
    *,
    at: float | None = None,
) -> None:
    """`action` is a stable word with dots (`recording.played`), `target` an id; no secret goes into `detail`."""
    await connection.execute(
        audit.insert().values(
            id=new_id("au-"),
            tenant=identity.tenant,
            at=time.time() if at is None else at,
            user_id=identity.user,
            action=action,
            target=target[:120],
            detail=detail or {},
            address=identity.address[:60],
            via=identity.via,
        )
    )


async def list_audit(
    connection: AsyncConnection,
    tenant: str,
    *,
    since: float | None = None,
    until: float | None = None,
    user: str = "",
    action: str = "",
    about: str = "",
    before: str = "",
    limit: int = 50,
) -> list[dict[str, Any]]:
    """Newest first; `action` is a whole word or a beginning that ends in a dot, `before` an entry's id; `about`: an
    id that it was done to, or that its detail names."""
    query = (
        sa.select(audit, users.c.display_name.label("user_name"))
        .join(users, sa.and_(users.c.id == audit.c.user_id, users.c.tenant == audit.c.tenant), isouter=True)
        .where(audit.c.tenant == tenant)
        .order_by(audit.c.id.desc())
        .limit(limit)
    )
    if since is not None:
        query = query.where(audit.c.at >= since)
    if until is not None:
        query = query.where(audit.c.at < until)
    if user:
        query = query.where(audit.c.user_id == user)
    if action:
        query = (
            query.where(audit.c.action.startswith(action, autoescape=True))
            if action.endswith(".")
            else (query.where(audit.c.action == action))
        )
    if about:
        told = sa.cast(audit.c.detail, sa.Text).contains(f'"{about}"', autoescape=True)
        query = query.where(sa.or_(audit.c.target == about, told))
    if before:
        query = query.where(audit.c.id < before)
    return [
        {
            "id": row.id,
            "at": row.at,
            "user": row.user_id,
            "user_name": row.user_name or "",
            "action": row.action,
            "target": row.target,
            "detail": row.detail,
            "address": row.address,
            "via": row.via,
        }
        for row in await connection.execute(query)
    ]
