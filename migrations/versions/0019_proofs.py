"""proofs

Codes that were sent, and tries that were wrong.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "proof_code",
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("contact", sa.String(length=80), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("expires", sa.Double(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.Column("forget", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "subject", name=op.f("pk_proof_code")),
    )
    op.create_index(op.f("ix_proof_code_forget"), "proof_code", ["forget"])
    op.create_table(
        "proof_attempt",
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=32), nullable=False),
        sa.Column("contact", sa.String(length=80), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.Column("until", sa.Double(), nullable=False),
        sa.Column("forget", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "subject", name=op.f("pk_proof_attempt")),
    )
    op.create_index(op.f("ix_proof_attempt_forget"), "proof_attempt", ["forget"])


def downgrade() -> None:
    op.drop_table("proof_attempt")
    op.drop_table("proof_code")
