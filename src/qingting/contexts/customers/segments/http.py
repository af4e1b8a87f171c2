"""Segments and tags by rule over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field

from qingting.access import Audit, Identity, require
from qingting.paging import page

from .. import listing, shown
from ..doors import Viewer, listed
from ..schemas import Line, Version, Words
from . import keeping, renewing, taggings
from .bounded import TooSlow, within
from .computations import COMPUTATIONS
from .service import Renewals
from .taggings import Told

Editor = Annotated[Identity, Depends(require("customers.view", "customers.segment"))]
AT_ONCE = 2
"""Counts and looks of all people together: each may take a core for seconds."""
SHOWN = 8
Rule = Annotated[dict[str, Any], Field(max_length=20)]
"""As `reading.read` has it."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SegmentBody(_Body):
    names: Annotated[Words, Field(min_length=1)]
    rule: Rule

    def told_names(self) -> dict[str, str]:
        return {str(language): name for language, name in self.names.items()}


class ChangedSegment(SegmentBody):
    version: Version


class Look(_Body):
    rule: Rule


class TaggingBody(_Body):
    """`rule` of a rule, `settings` of a computation."""

    kind: Annotated[str, Field(max_length=40)] = taggings.RULE
    layer: Literal["identity", "value", "business", "preference"]
    tag: Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$"), Line]
    enabled: bool = True
    rule: Rule | None = None
    settings: Annotated[dict[str, Any], Field(max_length=20)] = {}

    def told(self) -> Told:
        return Told(self.kind, self.layer, self.tag, self.enabled, self.rule, self.settings)


class ChangedTagging(TaggingBody):
    version: Version


def routes(renewals: Renewals, audit: Audit, zone_of: Callable[[str], str]) -> APIRouter:
    """`zone_of`: tenant → its time zone."""
    records = renewals.records
    router = APIRouter(tags=["customers"])
    places = asyncio.Semaphore(AT_ONCE)

    @router.get("/customer-segments")
    async def segments(who: Viewer) -> dict[str, Any]:
        async with records.read() as connection:
            return page(await keeping.of_tenant(connection, who.tenant), None)

    @router.post("/customer-segments", status_code=201)
    async def create(new: SegmentBody, who: Editor) -> dict[str, Any]:
        async with records.write() as connection:
            id = await keeping.create(connection, who.tenant, who.user, new.told_names(), new.rule)
            await audit(connection, who, "customer_segment.create", id, {})
            return await keeping.one(connection, who.tenant, id)

    @router.post("/customer-segments/look")
    async def look(new: Look, who: Viewer) -> dict[str, Any]:
        """How many fit a rule that is not kept yet, and some of them."""
        async with places, records.read() as connection:
            rule = await keeping.read(connection, who.tenant, new.rule)
            world = keeping.world(connection, who.tenant, zone_of(who.tenant))
            counted = await keeping.count(connection, rule, world)
            wanted = listing.Filter(segment="look", members=keeping.members(rule, world), limit=SHOWN)
            try:
                async with within(connection, keeping.COUNT_S):
                    found = (await listing.search(connection, who.tenant, wanted)).items
            except TooSlow:
                found = []
        async with records.write() as connection:
            await audit(connection, who, "customers.listed", "", listed((it["id"] for it in found), ["segment"]))
        return _counted(counted) | {"items": [shown.item(who, one) for one in found]}

    @router.get("/customer-segments/{id}")
    async def one(id: str, who: Viewer) -> dict[str, Any]:
        async with records.read() as connection:
            return await keeping.one(connection, who.tenant, id)

    @router.get("/customer-segments/{id}/count")
    async def count(id: str, who: Viewer) -> dict[str, Any]:
        async with places, records.read() as connection:
            it = await keeping.one(connection, who.tenant, id)
            rule = await keeping.read(connection, who.tenant, it["rule"])
            world = keeping.world(connection, who.tenant, zone_of(who.tenant))
            counted = await keeping.count(connection, rule, world)
        if counted.how != "now" and it["counted"] is not None:
            counted = keeping.Counted(it["counted"], "known", it["counted_at"])
        elif counted.how == "now" and counted.many != it["counted"]:
            async with records.write() as connection:
                await keeping.keep_count(connection, who.tenant, it, counted)
        return _counted(counted)

    @router.put("/customer-segments/{id}")
    async def change(id: str, new: ChangedSegment, who: Editor) -> dict[str, Any]:
        async with records.write() as connection:
            await keeping.change(connection, who.tenant, id, new.version, new.told_names(), new.rule)
            await audit(connection, who, "customer_segment.change", id, {"version": new.version + 1})
            return await keeping.one(connection, who.tenant, id)

    @router.delete("/customer-segments/{id}", status_code=204)
    async def remove(id: str, who: Editor) -> None:
        async with records.write() as connection:
            await keeping.remove(connection, who.tenant, id)
            await audit(connection, who, "customer_segment.remove", id, {})

    @router.get("/customer-taggings")
    async def all_taggings(who: Viewer) -> dict[str, Any]:
        async with records.read() as connection:
            items = await taggings.of_tenant(connection, who.tenant)
            run = await taggings.run_of(connection, who.tenant)
        bounds = {
            kind: {name: {"least": it.least, "most": it.most} for name, it in computation.settings.items()}
            for kind, computation in COMPUTATIONS.items()
        }
        return page(items, None) | {"run": run, "bounds": bounds}

    @router.post("/customer-taggings", status_code=201)
    async def begin(new: TaggingBody, who: Editor) -> dict[str, Any]:
        async with records.write() as connection:
            id = await taggings.create(connection, who.tenant, who.user, new.told())
            await audit(connection, who, "customer_tagging.create", id, {"kind": new.kind})
        renewals.asked.set()
        return {"id": id, "version": 1}

    @router.post("/customer-taggings/run", status_code=202)
    async def run_now(who: Editor) -> dict[str, Any]:
        async with records.write() as connection:
            await renewing.ask(connection, who.tenant)
            await audit(connection, who, "customer_tagging.run", "", {})
            run = await taggings.run_of(connection, who.tenant)
        renewals.asked.set()
        return run

    @router.put("/customer-taggings/{id}")
    async def alter(id: str, new: ChangedTagging, who: Editor) -> dict[str, Any]:
        async with records.write() as connection:
            await taggings.change(connection, who.tenant, id, new.version, new.told())
            detail = {"version": new.version + 1, "enabled": new.enabled}
            await audit(connection, who, "customer_tagging.change", id, detail)
        renewals.asked.set()
        return {"id": id, "version": new.version + 1}

    @router.delete("/customer-taggings/{id}", status_code=204)
    async def withdraw(id: str, who: Editor) -> None:
        async with records.write() as connection:
            await taggings.remove(connection, who.tenant, id)
            await audit(connection, who, "customer_tagging.remove", id, {})
        renewals.asked.set()

    return router


def _counted(it: keeping.Counted) -> dict[str, Any]:
    return {"count": it.many, "how": it.how, "at": it.at}
