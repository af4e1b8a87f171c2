"""What a file of customers tells beside a list's items: tags by origin, addresses, consents, relations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from .. import tables as t
from ..model import BOOK_MOST

CONSENTS_MOST = 40


@dataclass(slots=True)
class Beside:
    said: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Layer → tags by hand or from files."""
    computed: list[str] = field(default_factory=list)
    """Tags by rules and computation."""
    addresses: list[str] = field(default_factory=list)
    consents: dict[tuple[str, str], bool] = field(default_factory=dict)
    """(purpose, medium) → what was said last."""
    relations: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Type → external ids of the others, or things."""
    book: list[dict[str, str]] = field(default_factory=list)
    """`{name, kind, value, note}`."""


async def consent_kinds(connection: AsyncConnection, tenant: str) -> list[tuple[str, str]]:
    """(purpose, medium) of all that was ever asked for, `CONSENTS_MOST` of them."""
    s = t.consent.c
    query = sa.select(s.purpose, s.medium).where(s.tenant == tenant).distinct().order_by(s.purpose, s.medium)
    return [(row.purpose, row.medium) for row in await connection.execute(query.limit(CONSENTS_MOST))]


async def beside(connection: AsyncConnection, tenant: str, ids: Sequence[str]) -> dict[str, Beside]:
    """Of those who stand for themselves, and of every record that stands with them."""
    found = {id: Beside() for id in ids}
    c, g, a, s, r = t.customer.c, t.tag.c, t.address.c, t.consent.c, t.relation.c
    theirs = (c.tenant == tenant, c.current.in_(ids))

    def of(table: sa.Table, *what: sa.ColumnElement[Any]) -> sa.Select[Any]:
        on = sa.and_(table.c.tenant == c.tenant, table.c.customer == c.id)
        return sa.select(c.current, *what).join_from(t.customer, table, on).where(*theirs)

    tags = of(t.tag, g.layer, g.tag, g.origin.in_(("hand", "import"))).order_by(g.layer, g.tag)
    for id, layer, tag, told in await connection.execute(tags):
        held = found[id].said[layer] if told else found[id].computed
        if tag not in held:
            held.append(tag)
    addresses = of(t.address, a.text).order_by(a.used_at.desc(), a.key)
    for id, text in await connection.execute(addresses):
        if text not in found[id].addresses:
            found[id].addresses.append(text)
    for id, purpose, medium, given in await connection.execute(
        of(t.consent, s.purpose, s.medium, s.given).order_by(s.at)
    ):
        found[id].consents[purpose, medium] = given
    b = t.book.c
    entries = of(t.book, b.name, b.kind, b.value, b.note).order_by(b.name, b.id)
    for id, name, kind, value, note in await connection.execute(entries):
        entry = {"name": name, "kind": kind, "value": value, "note": note}
        if len(found[id].book) < BOOK_MOST and entry not in found[id].book:
            found[id].book.append(entry)
    far, stands = t.customer.alias(), t.customer.alias()
    other = (
        of(t.relation, r.type, r.thing, stands.c.external_id)
        .outerjoin(far, sa.and_(far.c.tenant == r.tenant, far.c.id == r.other))
        .outerjoin(stands, sa.and_(stands.c.tenant == far.c.tenant, stands.c.id == far.c.current))
        .order_by(r.type, r.at)
    )
    for id, type, thing, external_id in await connection.execute(other):
        if external_id or thing:
            found[id].relations[type].append(external_id or thing)
    return found
