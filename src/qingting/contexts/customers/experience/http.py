"""The experience line over HTTP: seen, added to, and customers whose line falls seen to."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.access import Identity
from qingting.contexts.people.api import people_names
from qingting.errors import Invalid, NotFound, Refused
from qingting.paging import Cursor, Limit, cursor, page, position

from ..doors import Doors, Editor, Viewer, listed
from ..record import Whole
from ..schemas import Code, Line, Lines
from . import actions, lines, listing
from . import model as m
from .keeping import Experience
from .sources import Person

Contact = Annotated[str, Field(max_length=80, pattern=r"^[!-~]*$")]
FUTURE_S = 3600.0
"""So far ahead another system's clock may be."""


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class MomentBody(_Body):
    """`score` null: that it happened is known, not how it was; `at` null: now. With `reference` (the other system's
    own key) a moment told twice is one."""

    situation: Literal[
        "product", "publicity", "business", "self_service", "person", "complaint", "recovery", "data", "mystery"
    ]
    score: Annotated[float, Field(ge=m.LEAST, le=m.MOST, allow_inf_nan=False)] | None = None
    at: Annotated[float, Field(ge=0, le=1e11, allow_inf_nan=False)] | None = None
    origin: Code = "desk"
    reference: Annotated[str, Field(max_length=120), Line] = ""
    contact: Contact = ""
    line: Contact = ""
    note: Annotated[str, Field(max_length=1000), Lines] = ""


class TakeBody(_Body):
    over: bool = False


class DoneBody(_Body):
    result: Literal["delighted", "satisfied", "unhappy", "not_reached"]
    note: Annotated[str, Field(max_length=1000), Lines] = ""


