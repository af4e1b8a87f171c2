"""Codes that were sent, and tries that were wrong. Subjects and codes stand here as keyed digests only."""

from __future__ import annotations

import sqlalchemy as sa

from qingting.records import metadata

code = sa.Table(
    "proof_code",
    metadata,
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("subject", sa.String(32), primary_key=True),
    # In which contact it is good; empty once it was used, or tried too often.
    sa.Column("contact", sa.String(80), nullable=False),
    sa.Column("code", sa.String(32), nullable=False),
    sa.Column("expires", sa.Double, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    # How many were sent since when.
    sa.Column("sent", sa.Integer, nullable=False),
    sa.Column("since", sa.Double, nullable=False),
    sa.Column("forget", sa.Double, nullable=False, index=True),
)

attempt = sa.Table(
    "proof_attempt",
    metadata,
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("subject", sa.String(32), primary_key=True),
    # In which it was tried last.
    sa.Column("contact", sa.String(80), nullable=False),
    # Counted before they are judged, so that many at once cannot slip through.
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("since", sa.Double, nullable=False),
    sa.Column("until", sa.Double, nullable=False),
    sa.Column("forget", sa.Double, nullable=False, index=True),
)
