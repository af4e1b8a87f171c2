"""days of self-service

Quarters of an hour are merged into days when old. What is counted stays counted when contacts are folded anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
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
    _table("self_service_flow_day", {}, FLOW)
    _table("self_service_node_day", {"node": 200}, NODE)
    _table("self_service_way_day", {"source": 200, "target": 200, "via": 40}, ("times",))
    op.create_table(
        "self_service_counted",
        sa.Column("tenant", sa.String(40), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", name=op.f("pk_self_service_counted")),
    )
    op.execute("INSERT INTO self_service_counted (tenant, seq) SELECT tenant, seq FROM contacts_progress")


def _table(name: str, more: dict[str, int], sums: tuple[str, ...]) -> None:
    key = ("tenant", "flow", "day", "version", "line", *more)
    op.create_table(
        name,
        sa.Column("tenant", sa.String(40), nullable=False),
        sa.Column("flow", sa.String(80), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
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
    """Days that were merged cannot be taken apart."""
    for name in ("self_service_counted", "self_service_way_day", "self_service_node_day", "self_service_flow_day"):
        op.drop_table(name)
