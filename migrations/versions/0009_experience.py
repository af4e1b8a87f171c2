"""The experience line

What was stated of customers' experience, who sees to those whose line falls, and the lines in short.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _customers(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant", "customer"],
        ["customer.tenant", "customer.id"],
        name=op.f(f"fk_{table}_tenant_customer"),
        ondelete="CASCADE",
    )


def upgrade() -> None:
    op.create_table(
        "experience_moment",
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("customer", sa.String(length=40), nullable=False),
        sa.Column("situation", sa.String(length=20), nullable=False),
        sa.Column("score", sa.Double(), nullable=True),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=120), nullable=True),
        sa.Column("contact", sa.String(length=80), nullable=False),
        sa.Column("line", sa.String(length=80), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("user_id", sa.String(length=80), nullable=False),
        sa.Column("written_at", sa.Double(), nullable=False),
        _customers("experience_moment"),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_experience_moment")),
    )
    op.create_table(
        "experience_recovery",
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("customer", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=80), nullable=False),
        sa.Column("taken_at", sa.Double(), nullable=False),
        sa.Column("done_at", sa.Double(), nullable=True),
        sa.Column("result", sa.String(length=20), nullable=False),
        _customers("experience_recovery"),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_experience_recovery")),
    )
    op.create_table(
        "experience_line",
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("customer", sa.String(length=40), nullable=False),
        sa.Column("level", sa.Double(), nullable=False),
        sa.Column("trend", sa.String(length=10), nullable=False),
        sa.Column("fell", sa.Double(), nullable=False),
        sa.Column("ended_at", sa.Double(), nullable=False),
        sa.Column("contact", sa.String(length=80), nullable=False),
        sa.Column("contact_at", sa.Double(), nullable=True),
        sa.Column("line", sa.String(length=80), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("spark", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("recovery", sa.String(length=40), nullable=False),
        _customers("experience_line"),
        sa.PrimaryKeyConstraint("tenant", "customer", name=op.f("pk_experience_line")),
    )
    with op.batch_alter_table("experience_moment", schema=None) as batch_op:
        batch_op.create_index("ix_experience_moment_tenant_customer_at", ["tenant", "customer", "at"])
        batch_op.create_index(
            "ix_experience_moment_tenant_origin_reference", ["tenant", "origin", "reference"], unique=True
        )
    with op.batch_alter_table("experience_recovery", schema=None) as batch_op:
        batch_op.create_index("ix_experience_recovery_tenant_customer_taken_at", ["tenant", "customer", "taken_at"])
    with op.batch_alter_table("experience_line", schema=None) as batch_op:
        batch_op.create_index(
            "ix_experience_line_tenant_state_ended_at_customer", ["tenant", "state", "ended_at", "customer"]
        )


def downgrade() -> None:
    op.drop_table("experience_line")
    op.drop_table("experience_recovery")
    op.drop_table("experience_moment")
