"""Counts of self-service by quarter of an hour: nothing personal, no contact, sums only.

`at`: the beginning of the quarter (UTC epoch seconds) in which the contacts arrived, of a zone of any country; each
contact is counted once, when it is over, in the transaction that folds its end.
"""

from __future__ import annotations

import sqlalchemy as sa

from qingting.records import metadata

from .model import Figures, Totals

QUARTER_S = 900


def _key(*more: sa.Column[str]) -> list[sa.Column[str] | sa.Column[int]]:
    return [
        sa.Column("tenant", sa.String(40), primary_key=True),
        sa.Column("flow", sa.String(80), primary_key=True),
        sa.Column("at", sa.BigInteger, primary_key=True, autoincrement=False),
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


flow = sa.Table("self_service_flow", metadata, *_key(), *_sums(Totals._fields))

node = sa.Table(
    "self_service_node",
    metadata,
    *_key(sa.Column("node", sa.String(200), primary_key=True)),
    *_sums(Figures._fields),
)

way = sa.Table(
    "self_service_way",
    metadata,
    # `source` is empty where the flow began.
    *_key(
        sa.Column("source", sa.String(200), primary_key=True),
        sa.Column("target", sa.String(200), primary_key=True),
        sa.Column("via", sa.String(40), primary_key=True),
    ),
    sa.Column("times", sa.BigInteger, nullable=False),
)
