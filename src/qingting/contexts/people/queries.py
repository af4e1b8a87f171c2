"""Reads of people. Every one of them names its tenant; only a secret that was brought along finds it by itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from ...access import Identity
from ...errors import NotFound
from . import model
from .tables import api_tokens, links, sessions, tenants, users


class Tenant(NamedTuple):
    id: str
    code: str
    name: str
    timezone: str


async def list_tenants(c: AsyncConnection) -> list[Tenant]:
    """Oldest first."""
    rows = await c.execute(
        sa.select(tenants.c.id, tenants.c.code, tenants.c.name, tenants.c.timezone).order_by(
            tenants.c.created, tenants.c.id
        )
    )
    return [Tenant(*row) for row in rows]


async def tenant(c: AsyncConnection, id: str) -> Tenant:
    row = (await c.execute(sa.select(tenants).where(tenants.c.id == id))).one_or_none()
    if row is None:
        raise NotFound("tenant.unknown")
    return Tenant(row.id, row.code, row.name, row.timezone)


async def tenant_by_code(c: AsyncConnection, code: str) -> str:
    """Id of the tenant, the oldest one when `code` is empty, `""` when there is none."""
    query = sa.select(tenants.c.id).order_by(tenants.c.created, tenants.c.id).limit(1)
    return str(await c.scalar(query.where(tenants.c.code == code) if code else query) or "")


async def user_by_name(c: AsyncConnection, tenant: str, name_key: str) -> Row[Any] | None:
    return (
        await c.execute(sa.select(users).where(users.c.tenant == tenant, users.c.name_key == name_key))
    ).one_or_none()


async def user_by_mail(c: AsyncConnection, tenant: str, mail_key: str) -> Row[Any] | None:
    return (
        await c.execute(sa.select(users).where(users.c.tenant == tenant, users.c.mail_key == mail_key))
    ).one_or_none()


async def user(c: AsyncConnection, tenant: str, id: str, *, lock: bool = False) -> Row[Any]:
    """Raises `NotFound("user.unknown")`. `lock` when the row is read in order to be changed."""
    query = sa.select(users).where(users.c.tenant == tenant, users.c.id == id)
    row = (await c.execute(query.with_for_update() if lock else query)).one_or_none()
    if row is None:
        raise NotFound("user.unknown")
    return row


async def list_users(c: AsyncConnection, tenant: str, *, after: str = "", limit: int = 50) -> list[Row[Any]]:
    """By id, which is by age."""
    query = sa.select(users).where(users.c.tenant == tenant, users.c.id > after).order_by(users.c.id).limit(limit)
    return list(await c.execute(query))


async def count_users(c: AsyncConnection, tenant: str) -> int:
    return await c.scalar(sa.select(sa.func.count()).select_from(users).where(users.c.tenant == tenant)) or 0


async def people_names(c: AsyncConnection, tenant: str, ids: Iterable[str] | None = None) -> list[model.Person]:
    """Names for showing: of these users, or of all."""
    query = sa.select(users.c.id, users.c.name, users.c.display_name, users.c.agent, users.c.active).where(
        users.c.tenant == tenant
    )
    if ids is not None:
        query = query.where(users.c.id.in_(list(ids)))
    return [model.Person(r.id, r.name, r.display_name, r.agent or "", r.active) for r in await c.execute(query)]


async def others_with_permission(c: AsyncConnection, tenant: str, permission: str, but: str) -> bool:
    """Whether anyone else who can sign in holds it, unscoped."""
    rows = await c.execute(
        sa.select(users.c.roles, users.c.sites, users.c.lines).where(
            users.c.tenant == tenant, users.c.active, users.c.password.is_not(None), users.c.id != but
        )
    )
    return any(permission in model.permissions_of(r.roles) and not r.sites and not r.lines for r in rows)


async def session_by_hash(c: AsyncConnection, token_hash: str) -> Row[Any] | None:
    """The session with its user's fields (`user_*`)."""
    return await _one(c, _sessions().where(sessions.c.token_hash == token_hash))


