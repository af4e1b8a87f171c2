"""Contacts over HTTP: the list, and one with its whole way. Within the lines of who asks."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting import numbers
from qingting.access import Identity, require
from qingting.contexts.configuration.api import Configuration, View
from qingting.errors import Invalid, NotFound
from qingting.paging import Cursor, Limit, cursor, page, position
from qingting.records import Records

from . import listing, queries
from .shown import Beside, item, site_of, timeline

Viewer = Annotated[Identity, Depends(require("contacts.view"))]
Word = Annotated[str, Query(max_length=80)]
Instant = Annotated[float | None, Query(ge=0, le=1e11, allow_inf_nan=False)]
Outcome = Literal[
    "",
    "open",
    "waiting",
    "answered",
    "abandoned",
    "flow_out",
    "lost",
    "failed",
    "self_service",
    "message",
    "callback",
    "left",
    "not_reached",
]

_DIGITS_LEAST = 4


@dataclass(frozen=True)
class Neighbours:
    """What only other contexts know, given at start."""

    audit: Callable[[AsyncConnection, Identity, str, str, dict[str, Any]], Awaitable[None]]
    customers_by_numbers: Callable[[AsyncConnection, str, Iterable[str]], Awaitable[Mapping[str, tuple[str, str]]]]
    """(connection, tenant, numbers) → number → (id, name)."""
    numbers_of_customer: Callable[[AsyncConnection, str, str], Awaitable[Sequence[str]]]
    recording_states: Callable[[AsyncConnection, str, Sequence[str]], Awaitable[Mapping[str, str]]]
    recordings_of: Callable[[AsyncConnection, str, str], Awaitable[list[dict[str, Any]]]]
    step_words: Callable[[str, str, int, str, str, str], Awaitable[dict[str, str]]]
    """(tenant, flow, version, node, via) → what the key that led there is called, by language, or empty."""
    trajectory: Callable[[Identity, Mapping[str, Any], Sequence[queries.Passed]], Awaitable[dict[str, Any] | None]]
    """(who asks, the contact's row, what it passed) → its way through self-service, None when there was none."""


def routes(records: Records, configuration: Configuration, neighbours: Neighbours) -> APIRouter:
    router = APIRouter(tags=["contacts"])

    @router.get("/contacts")
    async def search(
        who: Viewer,
        since: Annotated[Instant, Query(alias="from")] = None,
        until: Annotated[Instant, Query(alias="to")] = None,
        line: Word = "",
        queue: Word = "",
        agent: Word = "",
        number: Annotated[str, Query(max_length=40)] = "",
        customer: Word = "",
        outcome: Outcome = "",
        q: Word = "",
        limit: Limit = 50,
        after: Annotated[Cursor, Query(alias="cursor")] = "",
    ) -> dict[str, Any]:
        wanted = listing.Filter(
            lines=who.lines or None,
            since=since,
            until=until,
            line=line,
            queue=queue,
            agent=agent,
            outcome=outcome,
            q=q.strip(),
            before=position(after, float, str) if after else None,
            limit=limit,
        )
        async with records.read() as connection:
            if number:
                wanted = _by_number(who, wanted, number)
            if customer:
                wanted = wanted._replace(
                    numbers=await neighbours.numbers_of_customer(connection, who.tenant, customer)
                )
            rows = await listing.search(connection, who.tenant, wanted)
            items = await shown(connection, who, rows[:limit])
        last = rows[limit - 1] if len(rows) > limit else None
        return page(items, cursor(last["arrived_at"], last["id"]) if last else None)

    async def shown(connection: AsyncConnection, who: Identity, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        numbers = {row["number"] for row in rows if row["number"]}
        customers = await neighbours.customers_by_numbers(connection, who.tenant, numbers)
        states = await neighbours.recording_states(connection, who.tenant, [row["id"] for row in rows])
        view = configuration.of(who.tenant)
        return [item(who, view, row, Beside(customers, states)) for row in rows]

    @router.get("/desk/recent")
    async def latest(who: Annotated[Identity, Depends(require("desk.use"))]) -> dict[str, Any]:
        """An agent's own last contacts."""
        async with records.read() as connection:
            return {"items": await shown(connection, who, await queries.recent(connection, who.tenant, who.agent))}

    @router.get("/contacts/{id}")
    async def one(id: str, who: Viewer) -> dict[str, Any]:
        view = configuration.of(who.tenant)
        async with records.write() as connection:
            row = await queries.contact(connection, who.tenant, id)
            if row is None or not who.sees_line(row["line"]):
                raise NotFound("contact.unknown", id=id)
            await neighbours.audit(connection, who, "contact.viewed", id, {})
            others = await queries.journey(connection, who.tenant, row["journey"], id)
            first, *rest = await shown(connection, who, [row, *(r for r in others if who.sees_line(r["line"]))])
            parts = await queries.parts(connection, who.tenant, id)
            passed = (await queries.passed(connection, who.tenant, [id])).get(id, [])
            recordings = await neighbours.recordings_of(connection, who.tenant, id)
        moves = [e for e in parts["events"] if e["kind"] == "DialogueMoved"]
        came = ["", *(e["detail"]["node"] for e in moves)]
        steps = [await _step(who, e, before) for e, before in zip(moves, came, strict=False)]
        for move, step in zip(moves, steps, strict=True):
            move["detail"] = {**move["detail"], "step": step["words"]}
        agents = {a["id"]: view.agents.get(a["agent"]) for a in parts["assignments"]}
        return {
            **first,
            "language": row["language"],
            "visits": parts["visits"],
            "site": row["site"],
            "site_name": _name_of(view.sites.get(row["site"])),
            "assignments": [_named(view, a) for a in parts["assignments"]],
            "steps": steps,
            "self_service": await neighbours.trajectory(who, row, passed),
            "timeline": list(timeline(view, id, parts["events"])),
            "journey": rest,
            "notes": [{**note, "agent_name": _name_of(agents.get(note["assignment"]))} for note in parts["notes"]],
            "recordings": recordings,
        }

    async def _step(who: Identity, event: dict[str, Any], before: str) -> dict[str, Any]:
        d = event["detail"]
        words = await neighbours.step_words(who.tenant, d["flow"], d["version"], d["node"], d["via"], before)
        return {"at": event["at"], "flow": d["flow"], "node": d["node"], "via": d["via"], "words": words}

    return router


def _named(view: View, row: dict[str, Any]) -> dict[str, Any]:
    """`site`: where the agent sits, as configured now."""
    agent = view.agents.get(row["agent"])
    site = site_of(view, row["agent"])
    return {**row, "agent_name": _name_of(agent), "site": site, "site_name": _name_of(view.sites.get(site))}


def _name_of(item: Any) -> str:
    return item.name if item is not None else ""


def _by_number(who: Identity, wanted: listing.Filter, number: str) -> listing.Filter:
    """A whole number fits exactly; its last digits do as well, for those who may see numbers."""
    whole = numbers.to_e164(number)
    if whole is not None:
        return wanted._replace(numbers=[whole])
    digits = "".join(c for c in number if c.isdigit())
    if len(digits) < _DIGITS_LEAST or not who.may("numbers.view"):
        raise Invalid("request.invalid", fields={"number": "number.bad"})
    return wanted._replace(number_end=digits)
