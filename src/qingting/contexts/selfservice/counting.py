"""Contacts that are over are counted, many at a time, in the transaction that folds their end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.contexts.contacts.api import Ended, Passed, passed
from qingting.records_plain import execute_plain

from . import tables as t
from .model import Figures, Kind, Move, Totals, Walk, added, count

Kinds = Callable[[str, str, int], Awaitable[Mapping[str, Kind]]]
"""(tenant, flow, version) → what its nodes are; empty when nobody can read it any more."""
Key = tuple[str, int, int, str]
"""Flow, version, quarter, line."""


class Counting:
    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds

    async def __call__(self, connection: AsyncConnection, tenant: str, over: Sequence[Ended]) -> None:
        """Contacts that were told before, by a projection that begins anew, are counted already: their sums may be
        all that is left of them."""
        over = await _new(connection, tenant, over)
        found = await passed(connection, tenant, [row["id"] for _, row in over])
        flows: dict[Key, Totals] = {}
        nodes: dict[tuple[Key, str], Figures] = {}
        ways: dict[tuple[Key, str, str, str], int] = {}
        for _, row in over:
            told = found.get(row["id"], [])
            begun = next((it for it in told if it.node), None)
            if begun is None:  # nothing of self-service
                continue
            key = (begun.flow, begun.version, quarter(row["arrived_at"]), row["line"])
            counted = count(walk_of(told, row), await self._kinds(tenant, begun.flow, begun.version))
            flows[key] = added(flows.get(key, Totals()), counted.totals)
            for node, figures in counted.nodes.items():
                nodes[key, node] = added(nodes.get((key, node), Figures()), figures)
            for way, times in counted.ways.items():
                ways[key, *way] = ways.get((key, *way), 0) + times
        await add(connection, t.flow, (_row(tenant, k) | it._asdict() for k, it in flows.items()))
        named = (_row(tenant, k) | {"node": node} | it._asdict() for (k, node), it in nodes.items())
        await add(connection, t.node, named)
        gone = ((k, {"source": s, "target": to, "via": via, "times": n}) for (k, s, to, via), n in ways.items())
        await add(connection, t.way, (_row(tenant, k) | way for k, way in gone))


def quarter(at: float) -> int:
    return int(at // t.QUARTER_S) * t.QUARTER_S


def walk_of(told: Sequence[Passed], contact: Mapping[str, Any]) -> Walk:
    """Of one flow and version, that of the first move: a contact begins one."""
    begun = next(it for it in told if it.node)
    moves = [Move(it.at, it.node, it.via) for it in told if it.node and it[1:3] == begun[1:3]]
    pauses = [it.at for it in told if not it.node]
    if contact["ended_at"] is not None:
        pauses.append(contact["ended_at"])
    queued = next((it.at for it in told if it.via == "queue" and not it.node), None)
    return Walk(moves, pauses, queued, contact["outcome"])


async def add(connection: AsyncConnection, table: sa.Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """To what stands there, in an order that is everybody's, so that no two writers wait for each other."""
    key = [column.name for column in table.primary_key]
    found = sorted(rows, key=lambda row: [row[name] for name in key])
    await execute_plain(connection, _upsert(table, connection.dialect.name), found)


def _row(tenant: str, key: Key) -> dict[str, Any]:
    flow, version, at, line = key
    return {"tenant": tenant, "flow": flow, "at": at, "version": version, "line": line}


async def _new(connection: AsyncConnection, tenant: str, over: Sequence[Ended]) -> Sequence[Ended]:
    """Those that no sum tells of yet; from now on they are told."""
    c = t.counted.c
    known = await connection.scalar(sa.select(c.seq).where(c.tenant == tenant)) or 0
    new = [it for it in over if it.seq > known]
    if new:
        insert = _insert(connection.dialect.name)(t.counted)
        there = insert.on_conflict_do_update(index_elements=[c.tenant], set_={"seq": insert.excluded.seq})
        await connection.execute(there, {"tenant": tenant, "seq": max(it.seq for it in new)})
    return new


def _insert(dialect: str) -> Callable[[sa.Table], Any]:
    return postgresql.insert if dialect == "postgresql" else sqlite.insert


@cache
def _upsert(table: sa.Table, dialect: str) -> sa.Insert:
    insert = _insert(dialect)(table)
    added = {name: table.c[name] + insert.excluded[name] for name in t.sums_of(table)}
    there: sa.Insert = insert.on_conflict_do_update(index_elements=list(table.primary_key), set_=added)
    return there
