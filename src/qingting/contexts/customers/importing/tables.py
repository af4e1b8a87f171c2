"""What is being brought in. No personal data: heads, rows and faults stand in files that go with the row."""

from __future__ import annotations

import sqlalchemy as sa

from qingting.records import metadata

imports = sa.Table(
    "customer_import",
    metadata,
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("id", sa.String(40), primary_key=True),
    # The file's.
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("received", sa.BigInteger, nullable=False, server_default="0"),
    # receiving → looking → ready → checking → checked → running → done; failed, cancelled
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("user_id", sa.String(80), nullable=False),
    # Of the reasons in the file of errors.
    sa.Column("language", sa.String(2), nullable=False),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("changed_at", sa.Double, nullable=False),
    # The field of each column, empty where it is left out.
    sa.Column("columns", sa.JSON, nullable=False),
    sa.Column("tag", sa.String(60), nullable=False, server_default=""),
    # Rows of the file, and how far it is: all of the following is written with the customers themselves.
    sa.Column("rows", sa.Integer, nullable=False, server_default="0"),
    sa.Column("done", sa.Integer, nullable=False, server_default="0"),
    sa.Column("bad", sa.Integer, nullable=False, server_default="0"),
    sa.Column("new", sa.Integer, nullable=False, server_default="0"),
    sa.Column("changed", sa.Integer, nullable=False, server_default="0"),
    sa.Column("same", sa.Integer, nullable=False, server_default="0"),
    # Rows with a phone that is another customer's as well; after a check all of these tell what would become of them.
    sa.Column("shared", sa.Integer, nullable=False, server_default="0"),
    # Bytes of the file of errors that count.
    sa.Column("errors_size", sa.BigInteger, nullable=False, server_default="0"),
    # Code → how many rows, as last checked or brought in.
    sa.Column("faults", sa.JSON, nullable=False),
    # Why it failed: a code, and the line of the file.
    sa.Column("problem", sa.String(60), nullable=False, server_default=""),
    sa.Column("problem_line", sa.Integer, nullable=False, server_default="0"),
    # Processes that died at it without getting any further.
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
)
