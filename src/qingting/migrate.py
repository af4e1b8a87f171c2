"""Brings a records database to today's tables, from nothing or from any earlier version."""

from __future__ import annotations

import asyncio
import importlib
import threading
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config as Alembic
from alembic.script import ScriptDirectory

from . import contexts, records_sizes
from .records import Records, metadata

_LOCK = 7_404_331
"""Of PostgreSQL's advisory locks: two processes that start together upgrade one after the other."""


def every_table() -> sa.MetaData:
    """`records.metadata` with the tables of all contexts."""
    root = Path(contexts.__path__[0])
    for file in sorted(root.rglob("tables.py")):
        importlib.import_module(".".join((contexts.__name__, *file.relative_to(root).with_suffix("").parts)))
    importlib.import_module("qingting.mail.outgoing")
    return metadata


def upgrade(records_url: str, revision: str = "head") -> None:
    """Safe to call at every start, also by several processes at once; does nothing when all is new."""
    _in_thread(records_url, lambda alembic: command.upgrade(alembic, revision))


def downgrade(records_url: str, revision: str) -> None:
    """`-1`: one step back. What only the newer tables held is lost: make a backup first."""
    _in_thread(records_url, lambda alembic: command.downgrade(alembic, revision))


def write_revision(records_url: str, words: str, id: str) -> None:
    """For developers (`tools/migration.sh`): a new migration from the difference between database and tables."""
    _in_thread(records_url, lambda alembic: command.revision(alembic, words, autogenerate=True, rev_id=id))


def newest() -> str:
    """The revision that this program wants."""
    return str(ScriptDirectory.from_config(_alembic()).get_current_head())


async def revision_of(records: Records) -> str:
    """The revision that a database is at; empty for an empty one."""
    async with records.read() as c:
        there = await c.run_sync(lambda sync: sa.inspect(sync).has_table("alembic_version"))
        return str(await c.scalar(sa.text("SELECT version_num FROM alembic_version")) or "") if there else ""


def _alembic() -> Alembic:
    here = Path(__file__).parent
    packaged = here / "migrations"
    alembic = Alembic()
    alembic.set_main_option("script_location", str(packaged if packaged.is_dir() else here.parents[1] / "migrations"))
    alembic.set_main_option("path_separator", "os")
    return alembic


def _in_thread(records_url: str, work: Any) -> None:
    """In a thread with a loop of its own, so that it can be called from anywhere, a running loop included."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(_run(records_url, work))
        except BaseException as e:
            failed.append(e)

    thread = threading.Thread(target=run, name="migrate")
    thread.start()
    thread.join()
    if failed:
        raise failed[0]


async def _run(records_url: str, work: Any) -> None:
    every_table()
    records = Records(records_url)
    try:
        async with records.write() as c:
            if c.dialect.name == "postgresql":
                await c.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            await c.run_sync(_with_connection, work)
            await c.run_sync(records_sizes.tell)
    finally:
        await records.close()


def _with_connection(connection: sa.Connection, work: Any) -> None:
    alembic = _alembic()
    alembic.attributes["connection"] = connection
    work(alembic)
