"""Turns, runs, holds and erasures. Ids and counts only: nothing here tells of whom they were."""

from __future__ import annotations

import sqlalchemy as sa

from qingting.records import metadata

turn = sa.Table(
    "retention_turn",
    metadata,
    # One process at a time works through a tenant: it holds the turn until then, and renews it with each batch.
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("next_at", sa.Double, nullable=False),
    sa.Column("last_at", sa.Double),
    sa.Column("holder", sa.String(40), nullable=False, server_default=""),
    sa.Column("until", sa.Double, nullable=False, server_default="0"),
)

run = sa.Table(
    "retention_run",
    metadata,
    # What went: one row for a kind and a pass; those in which nothing went are not kept.
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("days", sa.Integer, nullable=False),
    sa.Column("before", sa.Double, nullable=False),
    sa.Column("started_at", sa.Double, nullable=False),
    # None: under way, or its process was killed; whoever has the next turn finishes it.
    sa.Column("ended_at", sa.Double),
    sa.Column("erased", sa.Integer, nullable=False, server_default="0"),
    sa.Column("held", sa.Integer, nullable=False, server_default="0"),
    # The kind of the error that ended it.
    sa.Column("trouble", sa.String(80), nullable=False, server_default=""),
)

hold = sa.Table(
    "retention_hold",
    metadata,
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("id", sa.String(40), primary_key=True),
    # `customer` or `contact`, and its id.
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("target", sa.String(80), nullable=False),
    sa.Column("reason", sa.String(200), nullable=False),
    sa.Column("user_id", sa.String(80), nullable=False),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("lifted_at", sa.Double),
    sa.Column("lifted_by", sa.String(80), nullable=False, server_default=""),
)

erasure = sa.Table(
    "erasure",
    metadata,
    # One person's, on request: written before anything goes, so that it is finished whatever happens, and done again
    # on what an older backup brings back.
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("user_id", sa.String(80), nullable=False),
    sa.Column("customers", sa.JSON, nullable=False),
    sa.Column("contacts", sa.JSON, nullable=False),
    # Callbacks and messages.
    sa.Column("others", sa.JSON, nullable=False),
    # Into the journal's erasable table.
    sa.Column("refs", sa.JSON, nullable=False),
    sa.Column("recordings", sa.Boolean, nullable=False),
    sa.Column("done_at", sa.Double),
    # A conversation of theirs goes on: what it still leaves is erased when it is over.
    sa.Column("waiting", sa.Boolean, nullable=False, server_default=sa.false()),
)
