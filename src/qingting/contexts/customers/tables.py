"""Customers, and by what they are known. Personal data: erased on request, kept apart from any journal."""

from __future__ import annotations

import sqlalchemy as sa

from qingting.records import metadata

customer = sa.Table(
    "customer",
    metadata,
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("since", sa.String(10), nullable=False, server_default=""),
    # For rules of routing: codes and numbers such as `vip`.
    sa.Column("attributes", sa.JSON, nullable=False, server_default="{}"),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("changed_at", sa.Double, nullable=False),
)

identity = sa.Table(
    "customer_identity",
    metadata,
    # One identity leads to one customer of a tenant.
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("kind", sa.String(20), primary_key=True),
    sa.Column("value", sa.String(120), primary_key=True),
    sa.Column("customer", sa.String(40), nullable=False),
    sa.ForeignKeyConstraint(["tenant", "customer"], ["customer.tenant", "customer.id"], ondelete="CASCADE"),
    sa.Index(None, "tenant", "customer"),
)
"""`kind`: `phone` (value in E.164)."""
