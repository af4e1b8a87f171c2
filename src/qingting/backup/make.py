"""Making the copy."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from .. import datalock, migrate
from ..config import Config
from ..errors import Refused, Unavailable
from ..files import private_folder, write_private
from ..records import Records
from ..vault import Vault
from . import manifest as manifests
from .manifest import ESCROW, Manifest
from .rows import copy_rows, run

LEFT_OUT = frozenset({"asterisk", "spool", "secrets", "tls", "prompts", "run", "cache", "tmp", datalock.NAME})
"""What is made again at a start, what is not encrypted yet, and the keys (which have their own rule)."""
WITH_SECRETS = ("secrets", "tls")
_DATABASE_FILES = tuple(f"{name}{suffix}" for name in manifests.DATABASES for suffix in ("", "-wal", "-shm"))


def backup(config: Config, target: Path, *, with_secrets: bool = False, passphrase: str = "") -> Manifest:
    """Copy everything into a new folder `target`, which is there only when it is complete and read back.

    `passphrase`: pack the master keys into it under that. Blocking. Raises `Refused("backup.target_exists" |
    "backup.no_space" | "backup.nothing")`, `Unavailable("backup.failed")`, what `Vault` raises.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise Refused("backup.target_exists", f"{target} is there already: name a new folder")
    if not config.journal_path.exists():
        raise Refused("backup.nothing", f"there is no journal in {config.data}")
    _check_space(config, target)
    partial = target.with_name(target.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    private_folder(partial)
    try:
        made = _fill(config, partial, with_secrets, passphrase)
        manifests.write(partial, made)
        manifests.verify(partial)
        if target.exists():
            target.rmdir()
        os.rename(partial, target)
    except (OSError, sqlite3.Error) as e:
        shutil.rmtree(partial, ignore_errors=True)
        raise Unavailable("backup.failed", f"the backup could not be written: {e}") from e
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return manifests.read(target)


def _fill(config: Config, folder: Path, with_secrets: bool, passphrase: str) -> Manifest:
    made_at = time.time()
    revision = _copy_databases(config, folder)
    files: dict[str, tuple[int, str]] = {}
    for name in manifests.DATABASES:
        files[name] = ((folder / name).stat().st_size, manifests.digest_of(folder / name))
    for path in _others(config.data, with_secrets):
        # One that is gone by now was removed by its owner, as at any instant: a purged recording.
        if path.is_file():
            relative = str(path.relative_to(config.data))
            files[relative] = manifests.copy(path, folder / relative)
    if passphrase:
        packed = Vault(config.data / "secrets").escrow_export(passphrase)
        write_private(folder / ESCROW, packed)
        files[ESCROW] = (len(packed), manifests.digest_of(folder / ESCROW))
    version = importlib.metadata.version("qingting")
    return Manifest(made_at, version, revision, with_secrets, bool(passphrase), files)


def _others(data: Path, with_secrets: bool) -> Iterator[Path]:
    for entry in sorted(data.iterdir()):
        wanted = entry.name in WITH_SECRETS if entry.name in LEFT_OUT else entry.name not in _DATABASE_FILES
        if entry.name in WITH_SECRETS and not with_secrets:
            wanted = False
        if wanted and not entry.is_symlink():
            yield from sorted(entry.rglob("*")) if entry.is_dir() else [entry]


def _copy_databases(config: Config, folder: Path) -> str:
    """One instant of both: one side is frozen for the moment in which both snapshots begin.

    Which one is frozen makes no difference to the cut; SQLite records are, so that the journal's writer never
    waits. A server cannot be frozen, so there the journal is, for a round trip.
    """
    url = config.effective_records_url
    if url.startswith("sqlite"):
        path = Path(url.partition("///")[2])
        with ExitStack() as stack:
            with _frozen(path):
                journal = stack.enter_context(_snapshot(config.journal_path))
                records = stack.enter_context(_snapshot(path))
            _copy_database(journal, folder / "journal.db")
            _copy_database(records, folder / "records.db")
            there = records.execute("SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'").fetchone()[0]
            row = records.execute("SELECT version_num FROM alembic_version").fetchone() if there else None
        return str(row[0]) if row else ""
    return run(lambda: _copy_from_server(config, folder))


async def _copy_from_server(config: Config, folder: Path) -> str:
    url = config.effective_records_url
    migrate.upgrade(_sqlite(folder / "records.db"))
    source, target = Records(url), Records(_sqlite(folder / "records.db"))
    try:
        revision = await migrate.revision_of(source)
        if revision != migrate.newest():
            raise Refused("backup.other_version", "the records are of another version: start this program once first")
        async with source.engine.connect() as reading:
            await reading.execution_options(isolation_level="REPEATABLE READ")
            with ExitStack() as stack:
                with _frozen(config.journal_path):
                    journal = stack.enter_context(_snapshot(config.journal_path))
                    await reading.exec_driver_sql("SELECT count(*) FROM alembic_version")
                _copy_database(journal, folder / "journal.db")
            async with target.write() as writing:
                await copy_rows(reading, writing)
    finally:
        await source.close()
        await target.close()
    _settle(folder / "records.db")
    return revision


@contextmanager
def _frozen(path: Path) -> Iterator[None]:
    """Nobody else writes to this file meanwhile."""
    with closing(sqlite3.connect(path, timeout=10.0, isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            database.execute("ROLLBACK")


@contextmanager
def _snapshot(path: Path) -> Iterator[sqlite3.Connection]:
    """The database as it is now, whatever is written later."""
    with closing(sqlite3.connect(path, timeout=10.0, isolation_level=None)) as database:
        database.execute("BEGIN")
        database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        yield database


def _copy_database(source: sqlite3.Connection, path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as target:
        source.backup(target, pages=4096)
    _settle(path)


def _settle(path: Path) -> None:
    """One file that stands for itself, on disk."""
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=DELETE")
    path.chmod(0o600)
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _sqlite(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path.absolute()}"


def _check_space(config: Config, target: Path) -> None:
    needed = sum(path.stat().st_size for path in _others(config.data, True) if path.is_file())
    needed += sum((config.data / name).stat().st_size for name in _DATABASE_FILES if (config.data / name).exists())
    there = next(parent for parent in target.absolute().parents if parent.exists())
    free = shutil.disk_usage(there).free
    if free < needed * 1.1:
        raise Refused("backup.no_space", f"needs {needed / 1e9:.2f} GB, {free / 1e9:.2f} GB are free in {there}")
