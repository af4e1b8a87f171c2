"""Records that are the same customer, over HTTP: suspected, said, and taken back."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from qingting.access import Identity, require
from qingting.errors import NotFound
from qingting.paging import Cursor, Limit, cursor, page, position

from . import merging
from .doors import Doors, Editor, Viewer
from .duplicates import finding as duplicates
from .schemas import MergeBody

Comparer = Annotated[Identity, Depends(require("customers.view", "numbers.view"))]
"""Identities are told, and stand in cursors."""


def add(router: APIRouter, doors: Doors) -> None:
    records, audit = doors.records, doors.audit

    @router.get("/customers/{id}/duplicates")
    async def suspected(id: str, who: Viewer) -> dict[str, Any]:
        async with records.write() as connection:
            it = await doors.known(connection, who, id)
            await audit(connection, who, "customer.viewed", it.one["id"], {"fields": ["duplicates"]})
            return {"items": [one._asdict() for one in await duplicates.suspects(connection, who.tenant, it)]}

    @router.get("/customer-duplicates")
    async def shared(
        who: Comparer, limit: Limit = 50, after: Annotated[Cursor, Query(alias="cursor")] = ""
    ) -> dict[str, Any]:
        """Identities that several customers have."""
        begin = position(after, str, str) if after else ("", "")
        async with records.write() as connection:
            found = await duplicates.shared(connection, who.tenant, begin, limit + 1)
            await audit(connection, who, "customers.listed", "", {"count": len(found[:limit]), "by": ["duplicates"]})
        last = found[limit - 1] if len(found) > limit else None
        return page(found[:limit], cursor(last["kind"], last["value"]) if last else None)

    @router.post("/customers/{id}/merges", status_code=201)
    async def merge(id: str, new: MergeBody, who: Editor) -> dict[str, Any]:
        """`source` is the same as this one, which stands for both."""
        async with records.write() as connection:
            made = await merging.merge(connection, who.tenant, new.source, id, who.user, new.why)
            it = await doors.known(connection, who, id)
            await audit(connection, who, "customer.merged", it.one["id"], {"merge": made, "source": new.source})
            return {"merge": made, "customer": await doors.shown(connection, who, it)}

    @router.delete("/customers/{id}/merges/{merge}")
    async def unmerge(id: str, merge: str, who: Editor) -> dict[str, Any]:
        """Both as they are now."""
        async with records.write() as connection:
            it = await doors.known(connection, who, id)
            if merge not in {held["id"] for held in await merging.of(connection, who.tenant, it.ids)}:
                raise NotFound("merge.unknown", id=merge)
            both = await merging.unmerge(connection, who.tenant, merge, who.user)
            await audit(connection, who, "customer.unmerged", both[1], {"merge": merge, "source": both[0]})
            return {
                "items": [await doors.shown(connection, who, await doors.known(connection, who, one)) for one in both]
            }
