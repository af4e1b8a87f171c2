"""Who else may be the same customer: the same identity, or the same name and something more; how sure, and why."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from .. import tables as t
from ..model import PHONE
from ..record import Whole

WEIGHTS = {"proven": 0.9, "phone": 0.6, "identity": 0.8, "name": 0.2, "born": 0.5, "address": 0.4}
"""How sure each makes it alone; several together as chances that are independent. `proven`: an identity that both
have proved. A phone may be of a household, a name of thousands: either alone is not enough to act on."""
MOST, LEAST = 20, 0.5


class Suspect(NamedTuple):
    customer: str
    """Who stands for them."""
    name: str
    score: float
    """0 to 1."""
    why: tuple[str, ...]
    """Of `WEIGHTS`."""


async def suspects(connection: AsyncConnection, tenant: str, it: Whole) -> list[Suspect]:
    """The surest first, `MOST` of them, each with a score of `LEAST` or more."""
    why: dict[str, set[str]] = defaultdict(set)
    await _by_identity(connection, tenant, it, why)
    await _by_name(connection, tenant, it, why)
    c = t.customer.c
    names = sa.select(c.id, c.name).where(c.tenant == tenant, c.id.in_(list(why)))
    found = [
        Suspect(id, name, score(why[id]), tuple(sorted(why[id]))) for id, name in await connection.execute(names)
    ]
    sure = [one for one in found if one.score >= LEAST]
    return sorted(sure, key=lambda one: (-one.score, one.customer))[:MOST]


def score(why: set[str]) -> float:
    doubt = 1.0
    for reason in why:
        doubt *= 1 - WEIGHTS[reason]
    return round(1 - doubt, 3)


async def _by_identity(connection: AsyncConnection, tenant: str, it: Whole, why: dict[str, set[str]]) -> None:
    i, c = t.identity.c, t.customer.c
    for mine in it.identities:
        query = (
            sa.select(c.current, i.level)
            .join(t.customer, sa.and_(c.tenant == i.tenant, c.id == i.customer))
            .where(i.tenant == tenant, i.kind == mine["kind"], i.value == mine["value"], c.current != it.one["id"])
            .limit(MOST)
        )
        for id, level in await connection.execute(query):
            proven = level == 2 and mine["level"] == "proven"
            why[id].add("proven" if proven else PHONE if mine["kind"] == PHONE else "identity")


async def _by_name(connection: AsyncConnection, tenant: str, it: Whole, why: dict[str, set[str]]) -> None:
    """Of those with the very same name who also have the same day of birth or address, or are suspected already."""
    c, a = t.customer.c, t.address.c
    keys = [row["name_key"] for row in it.records if row["name_key"]]
    others = (c.tenant == tenant, c.current != it.one["id"], c.name_key.in_(keys))
    known = sa.select(c.current).where(*others)
    asked = {"name": known.where(c.current.in_(list(why)))}
    if it.one["born"]:
        asked["born"] = known.where(c.born == it.one["born"])
    mine = sa.select(a.key).where(a.tenant == tenant, a.customer.in_(it.ids))
    home = sa.select(a.customer).where(a.tenant == tenant, a.key.in_(mine))
    asked["address"] = known.where(c.id.in_(home))
    for reason, query in asked.items():
        for (id,) in await connection.execute(query.limit(MOST)):
            why[id] |= {"name", reason}


async def shared(
    connection: AsyncConnection, tenant: str, after: tuple[str, str], limit: int
) -> list[dict[str, Any]]:
    """Identities that several customers have, in order of kind and value from `after` on: `{kind, value, customers:
    [{id, name}]}`."""
    i, c = t.identity.c, t.customer.c
    several = (
        sa.select(i.kind, i.value)
        .join(t.customer, sa.and_(c.tenant == i.tenant, c.id == i.customer))
        .where(i.tenant == tenant, sa.tuple_(i.kind, i.value) > sa.tuple_(*map(sa.literal, after)))
        .group_by(i.kind, i.value)
        .having(sa.func.count(sa.distinct(c.current)) > 1)
        .order_by(i.kind, i.value)
        .limit(limit)
    )
    found = []
    for kind, value in (await connection.execute(several)).all():
        stands = (
            sa.select(c.current)
            .join(t.identity, sa.and_(i.tenant == c.tenant, i.customer == c.id))
            .where(i.tenant == tenant, i.kind == kind, i.value == value)
        )
        rows = await connection.execute(
            sa.select(c.id, c.name).where(c.tenant == tenant, c.id.in_(stands)).order_by(c.id).limit(MOST)
        )
        found.append({"kind": kind, "value": value, "customers": [{"id": id, "name": name} for id, name in rows]})
    return found
