"""Retention over HTTP: what is kept how long, what went, what would go, and what is held back."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from qingting.access import Audit, Identity, require
from qingting.paging import Cursor, Limit, cursor, page, position

from . import runs
from .service import Retention, run_of

Keeper = Annotated[Identity, Depends(require("retention.manage"))]
Word = Annotated[str, Query(max_length=20)]


class NewHold(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: Literal["customer", "contact"]
    target: Annotated[str, Field(min_length=1, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")]
    reason: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


def routes(retention: Retention, audit: Audit) -> APIRouter:
    router = APIRouter(prefix="/retention", tags=["retention"])
    records, holds = retention.records, retention.holds

    @router.get("")
    async def told(who: Keeper) -> dict[str, Any]:
        return await retention.told(who)

    @router.get("/preview")
    async def preview(who: Keeper, kind: Word, days: Annotated[int, Query(ge=0, le=36_500)]) -> dict[str, Any]:
        return await retention.preview(who, kind, days)

    @router.get("/runs")
    async def past(
        who: Keeper, limit: Limit = 50, after: Annotated[Cursor, Query(alias="cursor")] = ""
    ) -> dict[str, Any]:
        before = position(after, str)[0] if after else ""
        async with records.read() as connection:
            rows = await runs.listed(connection, who.tenant, before, limit + 1)
        more = cursor(rows[limit - 1].id) if len(rows) > limit else None
        return page([run_of(row) for row in rows[:limit]], more)

    @router.post("/runs", status_code=202)
    async def ask(who: Keeper) -> dict[str, Any]:
        await retention.ask(who)
        return await retention.told(who)

    @router.get("/holds")
    async def held(who: Keeper) -> dict[str, Any]:
        """Those that hold now."""
        async with records.read() as connection:
            rows = await holds.open(connection, who.tenant)
        names = ("id", "kind", "target", "reason", "user_id", "at")
        return page([{name: getattr(row, name) for name in names} for row in rows], None, len(rows))

    @router.post("/holds", status_code=201)
    async def place(new: NewHold, who: Keeper) -> dict[str, Any]:
        async with records.write() as connection:
            id = await holds.place(connection, who, new.kind, new.target, new.reason)
            await audit(connection, who, "hold.placed", new.target, {"hold": id, "kind": new.kind})
        return {"id": id}

    @router.delete("/holds/{id}", status_code=204)
    async def lift(id: str, who: Keeper) -> None:
        async with records.write() as connection:
            row = await holds.lift(connection, who, id)
            await audit(connection, who, "hold.lifted", row.target, {"hold": id, "kind": row.kind})

    return router
