"""What somebody had to do with the centre, by their numbers: for their timeline, and before the first word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from . import tables as t
from .listing import Filter, search

YEAR_S = 365 * 86_400
_SAID = ("CallbackRequested", "MessageTaken")
_STEPS_MOST = 100


async def contacts_of(
    connection: AsyncConnection,
    tenant: str,
    numbers: Sequence[str],
    lines: frozenset[str] | None,
    before: float | None,
    limit: int,
) -> list[dict[str, Any]]:
    """Their contacts (rows of `contact`) up to an instant, newest first, each with its `steps` in self-service (`{at,
    flow, version, node, via}`), `notes` (`{at, user_id, text}`) and what was `said` (kinds of `_SAID`)."""
    h, n = t.happening.c, t.note.c
    until = None if before is None else before + 1e-6
    wanted = Filter(lines=lines, until=until, numbers=numbers, limit=limit)
    rows = {
        row["id"]: row | {"steps": [], "notes": [], "said": []} for row in await search(connection, tenant, wanted)
    }
    ids = list(rows)
    events = (
        sa.select(h.contact, h.at, h.kind, h.detail)
        .where(h.tenant == tenant, h.contact.in_(ids), h.kind.in_(("DialogueMoved", *_SAID)))
        .order_by(h.contact, h.place)
    )
    for contact, at, kind, detail in await connection.execute(events):
        if kind in _SAID:
            rows[contact]["said"].append(kind)
        elif len(rows[contact]["steps"]) < _STEPS_MOST:
            step = {name: detail[name] for name in ("flow", "version", "node", "via")}
            rows[contact]["steps"].append({"at": at} | step)
    notes = sa.select(n.contact, n.at, n.user_id, n.text).where(n.tenant == tenant, n.contact.in_(ids)).order_by(n.at)
    for contact, at, user, text in await connection.execute(notes):
        rows[contact]["notes"].append({"at": at, "user_id": user, "text": text})
    return list(rows.values())


def numbers_since(tenant: str, since: float, lines: frozenset[str] | None) -> sa.Select[Any]:
    """The numbers of contacts that arrived then or later, within `lines` (None: all), for others to ask by."""
    c = t.contact.c
    query = sa.select(c.number).where(c.tenant == tenant, c.arrived_at >= since, c.number.is_not(None))
    return query if lines is None else query.where(c.line.in_(sorted(lines)))


async def requests_of(
    connection: AsyncConnection, tenant: str, numbers: Sequence[str], before: float | None, limit: int
) -> list[dict[str, Any]]:
    """Callbacks they asked for and messages they left, newest first: `{id, at, ended_at, contact}`."""
    r = t.reference.c
    known = sa.exists().where(t.contact.c.tenant == tenant, t.contact.c.id == r.holder)
    query = (
        sa.select(r.holder.label("id"), r.at, r.ended_at, r.contact)
        .where(r.tenant == tenant, r.number.in_(numbers), r.kind == "caller", ~known)
        .order_by(r.at.desc(), r.holder)
        .limit(limit)
    )
    if before is not None:
        query = query.where(r.at <= before)
    return [dict(row) for row in (await connection.execute(query)).mappings()]


async def dialogues_of(
    connection: AsyncConnection, tenant: str, numbers: Sequence[str], lines: frozenset[str] | None, limit: int
) -> list[dict[str, Any]]:
    """Of which of their contacts self-service remembers something, newest first: `{contact, at}`. `lines` None: of
    all."""
    c, r = t.contact.c, t.reference.c
    query = (
        sa.select(r.contact, c.arrived_at.label("at"))
        .join_from(t.reference, t.contact, sa.and_(c.tenant == r.tenant, c.id == r.holder))
        .where(r.tenant == tenant, r.kind == "dialogue", c.number.in_(numbers))
        .order_by(c.arrived_at.desc(), r.contact)
        .limit(limit)
    )
    if lines is not None:
        query = query.where(c.line.in_(sorted(lines)))
    return [dict(row) for row in (await connection.execute(query)).mappings()]


_c, _r = t.contact.c, t.reference.c
_numbers: sa.BindParameter[str] = sa.bindparam("numbers", expanding=True)
_PLACE = sa.func.row_number().over(partition_by=_c.number, order_by=_c.arrived_at.desc())
_SHORT = (
    sa.select(
        _c.number, _c.id, _c.arrived_at, _c.medium, _c.direction, _c.outcome, _c.queue, _c.agent, _c.disposition,
        _PLACE.label("place"),
    )
    .where(_c.tenant == sa.bindparam("tenant"), _c.number.in_(_numbers), _c.arrived_at >= sa.bindparam("since"))
    .subquery()
)  # fmt: skip
_LATEST = sa.select(_SHORT).where(_SHORT.c.place <= sa.bindparam("most")).order_by(_SHORT.c.number, _SHORT.c.place)
_OPEN = (
    sa.select(_r.number, sa.func.count())
    .where(
        _r.tenant == sa.bindparam("tenant"),
        _r.number.in_(_numbers),
        _r.kind == "caller",
        _r.ended_at.is_(None),
        ~sa.exists().where(_c.tenant == _r.tenant, _c.id == _r.holder),
    )
    .group_by(_r.number)
)


async def latest(
    connection: AsyncConnection, tenant: str, numbers: Iterable[str], now: float, most: int
) -> dict[str, list[dict[str, Any]]]:
    """By number, the last contacts of a year, newest first: `{id, at, medium, direction, outcome, queue, agent,
    disposition}`."""
    asked = {"tenant": tenant, "numbers": sorted(set(numbers)), "since": now - YEAR_S, "most": most}
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for number, id, at, *rest, _ in await connection.execute(_LATEST, asked):
        names = ("medium", "direction", "outcome", "queue", "agent", "disposition")
        found[number].append({"id": id, "at": at} | dict(zip(names, rest, strict=True)))
    return found


async def open_requests(connection: AsyncConnection, tenant: str, numbers: Iterable[str]) -> dict[str, int]:
    """By number, how many callbacks and messages of theirs are not over."""
    rows = await connection.execute(_OPEN, {"tenant": tenant, "numbers": sorted(set(numbers))})
    return {row[0]: row[1] for row in rows}
