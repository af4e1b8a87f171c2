"""versions of flows at a time, with their cases and what they call"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_COLUMNS = (
    sa.Column("starts_at", sa.Double(), server_default="0", nullable=False),
    sa.Column("cases", sa.Text(), server_default="", nullable=False),
    sa.Column("calls", sa.JSON(), server_default="{}", nullable=False),
    sa.Column("back_to", sa.Integer(), server_default="0", nullable=False),
    sa.Column("withdrawn", sa.Boolean(), server_default=sa.false(), nullable=False),
)


def upgrade() -> None:
    with op.batch_alter_table("configuration_flow_version", schema=None) as batch_op:
        for column in _COLUMNS:
            batch_op.add_column(column)


def downgrade() -> None:
    with op.batch_alter_table("configuration_flow_version", schema=None) as batch_op:
        for column in reversed(_COLUMNS):
            batch_op.drop_column(column.name)
