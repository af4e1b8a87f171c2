"""All that the desk shows of callers before the first word: for several at once, in a handful of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.contexts.contacts.api import latest, open_requests

from . import tables as t
from . import vip as vips
from .experience import tables as experience
from .model import LEVELS, PHONE
from .queries import Customer, groups_by

CONTACTS, NOTES = 3, 3
_some: sa.BindParameter[str] = sa.bindparam("some", expanding=True)
_tenant: sa.BindParameter[str] = sa.bindparam("tenant")


class Popped(NamedTuple):
    customer: Customer
    desk: dict[str, Any]
    """`{id, name, kind, note, language, vip, level, tags: [{layer, tag, origin, confidence, at}], notes: [{at,
    text}], consents: [{purpose, medium, given}], contacts: [{id, at, medium, direction, outcome, queue, agent,
    disposition}], open, line: {trend, levels}|null}`; `level`: how sure it is that the number is theirs; `open`:
    callbacks and messages that are not over; `line`: their experience line in short."""


def _of(table: sa.Table, *what: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Made once: to build one takes longer than to run it."""
    return sa.select(table.c.customer, *what).where(table.c.tenant == _tenant, table.c.customer.in_(_some))


_g, _n, _s = t.tag.c, t.note.c, t.consent.c
_TAG = ("layer", "tag", "origin", "confidence", "at")
_TAGS = _of(t.tag, _g.layer, _g.tag, _g.origin, _g.confidence, _g.at).order_by(_g.layer, _g.confidence.desc(), _g.tag)
_NOTES = _of(t.note, _n.at, _n.text).where(_n.pinned).order_by(_n.at.desc())
_LINES = _of(experience.line, experience.line.c.trend, experience.line.c.spark)
_CONSENTS = _of(t.consent, _s.purpose, _s.medium, _s.given).order_by(_s.at.desc())


async def pops(
    connection: AsyncConnection,
    tenant: str,
    numbers: Iterable[str],
    now: float,
    vip_tags: frozenset[str] = frozenset(),
) -> dict[str, Popped]:
    """By each number (E.164) that is known. `vip_tags`: who has one is a VIP."""
    owner, groups = await groups_by(connection, tenant, PHONE, numbers)
    if not owner:
        return {}
    of_record = {record: id for id, group in groups.items() for record in group.records}
    asked: dict[str, Any] = {"tenant": tenant, "some": sorted(of_record)}

    async def by_customer(query: sa.Select[Any]) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = defaultdict(list)
        for row in await connection.execute(query, asked):
            found[of_record[row.customer]].append(row)
        return found

    tags = await by_customer(_TAGS)
    notes, consents = await by_customer(_NOTES), await by_customer(_CONSENTS)
    # Of who stands for others alone: a line of a merged record is none.
    lines = {row.customer: row for rows in (await by_customer(_LINES)).values() for row in rows}
    every = {phone for group in groups.values() for phone in group.phones}
    last, open_ = (
        await latest(connection, tenant, every, now, CONTACTS),
        await open_requests(connection, tenant, every),
    )

    def popped(number: str, id: str) -> Popped:
        group = groups[id]
        customer, one = group.customer(), group.one()
        holds = {(row.purpose, row.medium): row.given for row in reversed(consents[id])}
        known = {(row.layer, row.tag): row for row in reversed(tags[id])}  # of several who say it, the surest
        vip = vips.is_vip(customer.attributes, (tag for _, tag in known), vip_tags)
        customer = customer._replace(attributes=vips.told(customer.attributes, vip))
        before = sorted((it for n in customer.numbers for it in last.get(n, ())), key=lambda it: -it["at"])
        desk = {
            **{name: one[name] for name in ("id", "name", "kind", "note", "language")},
            "vip": vip,
            "level": LEVELS[group.phones[number]],
            "tags": [{name: getattr(row, name) for name in _TAG} for row in reversed(known.values())],
            "notes": [{"at": row.at, "text": row.text} for row in notes[id][:NOTES]],
            "consents": [{"purpose": p, "medium": m, "given": given} for (p, m), given in sorted(holds.items())],
            "contacts": before[:CONTACTS],
            "open": sum(open_.get(n, 0) for n in customer.numbers),
            "line": _line(lines.get(id)),
        }
        return Popped(customer, desk)

    return {number: popped(number, id) for number, id in owner.items()}


def _line(row: Any) -> dict[str, Any] | None:
    return None if row is None else {"trend": row.trend, "levels": [level for _, level, _ in row.spark]}
