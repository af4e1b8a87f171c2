"""Who may not try now, and letting them: for whoever has them on the telephone."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict, Field

from qingting.access import Identity, require
from qingting.paging import page

from .service import Proofs

Unlocker = Annotated[Identity, Depends(require("proofs.unlock"))]
Id = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]


class Subject(BaseModel):
    model_config = ConfigDict(extra="forbid")
    subject: Annotated[str, Field(min_length=1, max_length=200)]


def routes(proofs: Proofs) -> APIRouter:
    router = APIRouter(prefix="/locked-out", tags=["proofs"])

    @router.get("")
    async def locked(who: Unlocker) -> dict[str, Any]:
        items = await proofs.locked(who)
        return page(items, None, len(items))

    @router.post("/look")
    async def look(told: Subject, who: Unlocker) -> dict[str, Any]:
        """The number is never kept, nor shown: what stands here is a digest of it."""
        return await proofs.look(who, told.subject)

    @router.delete("/{id}", status_code=204)
    async def unlock(id: Id, who: Unlocker) -> None:
        await proofs.unlock(who, id)

    return router
