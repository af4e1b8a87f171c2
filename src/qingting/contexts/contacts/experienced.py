"""What somebody's contacts were like for them, in figures: how long they waited, how often they were passed on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.records import in_batches

from . import tables as t


class Experienced(NamedTuple):
    """One contact that is over."""

    id: str
    number: str
    at: float
    ended_at: float
    direction: str
    line: str
    outcome: str
    disposition: str
    wait_s: float
    promise_s: float = 0.0
    """What the queue promises (its service level); 0: there was no queue."""
    short: bool = False
    """Left so soon after entering the queue that it does not count."""
    hold_s: float = 0.0
    keys: int = 0
    """Pressed in self-service."""
    faults: int = 0
    """How often self-service heard nothing, or what it did not understand."""
    transfers: int = 0
    mood: str = ""
    """As who passed them on wrote it down last, as `demand`."""
    demand: str = ""


_FAULTS = ("timeout", "no_match")
_c = t.contact.c
# In the order of the index by number: for any other SQLite walks through all contacts since then.
_PLACE = sa.func.row_number().over(partition_by=_c.number, order_by=_c.arrived_at.desc())
_numbers: sa.BindParameter[str] = sa.bindparam("numbers", expanding=True)
_ids: sa.BindParameter[str] = sa.bindparam("ids", expanding=True)
_tenant: sa.BindParameter[str] = sa.bindparam("tenant")
_RECENT = (
    sa.select(
        _c.id, _c.number, _c.arrived_at, _c.ended_at, _c.direction, _c.line, _c.outcome, _c.disposition, _c.wait_s,
        _PLACE.label("place"),
    )
    .where(
        _c.tenant == _tenant,
        _c.number.in_(_numbers),
        _c.arrived_at >= sa.bindparam("since"),
        _c.ended_at.is_not(None),
    )
    .subquery()
)  # fmt: skip
_CONTACTS = sa.select(_RECENT).where(_RECENT.c.place <= sa.bindparam("most"))
_v, _a, _h = t.visit.c, t.assignment.c, t.happening.c
_VISITS = (
    sa.select(_v.contact, sa.func.min(_v.service_level_s), sa.func.max(sa.case((_v.short, 1), else_=0)))
    .where(_v.tenant == _tenant, _v.contact.in_(_ids), _v.queue != "")
    .group_by(_v.contact)
)
_HOLDS = (
    sa.select(_a.contact, sa.func.sum(_a.hold_s))
    .where(_a.tenant == _tenant, _a.contact.in_(_ids))
    .group_by(_a.contact)
)
_EVENTS = (
    sa.select(_h.contact, _h.kind, _h.detail)
    .where(_h.tenant == _tenant, _h.contact.in_(_ids), _h.kind.in_(("DialogueMoved", "ContactTransferred")))
    .order_by(_h.contact, _h.place)
)


async def experienced(
    connection: AsyncConnection, tenant: str, numbers: Iterable[str], since: float, most: int
) -> list[Experienced]:
    """Contacts by these numbers (E.164) that are over, of each number the latest `most` since an instant."""
    rows: list[Any] = []
    for some in in_batches(sorted(set(numbers))):
        asked = {"tenant": tenant, "numbers": some, "since": since, "most": most}
        rows += (await connection.execute(_CONTACTS, asked)).all()
    found = {row[0]: Experienced(*row[:9]) for row in rows}
    for ids in in_batches(sorted(found)):
        about = {"tenant": tenant, "ids": ids}
        for id, promise_s, short in await connection.execute(_VISITS, about):
            left = found[id].outcome == "abandoned" and bool(short)
            found[id] = found[id]._replace(promise_s=promise_s, short=left)
        for id, hold_s in await connection.execute(_HOLDS, about):
            found[id] = found[id]._replace(hold_s=hold_s)
        for id, kind, detail in await connection.execute(_EVENTS, about):
            found[id] = _told(found[id], kind, detail)
    return list(found.values())


async def numbers_of(
    connection: AsyncConnection, tenant: str, contacts: Iterable[str], assignments: Iterable[str] = ()
) -> set[str]:
    """By which numbers these contacts came, and those of these assignments."""
    wanted = set(contacts)
    for some in in_batches(sorted(set(assignments))):
        theirs = sa.select(_a.contact).where(_a.tenant == tenant, _a.id.in_(some))
        wanted.update((await connection.execute(theirs)).scalars())
    found: set[str] = set()
    for some in in_batches(sorted(wanted)):
        query = sa.select(_c.number).where(_c.tenant == tenant, _c.id.in_(some), _c.number.is_not(None))
        found.update((await connection.execute(query)).scalars())
    return found


async def ever_came(connection: AsyncConnection, tenant: str, numbers: Iterable[str]) -> set[str]:
    """Those of these numbers that have had contacts."""
    found: set[str] = set()
    for some in in_batches(sorted(set(numbers))):
        query = sa.select(_c.number).where(_c.tenant == tenant, _c.number.in_(some)).distinct()
        found.update((await connection.execute(query)).scalars())
    return found


async def numbers_between(
    connection: AsyncConnection, tenant: str, after: tuple[float, str], until: float, limit: int
) -> tuple[set[str], tuple[float, str] | None]:
    """By which numbers contacts came in order of their arrival, and where to go on; None: that was all."""
    at, id = after
    later = sa.or_(_c.arrived_at > at, sa.and_(_c.arrived_at == at, _c.id > id))
    query = sa.select(_c.number, _c.arrived_at, _c.id).where(_c.tenant == tenant, later, _c.arrived_at < until)
    rows = (await connection.execute(query.order_by(_c.arrived_at, _c.id).limit(limit))).all()
    last = (rows[-1].arrived_at, rows[-1].id) if len(rows) == limit else None
    return {row.number for row in rows if row.number}, last


def _told(it: Experienced, kind: str, detail: dict[str, object]) -> Experienced:
    if kind == "DialogueMoved":
        via = str(detail.get("via", ""))
        if via in _FAULTS:
            return it._replace(faults=it.faults + 1)
        return it._replace(keys=it.keys + 1) if len(via) == 1 else it
    notes = detail.get("notes") or ("", "", "")
    demand, mood = (notes[0], notes[1]) if isinstance(notes, list | tuple) else ("", "")
    passed_on = it._replace(transfers=it.transfers + 1)
    return passed_on._replace(mood=str(mood) or it.mood, demand=str(demand) or it.demand)
