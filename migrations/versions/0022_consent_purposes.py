"""purposes of consents"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

USUAL = ("marketing", "survey", "recording", "callback", "profiling")


def upgrade() -> None:
    made = op.create_table(
        "customer_purpose",
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_customer_purpose")),
    )
    assert made is not None
    said = sa.table("customer_consent", sa.column("tenant"), sa.column("purpose"))
    own = sa.select(said.c.tenant, said.c.purpose).where(said.c.purpose.not_in(USUAL)).distinct()
    rows = [
        {"tenant": tenant, "id": id, "version": 1, "names": {"en": id}, "retired": False}
        for tenant, id in op.get_bind().execute(own)
    ]
    if rows:
        op.bulk_insert(made, rows)


def downgrade() -> None:
    op.drop_table("customer_purpose")
