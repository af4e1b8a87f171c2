"""Views over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from qingting.errors import Invalid
from qingting.paging import page

from ..asking import Filters, Sort
from ..doors import Doors, Viewer
from ..model import clean
from ..schemas import Version
from . import saved


class ViewBody(BaseModel):
    """`filter` holds what is asked by, not whom somebody looked for."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=80), AfterValidator(clean)]
    audience: saved.Audience = "own"
    team: Annotated[str, Field(max_length=40, pattern=r"^[!-~]*$")] = ""
    filter: Filters
    columns: Annotated[list[Annotated[str, Field(pattern=r"^[a-z0-9_:]{1,60}$")]], Field(max_length=40)] = []
    sort: Sort = "changed"


class ChangedView(ViewBody):
    version: Version


class First(BaseModel):
    model_config = ConfigDict(extra="forbid")

    view: Annotated[str, Field(max_length=40, pattern=r"^[!-~]*$")]


def add(router: APIRouter, doors: Doors) -> None:
    records, audit = doors.records, doors.audit

    @router.get("/customer-views")
    async def views(who: Viewer) -> dict[str, Any]:
        async with records.read() as connection:
            return page(await saved.seen(connection, who, doors.team_of(who)), None)

    @router.post("/customer-views", status_code=201)
    async def keep(new: ViewBody, who: Viewer) -> dict[str, Any]:
        async with records.write() as connection:
            made = await saved.keep(connection, who, _view(new))
            await audit(connection, who, "customer_view.create", made, {"audience": new.audience})
            return {"id": made}

    @router.put("/customer-views/default", status_code=204)
    async def begin(new: First, who: Viewer) -> None:
        """With which one's own list begins."""
        async with records.write() as connection:
            await saved.begin_with(connection, who, doors.team_of(who), new.view)

    @router.put("/customer-views/{id}")
    async def change(id: str, new: ChangedView, who: Viewer) -> dict[str, Any]:
        async with records.write() as connection:
            await saved.change(connection, who, doors.team_of(who), id, new.version, _view(new))
            await audit(connection, who, "customer_view.change", id, {"audience": new.audience})
            return {"id": id, "version": new.version + 1}

    @router.delete("/customer-views/{id}", status_code=204)
    async def remove(id: str, who: Viewer) -> None:
        async with records.write() as connection:
            await saved.remove(connection, who, doors.team_of(who), id)
            await audit(connection, who, "customer_view.remove", id, {})


def _view(new: ViewBody) -> saved.View:
    if (new.audience == "team") != bool(new.team):
        raise Invalid("request.invalid", fields={"team": "missing" if new.audience == "team" else "must_be_empty"})
    filter = new.filter.model_dump(exclude_defaults=True)
    return saved.View(new.name, new.audience, new.team, filter, new.columns, new.sort)
