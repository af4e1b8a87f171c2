"""The migrations end where the code's tables are, from nothing and from one step before, on both databases."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from qingting import migrate
from qingting.records import Records

# An index of PostgreSQL's alone is not SQLite's to compare.
pytestmark = pytest.mark.filterwarnings("ignore:autogenerate skipping .* dialect 'sqlite':UserWarning")


@pytest.fixture
def url(empty_records_url: str) -> str:
    return empty_records_url


async def look(url: str, what: Any) -> Any:
    records = Records(url)
    try:
        async with records.read() as c:
            return await c.run_sync(what)
    finally:
        await records.close()


def shape(connection: sa.Connection) -> dict[str, Any]:
    """All that the database itself says of its tables."""
    inspector = sa.inspect(connection)

    def text(value: Any) -> str:
        return str({k: str(v) for k, v in value.items()} if isinstance(value, dict) else value)

    def by_name(things: list[Any]) -> list[str]:
        return sorted(repr(sorted((k, text(v)) for k, v in thing.items() if k != "comment")) for thing in things)

    return {
        table: {
            "columns": by_name(inspector.get_columns(table)),
            "primary key": inspector.get_pk_constraint(table)["constrained_columns"],
            "unique": by_name(inspector.get_unique_constraints(table)),
            "foreign keys": by_name(inspector.get_foreign_keys(table)),
            "indexes": by_name(inspector.get_indexes(table)),
            "checks": by_name(inspector.get_check_constraints(table)),
        }
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }


def difference(connection: sa.Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection), migrate.every_table()))


async def test_from_nothing_to_the_tables_of_the_code(url: str) -> None:
    migrate.upgrade(url)
    assert await look(url, difference) == []


async def test_migrated_and_made_at_once_are_the_same_to_the_last_index(url: str) -> None:
    migrate.upgrade(url)
    migrated = await look(url, shape)
    migrate.downgrade(url, "base")
    assert await look(url, shape) == {}
    records = Records(url)
    async with records.write() as c:
        await c.run_sync(migrate.every_table().create_all)
    await records.close()
    made = await look(url, shape)
    assert set(migrated) == set(made)
    for table in made:
        assert migrated[table] == made[table], table


async def test_one_step_back_and_forth(url: str) -> None:
    migrate.upgrade(url)
    migrate.downgrade(url, "-1")
    migrate.upgrade(url)
    assert await look(url, difference) == []


async def test_an_upgraded_database_is_left_alone(url: str) -> None:
    migrate.upgrade(url)
    records = Records(url)
    async with records.write() as c:
        await c.execute(
            sa.text("INSERT INTO tenants (id, code, name, timezone, created) VALUES ('t', 't', 'T', 'UTC', 0)")
        )
    migrate.upgrade(url)
    async with records.read() as c:
        assert await c.scalar(sa.text("SELECT count(*) FROM tenants")) == 1
    assert await migrate.revision_of(records) == migrate.newest()
    await records.close()


async def test_an_empty_database_has_no_revision(url: str) -> None:
    records = Records(url)
    assert await migrate.revision_of(records) == ""
    await records.close()


async def test_processes_that_start_together_upgrade_one_after_the_other(url: str) -> None:
    await asyncio.gather(*(asyncio.to_thread(migrate.upgrade, url) for _ in range(3)))
    assert await look(url, difference) == []


async def test_a_step_that_fails_leaves_the_database_as_it_was(url: str) -> None:
    """Both databases change tables within transactions: half a migration is never seen."""
    records = Records(url)
    async with records.write() as c:
        await c.execute(sa.text("CREATE TABLE users (id INTEGER)"))
    before = await look(url, shape)
    with pytest.raises(sa.exc.DBAPIError):
        migrate.upgrade(url)
    assert await look(url, shape) == before
    assert await migrate.revision_of(records) == ""
    await records.close()


async def test_customers_keep_their_numbers_when_records_become_whole(url: str) -> None:
    migrate.upgrade(url, "0004")
    records = Records(url)
    made = (
        "INSERT INTO customer (tenant, id, version, name, note, created_at, changed_at)"
        " VALUES ('t', 'c1', 1, ' 陈 Wěi ', 'n', 1, 1)",
        "INSERT INTO customer_identity (tenant, kind, value, customer) VALUES ('t', 'phone', '+8613812345678', 'c1')",
    )
    for statement in made:
        async with records.write() as c:
            await c.execute(sa.text(statement))
    known = "SELECT kind, value, customer FROM customer_identity"
    for _ in range(2):
        migrate.upgrade(url)
        async with records.read() as c:
            row = (await c.execute(sa.text("SELECT current, name_key, note, kind FROM customer"))).one()
            assert tuple(row) == ("c1", "陈wěi", "n", "person")
            assert tuple((await c.execute(sa.text(known + " WHERE tail = '5678'"))).one()) == (
                *("phone", "+8613812345678", "c1"),
            )
        migrate.downgrade(url, "0004")
        async with records.read() as c:
            assert tuple((await c.execute(sa.text(known))).one()) == ("phone", "+8613812345678", "c1")
    await records.close()
