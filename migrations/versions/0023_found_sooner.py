"""customers by a part of their name, on PostgreSQL; assignments by when they were offered"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

PAIRS = (
    "array_remove(string_to_array(regexp_replace(name_key, '(..)', '\\1 ', 'g') || ' '"
    " || regexp_replace(substr(name_key, 2), '(..)', '\\1 ', 'g'), ' '), '')"
)
OFFERED = "ix_contact_assignment_tenant_offered_at"


def upgrade() -> None:
    op.create_index(op.f(OFFERED), "contact_assignment", ["tenant", "offered_at"])
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_customer_pairs", "customer", [sa.text(PAIRS)], postgresql_using="gin")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_customer_pairs", table_name="customer")
    op.drop_index(op.f(OFFERED), table_name="contact_assignment")
