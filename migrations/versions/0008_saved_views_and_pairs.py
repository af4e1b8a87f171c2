"""saved views and pairs

Searches of customers that people keep; who may be the same customer, as it was last found and decided.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customer_sweep",
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("started_at", sa.Double(), nullable=False),
        sa.Column("beat_at", sa.Double(), nullable=False),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.Column("full", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_customer_sweep")),
    )
    op.create_table(
        "customer_view",
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("audience", sa.String(length=10), nullable=False),
        sa.Column("team", sa.String(length=40), nullable=False),
        sa.Column("filter", sa.JSON(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("sort", sa.String(length=10), nullable=False),
        sa.Column("changed_at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_customer_view")),
    )
    with op.batch_alter_table("customer_view", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_view_tenant_audience"), ["tenant", "audience"], unique=False)
        batch_op.create_index(batch_op.f("ix_customer_view_tenant_user_id"), ["tenant", "user_id"], unique=False)

    op.create_table(
        "customer_distinct",
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("a", sa.String(length=40), nullable=False),
        sa.Column("b", sa.String(length=40), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("user_id", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "a"],
            ["customer.tenant", "customer.id"],
            name="fk_customer_distinct_a_customer",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "b"],
            ["customer.tenant", "customer.id"],
            name="fk_customer_distinct_b_customer",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "a", "b", name=op.f("pk_customer_distinct")),
    )
    with op.batch_alter_table("customer_distinct", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_distinct_tenant_b"), ["tenant", "b"], unique=False)

    op.create_table(
        "customer_pair",
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("a", sa.String(length=40), nullable=False),
        sa.Column("b", sa.String(length=40), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("put_off", sa.Double(), server_default="0", nullable=False),
        sa.Column("found_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "a"],
            ["customer.tenant", "customer.id"],
            name="fk_customer_pair_a_customer",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "b"],
            ["customer.tenant", "customer.id"],
            name="fk_customer_pair_b_customer",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "a", "b", name=op.f("pk_customer_pair")),
    )
    with op.batch_alter_table("customer_pair", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_pair_tenant_b"), ["tenant", "b"], unique=False)

    op.create_table(
        "customer_view_default",
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("user_id", sa.String(length=80), nullable=False),
        sa.Column("view", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "view"],
            ["customer_view.tenant", "customer_view.id"],
            name=op.f("fk_customer_view_default_tenant_customer_view"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "user_id", name=op.f("pk_customer_view_default")),
    )
    with op.batch_alter_table("customer_view_default", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_customer_view_default_tenant_view"), ["tenant", "view"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("customer_view_default", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_view_default_tenant_view"))

    op.drop_table("customer_view_default")
    with op.batch_alter_table("customer_pair", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_pair_tenant_b"))

    op.drop_table("customer_pair")
    with op.batch_alter_table("customer_distinct", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_distinct_tenant_b"))

    op.drop_table("customer_distinct")
    with op.batch_alter_table("customer_view", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_customer_view_tenant_user_id"))
        batch_op.drop_index(batch_op.f("ix_customer_view_tenant_audience"))

    op.drop_table("customer_view")
    op.drop_table("customer_sweep")
