"""All that the desk shows of callers before the first word: for several at once, in a handful of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.contexts.contacts.api import latest, open_requests

from . import tables as t
from .merged import as_one
from .model import LEVELS, PHONE
from .queries import Customer, owners

CONTACTS, NOTES = 3, 3
_some: sa.BindParameter[str] = sa.bindparam("some", expanding=True)
_tenant: sa.BindParameter[str] = sa.bindparam("tenant")


class Popped(NamedTuple):
    customer: Customer
    desk: dict[str, Any]
    """`{id, name, kind, note, language, vip, level, tags: [{layer, tag, confidence}], notes: [{at, text}], consents:
    [{purpose, medium, given}], contacts: [{id, at, medium, direction, outcome, queue, agent, disposition}], open}`;
    `level`: how sure it is that the number is theirs; `open`: callbacks and messages that are not over."""


_c = t.customer.c
_RECORDS = sa.select(t.customer).where(_c.tenant == _tenant, _c.current.in_(_some))


def _of(table: sa.Table, *what: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Made once: to build one takes longer than to run it."""
    return sa.select(table.c.customer, *what).where(table.c.tenant == _tenant, table.c.customer.in_(_some))


_i, _g, _n, _s = t.identity.c, t.tag.c, t.note.c, t.consent.c
# The kind is looked at here: SQLite, which knows no figures of its tables, would rather walk through all phones.
_KNOWN = _of(t.identity, _i.kind, _i.value, _i.level)
_TAGS = _of(t.tag, _g.layer, _g.tag, _g.confidence).order_by(_g.layer, _g.confidence.desc(), _g.tag)
_NOTES = _of(t.note, _n.at, _n.text).where(_n.pinned).order_by(_n.at.desc())
_CONSENTS = _of(t.consent, _s.purpose, _s.medium, _s.given).order_by(_s.at.desc())


async def pops(connection: AsyncConnection, tenant: str, numbers: Iterable[str], now: float) -> dict[str, Popped]:
    """By each number (E.164) that is known."""
    owner = await owners(connection, tenant, PHONE, numbers)
    if not owner:
        return {}
    asked: dict[str, Any] = {"tenant": tenant, "some": sorted(set(owner.values()))}
    groups: dict[str, list[Any]] = defaultdict(list)
    for row in (await connection.execute(_RECORDS, asked)).mappings():
        groups[row["current"]].append(row)
    of_record = {row["id"]: id for id, rows in groups.items() for row in rows}
    asked["some"] = sorted(of_record)

    async def by_customer(query: sa.Select[Any]) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = defaultdict(list)
        for row in await connection.execute(query, asked):
            found[of_record[row.customer]].append(row)
        return found

    phones = {id: [row for row in rows if row.kind == PHONE] for id, rows in (await by_customer(_KNOWN)).items()}
    tags = await by_customer(_TAGS)
    notes, consents = await by_customer(_NOTES), await by_customer(_CONSENTS)
    every = {row.value for rows in phones.values() for row in rows}
    last, open_ = (
        await latest(connection, tenant, every, now, CONTACTS),
        await open_requests(connection, tenant, every),
    )

    def popped(number: str, id: str) -> Popped:
        one, theirs = as_one(groups[id]), sorted({row.value for row in phones[id]})
        holds = {(row.purpose, row.medium): row.given for row in reversed(consents[id])}
        known = {(row.layer, row.tag): row.confidence for row in tags[id]}
        before = sorted((it for n in theirs for it in last.get(n, ())), key=lambda it: -it["at"])
        desk = {
            **{name: one[name] for name in ("id", "name", "kind", "note", "language")},
            "vip": bool(one["attributes"].get("vip")),
            "level": LEVELS[max(row.level for row in phones[id] if row.value == number)],
            "tags": [{"layer": layer, "tag": tag, "confidence": sure} for (layer, tag), sure in known.items()],
            "notes": [{"at": row.at, "text": row.text} for row in notes[id][:NOTES]],
            "consents": [{"purpose": p, "medium": m, "given": given} for (p, m), given in sorted(holds.items())],
            "contacts": before[:CONTACTS],
            "open": sum(open_.get(n, 0) for n in theirs),
        }
        told = (one["note"], one["since"], one["attributes"])
        return Popped(Customer(id, one["version"], one["name"], tuple(theirs), *told), desk)

    return {number: popped(number, id) for number, id in owner.items()}
