"""Tables of people. No secret stands here in the clear: passwords are argon2, tokens SHA-256, TOTP keys sealed."""

from __future__ import annotations

import sqlalchemy as sa

from ...records import metadata

tenants = sa.Table(
    "tenants",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("code", sa.String(40), nullable=False, unique=True),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("timezone", sa.String(60), nullable=False),
    sa.Column("created", sa.Double, nullable=False),
)


def _tenant() -> sa.Column[str]:
    return sa.Column("tenant", sa.String(40), sa.ForeignKey("tenants.id"), nullable=False)


def _user() -> sa.Column[str]:
    return sa.Column("user_id", sa.String(40), sa.ForeignKey("users.id"), nullable=False, index=True)


users = sa.Table(
    "users",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    _tenant(),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("name_key", sa.String(128), nullable=False),
    sa.Column("display_name", sa.String(100), nullable=False),
    sa.Column("mail", sa.String(254), nullable=False),
    sa.Column("mail_key", sa.String(512)),
    sa.Column("language", sa.String(10), nullable=False),
    sa.Column("agent", sa.String(40)),
    sa.Column("roles", sa.JSON, nullable=False),
    sa.Column("sites", sa.JSON, nullable=False),
    sa.Column("lines", sa.JSON, nullable=False),
    sa.Column("password", sa.String(200)),
    sa.Column("must_change", sa.Boolean, nullable=False),
    sa.Column("totp", sa.String(400)),
    sa.Column("totp_pending", sa.String(400)),
    sa.Column("totp_step", sa.BigInteger, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("created", sa.Double, nullable=False),
    sa.Column("last_seen", sa.Double),
    sa.UniqueConstraint("tenant", "name_key"),
    sa.UniqueConstraint("tenant", "mail_key"),
    sa.UniqueConstraint("tenant", "agent"),
)
"""`name_key`, `mail_key`: as compared, without case. `totp_step`: the last time step whose code was used."""

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    _tenant(),
    _user(),
    sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("created", sa.Double, nullable=False),
    sa.Column("seen", sa.Double, nullable=False),
    sa.Column("expires", sa.Double, nullable=False),
    sa.Column("address", sa.String(60), nullable=False),
    sa.Column("device", sa.String(200), nullable=False),
)

recovery_codes = sa.Table(
    "recovery_codes",
    metadata,
    _tenant(),
    sa.Column("user_id", sa.String(40), sa.ForeignKey("users.id"), primary_key=True),
    sa.Column("code_hash", sa.String(64), primary_key=True),
)

links = sa.Table(
    "links",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    _tenant(),
    _user(),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("created", sa.Double, nullable=False),
    sa.Column("expires", sa.Double, nullable=False),
)
"""Single use: `invitation`, `reset`. Following one takes the row away."""

api_tokens = sa.Table(
    "api_tokens",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    _tenant(),
    _user(),
    sa.Column("name", sa.String(100), nullable=False),
    sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("permissions", sa.JSON, nullable=False),
    sa.Column("created", sa.Double, nullable=False),
    sa.Column("expires", sa.Double),
    sa.Column("last_used", sa.Double),
)

attempts = sa.Table(
    "attempts",
    metadata,
    sa.Column("key", sa.String(64), primary_key=True),
    sa.Column("subject", sa.String(64), nullable=False, index=True),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("until", sa.Double, nullable=False),
    sa.Column("forget", sa.Double, nullable=False),
)
"""Guesses by what is guessed at (`subject`) and from where: hashes, since names that nobody has come here too."""

known_addresses = sa.Table(
    "known_addresses",
    metadata,
    _tenant(),
    sa.Column("user_id", sa.String(40), sa.ForeignKey("users.id"), primary_key=True),
    sa.Column("address_hash", sa.String(64), primary_key=True),
    sa.Column("seen", sa.Double, nullable=False, index=True),
)
"""Whence a person has proven who they are lately: others' guessing elsewhere does not slow them down there."""

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", sa.String(40), primary_key=True),
    _tenant(),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("user_id", sa.String(40), nullable=False),
    sa.Column("action", sa.String(80), nullable=False),
    sa.Column("target", sa.String(120), nullable=False),
    sa.Column("detail", sa.JSON, nullable=False),
    sa.Column("address", sa.String(60), nullable=False),
    sa.Column("via", sa.String(60), nullable=False),
    sa.Index("ix_audit_tenant_id", "tenant", "id"),
    sa.Index("ix_audit_tenant_at", "tenant", "at"),
    sa.Index("ix_audit_tenant_action", "tenant", "action", "id"),
    sa.Index("ix_audit_tenant_user", "tenant", "user_id", "id"),
)
