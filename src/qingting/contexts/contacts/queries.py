"""Reads of contacts: an agent's last ones, and all that is known of one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.records import Records, in_batches

from . import tables as t


async def recent(connection: AsyncConnection, tenant: str, agent: str, limit: int = 20) -> list[dict[str, Any]]:
    """The contacts that an agent took or made last, newest first."""
    a = t.assignment.c
    last = (
        sa.select(a.contact, sa.func.max(a.offered_at).label("at"))
        .where(a.tenant == tenant, a.agent == agent, a.accepted_at.is_not(None))
        .group_by(a.contact)
        .order_by(sa.desc("at"))
        .limit(limit)
        .subquery()
    )
    query = (
        sa.select(t.contact)
        .join(last, last.c.contact == t.contact.c.id)
        .where(t.contact.c.tenant == tenant)
        .order_by(last.c.at.desc())
    )
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def contact(connection: AsyncConnection, tenant: str, id: str) -> dict[str, Any] | None:
    row = (
        (await connection.execute(sa.select(t.contact).where(t.contact.c.tenant == tenant, t.contact.c.id == id)))
        .mappings()
        .first()
    )
    return None if row is None else dict(row)


async def entry_of_arrival(connection: AsyncConnection, tenant: str, contact: str) -> int | None:
    """The journal's entry with which it began; None for one that is not known (any more, or yet)."""
    h = t.happening.c
    place = await connection.scalar(
        sa.select(sa.func.min(h.place)).where(h.tenant == tenant, h.contact == contact, h.kind == "ContactArrived")
    )
    return None if place is None else place // t.EVENTS_OF_AN_ENTRY


async def journey(connection: AsyncConnection, tenant: str, journey: str, but: str) -> list[dict[str, Any]]:
    """The other contacts of the same matter, oldest first."""
    c = t.contact.c
    query = (
        sa.select(t.contact)
        .where(c.tenant == tenant, c.journey == journey, c.id != but)
        .order_by(c.arrived_at, c.id)
        .limit(100)
    )
    return [dict(row) for row in (await connection.execute(query)).mappings()]


class Step(NamedTuple):
    """One of a caller's moves in self-service, as `DialogueMoved` told it."""

    at: float
    flow: str
    version: int
    node: str
    via: str


async def each_path(
    records: Records, tenant: str, ids: Sequence[str], take: Callable[[dict[str, list[Step]]], Awaitable[None]]
) -> None:
    """The steps of many contacts, each in order; some hundred contacts at a time."""
    h = t.happening.c
    for some in in_batches(ids):
        query = (
            sa.select(h.contact, h.at, h.detail)
            .where(h.tenant == tenant, h.contact.in_(some), h.kind == "DialogueMoved")
            .order_by(h.contact, h.place)
        )
        found: dict[str, list[Step]] = {}
        async with records.read() as connection:
            for contact, at, d in await connection.execute(query):
                found.setdefault(contact, []).append(Step(at, d["flow"], d["version"], d["node"], d["via"]))
        await take(found)


class Passed(NamedTuple):
    """What a way through self-service is made of: a move; without a node what interrupts it, `via` says what."""

    at: float
    flow: str
    version: int
    node: str
    via: str
    """Of a move as `DialogueMoved` has it; else `queue` (one was entered) or `person` (somebody answered)."""


_PASSED = {"VisitStarted": "queue", "VisitAnswered": "person"}
_h = t.happening.c
_passed = (
    sa.select(_h.contact, _h.at, _h.kind, _h.detail)
    .where(
        _h.tenant == sa.bindparam("tenant"),
        _h.contact.in_(sa.bindparam("ids", expanding=True)),
        _h.kind.in_(("DialogueMoved", *_PASSED)),
    )
    .order_by(_h.contact, _h.place)
)


async def passed(connection: AsyncConnection, tenant: str, ids: Sequence[str]) -> dict[str, list[Passed]]:
    """By contact, in order. Those without any are not among them."""
    found: dict[str, list[Passed]] = {}
    for some in in_batches(ids):
        for contact, at, kind, d in await connection.execute(_passed, {"tenant": tenant, "ids": some}):
            if kind == "DialogueMoved":
                step = Passed(at, d["flow"], d["version"], d["node"], d["via"])
            else:
                step = Passed(at, "", 0, "", _PASSED[kind])
            found.setdefault(contact, []).append(step)
    return found


async def parts(connection: AsyncConnection, tenant: str, contact: str) -> dict[str, list[dict[str, Any]]]:
    """`visits`, `assignments`, `events`, `notes` of one contact, each in order."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name, table, order in (
        ("visits", t.visit, t.visit.c.started_at),
        ("assignments", t.assignment, t.assignment.c.offered_at),
        ("events", t.happening, t.happening.c.place),
        ("notes", t.note, t.note.c.at),
    ):
        rows = await connection.execute(
            sa.select(table).where(table.c.tenant == tenant, table.c.contact == contact).order_by(order).limit(2000)
        )
        found[name] = [{k: v for k, v in row.items() if k not in ("tenant", "contact")} for row in rows.mappings()]
    return found
