"""customer lists

Indices by which lists of customers find the few who fit: by kind, by language, by what they said of a
consent; who stands for themselves is told by an index alone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_customer_tenant_current_id"), "customer", ["tenant", "current", "id"])
    op.drop_index(op.f("ix_customer_tenant_current"), table_name="customer")
    no_person, spoken = sa.text("kind != 'person'"), sa.text("language != ''")
    op.create_index(
        "ix_customer_kind",
        "customer",
        ["tenant", "kind", "id"],
        sqlite_where=no_person,
        postgresql_where=no_person,
    )
    op.create_index(
        "ix_customer_language",
        "customer",
        ["tenant", "language", "id"],
        sqlite_where=spoken,
        postgresql_where=spoken,
    )
    op.create_index(
        op.f("ix_customer_consent_tenant_purpose_given_medium_customer"),
        "customer_consent",
        ["tenant", "purpose", "given", "medium", "customer"],
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_customer_consent_tenant_purpose_given_medium_customer"), table_name="customer_consent")
    op.drop_index("ix_customer_language", table_name="customer")
    op.drop_index("ix_customer_kind", table_name="customer")
    op.create_index(op.f("ix_customer_tenant_current"), "customer", ["tenant", "current"])
    op.drop_index(op.f("ix_customer_tenant_current_id"), table_name="customer")
