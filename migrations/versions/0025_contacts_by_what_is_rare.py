"""contacts by line, outcome and queue: what is rare is not looked for among all"""

from __future__ import annotations

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

CONTACT = {
    "ix_contact_tenant_line_arrived_at_id": ["tenant", "line", "arrived_at", "id"],
    "ix_contact_tenant_outcome_arrived_at_id": ["tenant", "outcome", "arrived_at", "id"],
}
QUEUE = "ix_contact_visit_tenant_queue_contact"


def upgrade() -> None:
    for name, columns in CONTACT.items():
        op.create_index(name, "contact", columns)
    op.create_index(QUEUE, "contact_visit", ["tenant", "queue", "contact"])


def downgrade() -> None:
    op.drop_index(QUEUE, table_name="contact_visit")
    for name in CONTACT:
        op.drop_index(name, table_name="contact")
