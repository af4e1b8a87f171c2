"""Records are found to be the same customer, or not the same after all. Nothing is moved: see `merged.py`."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.errors import NotFound, Refused
from qingting.records import in_batches, new_id, tell

from . import tables as t
from .merged import standing
from .storing import alone

MOST = 100
"""Records that are one customer."""


async def merge(
    connection: AsyncConnection,
    tenant: str,
    source: str,
    target: str,
    user: str,
    why: str = "",
    seen: Mapping[str, int] | None = None,
) -> str:
    """`source` is the same customer as `target`, which stands for both; returns the merge's id. Said twice it is one.

    `seen`: versions, by id, as whoever decided saw them. Raises `NotFound("customer.unknown")`,
    `Refused("merge.itself" | "merge.too_many")`, with `seen` also `"merge.already" | "changed_meanwhile"`.
    """
    if source == target:
        raise Refused("merge.itself", "a record is the same as itself")
    await alone(connection, tenant)
    together = await beside(connection, tenant, [source, target])
    for id in (source, target):
        if id not in together:
            raise NotFound("customer.unknown", id=id)
    if seen and together[source] == together[target]:
        raise Refused("merge.already", "they are one customer by now")
    await _as_seen(connection, tenant, seen or {})
    if len(together) > MOST:
        raise Refused("merge.too_many", f"{MOST} records of one customer at most")
    m = t.merge.c
    same = (m.tenant == tenant, m.source == source, m.target == target, m.undone_at.is_(None))
    if (held := await connection.scalar(sa.select(m.id).where(*same))) is not None:
        return str(held)
    id = new_id()
    row = {"tenant": tenant, "id": id, "source": source, "target": target, "at": time.time(), "user_id": user}
    await connection.execute(t.merge.insert().values(**row, why=why))
    await stand(connection, tenant, together)
    await tell(connection, tenant, "customers", "customers_merged", {"merge": id, "source": source, "target": target})
    return id


async def unmerge(connection: AsyncConnection, tenant: str, id: str, user: str) -> tuple[str, str]:
    """It is taken back; returns (source, target). What was written since stays with the record that stood for both.

    Raises `NotFound("merge.unknown")`, `Refused("merge.undone")`.
    """
    await alone(connection, tenant)
    m = t.merge.c
    found = (await connection.execute(sa.select(t.merge).where(m.tenant == tenant, m.id == id))).first()
    if found is None:
        raise NotFound("merge.unknown", id=id)
    if found.undone_at is not None:
        raise Refused("merge.undone", "it was taken back already")
    together = await beside(connection, tenant, [found.source, found.target])
    done = t.merge.update().where(m.tenant == tenant, m.id == id)
    await connection.execute(done.values(undone_at=time.time(), undone_by=user))
    await stand(connection, tenant, together)
    told = {"merge": id, "source": found.source, "target": found.target}
    await tell(connection, tenant, "customers", "customers_unmerged", told)
    return found.source, found.target


async def of(connection: AsyncConnection, tenant: str, ids: Sequence[str]) -> list[dict[str, Any]]:
    """The merges that hold among these records, the latest first: `{id, source, target, at, user_id, why}`."""
    m = t.merge.c
    what = sa.select(m.id, m.source, m.target, m.at, m.user_id, m.why)
    rows = await connection.execute(
        what.where(m.tenant == tenant, m.source.in_(ids), m.undone_at.is_(None)).order_by(m.at.desc(), m.id)
    )
    return [dict(row) for row in rows.mappings()]


async def _as_seen(connection: AsyncConnection, tenant: str, seen: Mapping[str, int]) -> None:
    c = t.customer.c
    rows = await connection.execute(sa.select(c.id, c.version).where(c.tenant == tenant, c.id.in_(list(seen))))
    if {row.id: row.version for row in rows} != dict(seen):
        raise Refused("changed_meanwhile", "somebody else changed one of them meanwhile")


async def beside(connection: AsyncConnection, tenant: str, ids: Sequence[str]) -> dict[str, str]:
    """Every record that stands together with one of these → who stands for it."""
    c = t.customer.c
    stand = sa.select(c.current).where(c.tenant == tenant, c.id.in_(ids))
    rows = await connection.execute(sa.select(c.id, c.current).where(c.tenant == tenant, c.current.in_(stand)))
    return {row.id: row.current for row in rows}


async def stand(connection: AsyncConnection, tenant: str, before: dict[str, str]) -> None:
    """Who stands for whom now. Whoever has seen one of them as it was has seen another: its version is another."""
    c, m = t.customer.c, t.merge.c
    ids = sorted(before)
    held: list[tuple[str, str]] = []
    for some in in_batches(ids):
        rows = await connection.execute(
            sa.select(m.source, m.target).where(m.tenant == tenant, m.source.in_(some), m.undone_at.is_(None))
        )
        held += [(row.source, row.target) for row in rows]
    ours = (c.tenant == tenant, c.id.in_(ids))
    version = 1 + (await connection.scalar(sa.select(sa.func.max(c.version)).where(*ours)) or 0)
    mine = (c.tenant == tenant, c.id == sa.bindparam("of"))
    await connection.execute(
        t.customer.update().where(*mine).values(current=sa.bindparam("now")),
        [{"of": id, "now": current} for id, current in standing(ids, held).items()],
    )
    await connection.execute(t.customer.update().where(*ours).values(version=version, changed_at=time.time()))
