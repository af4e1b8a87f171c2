"""What SQLite is told of its tables: that they are large.

Without figures it takes an index's first column, which is always the tenant, for as good as found, and walks all that
a tenant has where another index would find a row. Figures of what is there today would be forgotten by an import, and
plans would change over night; these are the same everywhere, as of a large centre, and so are the plans.

Format: https://www.sqlite.org/fileformat2.html#stat1tab
"""

from __future__ import annotations

import sqlalchemy as sa

ROWS = 1_000_000
"""Of each table."""
ALIKE = 10
"""Rows that one value of a column finds; of these `FEW_VALUES` a tenth of all, of a tenant all."""
FEW_VALUES = frozenset((
    "kind", "layer", "origin", "type", "field", "language", "purpose", "medium", "given", "state", "flow", "version",
    "line", "queue", "outcome",
))  # fmt: skip
PARTIAL = 100
"""An index of some rows holds one of so many."""


def tell(connection: sa.Connection) -> None:
    """Writes them where they differ; who opens the database afterwards goes by them. Nothing on other databases."""
    if connection.dialect.name != "sqlite":
        return
    wanted = {(table, index): stat for table in _tables(connection) for index, stat in _of(connection, table)}
    connection.exec_driver_sql("ANALYZE sqlite_schema")  # makes the table of figures, reads no other
    there = connection.exec_driver_sql("SELECT tbl, idx, stat FROM sqlite_stat1")
    if {(table, index): stat for table, index, stat in there} == wanted:
        return
    connection.exec_driver_sql("DELETE FROM sqlite_stat1")
    rows = [(table, index, stat) for (table, index), stat in wanted.items()]
    if rows:
        connection.exec_driver_sql("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?, ?, ?)", rows)


def _tables(connection: sa.Connection) -> list[str]:
    names = connection.exec_driver_sql("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    return [name for name in names.scalars() if not name.startswith("sqlite_")]


def _of(connection: sa.Connection, table: str) -> list[tuple[str, str]]:
    found = []
    for _, index, unique, _, partial in connection.exec_driver_sql(f"PRAGMA index_list('{table}')").all():
        columns = [row[2] for row in connection.exec_driver_sql(f"PRAGMA index_info('{index}')").all()]
        found.append((index, _stat(columns, bool(unique), bool(partial))))
    return found


def _stat(columns: list[str | None], unique: bool, partial: bool) -> str:
    """Rows; then, for each column, how many have the same in it and in all before."""
    rows = alike = ROWS // PARTIAL if partial else ROWS
    figures = [rows]
    for column in columns:
        if column in FEW_VALUES:
            alike = max(alike // 10, 1)
        elif column != "tenant":
            alike = min(max(alike // 10, 1), ALIKE)
        figures.append(alike)
    if unique:
        figures[-1] = 1
    return " ".join(map(str, figures))
