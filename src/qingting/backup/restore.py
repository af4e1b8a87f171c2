"""The way back: verified first, into an empty data folder, never under a running centre."""

from __future__ import annotations

import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from .. import datalock, migrate
from ..config import Config
from ..contexts.recordings import api as recordings
from ..datalock import DataLock
from ..errors import Refused
from ..files import sync_folder
from ..records import Records
from ..vault import Vault
from . import forgotten
from . import manifest as manifests
from .manifest import ESCROW, Manifest
from .rows import copy_rows, has_rows, run

MOST_SHOWN = 200


@dataclass(frozen=True)
class Restored:
    manifest: Manifest
    data: Path
    keys: bool
    lost: tuple[recordings.Lost, ...] = ()
    """Recordings whose audio is not in the backup; their contacts say so now."""
    erased: int = 0
    """How many people's data were erased again."""

    def __str__(self) -> str:
        words = f"{self.data}: {len(self.manifest.files)} files, {self.manifest.size / 1e6:.1f} MB"
        if not self.keys:
            words += (
                "\nThe keys were not in the backup: put data/secrets back (or import an escrow) before the first "
                "start, else recordings and sealed settings cannot be opened."
            )
        if self.erased:
            words += f"\n{self.erased} erasure(s) that were asked for since were carried out again."
        return words + (f"\n{_told(self.lost)}" if self.lost else "")


def _told(lost: tuple[recordings.Lost, ...]) -> str:
    shown = ", ".join(dict.fromkeys(it.contact for it in lost[:MOST_SHOWN]))
    more = f" and {len(lost) - MOST_SHOWN} more" if len(lost) > MOST_SHOWN else ""
    return (
        f"{len(lost)} recording(s) without audio: their calls were under way when the backup was made, or just over, "
        "and audio goes into a backup once it is encrypted. Their contacts show them as failed "
        f"(recording.not_in_backup): {shown}{more}"
    )


def restore(source: Path, config: Config, *, passphrase: str = "", erasures: Path | None = None) -> Restored:
    """Blocking. Interrupted, it is run again; `serve` refuses to start on half a restore.

    Who was erased since the backup was made is erased again: of whom the backups beside it know, and `erasures` (as
    `forgotten.since`).
    Raises what `verify` raises, `Unavailable("data.in_use")`, `Refused("restore.not_empty" |
    "restore.records_not_empty" | "restore.other_version")`, `Invalid("vault.escrow_wrong" | "restore.no_erasures")`.
    """
    manifest = manifests.verify(source)
    wanted = forgotten.since(source, manifest.made_at, erasures)
    if manifest.revision and manifest.revision > migrate.newest():
        raise Refused("restore.other_version", f"made by a newer version ({manifest.version}): install that one")
    data = config.data
    with DataLock(data, restoring=True):
        again = (data / datalock.UNFINISHED).exists()
        _refuse_if_not_empty(config, again)
        _begin(data)
        _clear(data)
        for path in manifest.files:
            if path not in (ESCROW, "records.db"):
                manifests.copy(source / path, data / path)
        _restore_records(source / "records.db", config)
        lost = run(lambda: _lose_unfinished(config.effective_records_url))
        erased = run(lambda: forgotten.erase_again(config, wanted))
        keys = manifest.secrets
        if manifest.escrow and passphrase:
            Vault(data / "secrets").escrow_import((source / ESCROW).read_bytes(), passphrase)
            keys = True
        sync_folder(data)
        (data / datalock.UNFINISHED).unlink()
        sync_folder(data)
    return Restored(manifest, data, keys, tuple(lost), erased)


def _contents(data: Path) -> list[Path]:
    return [entry for entry in data.iterdir() if entry.name not in (datalock.NAME, datalock.UNFINISHED)]


def _refuse_if_not_empty(config: Config, again: bool) -> None:
    """What an interrupted restore left is ours to replace: it began only after this said that all was empty."""
    if again:
        return
    if found := _contents(config.data):
        words = f"{config.data} is not empty ({found[0].name}): name another folder, or move it"
        raise Refused("restore.not_empty", words)
    if (file := _records_file(config)) is None:
        used = run(lambda: _server_has_rows(config.effective_records_url))
    else:
        used = file.exists()
    if used:
        raise Refused("restore.records_not_empty", "the records database is in use: name an empty one")


def _records_file(config: Config) -> Path | None:
    """None: a server keeps the records."""
    url = config.effective_records_url
    return Path(url.partition("///")[2]) if url.startswith("sqlite") else None


def _begin(data: Path) -> None:
    (data / datalock.UNFINISHED).touch(mode=0o600)
    sync_folder(data)


def _clear(data: Path) -> None:
    for entry in _contents(data):
        shutil.rmtree(entry) if entry.is_dir() and not entry.is_symlink() else entry.unlink()


def _restore_records(copy: Path, config: Config) -> None:
    if (file := _records_file(config)) is not None:
        for suffix in ("-wal", "-shm"):
            file.with_name(file.name + suffix).unlink(missing_ok=True)
        manifests.copy(copy, file)
        migrate.upgrade(config.effective_records_url)
        return
    work = (config.data / ".records.restoring").absolute()
    manifests.copy(copy, work)
    try:
        migrate.upgrade(f"sqlite+aiosqlite:///{work}")
        migrate.upgrade(config.effective_records_url)
        run(lambda: _into_server(f"sqlite+aiosqlite:///{work}", config.effective_records_url))
    finally:
        for suffix in ("", "-wal", "-shm"):
            work.with_name(work.name + suffix).unlink(missing_ok=True)


async def _lose_unfinished(url: str) -> list[recordings.Lost]:
    records = Records(url)
    try:
        async with records.write() as connection:
            return await recordings.lose_unfinished(connection, time.time())
    finally:
        await records.close()


async def _server_has_rows(url: str) -> bool:
    records = Records(url)
    try:
        async with records.read() as connection:
            return await has_rows(connection)
    finally:
        await records.close()


async def _into_server(copy: str, url: str) -> None:
    """One transaction: the server has all rows or none."""
    source, target = Records(copy), Records(url)
    try:
        async with source.read() as reading, target.write() as writing:
            for table in reversed(migrate.every_table().sorted_tables):
                await writing.execute(table.delete())
            await copy_rows(reading, writing)
    finally:
        await source.close()
        await target.close()
