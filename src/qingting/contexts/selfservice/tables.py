"""Counts of self-service: nothing personal, no contact, sums only.

By quarter of an hour at first. `at`: the beginning of the quarter (UTC epoch seconds) in which the contacts arrived,
of a zone of any country; each contact is counted once, when it is over, in the transaction that folds its end.

Then by day (`retention.py`). `day`: as the tenant's calendar had it when it was merged; who moves to another
zone keeps the days they had. A contact stands in a quarter or in a day, never in both.
"""

from __future__ import annotations

import sqlalchemy as sa

from qingting.records import metadata

from .model import Figures, Totals

QUARTER_S = 900


def _at() -> sa.Column[int]:
    return sa.Column("at", sa.BigInteger, primary_key=True, autoincrement=False)


def _day() -> sa.Column[str]:
    return sa.Column("day", sa.String(10), primary_key=True)


def _key(when: sa.Column[int] | sa.Column[str], *more: sa.Column[str]) -> list[sa.Column[str] | sa.Column[int]]:
    return [
        sa.Column("tenant", sa.String(40), primary_key=True),
        sa.Column("flow", sa.String(80), primary_key=True),
        when,
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("line", sa.String(80), primary_key=True),
        *more,
    ]


def _sums(fields: tuple[str, ...]) -> list[sa.Column[float] | sa.Column[int]]:
    return [
        sa.Column(name, sa.Double, nullable=False)
        if name.startswith("seconds")
        else sa.Column(name, sa.BigInteger, nullable=False)
        for name in fields
    ]


def _node() -> sa.Column[str]:
    return sa.Column("node", sa.String(200), primary_key=True)


def _way() -> list[sa.Column[str]]:
    # `source` is empty where the flow began.
    return [
        sa.Column("source", sa.String(200), primary_key=True),
        sa.Column("target", sa.String(200), primary_key=True),
        sa.Column("via", sa.String(40), primary_key=True),
    ]


flow = sa.Table("self_service_flow", metadata, *_key(_at()), *_sums(Totals._fields))
node = sa.Table("self_service_node", metadata, *_key(_at(), _node()), *_sums(Figures._fields))
way = sa.Table("self_service_way", metadata, *_key(_at(), *_way()), *_sums(("times",)))

flow_day = sa.Table("self_service_flow_day", metadata, *_key(_day()), *_sums(Totals._fields))
node_day = sa.Table("self_service_node_day", metadata, *_key(_day(), _node()), *_sums(Figures._fields))
way_day = sa.Table("self_service_way_day", metadata, *_key(_day(), *_way()), *_sums(("times",)))

DAYS = {flow: flow_day, node: node_day, way: way_day}
"""Of quarters, where they are merged. A row of `node` or `way` never stands without one of `flow`."""

counted = sa.Table(
    "self_service_counted",
    metadata,
    # The last journal entry that ended a contact which is counted. It stays when contacts are folded anew.
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
)


def sums_of(table: sa.Table) -> list[str]:
    return [column.name for column in table.c if not column.primary_key]
