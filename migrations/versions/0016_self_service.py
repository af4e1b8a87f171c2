"""self-service

Counts of flows, their nodes and the ways between, by quarter of an hour.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

FLOW = (
    "contacts", "contained", "handed", "partly", "lost", "later", "finished", "queries", "transactions", "seconds",
    "seconds_before_person", "looped", "rated", "content",
)  # fmt: skip
NODE = (
    "contacts", "visits", "seconds", "hops_before", "seconds_before", "succeeded", "looped", "missed", "to_person",
    "hung_up", "failures", "rated", "content",
)  # fmt: skip


def upgrade() -> None:
    _table("self_service_flow", {}, FLOW)
    _table("self_service_node", {"node": 200}, NODE)
    _table("self_service_way", {"source": 200, "target": 200, "via": 40}, ("times",))


def _table(name: str, more: dict[str, int], sums: tuple[str, ...]) -> None:
    key = ("tenant", "flow", "at", "version", "line", *more)
    op.create_table(
        name,
        sa.Column("tenant", sa.String(40), nullable=False),
        sa.Column("flow", sa.String(80), nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("line", sa.String(80), nullable=False),
        *(sa.Column(column, sa.String(length), nullable=False) for column, length in more.items()),
        *(
            sa.Column(column, sa.Double() if column.startswith("seconds") else sa.BigInteger(), nullable=False)
            for column in sums
        ),
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")),
    )


def downgrade() -> None:
    for name in ("self_service_way", "self_service_node", "self_service_flow"):
        op.drop_table(name)
