"""Everything that happened with a customer, in one line: each kind of it from its own source.

A room that has more to tell (cases, surveys, campaigns) is one more `Source`, handed over at start.
"""

from __future__ import annotations

import functools
import operator
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
    kinds: frozenset[str] = frozenset()
    """Of moments; none: all."""

    def wants(self, kind: str) -> bool:
        return not self.kinds or kind in self.kinds


class Moment(NamedTuple):
    at: float
    """When it began."""
    id: str
    """Of one moment, for good: the kind and the id within it."""
    kind: str
    detail: dict[str, Any]


Source = Callable[[AsyncConnection, Asked], Awaitable[list[Moment]]]
"""The newest moments first, of the kinds that are wanted, at the instant of `before` or earlier; `limit` will do."""


def first(
    connection: AsyncConnection, query: sa.Select[Any], asked: Asked, at: sa.ColumnElement[float], *id: Any
) -> sa.Select[Any]:
    """What is needed of `query`. `id`: the parts of a moment's; those of one instant go by it."""
    key = functools.reduce(operator.add, [sa.literal(it) if isinstance(it, str) else it for it in id])
    if connection.dialect.name == "postgresql":
        key = sa.collate(key, "C")
    if asked.before is not None:
        instant, last = asked.before
        query = query.where(sa.or_(at < instant, sa.and_(at == instant, key <= last)))
    return query.order_by(at.desc(), key.desc()).limit(asked.limit + 1)


async def timeline(connection: AsyncConnection, sources: Sequence[Source], asked: Asked) -> list[Moment]:
    """Newest first, one more than `limit` when there is more."""
    more = asked._replace(limit=asked.limit + 1)
    found = [it for source in sources for it in await source(connection, more) if asked.wants(it.kind)]
    earlier = [it for it in found if asked.before is None or (it.at, it.id) < asked.before]
    return sorted(earlier, key=lambda it: (it.at, it.id), reverse=True)[: asked.limit + 1]


async def contacts(connection: AsyncConnection, asked: Asked) -> list[Moment]:
    """`contact`: a row as contacts have it, with `steps`, `notes`, `said`."""
    if not asked.wants("contact"):
        return []
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
    if not asked.wants("request"):
        return []
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

    async def some(
        kind: str, query: sa.Select[Any], at: sa.ColumnElement[float], id: Sequence[Any], made: str, *told: str
    ) -> None:
        if not asked.wants(kind):
            return
        for row in (await connection.execute(first(connection, query, asked, at, *id))).mappings():
            detail = {name: row[name] for name in told}
            found.append(Moment(row["at"], made.format_map(row), kind, detail))

    notes = sa.select(t.note).where(n.tenant == asked.tenant, n.customer.in_(asked.customers))
    await some("note", notes, n.at, ("note:", n.id), "note:{id}", "text", "user_id", "contact", "pinned")
    said = sa.select(t.consent).where(s.tenant == asked.tenant, s.customer.in_(asked.customers))
    which = ("consent:", s.customer, ":", s.purpose, ":", s.medium)
    consent = ("purpose", "medium", "given", "how", "user_id", "contact")
    await some("consent", said, s.at, which, "consent:{customer}:{purpose}:{medium}:{at}", *consent)
    either = sa.or_(m.source.in_(asked.customers), m.target.in_(asked.customers))
    holds = sa.select(t.merge).where(m.tenant == asked.tenant, m.undone_at.is_(None), either)
    await some("merged", holds, m.at, ("merge:", m.id), "merge:{id}", "source", "target", "user_id", "why")
    return found


SOURCES: tuple[Source, ...] = (contacts, requests, record)
