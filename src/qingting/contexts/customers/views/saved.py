"""Keeping, changing and removing of views, and who sees which."""

from __future__ import annotations

import time
from typing import Any, Literal, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.access import Identity
from qingting.errors import NotAllowed, NotFound, Refused
from qingting.records import new_id

from .. import fields
from .. import tables as customers
from ..segments import tables as segments
from . import tables as t

SHARES = "customers.share_views"
OWN_MOST, SHARED_MOST = 100, 200
Audience = Literal["own", "team", "everyone"]


class View(NamedTuple):
    name: str
    audience: Audience
    team: str
    filter: dict[str, Any]
    columns: list[str]
    sort: str


async def seen(connection: AsyncConnection, who: Identity, team: str) -> list[dict[str, Any]]:
    """One's own, those of one's team and of everyone, by name; `gone`: what a view asks for that is no more, as
    `{field: "plan", tag: "gold"}`."""
    v = t.view.c
    rows = await connection.execute(
        sa.select(t.view).where(v.tenant == who.tenant, _theirs(who, team)).order_by(v.name, v.id)
    )
    found = [dict(row) for row in rows.mappings()]
    known = await fields.of_tenant(connection, who.tenant) if any("field" in it["filter"] for it in found) else {}
    first = await default(connection, who)
    return [
        {name: it[name] for name in ("id", "version", *View._fields)}
        | {"mine": it["user_id"] == who.user, "default": it["id"] == first}
        | {"gone": await _gone(connection, who.tenant, it["filter"], known)}
        for it in found
    ]


async def keep(connection: AsyncConnection, who: Identity, new: View) -> str:
    """Returns its id. Raises `NotAllowed("permission.missing")`, `Refused("view.too_many")`."""
    _may_share(who, new.audience)
    v = t.view.c
    whose = v.user_id == who.user if new.audience == "own" else v.audience != "own"
    count = sa.select(sa.func.count()).select_from(t.view).where(v.tenant == who.tenant, whose)
    most = OWN_MOST if new.audience == "own" else SHARED_MOST
    if (await connection.scalar(count) or 0) >= most:
        raise Refused("view.too_many", f"{most} views at most")
    id = new_id()
    row = {"tenant": who.tenant, "id": id, "version": 1, "user_id": who.user, "changed_at": time.time()}
    await connection.execute(t.view.insert().values(**row, **new._asdict()))
    return id


async def change(connection: AsyncConnection, who: Identity, team: str, id: str, version: int, new: View) -> None:
    """Raises `NotFound("view.unknown")`, `NotAllowed`, `Refused("changed_meanwhile")`."""
    await _mine(connection, who, team, id)
    _may_share(who, new.audience)
    v = t.view.c
    where = (v.tenant == who.tenant, v.id == id, v.version == version)
    changed = t.view.update().where(*where).values(version=version + 1, changed_at=time.time(), **new._asdict())
    if (await connection.execute(changed)).rowcount == 0:
        raise Refused("changed_meanwhile", "somebody else changed it meanwhile")


async def remove(connection: AsyncConnection, who: Identity, team: str, id: str) -> None:
    """Whoever began with it begins with all customers again. Raises as `change`."""
    await _mine(connection, who, team, id)
    await connection.execute(sa.delete(t.view).filter_by(tenant=who.tenant, id=id))


async def begin_with(connection: AsyncConnection, who: Identity, team: str, id: str) -> None:
    """One's list begins with it; empty: with all. Raises `NotFound("view.unknown")`."""
    await connection.execute(sa.delete(t.default).filter_by(tenant=who.tenant, user_id=who.user))
    if id:
        await _one(connection, who, team, id)
        await connection.execute(t.default.insert().values(tenant=who.tenant, user_id=who.user, view=id))


async def default(connection: AsyncConnection, who: Identity) -> str:
    mine = sa.select(t.default.c.view).filter_by(tenant=who.tenant, user_id=who.user)
    return str(await connection.scalar(mine) or "")


def _theirs(who: Identity, team: str) -> sa.ColumnElement[bool]:
    v = t.view.c
    ways = [v.user_id == who.user, v.audience == "everyone"]
    if who.may(SHARES):  # who may share looks after all that is shared
        ways.append(v.audience == "team")
    elif team:
        ways.append(sa.and_(v.audience == "team", v.team == team))
    return sa.or_(*ways)


async def _one(connection: AsyncConnection, who: Identity, team: str, id: str) -> Any:
    v = t.view.c
    query = sa.select(t.view).where(v.tenant == who.tenant, v.id == id, _theirs(who, team))
    found = (await connection.execute(query)).first()
    if found is None:
        raise NotFound("view.unknown", id=id)
    return found


async def _mine(connection: AsyncConnection, who: Identity, team: str, id: str) -> None:
    found = await _one(connection, who, team, id)
    if found.user_id != who.user:
        _may_share(who, found.audience)


def _may_share(who: Identity, audience: str) -> None:
    if audience != "own" and not who.may(SHARES):
        raise NotAllowed("permission.missing", f"needs {SHARES}", permission=SHARES)


async def _gone(
    connection: AsyncConnection, tenant: str, filter: dict[str, Any], known: dict[str, fields.Field]
) -> dict[str, str]:
    found = {}
    if (field := filter.get("field")) and (field not in known or known[field].retired):
        found["field"] = field
    if tag := filter.get("tag"):
        g = customers.tag.c
        if not await connection.scalar(sa.select(sa.exists().where(g.tenant == tenant, g.tag == tag))):
            found["tag"] = tag
    if segment := filter.get("segment"):
        g = segments.segment.c
        if not await connection.scalar(sa.select(sa.exists().where(g.tenant == tenant, g.id == segment))):
            found["segment"] = segment
    return found
