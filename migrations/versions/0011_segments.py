"""segments

Segments, who gives tags by rule or computation, and whose turn it is to renew those.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customer_segment",
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=False),
        sa.Column("user_id", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=True),
        sa.Column("counted_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_customer_segment")),
    )
    op.create_table(
        "customer_tagging",
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("layer", sa.String(length=12), nullable=False),
        sa.Column("tag", sa.String(length=60), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("rule", sa.JSON(), nullable=True),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.Column("user_id", sa.String(length=80), nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.Column("ran_at", sa.Double(), nullable=True),
        sa.Column("tagged", sa.Integer(), server_default="0", nullable=False),
        sa.Column("added", sa.Integer(), server_default="0", nullable=False),
        sa.Column("withdrawn", sa.Integer(), server_default="0", nullable=False),
        sa.Column("problem", sa.String(length=60), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_customer_tagging")),
    )
    op.create_table(
        "customer_tag_renewal",
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("due_at", sa.Double(), nullable=False),
        sa.Column("holder", sa.String(length=40), server_default="", nullable=False),
        sa.Column("held_until", sa.Double(), server_default="0", nullable=False),
        sa.Column("started_at", sa.Double(), nullable=True),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.Column("problem", sa.String(length=60), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_customer_tag_renewal")),
    )


def downgrade() -> None:
    op.drop_table("customer_tag_renewal")
    op.drop_table("customer_tagging")
    op.drop_table("customer_segment")
