"""What customers are asked for their consent to, in the tenant's own words. What they said stands by its code."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.errors import Invalid, NotFound, Refused

from . import tables as t

MOST = 30
"""Of a tenant: a file has a column for each on each medium."""


class Purpose(NamedTuple):
    id: str
    """A code: `marketing`."""
    names: dict[str, str]
    """By language."""
    retired: bool = False
    """Nobody is asked any more; what was said stays, and a refusal can still be taken down."""
    version: int = 0


USUAL = {
    it.id: it
    for it in (
        Purpose("marketing", {"zh": "营销", "en": "Marketing"}),
        Purpose("survey", {"zh": "满意度调查", "en": "Surveys"}),
        Purpose("recording", {"zh": "录音", "en": "Recording"}),
        Purpose("callback", {"zh": "回呼", "en": "Callback"}),
        Purpose("profiling", {"zh": "画像分析", "en": "Profiling"}),
    )
}
"""Everybody has these, until they are changed or retired."""


async def of_tenant(connection: AsyncConnection, tenant: str) -> dict[str, Purpose]:
    """By id: the usual ones first, then the tenant's own; retired ones among them."""
    c = t.purpose.c
    rows = await connection.execute(sa.select(t.purpose).where(c.tenant == tenant).order_by(c.id))
    own = {row["id"]: Purpose(**{name: row[name] for name in Purpose._fields}) for row in rows.mappings()}
    return USUAL | own


async def keep(connection: AsyncConnection, tenant: str, purpose: Purpose) -> Purpose:
    """Make one, or change the one whose `version` was seen; a usual one that nobody has changed is of version 0.
    Raises `NotFound("purpose.unknown")`, `Refused("name.taken" | "changed_meanwhile" | "purpose.too_many")`."""
    known = await of_tenant(connection, tenant)
    old, made = known.get(purpose.id), purpose._replace(version=purpose.version + 1)
    if purpose.version == 0:
        if old is not None and old.version:
            raise Refused("name.taken", "there is a purpose of this id")
        if old is None and len(known) >= MOST:
            raise Refused("purpose.too_many", f"{MOST} purposes at most")
        await connection.execute(t.purpose.insert().values(tenant=tenant, **made._asdict()))
        return made
    if old is None:
        raise NotFound("purpose.unknown", id=purpose.id)
    c = t.purpose.c
    where = (c.tenant == tenant, c.id == purpose.id, c.version == purpose.version)
    if (await connection.execute(t.purpose.update().where(*where).values(**made._asdict()))).rowcount == 0:
        raise Refused("changed_meanwhile", "somebody else changed it meanwhile")
    return made


async def asked(connection: AsyncConnection, tenant: str, id: str, given: bool) -> None:
    """Raises `Invalid("request.invalid")` with `purpose: purpose.unknown`, or `purpose.retired` for a consent."""
    purpose = (await of_tenant(connection, tenant)).get(id)
    if purpose is None:
        raise Invalid("request.invalid", fields={"purpose": "purpose.unknown"})
    if purpose.retired and given:
        raise Invalid("request.invalid", fields={"purpose": "purpose.retired"})
