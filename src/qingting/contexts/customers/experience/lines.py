"""Customers' lines, drawn from every source; and in short, in a table, for lists: falling ones are found there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.contexts.contacts.api import ever_came
from qingting.records import in_batches

from .. import tables as customers
from ..storing import put
from . import tables as t
from .model import Line, Point, draw
from .sources import Asked, Person, Source

KNOWN_S = 3 * 365 * 86_400.0
"""What is older is no part of a line."""
POINTS_MOST = 200
"""Of a customer, from each source (and of contacts from each number)."""
SPARK_MOST = 12
NUMBERS_MOST = 50
_c, _i = customers.customer.c, customers.identity.c
# Whole rows, and the kind is looked at here: for less of them SQLite walks through all phones, in the primary key.
_KNOWN = sa.select(customers.identity).where(
    _i.tenant == sa.bindparam("tenant"), _i.customer.in_(sa.bindparam("some", expanding=True))
)


async def people(connection: AsyncConnection, tenant: str, ids: Iterable[str]) -> dict[str, Person]:
    """Whoever stands for records of these ids, with all records that stand together and their phones."""
    records: dict[str, list[str]] = defaultdict(list)
    numbers: dict[str, list[str]] = defaultdict(list)
    for some in in_batches(sorted(set(ids))):
        stand = sa.select(_c.current).where(_c.tenant == tenant, _c.id.in_(some))
        rows = await connection.execute(
            sa.select(_c.id, _c.current).where(_c.tenant == tenant, _c.current.in_(stand))
        )
        for row in rows:
            records[row.current].append(row.id)
    of = {record: id for id, mine in records.items() for record in mine}
    for some in in_batches(sorted(of)):
        for row in await connection.execute(_KNOWN, {"tenant": tenant, "some": some}):
            if row.kind == "phone":
                numbers[of[row.customer]].append(row.value)
    return {id: Person(mine, sorted(set(numbers[id]))[:NUMBERS_MOST]) for id, mine in records.items()}


async def having(connection: AsyncConnection, tenant: str, numbers: Iterable[str]) -> set[str]:
    """Records of whoever has one of these phones, however many they are."""
    found: set[str] = set()
    for some in in_batches(sorted(set(numbers))):
        query = sa.select(_i.customer).where(_i.tenant == tenant, _i.kind == "phone", _i.value.in_(some))
        found.update((await connection.execute(query)).scalars())
    return found


async def having_come(connection: AsyncConnection, tenant: str, ids: Iterable[str]) -> set[str]:
    """Of these records those with a phone that has had contacts."""
    phones: dict[str, set[str]] = defaultdict(set)
    for some in in_batches(sorted(set(ids))):
        for row in await connection.execute(_KNOWN, {"tenant": tenant, "some": some}):
            if row.kind == "phone":
                phones[row.value].add(row.customer)
    came = await ever_came(connection, tenant, phones)
    return {id for number in came for id in phones[number]}


async def points(
    connection: AsyncConnection, sources: Sequence[Source], tenant: str, whom: dict[str, Person], now: float
) -> dict[str, list[Point]]:
    asked = Asked(tenant, whom, now - KNOWN_S, POINTS_MOST)
    found: dict[str, list[Point]] = {id: [] for id in whom}
    for source in sources:
        for id, some in (await source(connection, asked)).items():
            found[id] += some
    return found


async def renew(
    connection: AsyncConnection, sources: Sequence[Source], tenant: str, ids: Iterable[str], now: float
) -> None:
    """Lines in short are made anew, of whoever stands for records of these ids."""
    wanted = sorted(set(ids))
    whom = await people(connection, tenant, wanted)
    every = await points(connection, sources, tenant, whom, now)
    handled = await _recoveries(connection, tenant, whom)
    rows, none = [], [id for id in wanted if id not in whom]
    for id, some in every.items():
        line = draw(some)
        if line.end is None and id not in handled:
            none.append(id)
        else:
            rows.append({"tenant": tenant, "customer": id} | _short(line, handled.get(id)))
    for gone in in_batches(none):
        await connection.execute(sa.delete(t.line).where(t.line.c.tenant == tenant, t.line.c.customer.in_(gone)))
    await put(connection, t.line, rows, [c.name for c in t.line.c if not c.primary_key])


async def _recoveries(connection: AsyncConnection, tenant: str, whom: dict[str, Person]) -> dict[str, Any]:
    """By customer: who sees to them now, else who did last."""
    r = t.recovery.c
    of = {record: id for id, person in whom.items() for record in person.records}
    found: dict[str, Any] = {}
    for some in in_batches(sorted(of)):
        query = sa.select(t.recovery).where(r.tenant == tenant, r.customer.in_(some)).order_by(r.taken_at, r.id)
        for row in await connection.execute(query):
            before = found.get(of[row.customer])
            if before is None or before.done_at is not None or row.done_at is None:
                found[of[row.customer]] = row
    return found


def _short(line: Line, recovery: Any) -> dict[str, Any]:
    ended_at = line.points[line.end].at if line.end is not None else recovery.taken_at
    state = ""
    if recovery is not None and recovery.done_at is None:
        state = "taken"
    elif line.falling and (recovery is None or ended_at > recovery.done_at):
        state = "open"
    elif recovery is not None:
        state = "done"
    contacts = [it for it in line.points if it.contact]
    levels = list(zip(line.points, line.levels, strict=True))[-SPARK_MOST:]
    return {
        "level": line.level,
        "trend": line.trend,
        "fell": line.drop,
        "ended_at": ended_at,
        "contact": contacts[-1].contact if contacts else "",
        "contact_at": contacts[-1].at if contacts else None,
        "line": next((it.line for it in reversed(line.points) if it.line), ""),
        "why": [[situation, reason.code, reason.amount] for situation, reason in line.why],
        "spark": [[it.at, round(level, 3), it.line] for it, level in levels],
        "state": state,
        "recovery": recovery.id if recovery is not None else "",
    }
