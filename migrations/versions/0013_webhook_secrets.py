"""webhook secrets

The secret before the present one, which signs as well for a day.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("webhook", schema=None) as batch_op:
        batch_op.add_column(sa.Column("old_sealed", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("old_until", sa.Double(), server_default="0", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("webhook", schema=None) as batch_op:
        batch_op.drop_column("old_until")
        batch_op.drop_column("old_sealed")
