"""The files of one import, in a folder for the owner only: they hold what people's customers are."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any, NamedTuple

from qingting.files import private_folder, write_private

from .mapping import Fault
from .table import Shape


class Looked(NamedTuple):
    shape: Shape
    heads: list[str]
    preview: list[tuple[int, list[str]]]
    """(line, cells) of the first rows."""
    guess: list[str]


class Folder:
    def __init__(self, data: Path, tenant: str, id: str) -> None:
        assert tenant.isalnum() or "-" in tenant, tenant
        self.path = data / "imports" / tenant / id
        self.upload = self.path / "upload"
        self.errors = self.path / "errors.csv"

    def written(self) -> int:
        """Bytes of the file of errors."""
        return self.errors.stat().st_size if self.errors.exists() else 0

    def make(self) -> None:
        private_folder(self.path)

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)

    def keep_looked(self, looked: Looked) -> None:
        write_private(self.path / "looked.json", json.dumps(looked).encode())

    def looked(self) -> Looked | None:
        if (told := self._read("looked.json")) is None:
            return None
        shape, heads, preview, guess = told
        return Looked(Shape(*shape), heads, [(line, cells) for line, cells in preview], guess)

    def keep_faults(self, faults: list[Fault]) -> None:
        write_private(self.path / "faults.json", json.dumps(faults).encode())

    def faults(self) -> list[Fault]:
        return [Fault(*fault) for fault in self._read("faults.json") or []]

    def _read(self, name: str) -> Any:
        try:
            return json.loads((self.path / name).read_text())
        except FileNotFoundError:
            return None
