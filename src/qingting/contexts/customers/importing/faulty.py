"""The file of what was not taken: the columns as they came, and why. A spreadsheet opens it without harm."""

from __future__ import annotations

import csv
import io
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from .formulas import harmless
from .mapping import Fault
from .reasons import reason
from .table import Row


class Errors:
    def __init__(self, path: Path, heads: Sequence[str], language: str, size: int) -> None:
        """`size`: what counts of it, from an earlier process."""
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
        self._file.truncate(size)
        self._file.seek(size)
        self._width, self._language = len(heads), language
        self._size = size
        self._heads = heads

    def __enter__(self) -> Errors:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def take(self, bad: Sequence[tuple[Row, list[Fault]]], faults: Counter[str]) -> int:
        """Rows at fault, counted in `faults`; how large the file is then."""
        for row, why in bad:
            self._write(row, why)
            faults.update({fault.code for fault in why})
        self._file.flush()
        return self._size

    def _write(self, row: Row, why: Sequence[Fault]) -> None:
        if not self._size:
            self._line("\ufeff", [*self._heads, "行号" if self._language == "zh" else "line",
                                  "原因" if self._language == "zh" else "reason"])  # fmt: skip
        cells = (row.cells + [""] * self._width)[: max(self._width, len(row.cells))]
        reasons = "; ".join(reason(fault, self._language) for fault in why)
        self._line("", [*cells, str(row.line), reasons])

    def _line(self, begin: str, cells: Sequence[str]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerow([harmless(cell) for cell in cells])
        self._size += self._file.write((begin + text.getvalue()).encode("utf-8", "replace"))

    def keep(self) -> None:
        """All of it is durable."""
        os.fsync(self._file.fileno())
