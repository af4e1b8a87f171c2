"""whole_customers

A customer's record becomes whole: kinds of identities, tags, consents, relations, merges. What was known stays: those
who are there stand for themselves, and their numbers are theirs as they were.
"""

from __future__ import annotations

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KEY = sa.String(length=200).with_variant(sa.String(length=200, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "customer_field",
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("type", sa.String(length=10), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("searchable", sa.Boolean(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_customer_field")),
    )
    op.create_table(
        "customer_merge",
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("target", sa.String(length=40), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("user_id", sa.String(length=80), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("undone_at", sa.Double(), nullable=True),
        sa.Column("undone_by", sa.String(length=80), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_customer_merge")),
    )
    with op.batch_alter_table("customer_merge", schema=None) as batch:
        batch.create_index(batch.f("ix_customer_merge_tenant_source"), ["tenant", "source"], unique=False)
        batch.create_index(batch.f("ix_customer_merge_tenant_target"), ["tenant", "target"], unique=False)

    op.create_table(
        "customer_relation_type",
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("names", sa.JSON(), nullable=False),
        sa.Column("back", sa.JSON(), nullable=False),
        sa.Column("target", sa.String(length=10), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_customer_relation_type")),
    )
    # On SQLite a table that is altered is made anew, and what hangs on it goes with the old one: numbers wait aside.
    op.execute("CREATE TABLE identity_aside AS SELECT tenant, kind, value, customer FROM customer_identity")
    op.drop_table("customer_identity")
    with op.batch_alter_table("customer", schema=None) as batch:
        batch.add_column(sa.Column("current", sa.String(length=40), nullable=True))
        batch.add_column(sa.Column("external_id", sa.String(length=120), nullable=True))
        batch.add_column(sa.Column("kind", sa.String(length=12), server_default="person", nullable=False))
        batch.add_column(sa.Column("name_key", KEY, server_default="", nullable=False))
        batch.add_column(sa.Column("language", sa.String(length=20), server_default="", nullable=False))
        batch.add_column(sa.Column("born", sa.String(length=10), server_default="", nullable=False))
        batch.add_column(sa.Column("fields", sa.JSON(), server_default="{}", nullable=False))
    op.execute("UPDATE customer SET current = id")
    _name_keys()
    with op.batch_alter_table("customer", schema=None) as batch:
        batch.alter_column("current", existing_type=sa.String(length=40), nullable=False)
        batch.alter_column("name", existing_type=sa.String(length=80), type_=sa.String(length=500))
        batch.create_index(batch.f("ix_customer_tenant_changed_at_id"), ["tenant", "changed_at", "id"], unique=False)
        batch.create_index(batch.f("ix_customer_tenant_current"), ["tenant", "current"], unique=False)
        batch.create_index(batch.f("ix_customer_tenant_external_id"), ["tenant", "external_id"], unique=True)
        batch.create_index(batch.f("ix_customer_tenant_name_key_id"), ["tenant", "name_key", "id"], unique=False)
    op.create_table(
        "customer_identity",
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=254), nullable=False),
        sa.Column("customer", sa.String(length=40), nullable=False),
        sa.Column("level", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("origin", sa.String(length=40), server_default="", nullable=False),
        sa.Column("tail", sa.String(length=4), server_default="", nullable=False),
        sa.Column("at", sa.Double(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "customer"],
            ["customer.tenant", "customer.id"],
            name=op.f("fk_customer_identity_tenant_customer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "kind", "value", "customer", name=op.f("pk_customer_identity")),
    )
    op.execute(
        "INSERT INTO customer_identity (tenant, kind, value, customer, tail)"
        " SELECT tenant, kind, value, customer, substr(value, length(value) - 3) FROM identity_aside"
    )
    op.drop_table("identity_aside")
    with op.batch_alter_table("customer_identity", schema=None) as batch:
        batch.create_index(batch.f("ix_customer_identity_tenant_customer"), ["tenant", "customer"], unique=False)
        batch.create_index(batch.f("ix_customer_identity_tenant_tail"), ["tenant", "tail"], unique=False)
    _hanging_on_customers()


def _name_keys() -> None:
    """By which names are found: width, case, spaces and signs do not matter."""
    customer = sa.table("customer", sa.column("tenant"), sa.column("id"), sa.column("name"), sa.column("name_key"))
    ours = (customer.c.tenant == sa.bindparam("of"), customer.c.id == sa.bindparam("who"))
    connection = op.get_bind()
    rows = []
    for tenant, id, name in connection.execute(sa.select(customer.c.tenant, customer.c.id, customer.c.name)):
        text = unicodedata.normalize("NFKC", name).casefold()
        key = "".join(c for c in text if unicodedata.category(c)[0] not in "ZCP")[:200]
        rows.append({"of": tenant, "who": id, "name_key": key})
    if rows:
        connection.execute(sa.update(customer).where(*ours).values(name_key=sa.bindparam("name_key")), rows)


def _hanging_on_customers() -> None:
    op.create_table(
        "customer_address",
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("customer", sa.String(length=40), nullable=False),
        sa.Column("key", KEY, nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("purpose", sa.String(length=40), server_default="", nullable=False),
        sa.Column("used_at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "customer"],
            ["customer.tenant", "customer.id"],
            name=op.f("fk_customer_address_tenant_customer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "customer", "key", name=op.f("pk_customer_address")),
    )
    with op.batch_alter_table("customer_address", schema=None) as batch:
        batch.create_index(batch.f("ix_customer_address_tenant_key"), ["tenant", "key"], unique=False)

    op.create_table(
        "customer_book",
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("customer", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=254), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "customer"],
            ["customer.tenant", "customer.id"],
            name=op.f("fk_customer_book_tenant_customer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_customer_book")),
    )
    with op.batch_alter_table("customer_book", schema=None) as batch:
        batch.create_index(batch.f("ix_customer_book_tenant_customer"), ["tenant", "customer"], unique=False)

    op.create_table(
        "customer_consent",
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("customer", sa.String(length=40), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("medium", sa.String(length=10), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("how", sa.String(length=200), server_default="", nullable=False),
        sa.Column("user_id", sa.String(length=80), server_default="", nullable=False),
        sa.Column("contact", sa.String(length=80), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "customer"],
            ["customer.tenant", "customer.id"],
            name=op.f("fk_customer_consent_tenant_customer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "customer", "purpose", "medium", "at", name=op.f("pk_customer_consent")),
    )
    op.create_table(
        "customer_field_index",
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("customer", sa.String(length=40), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("text", KEY, nullable=False),
        sa.Column("number", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant", "customer"],
            ["customer.tenant", "customer.id"],
            name=op.f("fk_customer_field_index_tenant_customer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "customer", "field", name=op.f("pk_customer_field_index")),
    )
    with op.batch_alter_table("customer_field_index", schema=None) as batch:
        batch.create_index(
            batch.f("ix_customer_field_index_tenant_field_number"), ["tenant", "field", "number"], unique=False
        )
        batch.create_index(
            batch.f("ix_customer_field_index_tenant_field_text"), ["tenant", "field", "text"], unique=False
        )

    op.create_table(
        "customer_note",
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("customer", sa.String(length=40), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("user_id", sa.String(length=80), nullable=False),
        sa.Column("contact", sa.String(length=80), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "customer"],
            ["customer.tenant", "customer.id"],
            name=op.f("fk_customer_note_tenant_customer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_customer_note")),
    )
    with op.batch_alter_table("customer_note", schema=None) as batch:
        batch.create_index(batch.f("ix_customer_note_tenant_customer_at"), ["tenant", "customer", "at"], unique=False)

    op.create_table(
        "customer_relation",
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("customer", sa.String(length=40), nullable=False),
        sa.Column("other", sa.String(length=40), nullable=True),
        sa.Column("thing", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.String(length=500), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "customer"],
            ["customer.tenant", "customer.id"],
            name=op.f("fk_customer_relation_tenant_customer"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant", "other"],
            ["customer.tenant", "customer.id"],
            name="fk_customer_relation_other_customer",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_customer_relation")),
    )
    with op.batch_alter_table("customer_relation", schema=None) as batch:
        batch.create_index(batch.f("ix_customer_relation_tenant_customer"), ["tenant", "customer"], unique=False)
        batch.create_index(batch.f("ix_customer_relation_tenant_other"), ["tenant", "other"], unique=False)

    op.create_table(
        "customer_tag",
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("customer", sa.String(length=40), nullable=False),
        sa.Column("layer", sa.String(length=12), nullable=False),
        sa.Column("tag", sa.String(length=60), nullable=False),
        sa.Column("origin", sa.String(length=12), nullable=False),
        sa.Column("source", sa.String(length=80), server_default="", nullable=False),
        sa.Column("confidence", sa.Double(), server_default="1", nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "customer"],
            ["customer.tenant", "customer.id"],
            name=op.f("fk_customer_tag_tenant_customer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "customer", "layer", "tag", "origin", name=op.f("pk_customer_tag")),
    )
    with op.batch_alter_table("customer_tag", schema=None) as batch:
        batch.create_index(
            batch.f("ix_customer_tag_tenant_tag_customer"), ["tenant", "tag", "customer"], unique=False
        )


def downgrade() -> None:
    for table in ("tag", "address", "consent", "field_index", "relation", "note", "book"):
        op.drop_table(f"customer_{table}")
    for table in ("relation_type", "merge", "field"):
        op.drop_table(f"customer_{table}")
    # One customer a number: the oldest who has it.
    op.execute(
        "CREATE TABLE identity_aside AS SELECT tenant, kind, value, min(customer) AS customer FROM customer_identity"
        " WHERE length(value) <= 120 GROUP BY tenant, kind, value"
    )
    op.drop_table("customer_identity")
    op.execute("UPDATE customer SET name = substr(name, 1, 80)")
    with op.batch_alter_table("customer", schema=None) as batch:
        for columns in ("name_key_id", "external_id", "current", "changed_at_id"):
            batch.drop_index(batch.f(f"ix_customer_tenant_{columns}"))
        batch.alter_column("name", existing_type=sa.String(length=500), type_=sa.String(length=80))
        for column in ("fields", "born", "language", "name_key", "kind", "external_id", "current"):
            batch.drop_column(column)
    op.create_table(
        "customer_identity",
        sa.Column("tenant", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=120), nullable=False),
        sa.Column("customer", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant", "customer"],
            ["customer.tenant", "customer.id"],
            name=op.f("fk_customer_identity_tenant_customer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant", "kind", "value", name=op.f("pk_customer_identity")),
    )
    op.execute(
        "INSERT INTO customer_identity (tenant, kind, value, customer)"
        " SELECT tenant, kind, value, customer FROM identity_aside"
    )
    op.drop_table("identity_aside")
    with op.batch_alter_table("customer_identity", schema=None) as batch:
        batch.create_index(batch.f("ix_customer_identity_tenant_customer"), ["tenant", "customer"], unique=False)
