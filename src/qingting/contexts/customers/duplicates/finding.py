"""Who else may be the same customer: the same identity, or the same name and something more; how sure, and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.records import in_batches

from .. import tables as t
from ..record import Whole
from .comparing import LEAST, Facts, score, why

MOST = 20
"""Of one customer; also of those who have the same identity, name or address, whom to compare with each other."""


class Suspect(NamedTuple):
    customer: str
    """Who stands for them."""
    name: str
    score: float
    """0 to 1."""
    why: tuple[str, ...]
    """Of `comparing.WEIGHTS`."""


async def suspects(connection: AsyncConnection, tenant: str, it: Whole) -> list[Suspect]:
    """The surest first, `MOST` of them."""
    me = it.one["id"]
    others = await _candidates(connection, tenant, it)
    known = await facts(connection, tenant, {me, *others})
    c = t.customer.c
    names = sa.select(c.id, c.name).where(c.tenant == tenant, c.id.in_(others))
    found = []
    for id, name in await connection.execute(names):
        if id in known:
            reasons = why(known[me], known[id])
            found.append(Suspect(id, name, score(reasons), tuple(sorted(reasons))))
    sure = [one for one in found if one.score >= LEAST]
    return sorted(sure, key=lambda one: (-one.score, one.customer))[:MOST]


async def facts(connection: AsyncConnection, tenant: str, ids: Iterable[str]) -> dict[str, Facts]:
    """Of those who stand for themselves."""
    c, i, a = t.customer.c, t.identity.c, t.address.c
    found: dict[str, Facts] = {}
    for some in in_batches(sorted(set(ids))):
        mine = sa.and_(c.tenant == tenant, c.current.in_(some))
        for current, name, born in await connection.execute(sa.select(c.current, c.name_key, c.born).where(mine)):
            one = found.setdefault(current, Facts({}, set(), set(), set()))
            one.names.update({name} - {""})
            one.born.update({born} - {""})
        known = sa.select(c.current, i.kind, i.value, i.level).join(
            t.identity, sa.and_(i.tenant == c.tenant, i.customer == c.id)
        )
        for current, kind, value, level in await connection.execute(known.where(mine)):
            identities = found[current].identities
            identities[kind, value] = max(level, identities.get((kind, value), 0))
        lives = sa.select(c.current, a.key).join(t.address, sa.and_(a.tenant == c.tenant, a.customer == c.id))
        for current, key in await connection.execute(lives.where(mine)):
            found[current].addresses.add(key)
    return found


async def _candidates(connection: AsyncConnection, tenant: str, it: Whole) -> list[str]:
    c, i, a = t.customer.c, t.identity.c, t.address.c
    found: set[str] = set()

    async def ask(query: sa.Select[Any]) -> None:
        found.update((await connection.execute(query.limit(MOST))).scalars())

    others = sa.select(c.current).where(c.tenant == tenant, c.current != it.one["id"])
    for mine in it.identities:
        held = sa.and_(i.tenant == c.tenant, i.customer == c.id)
        await ask(others.join(t.identity, held).where(i.kind == mine["kind"], i.value == mine["value"]))
    named = others.where(c.name_key.in_([row["name_key"] for row in it.records if row["name_key"]]))
    if born := [row["born"] for row in it.records if row["born"]]:
        await ask(named.where(c.born.in_(born)))
    lives = sa.select(a.key).where(a.tenant == tenant, a.customer.in_(it.ids))
    await ask(named.where(c.id.in_(sa.select(a.customer).where(a.tenant == tenant, a.key.in_(lives)))))
    return sorted(found)
