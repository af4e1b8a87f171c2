"""Alembic's door. It is handed an open transaction by `qingting.migrate`; it makes none of its own."""

from __future__ import annotations

from alembic import context

from qingting.records import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
