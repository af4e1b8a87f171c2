"""What was stated of customers' experience, who sees to those whose line falls, and the lines themselves in short."""

from __future__ import annotations

import sqlalchemy as sa

from qingting.records import metadata


def _theirs() -> sa.ForeignKeyConstraint:
    """Of one record, gone with it."""
    return sa.ForeignKeyConstraint(["tenant", "customer"], ["customer.tenant", "customer.id"], ondelete="CASCADE")


moment = sa.Table(
    "experience_moment",
    metadata,
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("customer", sa.String(40), nullable=False),
    sa.Column("situation", sa.String(20), nullable=False),
    # 1 to 5; none: not known how it was.
    sa.Column("score", sa.Double),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("origin", sa.String(40), nullable=False),
    # The other system's own key: said twice it is one.
    sa.Column("reference", sa.String(120)),
    sa.Column("contact", sa.String(80), nullable=False),
    sa.Column("line", sa.String(80), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("user_id", sa.String(80), nullable=False),
    sa.Column("written_at", sa.Double, nullable=False),
    _theirs(),
    sa.Index(None, "tenant", "customer", "at"),
    sa.Index(None, "tenant", "origin", "reference", unique=True),
)

recovery = sa.Table(
    "experience_recovery",
    metadata,
    # Somebody sees to a customer whose line falls: from taking it until it is done.
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("customer", sa.String(40), nullable=False),
    sa.Column("user_id", sa.String(80), nullable=False),
    sa.Column("taken_at", sa.Double, nullable=False),
    sa.Column("done_at", sa.Double),
    sa.Column("result", sa.String(20), nullable=False),
    _theirs(),
    sa.Index(None, "tenant", "customer", "taken_at"),
)

line = sa.Table(
    "experience_line",
    metadata,
    # In short, for lists: derived, and made anew whenever something happened. Of who stands for themselves.
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("customer", sa.String(40), primary_key=True),
    sa.Column("level", sa.Double, nullable=False),
    sa.Column("trend", sa.String(10), nullable=False),
    sa.Column("fell", sa.Double, nullable=False),
    # The last point that has a score, and the last contact.
    sa.Column("ended_at", sa.Double, nullable=False),
    sa.Column("contact", sa.String(80), nullable=False),
    sa.Column("contact_at", sa.Double),
    # Business line of the last point that has one.
    sa.Column("line", sa.String(80), nullable=False),
    # [[situation, code, amount]], what pulled it down.
    sa.Column("why", sa.JSON, nullable=False),
    # [[at, level, business line]], the last ones.
    sa.Column("spark", sa.JSON, nullable=False),
    # Of one that falls: `open`, `taken`, `done`; else empty.
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("recovery", sa.String(40), nullable=False),
    _theirs(),
    sa.Index(None, "tenant", "state", "ended_at", "customer"),
)
