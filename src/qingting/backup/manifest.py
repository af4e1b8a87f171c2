"""What a backup consists of, and whether it still does."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ..errors import Invalid
from ..files import private_folder, write_private

NAME = "manifest.json"
FORMAT = 1
PIECE = 1 << 20
ESCROW = "escrow.key"
DATABASES = ("journal.db", "records.db")


@dataclass(frozen=True)
class Manifest:
    made_at: float
    version: str
    """Of the program that made it."""
    revision: str
    """Of the records' tables (Alembic)."""
    secrets: bool
    escrow: bool
    files: dict[str, tuple[int, str]]
    """Relative path → bytes, SHA-256."""
    format: int = FORMAT
    place: str = field(default="", compare=False)

    @property
    def size(self) -> int:
        return sum(size for size, _ in self.files.values())

    def __str__(self) -> str:
        words = f"{self.place}: {len(self.files)} files, {self.size / 1e6:.1f} MB"
        if not self.secrets and not self.escrow:
            words += "\nThe keys are not in it: keep data/secrets, or an escrow of them, elsewhere."
        return words


def write(folder: Path, manifest: Manifest) -> None:
    content = asdict(manifest)
    del content["place"]
    write_private(folder / NAME, json.dumps(content, indent=1).encode())


def read(folder: Path) -> Manifest:
    """Raises `Invalid("backup.unreadable" | "backup.newer_format")`."""
    try:
        content = json.loads((folder / NAME).read_text())
        if content["format"] != FORMAT:
            raise Invalid("backup.newer_format", f"{folder} was made by another version ({content['version']})")
        files = {str(path): (int(size), str(digest)) for path, (size, digest) in content.pop("files").items()}
        manifest = Manifest(files=files, place=str(folder), **content)
    except (OSError, ValueError, KeyError, TypeError) as e:
        raise Invalid("backup.unreadable", f"{folder} is no complete backup: {type(e).__name__}") from e
    for path in files:
        if Path(path).is_absolute() or ".." in Path(path).parts:
            raise Invalid("backup.unreadable", f"{folder} names a file outside of it", path=path)
    return manifest


def verify(folder: Path) -> Manifest:
    """Read all of it. Raises `Invalid("backup.damaged")` naming the first file that is not what was written."""
    manifest = read(folder)
    for path, (size, digest) in manifest.files.items():
        if not (folder / path).is_file() or (folder / path).stat().st_size != size:
            raise Invalid("backup.damaged", f"{path} is missing or has another size", path=path)
        if digest_of(folder / path) != digest:
            raise Invalid("backup.damaged", f"{path} was changed since the backup", path=path)
    for name in DATABASES:
        if name in manifest.files:
            check_database(folder / name)
    return manifest


def check_database(path: Path) -> None:
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as database:
        said = [str(row[0]) for row in database.execute("PRAGMA quick_check(3)")]
    if said != ["ok"]:
        raise Invalid("backup.damaged", f"{path.name} is damaged: {said[0]}", path=path.name)


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy(source: Path, target: Path) -> tuple[int, str]:
    """Durable, for the owner only; returns bytes and SHA-256 of what was copied."""
    private_folder(target.parent)
    digest, size = hashlib.sha256(), 0
    to = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with source.open("rb") as incoming, open(to, "wb") as outgoing:
        while piece := incoming.read(PIECE):
            digest.update(piece)
            outgoing.write(piece)
            size += len(piece)
        outgoing.flush()
        os.fsync(outgoing.fileno())
    return size, digest.hexdigest()
