"""references

What is known of contacts is folded from the journal once more, so that it tells who holds which reference, and what
waiting made easier. What people wrote themselves stays.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

FOLDED = (
    "contact_event",
    "contact_assignment",
    "contact_visit",
    "contact",
    "contacts_queue_rules",
    "contacts_progress",
)


def upgrade() -> None:
    for table in FOLDED:
        op.execute(sa.delete(sa.table(table)))
    op.create_table(
        "contact_reference",
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("ref", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("contact", sa.String(length=80), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=True),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("tenant", "holder", "ref", name=op.f("pk_contact_reference")),
    )
    with op.batch_alter_table("contact_reference", schema=None) as batch_op:
        for column in ("ref", "contact", "number", "ended_at"):
            batch_op.create_index(
                batch_op.f(f"ix_contact_reference_tenant_{column}"), ["tenant", column], unique=False
            )
    with op.batch_alter_table("contacts_queue_rules", schema=None) as batch_op:
        batch_op.add_column(sa.Column("relax", sa.JSON(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("contacts_queue_rules", schema=None) as batch_op:
        batch_op.drop_column("relax")
    op.drop_table("contact_reference")
