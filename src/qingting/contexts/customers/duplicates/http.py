"""The duplicates desk over HTTP: pairs that may be the same, compared side by side, decided."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, BackgroundTasks, Query
from pydantic import BaseModel, ConfigDict

from qingting.errors import Refused
from qingting.paging import Cursor, Limit, cursor, page, position

from .. import listing, shown
from ..doors import Doors, Editor, Viewer, listed
from ..record import together
from . import comparing, finding, pairs, sweeping


class Decision(BaseModel):
    """`open`: that they are not the same is taken back; `later`: all other pairs come first."""

    model_config = ConfigDict(extra="forbid")

    state: Literal["distinct", "later", "open"]


class Anew(BaseModel):
    """`anew`: however late the last one was."""

    model_config = ConfigDict(extra="forbid")

    anew: bool = False


def add(router: APIRouter, doors: Doors) -> None:
    records, audit = doors.records, doors.audit

    @router.get("/customers/{id}/duplicates")
    async def suspected(id: str, who: Viewer) -> dict[str, Any]:
        async with records.write() as connection:
            it = await doors.known(connection, who, id)
            await audit(connection, who, "customer.viewed", it.one["id"], {"fields": ["duplicates"]})
            return {"items": [one._asdict() for one in await finding.suspects(connection, who.tenant, it)]}

    @router.get("/customer-duplicates")
    async def desk(
        who: Viewer,
        state: Literal["open", "distinct"] = "open",
        limit: Limit = 50,
        after: Annotated[Cursor, Query(alias="cursor")] = "",
    ) -> dict[str, Any]:
        found: list[dict[str, Any]]
        async with records.read() as connection:
            if state == "open":
                begin = position(after, float, float, str, str) if after else None
                some = await pairs.still_open(connection, who.tenant, begin, limit + 1)
                next_one = cursor(*some[limit - 1].key) if len(some) > limit else None
                found = [one._asdict() for one in some[:limit]]
            else:
                begin = position(after, float, str, str) if after else None
                said = await pairs.said_distinct(connection, who.tenant, begin, limit + 1)
                last = said[limit - 1] if len(said) > limit else None
                next_one = cursor(-last["at"], last["a"], last["b"]) if last else None
                found = said[:limit]
            brief = await listing.items(connection, who.tenant, {it[side] for it in found for side in "ab"})
            counts = await pairs.counts(connection, who.tenant)
            sweep = await sweeping.state(connection, who.tenant)
        async with records.write() as connection:
            await audit(connection, who, "customers.listed", "", listed(brief, ["duplicates"]))
        items = [
            it | {side: shown.item(who, brief[it[side]]) for side in "ab"}
            for it in found
            if it["a"] in brief and it["b"] in brief
        ]
        return page(items, next_one, counts[state]) | {"counts": counts, "sweep": sweep}

    @router.post("/customer-duplicates/sweep", status_code=202)
    async def look_again(new: Anew, who: Editor, later: BackgroundTasks) -> dict[str, Any]:
        """All customers are compared, unless somebody does it or has of late."""
        async with records.write() as connection:
            began = await sweeping.begin(connection, who.tenant, new.anew)
        if began is not None:
            later.add_task(sweeping.sweep, records, who.tenant, began)
        return {"began": began is not None}

    @router.get("/customer-duplicates/{a}/{b}")
    async def compare(a: str, b: str, who: Viewer) -> dict[str, Any]:
        """Both as they are, and what they would say together if either stood for both."""
        async with records.write() as connection:
            one, other = await doors.known(connection, who, a), await doors.known(connection, who, b)
            ids = one.one["id"], other.one["id"]
            if ids[0] == ids[1]:
                raise Refused("merge.already", "they are one customer by now")
            for id in ids:
                await audit(connection, who, "customer.viewed", id, {"fields": ["duplicates"]})
            known = await finding.facts(connection, who.tenant, ids)
            why = sorted(comparing.why(known[ids[0]], known[ids[1]]))
            return {
                "a": await doors.shown(connection, who, one),
                "b": await doors.shown(connection, who, other),
                "merged": {
                    "a": shown.record(who, together(one, other, ids[0])),
                    "b": shown.record(who, together(one, other, ids[1])),
                },
                "why": why,
                "score": comparing.score(why),
            }

    @router.put("/customer-duplicates/{a}/{b}", status_code=204)
    async def decide(a: str, b: str, new: Decision, who: Editor) -> None:
        async with records.write() as connection:
            if new.state == "distinct":
                await pairs.say_distinct(connection, who.tenant, a, b, who.user)
            elif new.state == "open":
                await pairs.take_back(connection, who.tenant, a, b)
            else:
                await pairs.put_off(connection, who.tenant, a, b)
            if new.state != "later":
                await audit(connection, who, f"customer.pair_{new.state}", a, {"other": b})
