"""Segments, who gives tags by rule or computation, and whose turn it is to renew those. No personal data."""

from __future__ import annotations

import sqlalchemy as sa

from qingting.records import metadata

segment = sa.Table(
    "customer_segment",
    metadata,
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("names", sa.JSON, nullable=False),
    # As it was sent: see `reading.py`.
    sa.Column("rule", sa.JSON, nullable=False),
    sa.Column("user_id", sa.String(80), nullable=False),
    sa.Column("changed_at", sa.Double, nullable=False),
    # How many fitted when they were last counted to the end.
    sa.Column("counted", sa.Integer),
    sa.Column("counted_at", sa.Double),
)

tagging = sa.Table(
    "customer_tagging",
    metadata,
    sa.Column("tenant", sa.String(40), primary_key=True),
    # Also the source of its tags.
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    # `rule`, or which computation.
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("layer", sa.String(12), nullable=False),
    sa.Column("tag", sa.String(60), nullable=False),
    sa.Column("enabled", sa.Boolean, nullable=False),
    # Of a rule; else what the computation goes by.
    sa.Column("rule", sa.JSON),
    sa.Column("settings", sa.JSON, nullable=False),
    sa.Column("user_id", sa.String(80), nullable=False),
    sa.Column("changed_at", sa.Double, nullable=False),
    # The last time that it was gone through, and what came of it.
    sa.Column("ran_at", sa.Double),
    sa.Column("tagged", sa.Integer, nullable=False, server_default="0"),
    sa.Column("added", sa.Integer, nullable=False, server_default="0"),
    sa.Column("withdrawn", sa.Integer, nullable=False, server_default="0"),
    # Why not, a code.
    sa.Column("problem", sa.String(60), nullable=False, server_default=""),
)

renewal = sa.Table(
    "customer_tag_renewal",
    metadata,
    # One row of a tenant that has any of the above: due at an instant, held by one process for a while.
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("due_at", sa.Double, nullable=False),
    sa.Column("holder", sa.String(40), nullable=False, server_default=""),
    sa.Column("held_until", sa.Double, nullable=False, server_default="0"),
    sa.Column("started_at", sa.Double),
    sa.Column("ended_at", sa.Double),
    sa.Column("problem", sa.String(60), nullable=False, server_default=""),
)
