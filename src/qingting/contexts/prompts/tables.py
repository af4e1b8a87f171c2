"""Prompts and their recordings. The files that the voice engine plays are made from these rows."""

from __future__ import annotations

import sqlalchemy as sa

from qingting.records import metadata

prompt = sa.Table(
    "prompt",
    metadata,
    sa.Column("tenant", sa.String(40), primary_key=True),
    # As flows name it.
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(80), nullable=False),
    # {language: what is said}
    sa.Column("texts", sa.JSON, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("user_id", sa.String(80), nullable=False),
    sa.Column("changed_at", sa.Double, nullable=False),
)

recording = sa.Table(
    "prompt_recording",
    metadata,
    sa.Column("tenant", sa.String(40), primary_key=True),
    # Of ours, or the name of a standard prompt.
    sa.Column("prompt", sa.String(64), primary_key=True),
    sa.Column("language", sa.String(20), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    # Which one callers hear; at most one of a prompt in a language.
    sa.Column("current", sa.Boolean, nullable=False),
    # recorded, uploaded
    sa.Column("source", sa.String(10), nullable=False),
    sa.Column("seconds", sa.Double, nullable=False),
    sa.Column("user_id", sa.String(80), nullable=False),
    sa.Column("by", sa.String(80), nullable=False),
    sa.Column("at", sa.Double, nullable=False),
    # WAV, 8 kHz, mono, 16 bit
    sa.Column("wav", sa.LargeBinary, nullable=False),
)
