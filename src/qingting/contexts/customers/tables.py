"""Customers, and all that is known of them. Personal data: erased on request, kept apart from any journal.

Every row hangs on the record that it was learnt for, and stays there: a merge moves nothing. Which record stands for
which is `customer.current`, derived from the merges that hold (`merging.py`).
"""

from __future__ import annotations

from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from qingting.records import metadata

KEY = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")
"""Compared byte by byte on both databases, so that beginnings are found by the index."""


def _where(name: str, *columns: str, where: str) -> sa.Index:
    return sa.Index(name, *columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def spoken(language: Any) -> sa.ColumnElement[bool]:
    """Some language is told: what the index of languages holds."""
    return cast("sa.ColumnElement[bool]", language != sa.literal_column("''"))


def no_person(kind: Any) -> sa.ColumnElement[bool]:
    """What the index of kinds holds: persons are nearly all."""
    return cast("sa.ColumnElement[bool]", kind != sa.literal_column("'person'"))


def pairs(name_key: Any) -> Any:
    """Any two characters of a name that stand side by side: what PostgreSQL's index of names by their parts holds.
    Chinese names are too short for its trigrams. (At even places, then at odd ones; no key has blanks.)"""
    two, apart, blank = (sa.text(f"'{text}'") for text in ("(..)", "\\1 ", " "))
    even, odd = (
        sa.func.regexp_replace(part, two, apart, sa.text("'g'"))
        for part in (name_key, sa.func.substr(name_key, sa.text("2")))
    )
    some = sa.func.string_to_array(even.op("||")(blank).op("||")(odd), blank)
    return sa.func.array_remove(some, sa.text("''"), type_=postgresql.ARRAY(sa.Text))


def _theirs() -> tuple[sa.Column[str], sa.Column[str], sa.ForeignKeyConstraint]:
    """Of one record, gone with it."""
    return (
        sa.Column("tenant", sa.String(40), primary_key=True),
        sa.Column("customer", sa.String(40), primary_key=True),
        sa.ForeignKeyConstraint(["tenant", "customer"], ["customer.tenant", "customer.id"], ondelete="CASCADE"),
    )


customer = sa.Table(
    "customer",
    metadata,
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    # The record that stands for this one: itself, unless it is merged.
    sa.Column("current", sa.String(40), nullable=False),
    # Their key in another system.
    sa.Column("external_id", sa.String(120)),
    sa.Column("kind", sa.String(12), nullable=False, server_default="person"),
    sa.Column("name", sa.String(500), nullable=False),
    sa.Column("name_key", KEY, nullable=False, server_default=""),
    sa.Column("language", sa.String(20), nullable=False, server_default=""),
    sa.Column("born", sa.String(10), nullable=False, server_default=""),
    # What is always shown first.
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("since", sa.String(10), nullable=False, server_default=""),
    # For rules of routing: codes and numbers such as `vip`.
    sa.Column("attributes", sa.JSON, nullable=False, server_default="{}"),
    # The tenant's own fields, by their id.
    sa.Column("fields", sa.JSON, nullable=False, server_default="{}"),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("changed_at", sa.Double, nullable=False),
    sa.Index(None, "tenant", "external_id", unique=True),
    sa.Index(None, "tenant", "current", "id"),
    sa.Index(None, "tenant", "name_key", "id"),
    sa.Index(None, "tenant", "changed_at", "id"),
    _where("ix_customer_kind", "tenant", "kind", "id", where="kind != 'person'"),
    _where("ix_customer_language", "tenant", "language", "id", where="language != ''"),
)

sa.Index("ix_customer_pairs", pairs(customer.c.name_key), postgresql_using="gin").ddl_if(dialect="postgresql")

identity = sa.Table(
    "customer_identity",
    metadata,
    # No foreign key: asking for each row's customer was a third of what an import cost PostgreSQL. Who writes one
    # has the lock under which its customer is erased (`storing.alone`), and `erasing` takes them along.
    # A landline may be of a whole household: whoever is surest, then oldest, is found by it.
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("kind", sa.String(20), primary_key=True),
    sa.Column("value", sa.String(254), primary_key=True),
    sa.Column("customer", sa.String(40), primary_key=True),
    # 0 claimed, 1 confirmed, 2 proven.
    sa.Column("level", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("origin", sa.String(40), nullable=False, server_default=""),
    # A phone's last four digits.
    sa.Column("tail", sa.String(4), nullable=False, server_default=""),
    sa.Column("at", sa.Double, nullable=False, server_default="0"),
    sa.Index(None, "tenant", "customer"),
    sa.Index(None, "tenant", "tail"),
)

tag = sa.Table(
    "customer_tag",
    metadata,
    *_theirs(),
    sa.Column("layer", sa.String(12), primary_key=True),
    sa.Column("tag", sa.String(60), primary_key=True),
    # `hand`, `import`, `rule`, `computed`: each says it for itself.
    sa.Column("origin", sa.String(12), primary_key=True),
    # Who or what: a user, a rule.
    sa.Column("source", sa.String(80), nullable=False, server_default=""),
    sa.Column("confidence", sa.Double, nullable=False, server_default="1"),
    sa.Column("at", sa.Double, nullable=False),
    sa.Index(None, "tenant", "tag", "customer"),
)

address = sa.Table(
    "customer_address",
    metadata,
    *_theirs(),
    # As `model.address_key`.
    sa.Column("key", KEY, primary_key=True),
    sa.Column("text", sa.String(500), nullable=False),
    sa.Column("purpose", sa.String(40), nullable=False, server_default=""),
    sa.Column("used_at", sa.Double, nullable=False),
    sa.Index(None, "tenant", "key"),
)

consent = sa.Table(
    "customer_consent",
    metadata,
    # What was said last of a purpose on a medium holds; what was said before stays as its history.
    *_theirs(),
    sa.Column("purpose", sa.String(40), primary_key=True),
    sa.Column("medium", sa.String(10), primary_key=True),
    sa.Column("at", sa.Double, primary_key=True),
    sa.Column("given", sa.Boolean, nullable=False),
    sa.Column("how", sa.String(200), nullable=False, server_default=""),
    # Who took it down, and in which contact it was said.
    sa.Column("user_id", sa.String(80), nullable=False, server_default=""),
    sa.Column("contact", sa.String(80), nullable=False, server_default=""),
    sa.Index(None, "tenant", "purpose", "given", "medium", "customer"),
)

purpose = sa.Table(
    "customer_purpose",
    metadata,
    # Of consents: the tenant's own, and usual ones that it changed.
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("names", sa.JSON, nullable=False),
    sa.Column("retired", sa.Boolean, nullable=False),
)

custom_field = sa.Table(
    "customer_field",
    metadata,
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("names", sa.JSON, nullable=False),
    # text, number, date, choice, yes_no, money
    sa.Column("type", sa.String(10), nullable=False),
    sa.Column("choices", sa.JSON, nullable=False),
    sa.Column("searchable", sa.Boolean, nullable=False),
    sa.Column("retired", sa.Boolean, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
)

field_index = sa.Table(
    "customer_field_index",
    metadata,
    # Values of searchable fields once more, to find by.
    *_theirs(),
    sa.Column("field", sa.String(40), primary_key=True),
    sa.Column("text", KEY, nullable=False),
    sa.Column("number", sa.Double),
    sa.Index(None, "tenant", "field", "text"),
    sa.Index(None, "tenant", "field", "number"),
)

relation_type = sa.Table(
    "customer_relation_type",
    metadata,
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    # Seen from the one and from the other: works for, employs.
    sa.Column("names", sa.JSON, nullable=False),
    sa.Column("back", sa.JSON, nullable=False),
    # `customer`, or `thing` (a product that they own).
    sa.Column("target", sa.String(10), nullable=False),
    # A household: members of members belong to it as well.
    sa.Column("transitive", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("retired", sa.Boolean, nullable=False),
)

relation = sa.Table(
    "customer_relation",
    metadata,
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("type", sa.String(40), nullable=False),
    sa.Column("customer", sa.String(40), nullable=False),
    sa.Column("other", sa.String(40)),
    # What it is, where it is no customer.
    sa.Column("thing", sa.String(200), nullable=False),
    sa.Column("detail", sa.String(500), nullable=False),
    sa.Column("at", sa.Double, nullable=False),
    sa.ForeignKeyConstraint(["tenant", "customer"], ["customer.tenant", "customer.id"], ondelete="CASCADE"),
    sa.ForeignKeyConstraint(
        ["tenant", "other"],
        ["customer.tenant", "customer.id"],
        ondelete="CASCADE",
        name="fk_customer_relation_other_customer",
    ),
    sa.Index(None, "tenant", "customer"),
    sa.Index(None, "tenant", "other"),
)

note = sa.Table(
    "customer_note",
    metadata,
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("customer", sa.String(40), nullable=False),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("user_id", sa.String(80), nullable=False),
    sa.Column("contact", sa.String(80), nullable=False),
    sa.Column("pinned", sa.Boolean, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.ForeignKeyConstraint(["tenant", "customer"], ["customer.tenant", "customer.id"], ondelete="CASCADE"),
    sa.Index(None, "tenant", "customer", "at"),
)

book = sa.Table(
    "customer_book",
    metadata,
    # A customer's own contacts, whom the centre reaches for them.
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("customer", sa.String(40), nullable=False),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("kind", sa.String(20), nullable=False),
    sa.Column("value", sa.String(254), nullable=False),
    sa.Column("note", sa.String(500), nullable=False),
    sa.ForeignKeyConstraint(["tenant", "customer"], ["customer.tenant", "customer.id"], ondelete="CASCADE"),
    sa.Index(None, "tenant", "customer"),
)

merge = sa.Table(
    "customer_merge",
    metadata,
    # A fact that can be taken back: `source` is the same as `target`.
    sa.Column("tenant", sa.String(40), primary_key=True),
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("source", sa.String(40), nullable=False),
    sa.Column("target", sa.String(40), nullable=False),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("user_id", sa.String(80), nullable=False),
    sa.Column("why", sa.String(200), nullable=False),
    sa.Column("undone_at", sa.Double),
    sa.Column("undone_by", sa.String(80), nullable=False, server_default=""),
    sa.Index(None, "tenant", "source"),
    sa.Index(None, "tenant", "target"),
)
