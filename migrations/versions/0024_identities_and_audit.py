"""identities without a foreign key: an import asks for no customer that it has just written; the audit log by action
and by user"""

from __future__ import annotations

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

KEY = "fk_customer_identity_tenant_customer"
AUDIT = {"ix_audit_tenant_action": "action", "ix_audit_tenant_user": "user_id"}


def upgrade() -> None:
    with op.batch_alter_table("customer_identity") as batch_op:
        batch_op.drop_constraint(KEY, type_="foreignkey")
    for name, column in AUDIT.items():
        op.create_index(name, "audit", ["tenant", column, "id"])


def downgrade() -> None:
    for name in AUDIT:
        op.drop_index(name, table_name="audit")
    with op.batch_alter_table("customer_identity") as batch_op:
        batch_op.create_foreign_key(KEY, "customer", ["tenant", "customer"], ["tenant", "id"], ondelete="CASCADE")
