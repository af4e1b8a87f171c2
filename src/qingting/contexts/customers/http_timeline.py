"""A customer's timeline over HTTP, within the lines of who asks."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from qingting.access import Identity
from qingting.contexts.people.api import people_names
from qingting.errors import NotFound
from qingting.paging import Cursor, Limit, cursor, page, position

from . import shown
from .doors import Doors, Viewer
from .model import PHONE
from .timeline import Asked, Moment, timeline

Kinds = Annotated[tuple[Annotated[str, Field(pattern=r"^[a-z_]{1,20}$")], ...], Query(max_length=20)]


def add(router: APIRouter, doors: Doors) -> None:
    @router.get("/customers/{id}/timeline")
    async def line(
        id: str,
        who: Viewer,
        kinds: Kinds = (),
        limit: Limit = 50,
        after: Annotated[Cursor, Query(alias="cursor")] = "",
    ) -> dict[str, Any]:
        """`kinds`: of moments; none: all."""
        before = position(after, float, str) if after else None
        async with doors.records.write() as connection:
            it = await doors.known(connection, who, id)
            await doors.audit(connection, who, "customer.viewed", it.one["id"], {"fields": ["timeline"]})
            asked = Asked(who.tenant, it.ids, it.numbers, who.lines or None, before, limit, frozenset(kinds))
            moments = await timeline(connection, doors.sources, asked)
            names = await people_names(connection, who.tenant, {it.detail.get("user_id", "") for it in moments})
        by = {it.id: it.display_name or it.name for it in names}
        items = [await item(doors, who, moment) for moment in moments[:limit]]
        for each in items:
            if "user_id" in each["detail"]:
                each["detail"]["user_name"] = by.get(each["detail"]["user_id"], "")
        last = moments[limit - 1] if len(moments) > limit else None
        return page(items, cursor(last.at, last.id) if last else None)


async def item(doors: Doors, who: Identity, moment: Moment) -> dict[str, Any]:
    """One moment as those who ask may see it."""
    detail = dict(moment.detail)
    if detail.get("number"):
        detail["number"] = shown.value(who, PHONE, detail["number"])
    if "steps" in detail:
        steps = detail["steps"]
        came = ["", *(step["node"] for step in steps)]
        detail["steps"] = [
            step | {"words": await _words(doors, who.tenant, step, before)}
            for step, before in zip(steps, came, strict=False)
        ]
    return moment._asdict() | {"detail": detail}


async def _words(doors: Doors, tenant: str, step: dict[str, Any], before: str) -> dict[str, str]:
    try:
        return await doors.step_words(tenant, step["flow"], step["version"], step["node"], step["via"], before)
    except NotFound:  # a timeline is longer than the lives of flows
        return {}
