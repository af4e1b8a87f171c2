"""imports_foreseen

How many rows of a file have a number that is somebody else's as well.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("customer_import") as table:
        table.add_column(sa.Column("shared", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("customer_import") as table:
        table.drop_column("shared")
