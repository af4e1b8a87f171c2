"""Who is told of what, and what is still to be told. Ids only: no personal data leaves by a webhook."""

from __future__ import annotations

import sqlalchemy as sa

from qingting.records import metadata

webhook = sa.Table(
    "webhook",
    metadata,
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("name", sa.String(80), nullable=False),
    sa.Column("url", sa.String(500), nullable=False),
    # Of `model.KINDS`.
    sa.Column("kinds", sa.JSON, nullable=False),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Column("sealed", sa.Text, nullable=False),
    # The secret before, which signs as well until then.
    sa.Column("old_sealed", sa.Text, nullable=False, server_default=""),
    sa.Column("old_until", sa.Double, nullable=False, server_default="0"),
    sa.Column("user_id", sa.String(80), nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    # Facts that were not queued because too many waited.
    sa.Column("dropped", sa.Integer, nullable=False, server_default="0"),
)

delivery = sa.Table(
    "webhook_delivery",
    metadata,
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("webhook", sa.String(40), nullable=False),
    sa.Column("kind", sa.String(40), nullable=False),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("data", sa.JSON, nullable=False),
    # waiting, sent, dead
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("due", sa.Double, nullable=False),
    # [{at, status, error, took_s}] of the last tries.
    sa.Column("attempts", sa.JSON, nullable=False),
    sa.ForeignKeyConstraint(["tenant", "webhook"], ["webhook.tenant", "webhook.id"], ondelete="CASCADE"),
    sa.Index("ix_webhook_delivery_state_due", "state", "due"),
    sa.Index("ix_webhook_delivery_webhook", "tenant", "webhook", "state", "id"),
)

progress = sa.Table(
    "webhook_progress",
    metadata,
    # Up to which entry of a stream all was queued; no row: nobody asks for it.
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("stream", sa.String(40), primary_key=True),
    sa.Column("seq", sa.BigInteger, nullable=False),
)
