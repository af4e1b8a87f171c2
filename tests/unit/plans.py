"""How SQLite itself says that it would look, of what was asked meanwhile."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import sqlalchemy as sa

from qingting.records import Records

_WALK = re.compile(r"^SCAN (?!anon_|known_by|\(|CONSTANT|\d|json_each)\w|\(tenant=\?\)( LEFT-JOIN)?$")


class Asked(NamedTuple):
    statement: str
    steps: list[str]

    @property
    def walks(self) -> list[str]:
        """Steps through a whole table, or through all that a tenant has in it."""
        return [step for step in self.steps if _WALK.search(step)]


@asynccontextmanager
async def plans(records: Records) -> AsyncIterator[list[Asked]]:
    """Of each query, once it is over."""
    asked: dict[str, Any] = {}
    found: list[Asked] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if statement.startswith(("SELECT", "WITH")):
            asked[statement] = parameters

    sa.event.listen(records.engine.sync_engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        sa.event.remove(records.engine.sync_engine, "before_cursor_execute", note)
    async with records.read() as connection:
        for statement, parameters in asked.items():
            steps = (await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)).all()
            found.append(Asked(statement, [row[-1] for row in steps]))