async def session_by_id(c: AsyncConnection, tenant: str, id: str) -> Row[Any] | None:
    return await _one(c, _sessions().where(sessions.c.tenant == tenant, sessions.c.id == id))


def _sessions() -> sa.Select[tuple[Any, ...]]:
    return sa.select(
        sessions, users.c.name.label("user_name"), users.c.roles, users.c.sites, users.c.lines,
        users.c.agent, users.c.active, users.c.must_change,
    ).join(users, sa.and_(users.c.id == sessions.c.user_id, users.c.tenant == sessions.c.tenant))  # fmt: skip


async def api_token_by_hash(c: AsyncConnection, token_hash: str) -> Row[Any] | None:
    return await _one(c, _tokens().where(api_tokens.c.token_hash == token_hash))


async def api_token_by_id(c: AsyncConnection, tenant: str, id: str) -> Row[Any] | None:
    return await _one(c, _tokens().where(api_tokens.c.tenant == tenant, api_tokens.c.id == id))


def _tokens() -> sa.Select[tuple[Any, ...]]:
    return sa.select(
        api_tokens, users.c.name.label("user_name"), users.c.roles, users.c.sites, users.c.lines,
        users.c.agent, users.c.active,
    ).join(users, sa.and_(users.c.id == api_tokens.c.user_id, users.c.tenant == api_tokens.c.tenant))  # fmt: skip


async def _one(c: AsyncConnection, query: sa.Select[tuple[Any, ...]]) -> Row[Any] | None:
    found: Row[Any] | None = (await c.execute(query)).one_or_none()
    return found


async def doors_of_agent(c: AsyncConnection, tenant: str, agent: str) -> list[Row[Any]]:
    """`active`, `roles`, `expires`, `seen` (null for a token) of every session and token of who is this agent."""
    mine = (users.c.tenant == tenant, users.c.agent == agent)
    of_sessions = (
        sa.select(users.c.active, users.c.roles, sessions.c.expires, sessions.c.seen)
        .join(sessions, sa.and_(sessions.c.user_id == users.c.id, sessions.c.tenant == users.c.tenant))
        .where(*mine)
    )
    of_tokens = (
        sa.select(users.c.active, users.c.roles, api_tokens.c.expires, sa.null().label("seen"))
        .join(api_tokens, sa.and_(api_tokens.c.user_id == users.c.id, api_tokens.c.tenant == users.c.tenant))
        .where(*mine)
    )
    return [*await c.execute(of_sessions), *await c.execute(of_tokens)]


async def sessions_of(c: AsyncConnection, tenant: str, user: str) -> list[Row[Any]]:
    """`expires`, `seen` of each session of this user."""
    query = sa.select(sessions.c.expires, sessions.c.seen)
    return list(await c.execute(query.where(sessions.c.tenant == tenant, sessions.c.user_id == user)))


async def agent_of(c: AsyncConnection, tenant: str, user: str) -> str:
    """The agent that this person is, or empty."""
    return await c.scalar(sa.select(users.c.agent).where(users.c.tenant == tenant, users.c.id == user)) or ""


async def link_by_hash(c: AsyncConnection, token_hash: str, kind: str, now: float) -> Row[Any] | None:
    query = sa.select(links).where(
        links.c.token_hash == token_hash, links.c.kind == kind, links.c.expires > now
    )  # fmt: skip
    return (await c.execute(query)).one_or_none()


async def list_tokens(c: AsyncConnection, who: Identity, *, after: str = "", limit: int = 50) -> list[Row[Any]]:
    """All of the tenant, never with a secret."""
    query = (
        sa.select(api_tokens, users.c.display_name.label("user_name"))
        .join(users, sa.and_(users.c.id == api_tokens.c.user_id, users.c.tenant == api_tokens.c.tenant))
        .where(api_tokens.c.tenant == who.tenant, api_tokens.c.id > after)
        .order_by(api_tokens.c.id)
        .limit(limit)
    )
    return list(await c.execute(query))
