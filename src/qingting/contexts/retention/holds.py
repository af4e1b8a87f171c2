"""What may not go although its time is over, or somebody asks for it: by customer or contact, with a reason."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.access import Identity
from qingting.errors import NotFound, Refused, TooMany
from qingting.records import new_id

from .tables import hold

HOLDS_MOST = 500
"""Of a tenant, at a time."""

Covers = Callable[[AsyncConnection, str, str, str], Awaitable[frozenset[str] | None]]
"""(connection, tenant, `customer` or `contact`, id) → all that is theirs: records, contacts, callbacks, messages;
None when there is no such thing."""


class Holds:
    def __init__(self, covers: Covers) -> None:
        self._covers = covers

    async def place(self, connection: AsyncConnection, who: Identity, kind: str, target: str, reason: str) -> str:
        """Raises `NotFound("customer.unknown" | "contact.unknown")`, `Refused("hold.exists")`,
        `TooMany("hold.too_many")`."""
        if await self._covers(connection, who.tenant, kind, target) is None:
            raise NotFound(f"{kind}.unknown", id=target)
        held = await self.open(connection, who.tenant)
        if any((row.kind, row.target) == (kind, target) for row in held):
            raise Refused("hold.exists", "it is held back already")
        if len(held) >= HOLDS_MOST:
            raise TooMany("hold.too_many", f"at most {HOLDS_MOST} at a time", most=HOLDS_MOST)
        id = new_id("ho-")
        values = {"kind": kind, "target": target, "reason": reason, "user_id": who.user, "at": time.time()}
        await connection.execute(hold.insert().values(tenant=who.tenant, id=id, **values))
        return id

    async def lift(self, connection: AsyncConnection, who: Identity, id: str) -> Any:
        """Raises `NotFound("hold.unknown")`."""
        one = (hold.c.tenant == who.tenant, hold.c.id == id, hold.c.lifted_at.is_(None))
        found = (await connection.execute(sa.select(hold).where(*one))).one_or_none()
        if found is None:
            raise NotFound("hold.unknown", id=id)
        await connection.execute(hold.update().where(*one).values(lifted_at=time.time(), lifted_by=who.user))
        return found

    async def open(self, connection: AsyncConnection, tenant: str) -> list[Any]:
        query = sa.select(hold).where(hold.c.tenant == tenant, hold.c.lifted_at.is_(None)).order_by(hold.c.id.desc())
        return list(await connection.execute(query))

    async def covered(self, connection: AsyncConnection, tenant: str) -> frozenset[str]:
        """All ids that are held back now."""
        ids: set[str] = set()
        for row in await self.open(connection, tenant):
            ids |= {row.target} | (await self._covers(connection, tenant, row.kind, row.target) or set())
        return frozenset(ids)