def add(router: APIRouter, doors: Doors, experience: Experience) -> None:
    records, audit = doors.records, doors.audit

    async def renewed(connection: AsyncConnection, who: Identity, it: Whole) -> None:
        await lines.renew(connection, experience.sources, who.tenant, it.ids, time.time())

    @router.get("/customers/{id}/experience")
    async def seen(id: str, who: Viewer) -> dict[str, Any]:
        """Points of one's own business lines, and those of none."""
        async with records.write() as connection:
            it = await doors.known(connection, who, id)
            await audit(connection, who, "customer.viewed", it.one["id"], {"fields": ["experience"]})
            whom = {it.one["id"]: Person(it.ids, it.numbers[: lines.NUMBERS_MOST])}
            every = await lines.points(connection, experience.sources, who.tenant, whom, time.time())
            short = await listing.one(connection, who.tenant, it.one["id"])
            drawn = m.draw(point for point in every[it.one["id"]] if not point.line or who.sees_line(point.line))
            names = await people_names_of(
                connection, who, [*(it.user for it in drawn.points), short["user_id"] if short else ""]
            )
        shown = [
            point._asdict()
            | {"reasons": [reason._asdict() for reason in point.reasons]}
            | {"phase": m.PHASE_OF[point.situation], "level": level, "user_name": names.get(point.user, "")}
            for point, level in zip(drawn.points, drawn.levels, strict=True)
        ]
        return {
            "points": shown,
            **{name: getattr(drawn, name) for name in ("peak", "end", "since", "impression", "level", "trend")},
            "why": _why([[situation, *reason] for situation, reason in drawn.why]),
            "situations": m.means(drawn.points),
            "recovery": _recovery(short, names, who) if short and short["state"] else None,
        }

    @router.post("/customers/{id}/experience", status_code=201)
    async def state(id: str, new: MomentBody, who: Editor) -> dict[str, Any]:
        now = time.time()
        if new.at is not None and new.at > now + FUTURE_S:
            raise Invalid("request.invalid", fields={"at": "moment.in_future"})
        if new.line and not who.sees_line(new.line):
            raise NotFound("line.unknown", id=new.line)
        async with records.write() as connection:
            it = await doors.known(connection, who, id)
            said = actions.Moment(**new.model_dump() | {"at": now if new.at is None else new.at})
            made = await actions.state(connection, who.tenant, it.one["id"], said, who.user)
            detail = {"situation": new.situation, "origin": new.origin}
            await audit(connection, who, "customer.experience", it.one["id"], detail)
            await renewed(connection, who, it)
        return {"id": made}

    @router.delete("/customers/{id}/experience/{moment}", status_code=204)
    async def remove(id: str, moment: str, who: Editor) -> None:
        async with records.write() as connection:
            it = await doors.known(connection, who, id)
            await actions.remove(connection, who.tenant, it, moment)
            await audit(connection, who, "customer.experience", it.one["id"], {"removed": moment})
            await renewed(connection, who, it)

    @router.get("/recoveries")
    async def falling(
        who: Viewer,
        state: Literal["due", "open", "taken", "done"] = "due",
        limit: Limit = 50,
        after: Annotated[Cursor, Query(alias="cursor")] = "",
    ) -> dict[str, Any]:
        """`due`: open or taken. Within one's business lines, by the last point that has one."""
        before = position(after, float, str) if after else None
        states = ("open", "taken") if state == "due" else (state,)
        async with records.write() as connection:
            found = await listing.falling(
                connection, who.tenant, states, who.lines or None, time.time(), before, limit
            )
            rows = found[:limit]
            await audit(
                connection, who, "customers.listed", "", listed((row["customer"] for row in rows), ["recovery"])
            )
            names = await people_names_of(connection, who, [row["user_id"] for row in rows])
        items = [
            {
                "customer": {"id": row["customer"], "name": row["name"]},
                **{
                    name: row[name]
                    for name in ("level", "trend", "fell", "ended_at", "contact", "contact_at", "line")
                },
                "why": _why(row["why"]),
                "spark": [[at, level] for at, level, line in row["spark"] if not line or who.sees_line(line)],
                "recovery": _recovery(row, names, who),
            }
            for row in rows
        ]
        last = rows[-1] if len(found) > limit else None
        return page(items, cursor(last["ended_at"], last["customer"]) if last else None)

    @router.post("/customers/{id}/recovery", status_code=201)
    async def take(id: str, new: TakeBody, who: Editor) -> dict[str, Any]:
        """Who asks sees to this customer; `over`: also when a colleague does. 409 `recovery.taken`."""
        async with records.write() as connection:
            it = await doors.known(connection, who, id)
            try:
                made = await actions.take(connection, who.tenant, it, who.user, new.over)
            except Refused as refusal:
                names = await people_names_of(connection, who, [refusal.detail["user"]])
                by = names.get(refusal.detail["user"], "")
                since = refusal.detail["since"]
                raise Refused(refusal.code, refusal.message, name=by, since=since) from refusal
            await audit(connection, who, "customer.recovery", it.one["id"], {"state": "taken"})
            await renewed(connection, who, it)
        return {"id": made}

    @router.delete("/customers/{id}/recovery", status_code=204)
    async def give_back(id: str, who: Editor) -> None:
        async with records.write() as connection:
            it = await doors.known(connection, who, id)
            await actions.give_back(connection, who.tenant, it)
            await audit(connection, who, "customer.recovery", it.one["id"], {"state": "open"})
            await renewed(connection, who, it)

    @router.post("/customers/{id}/recovery/done", status_code=201)
    async def done(id: str, new: DoneBody, who: Editor) -> dict[str, Any]:
        """With its result, which is a point of the line."""
        async with records.write() as connection:
            it = await doors.known(connection, who, id)
            made = await actions.finish(connection, who.tenant, it, new.result, new.note, who.user)
            await audit(connection, who, "customer.recovery", it.one["id"], {"state": "done", "result": new.result})
            await renewed(connection, who, it)
        return {"id": made}


def _why(rows: Iterable[list[Any]]) -> list[dict[str, Any]]:
    return [{"situation": situation, "code": code, "amount": amount} for situation, code, amount in rows]


def _recovery(row: dict[str, Any], names: dict[str, str], who: Identity) -> dict[str, Any]:
    by = row["user_id"] or ""
    return {
        "state": row["state"],
        "by": names.get(by, ""),
        "mine": by == who.user,
        **{name: row[name] for name in ("taken_at", "done_at")},
        "result": row["result"] or "",
    }


async def people_names_of(connection: AsyncConnection, who: Identity, users: Iterable[str | None]) -> dict[str, str]:
    """By user; those who are gone are not told."""
    wanted = sorted({it for it in users if it})
    found = await people_names(connection, who.tenant, wanted) if wanted else []
    return {it.id: it.display_name or it.name for it in found}
