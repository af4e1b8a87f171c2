"""Views that were kept, and with which of them a person's list begins."""

from __future__ import annotations

import sqlalchemy as sa

from qingting.records import metadata

view = sa.Table(
    "customer_view",
    metadata,
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    # Whose it is: they change it, and whoever may share.
    sa.Column("user_id", sa.String(80), nullable=False),
    sa.Column("name", sa.String(80), nullable=False),
    # `own`, `team`, `everyone`
    sa.Column("audience", sa.String(10), nullable=False),
    sa.Column("team", sa.String(40), nullable=False),
    # As `asking.Filters`; empty fields are left out.
    sa.Column("filter", sa.JSON, nullable=False),
    sa.Column("columns", sa.JSON, nullable=False),
    sa.Column("sort", sa.String(10), nullable=False),
    sa.Column("changed_at", sa.Double, nullable=False),
    sa.Index(None, "tenant", "user_id"),
    sa.Index(None, "tenant", "audience"),
)

default = sa.Table(
    "customer_view_default",
    metadata,
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("user_id", sa.String(80), primary_key=True),
    sa.Column("view", sa.String(40), nullable=False),
    sa.ForeignKeyConstraint(["tenant", "view"], ["customer_view.tenant", "customer_view.id"], ondelete="CASCADE"),
    sa.Index(None, "tenant", "view"),
)
