"""Pairs that may be the same, as they were last found, and what people said of them."""

from __future__ import annotations

import sqlalchemy as sa

from qingting.records import metadata


def _of_customer(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant", column],
        ["customer.tenant", "customer.id"],
        ondelete="CASCADE",
        name=f"fk_{table}_{column}_customer",
    )


pair = sa.Table(
    "customer_pair",
    metadata,
    # Both stood for themselves when they were found; `a` sorts before `b`.
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("a", sa.String(40), primary_key=True),
    sa.Column("b", sa.String(40), primary_key=True),
    sa.Column("score", sa.Double, nullable=False),
    # Of `comparing.WEIGHTS`.
    sa.Column("why", sa.JSON, nullable=False),
    # When somebody put it off; 0: nobody did.
    sa.Column("put_off", sa.Double, nullable=False, server_default="0"),
    sa.Column("found_at", sa.Double, nullable=False),
    _of_customer("a", "customer_pair"),
    _of_customer("b", "customer_pair"),
    sa.Index(None, "tenant", "b"),
)

distinct = sa.Table(
    "customer_distinct",
    metadata,
    # Somebody said that these records are not the same customer. It holds for whoever stands for them.
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("a", sa.String(40), primary_key=True),
    sa.Column("b", sa.String(40), primary_key=True),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("user_id", sa.String(80), nullable=False),
    _of_customer("a", "customer_distinct"),
    _of_customer("b", "customer_distinct"),
    sa.Index(None, "tenant", "b"),
)

sweep = sa.Table(
    "customer_sweep",
    metadata,
    # The last time that all customers were compared.
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("started_at", sa.Double, nullable=False),
    # Whoever does it says so while they do; a process that died is taken over.
    sa.Column("beat_at", sa.Double, nullable=False),
    sa.Column("ended_at", sa.Double),
    # More pairs than are kept.
    sa.Column("full", sa.Boolean, nullable=False),
)
