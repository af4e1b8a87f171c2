"""households

Types of relations whose members' members belong to it as well.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("customer_relation_type", schema=None) as batch_op:
        batch_op.add_column(sa.Column("transitive", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("customer_relation_type", schema=None) as batch_op:
        batch_op.drop_column("transitive")
