"""Stated moments in a customer's timeline."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ..timeline import Asked, Moment, first
from . import tables as t


async def moments(connection: AsyncConnection, asked: Asked) -> list[Moment]:
    """`experience`: `situation`, `score` (null: not known), `origin`, `note`, `user_id`, `contact`."""
    if not asked.wants("experience"):
        return []
    m = t.moment.c
    query = sa.select(t.moment).where(m.tenant == asked.tenant, m.customer.in_(asked.customers))
    if asked.lines is not None:
        query = query.where(sa.or_(m.line == "", m.line.in_(sorted(asked.lines))))
    rows = (await connection.execute(first(connection, query, asked, m.at, "experience:", m.id))).mappings()
    told = ("situation", "score", "origin", "note", "user_id", "contact")
    return [
        Moment(row["at"], f"experience:{row['id']}", "experience", {name: row[name] for name in told}) for row in rows
    ]
