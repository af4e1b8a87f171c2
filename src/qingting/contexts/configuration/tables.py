"""One table for every kind of configured thing: typed by `schemas`, kept as JSON, few enough to live in memory.

`configuration_revision` counts a tenant's changes: its row is taken first in every transaction, so that writers
of one tenant go one after the other, and readers elsewhere see by it that something changed.
"""

from __future__ import annotations

import sqlalchemy as sa

from qingting.records import metadata

revision = sa.Table(
    "configuration_revision",
    metadata,
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("revision", sa.BigInteger, nullable=False),
)

item = sa.Table(
    "configuration_item",
    metadata,
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("kind", sa.String(20), primary_key=True),
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("body", sa.JSON, nullable=False),
    sa.Column("secret", sa.Text),
    sa.Column("changed_at", sa.Double, nullable=False),
    sa.Column("changed_by", sa.String(80), nullable=False),
)

key = sa.Table(
    "configuration_key",
    metadata,
    # What must be there once: within a tenant, or (scope `*`) in all of them, as dialled numbers must.
    sa.Column("scope", sa.String(40), primary_key=True),
    sa.Column("key", sa.String(200), primary_key=True),
    sa.Column("tenant", sa.String(40), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("id", sa.String(40), nullable=False),
    sa.Index(None, "tenant", "kind", "id"),
)

flow_version = sa.Table(
    "configuration_flow_version",
    metadata,
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("flow", sa.String(40), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("published_at", sa.Double, nullable=False),
    sa.Column("published_by", sa.String(80), nullable=False),
    sa.Column("starts_at", sa.Double, nullable=False, server_default="0"),
    # Cases that it passed, kept with it.
    sa.Column("cases", sa.Text, nullable=False, server_default=""),
    # Versions of the flows that it calls, by flow.
    sa.Column("calls", sa.JSON, nullable=False, server_default="{}"),
    # Of which version it is the text once more; 0: of none.
    sa.Column("back_to", sa.Integer, nullable=False, server_default="0"),
    # Taken back before it started.
    sa.Column("withdrawn", sa.Boolean, nullable=False, server_default=sa.false()),
)

phone = sa.Table(
    "configuration_phone",
    metadata,
    # A SIP desk phone: its name on the wire cannot be guessed from the agent's number.
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("agent", sa.String(40), primary_key=True),
    sa.Column("username", sa.String(80), nullable=False, unique=True),
    sa.Column("secret", sa.Text, nullable=False),
    sa.Column("issued_at", sa.Double, nullable=False),
)
