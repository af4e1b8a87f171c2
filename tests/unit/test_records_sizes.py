"""SQLite takes tables for large, from the first row on."""

from __future__ import annotations

from itertools import pairwise

import sqlalchemy as sa

from qingting import migrate, records_sizes
from qingting.records import Records

from .plans import plans

FIGURES = "SELECT idx, stat FROM sqlite_stat1"


async def test_every_index_of_every_table_has_figures(sqlite_url: str) -> None:
    migrate.upgrade(sqlite_url)
    migrate.downgrade(sqlite_url, "-1")
    migrate.upgrade(sqlite_url)
    records = Records(sqlite_url)
    async with records.read() as connection:
        told = {row.idx: row.stat.split() for row in await connection.execute(sa.text(FIGURES))}
        there = "SELECT name FROM sqlite_schema WHERE type = 'index'"
        assert set(told) == set((await connection.execute(sa.text(there))).scalars())
    assert told["ix_customer_tenant_name_key_id"] == ["1000000", "1000000", "10", "1"]
    assert all(int(more) >= int(fewer) for stat in told.values() for more, fewer in pairwise(stat))
    await records.close()


async def test_nothing_is_written_where_they_stand_already(sqlite_records: Records) -> None:
    async with sqlite_records.write() as connection:
        before = await connection.scalar(sa.text("SELECT total_changes()"))
        await connection.run_sync(records_sizes.tell)
        assert await connection.scalar(sa.text("SELECT total_changes()")) == before
        await connection.execute(sa.text("DELETE FROM sqlite_stat1 WHERE tbl = 'users'"))
        await connection.run_sync(records_sizes.tell)
        assert await connection.scalar(sa.text("SELECT count(*) FROM sqlite_stat1 WHERE tbl = 'users'"))


async def test_what_an_index_finds_is_not_walked_for(sqlite_records: Records) -> None:
    """Asked by the first two columns of any index, however the rows are then ordered, if they are but few."""
    for table in migrate.every_table().sorted_tables:
        keys = [list(table.primary_key.columns), *(list(i.columns) for i in table.indexes if not i.dialect_kwargs)]
        for key in (key for key in keys if len(key) > 1 and key[0].name == "tenant"):
            for order in [key] if key[1].name in records_sizes.FEW_VALUES else keys:
                two = (column == sa.bindparam(None, None, column.type) for column in key[:2])
                query = sa.select(table).where(*two).order_by(*order).limit(50)
                async with plans(sqlite_records) as asked, sqlite_records.read() as connection:
                    await connection.execute(query)
                assert [it.steps for it in asked if it.walks] == [], (table.name, key, order)
