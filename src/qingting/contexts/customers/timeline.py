"""Everything that happened with a customer, in one line: each kind of it from its own source.

A room that has more to tell (cases, surveys, campaigns) is one more `Source`, handed over at start.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.contexts.contacts.api import contacts_of, requests_of

from . import tables as t


class Asked(NamedTuple):
    tenant: str
    customers: Sequence[str]
    """Records that stand together."""
    numbers: Sequence[str]
    """Their phones, E.164."""
    lines: frozenset[str] | None
    """Business lines that who asks may see; None: all."""
    before: tuple[float, str] | None
    """Instant and id of the last moment told."""
    limit: int


class Moment(NamedTuple):
    at: float
    """When it began."""
    id: str
    """Of one moment, for good: the kind and the id within it."""
    kind: str
    detail: dict[str, Any]


Source = Callable[[AsyncConnection, Asked], Awaitable[list[Moment]]]
"""The newest moments first, those at the instant of `before` or earlier; `limit` of them do."""


async def timeline(connection: AsyncConnection, sources: Sequence[Source], asked: Asked) -> list[Moment]:
    """Newest first, one more than `limit` when there is more."""
    more = asked._replace(limit=asked.limit + 1)
    found = [moment for source in sources for moment in await source(connection, more)]
    earlier = [it for it in found if asked.before is None or (it.at, it.id) < asked.before]
    return sorted(earlier, key=lambda it: (it.at, it.id), reverse=True)[: asked.limit + 1]


async def contacts(connection: AsyncConnection, asked: Asked) -> list[Moment]:
    """`contact`: a row as contacts have it, with `steps`, `notes`, `said`."""
    before = asked.before[0] if asked.before else None
    # Those of the very instant that were told before are among them.
    rows = await contacts_of(connection, asked.tenant, asked.numbers, asked.lines, before, asked.limit + 1)
    but = ("tenant", "id", "party", "arrived_at")
    return [
        Moment(row["arrived_at"], f"contact:{row['id']}", "contact", {k: v for k, v in row.items() if k not in but})
        for row in rows
    ]


async def requests(connection: AsyncConnection, asked: Asked) -> list[Moment]:
    """`request`: a callback that was asked for, or a message that was left."""
    before = asked.before[0] if asked.before else None
    rows = await requests_of(connection, asked.tenant, asked.numbers, before, asked.limit + 1)
    return [
        Moment(row["at"], f"request:{row['id']}", "request", {"ended_at": row["ended_at"], "contact": row["contact"]})
        for row in rows
    ]


async def record(connection: AsyncConnection, asked: Asked) -> list[Moment]:
    """`note`, `consent`, `merged`: what people wrote down of them."""
    n, s, m = t.note.c, t.consent.c, t.merge.c
    found: list[Moment] = []

    async def some(query: sa.Select[Any], at: sa.ColumnElement[float], make: Callable[[Any], Moment]) -> None:
        if asked.before:
            query = query.where(at <= asked.before[0])
        rows = (await connection.execute(query.order_by(at.desc()).limit(asked.limit + 1))).mappings()
        found.extend(make(row) for row in rows)

    def told(row: Any, *names: str) -> dict[str, Any]:
        return {name: row[name] for name in names}

    await some(
        sa.select(t.note).where(n.tenant == asked.tenant, n.customer.in_(asked.customers)),
        n.at,
        lambda it: Moment(it["at"], f"note:{it['id']}", "note", told(it, "text", "user_id", "contact", "pinned")),
    )
    await some(
        sa.select(t.consent).where(s.tenant == asked.tenant, s.customer.in_(asked.customers)),
        s.at,
        lambda it: Moment(
            it["at"],
            f"consent:{it['customer']}:{it['purpose']}:{it['medium']}",
            "consent",
            told(it, "purpose", "medium", "given", "how", "user_id", "contact"),
        ),
    )
    await some(
        sa.select(t.merge).where(
            m.tenant == asked.tenant,
            m.undone_at.is_(None),
            sa.or_(m.source.in_(asked.customers), m.target.in_(asked.customers)),
        ),
        m.at,
        lambda it: Moment(it["at"], f"merge:{it['id']}", "merged", told(it, "source", "target", "user_id", "why")),
    )
    return found


SOURCES: tuple[Source, ...] = (contacts, requests, record)
