"""Recordings and their pauses. The audio and the keys are in files; nothing here opens them."""

from __future__ import annotations

import sqlalchemy as sa

from ...records import metadata

recordings = sa.Table(
    "recordings",
    metadata,
    sa.Column("id", sa.String(100), primary_key=True),
    sa.Column("tenant", sa.String(40), nullable=False),
    sa.Column("contact", sa.String(80), nullable=False),
    sa.Column("assignment", sa.String(100), nullable=False),
    sa.Column("line", sa.String(80), nullable=False, server_default=""),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("started", sa.Double, nullable=False),
    sa.Column("ended", sa.Double),
    sa.Column("error", sa.String(80), nullable=False, server_default=""),
    sa.Column("trouble", sa.String(80), nullable=False, server_default=""),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("not_before", sa.Double, nullable=False, server_default="0"),
    # Known once it is ready:
    sa.Column("path", sa.String(200), nullable=False, server_default=""),
    sa.Column("rate", sa.Integer, nullable=False, server_default="0"),
    sa.Column("frames", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("skew_s", sa.Double, nullable=False, server_default="0"),
    sa.Column("peaks", sa.LargeBinary),
    sa.Index("ix_recordings_tenant_contact", "tenant", "contact"),
    sa.Index("ix_recordings_state_not_before", "state", "not_before"),
    sa.Index("ix_recordings_tenant_started", "tenant", "started"),
)
"""`state`: `recording`, `pending` (over, waits to be taken in), `ready`, `failed`. `error` with `ready` says what
is missing from it; `trouble` with `pending`, what keeps it from being taken in. `frames`: samples of each channel.
`skew_s`: by how much the shorter channel was filled up. `peaks`: one byte for each of n stretches of the
customer's channel, then n of the agent's."""

recording_pauses = sa.Table(
    "recording_pauses",
    metadata,
    sa.Column("tenant", sa.String(40), nullable=False),
    sa.Column("recording", sa.String(100), sa.ForeignKey("recordings.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("paused", sa.Double, primary_key=True),
    sa.Column("resumed", sa.Double),
)
