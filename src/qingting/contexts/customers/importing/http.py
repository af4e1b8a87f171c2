"""Imports over HTTP: a file comes in pieces, is looked at, mapped, checked and brought in, each step asked for."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, ConfigDict, Field

from qingting.access import Identity, require
from qingting.errors import Refused

from ..model import MEDIA
from .columns import FIXED
from .service import PIECE_MOST, Imports

Importer = Annotated[Identity, Depends(require("customers.import"))]


class NewImport(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(min_length=1, max_length=200)]
    size: Annotated[int, Field(ge=0, le=1 << 40)]
    language: Literal["zh", "en"] = "zh"


class Mapping(BaseModel):
    """`columns`: the field of each column, empty where it is left out."""

    model_config = ConfigDict(extra="forbid")
    columns: Annotated[list[Annotated[str, Field(max_length=60)]], Field(max_length=200)] = []
    tag: Annotated[str, Field(max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""


def routes(imports: Imports) -> APIRouter:
    router = APIRouter(prefix="/customer-imports", tags=["customers"])

    @router.get("")
    async def every(who: Importer) -> dict[str, Any]:
        items = [_told(job) for job in await imports.all(who)]
        return {"items": items, "next": None, "total": len(items)}

    @router.post("", status_code=201)
    async def create(new: NewImport, who: Importer) -> dict[str, Any]:
        return _told(await imports.create(who, new.name, new.size, new.language)) | {"piece": PIECE_MOST}

    @router.get("/{id}")
    async def one(id: str, who: Importer) -> dict[str, Any]:
        job = await imports.one(who, id)
        folder = imports.folder(who.tenant, job.id)
        looked, faults = await asyncio.to_thread(lambda: (folder.looked(), folder.faults()))
        seen = None
        if looked is not None:
            preview = [{"line": line, "cells": cells} for line, cells in looked.preview]
            seen = {**looked.shape._asdict(), "heads": looked.heads, "preview": preview, "guess": looked.guess}
        own = await imports.offered(who)
        named = {f"field:{id}": it.names for id, it in own.fields.items()}
        named |= {f"relation:{id}": it.names for id, it in own.relations.items()}
        named |= {f"consent:{id}:{medium}": it.names for id, it in own.purposes.items() for medium in MEDIA}
        return _told(job) | {
            "file": seen,
            "rows_at_fault": [fault._asdict() for fault in faults],
            "fields": list(FIXED),
            "own_fields": [{"field": target, "names": names} for target, names in named.items()],
        }

    @router.put("/{id}/content")
    async def content(
        id: str, request: Request, who: Importer, offset: Annotated[int, Query(ge=0, le=1 << 40)] = 0
    ) -> dict[str, Any]:
        return _told(await imports.take(who, id, offset, await request.body()))

    @router.post("/{id}/check")
    async def check(id: str, mapping: Mapping, who: Importer) -> dict[str, Any]:
        return _told(await imports.check(who, id, mapping.columns, mapping.tag))

    @router.post("/{id}/run")
    async def run(id: str, who: Importer) -> dict[str, Any]:
        return _told(await imports.run_it(who, id))

    @router.post("/{id}/cancel")
    async def cancel(id: str, who: Importer) -> dict[str, Any]:
        return _told(await imports.cancel(who, id))

    @router.get("/{id}/errors", response_class=Response)
    async def errors(id: str, who: Importer) -> Response:
        job = await imports.one(who, id)
        if job.state == "running" or not job.errors_size:
            raise Refused("import.no_errors", "there is nothing in it, or it is still being written")
        await imports.note(who, "customer.import.errors_taken", job.id)
        return FileResponse(
            imports.folder(who.tenant, job.id).errors,
            media_type="text/csv; charset=utf-8",
            filename=f"{job.id}-errors.csv",
            headers={"Cache-Control": "private, no-store"},
        )

    @router.delete("/{id}", status_code=204)
    async def remove(id: str, who: Importer) -> None:
        await imports.remove(who, id)

    return router


_TOLD = (
    "id", "name", "size", "received", "state", "created_at", "changed_at", "columns", "tag", "rows", "done", "bad",
    "new", "changed", "same", "shared", "faults", "problem", "problem_line", "language",
)  # fmt: skip


def _told(job: Any) -> dict[str, Any]:
    return {name: getattr(job, name) for name in _TOLD} | {"has_errors": job.errors_size > 0}
