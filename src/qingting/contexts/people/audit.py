"""The audit log: who did what to what, from where. Written in the transaction of what was done."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ...access import Identity
from ...records import each_value, new_id
from .tables import audit, users

ACTIONS_WALKED = 1000
"""Far more than the program has."""


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
    a = audit.c
    where = [a.tenant == tenant]
    if since is not None:
        where.append(a.at >= since)
    if until is not None:
        where.append(a.at < until)
    if user:
        where.append(a.user_id == user)
    if about:
        told = sa.cast(a.detail, sa.Text).contains(f'"{about}"', autoescape=True)
        where.append(sa.or_(a.target == about, told))
    if before:
        where.append(a.id < before)
    if action:
        actions = await _group(connection, tenant, action) if action.endswith(".") else [action]
        where = [a.tenant == tenant, a.id.in_(_latest(actions, where, limit))] if actions else [sa.false()]
    query = (
        sa.select(audit, users.c.display_name.label("user_name"))
        .join(users, sa.and_(users.c.id == a.user_id, users.c.tenant == a.tenant), isouter=True)
        .where(*where)
        .order_by(a.id.desc())
        .limit(limit)
    )
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


async def _group(connection: AsyncConnection, tenant: str, group: str) -> list[str]:
    """The actions that there are of a group."""
    actions = await connection.execute(each_value(audit.c.action, audit.c.tenant == tenant).limit(ACTIONS_WALKED))
    return [action for action in actions.scalars() if action.startswith(group)]


def _latest(actions: Sequence[str], where: Sequence[sa.ColumnElement[bool]], limit: int) -> sa.CompoundSelect[Any]:
    """Ids, `limit` of each action: the latest of all are among them, and those of a rare one are found at once."""
    ids = sa.select(audit.c.id).where(*where).order_by(audit.c.id.desc()).limit(limit)
    each = (ids.where(audit.c.action == action).subquery() for action in actions)
    return sa.union_all(*(sa.select(it.c.id) for it in each))
