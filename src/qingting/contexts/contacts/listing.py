"""The list of contacts with its filters, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.records import as_found
from qingting.records_narrowed import Fits, Way, asked, read

from . import tables as t


class Filter(NamedTuple):
    """What is looked for; empty fields do not matter. `lines` None means all (the scope of who asks)."""

    lines: frozenset[str] | None = None
    since: float | None = None
    until: float | None = None
    line: str = ""
    queue: str = ""
    agent: str = ""
    outcome: str = ""
    numbers: Sequence[str] | None = None
    """Any of these, in E.164."""
    number_end: str = ""
    """The last digits."""
    q: str = ""
    """In notes, or the contact's id."""
    before: tuple[float, str] | None = None
    """Where the page before ended."""
    limit: int = 50


c = t.contact.c
_ORDER: tuple[sa.ColumnElement[Any], ...] = (c.arrived_at, c.id)


async def search(connection: AsyncConnection, tenant: str, wanted: Filter) -> list[dict[str, Any]]:
    """Newest first, one more than `limit` when there is more."""
    query = sa.select(t.contact).where(c.tenant == tenant, *_between(wanted))
    if wanted.before is not None:
        there = (sa.literal(value, column.type) for value, column in zip(wanted.before, _ORDER, strict=True))
        query = query.where(sa.tuple_(*_ORDER) < sa.tuple_(*there))
    rows = await read(connection, query, _ORDER, _ways(connection, tenant, wanted), wanted.limit + 1)
    return [dict(row._mapping) for row in rows]


def _between(wanted: Filter) -> list[Fits]:
    since = [] if wanted.since is None else [c.arrived_at >= wanted.since]
    return since if wanted.until is None else [*since, c.arrived_at < wanted.until]


def _ways(connection: AsyncConnection, tenant: str, wanted: Filter) -> list[Way]:
    found: list[Way] = []
    if wanted.lines is not None:
        found.append(_is_one_of(connection, tenant, wanted, "line", sorted(wanted.lines)))
    if wanted.line:
        found.append(_is_one_of(connection, tenant, wanted, "line", [wanted.line]))
    if wanted.outcome:
        found.append(_is_one_of(connection, tenant, wanted, "outcome", [wanted.outcome]))
    if wanted.queue:  # any of its visits, any of its agents: not only the last
        v = t.visit.c
        found.append(_by(v.contact, v.tenant == tenant, v.queue == wanted.queue))
    if wanted.agent:
        a = t.assignment.c
        theirs = (a.tenant == tenant, a.agent == wanted.agent, a.accepted_at.is_not(None))
        found.append(_by(a.contact, *theirs)._replace(some=None))
    if wanted.numbers is not None:
        known = c.number.in_(list(wanted.numbers))
        found.append(Way(known, known))
    if wanted.number_end:
        found.append(Way(c.number.endswith(wanted.number_end, autoescape=True)))
    if wanted.q:
        n = t.note.c
        noted = sa.select(n.contact).where(n.tenant == tenant, n.text.icontains(wanted.q, autoescape=True))
        meant = c.id.in_(sa.union(sa.select(sa.literal(wanted.q)), noted))
        found.append(Way(meant, meant))
    return found


def _by(contact: sa.ColumnElement[str], *where: Fits) -> Way:
    """There is such a row of a contact."""
    ids = sa.select(contact).where(*where)
    return Way(asked(*where, contact == c.id), c.id.in_(ids), ids)


def _is_one_of(connection: AsyncConnection, tenant: str, wanted: Filter, column: str, values: list[str]) -> Way:
    found = c[column].in_(values)
    # Where it stands no index is asked: SQLite would rather sort all of a line than walk from the latest.
    fits = as_found(c[column]).in_(values) if connection.dialect.name == "sqlite" else found
    return Way(fits, found, sa.select(c.id).where(c.tenant == tenant, found, *_between(wanted)))
