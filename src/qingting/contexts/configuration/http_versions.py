"""Doors to the versions of flows: what was published, when, by whom; publish at a time, take back, go back to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from qingting.access import Identity, require

from . import versions
from .live import Configuration
from .view import Item

Viewer = Annotated[Identity, Depends(require("configuration.view"))]
Editor = Annotated[Identity, Depends(require("configuration.edit"))]
Number = Annotated[int, Path(ge=1, le=2_000_000_000)]

Compared = Annotated[int, Query(ge=0, le=2_000_000_000)]

Seen = Callable[[Identity, str], None]
"""Raises where this flow is not there for them, or not to be changed by them."""


class Publish(BaseModel):
    model_config = ConfigDict(extra="forbid")
    version: Annotated[int, Field(ge=0, le=2_000_000_000)]
    starts_at: Annotated[float, Field(ge=0, le=4e9)] = 0.0
    """0: at once."""


def routes(
    configuration: Configuration,
    seen: Seen,
    may_change: Seen,
    answer: Callable[[Identity, Item[Any]], Awaitable[dict[str, Any]]],
) -> APIRouter:
    router = APIRouter(prefix="/flows/{id}")

    @router.post("/publish")
    async def publish_flow(id: str, asked: Publish, who: Editor) -> dict[str, Any]:
        may_change(who, id)
        item = await versions.publish(configuration, who, id, asked.version, asked.starts_at)
        return await answer(who, item)

    @router.get("/versions")
    async def flow_versions(id: str, who: Viewer) -> dict[str, Any]:
        seen(who, id)
        return {"items": [each._asdict() for each in await versions.listed(configuration, who, id)]}

    @router.get("/versions/{number}")
    async def flow_version(id: str, number: Number, who: Viewer) -> dict[str, Any]:
        seen(who, id)
        return (await configuration.flow_version(who.tenant, id, number))._asdict()

    @router.get("/compare")
    async def compare(id: str, who: Viewer, old: Compared = 0, new: Compared = 0) -> dict[str, Any]:
        """0 is the draft, which must have no problems."""
        seen(who, id)
        return await versions.compared(configuration, who, id, old, new)

    @router.post("/versions/{number}/roll-back")
    async def roll_back(id: str, number: Number, who: Editor) -> dict[str, Any]:
        may_change(who, id)
        return await answer(who, await versions.roll_back(configuration, who, id, number))

    @router.post("/versions/{number}/withdraw")
    async def withdraw(id: str, number: Number, who: Editor) -> dict[str, Any]:
        may_change(who, id)
        return await answer(who, await versions.withdraw(configuration, who, id, number))

    return router
