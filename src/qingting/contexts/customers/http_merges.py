"""Records that are the same customer, over HTTP: said, and taken back."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from qingting.errors import NotFound

from . import merging
from .doors import Doors, Editor
from .duplicates import pairs
from .schemas import MergeBody


def add(router: APIRouter, doors: Doors) -> None:
    records, audit = doors.records, doors.audit

    @router.post("/customers/{id}/merges", status_code=201)
    async def merge(id: str, new: MergeBody, who: Editor) -> dict[str, Any]:
        """`source` is the same as this one, which stands for both."""
        async with records.write() as connection:
            made = await merging.merge(connection, who.tenant, new.source, id, who.user, new.why, new.seen)
            await pairs.renew(connection, who.tenant, id)
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
            for one in both:
                await pairs.renew(connection, who.tenant, one)
            await audit(connection, who, "customer.unmerged", both[1], {"merge": merge, "source": both[0]})
            return {
                "items": [await doors.shown(connection, who, await doors.known(connection, who, one)) for one in both]
            }
