"""Rows of an xlsx. Sizes are bounded before anything is unpacked."""

from __future__ import annotations

import datetime as dt
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from qingting.errors import Invalid

from .table import CELL_MOST, COLUMNS_MOST, Row

UNPACKED_MOST = 512 * 1024 * 1024
"""Bytes of an xlsx once it is unpacked."""
RATIO_MOST = 200
"""How much larger it may become: tables of words reach 20."""
PARTS_MOST = 2_000


def check(path: Path) -> None:
    """By its table of contents alone; nothing is read beyond the sizes that it names."""
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Invalid("import.not_a_table", "the file is damaged, or no spreadsheet") from error
    unpacked, size = sum(part.file_size for part in parts), max(1, path.stat().st_size)
    if len(parts) > PARTS_MOST or unpacked > UNPACKED_MOST or unpacked > RATIO_MOST * size:
        raise Invalid("import.bomb", "unpacked it would be far larger than a table of its size can be")
    if "xl/workbook.xml" not in {part.filename for part in parts}:
        raise Invalid("import.not_a_table", "save it as CSV or xlsx first")


def rows(path: Path) -> Iterator[Row]:
    """The first sheet. Formulas tell what they last came to."""
    try:
        # As a file: of a path its ending would be judged, and what is uploaded has none.
        with path.open("rb") as file:
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            if not book.worksheets:
                raise Invalid("import.not_a_table", "there is no sheet in it")
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # it may state any
            width = 0
            for line, values in enumerate(sheet.iter_rows(max_col=COLUMNS_MOST + 1, values_only=True), 1):
                cells = [_text(value) for value in values]
                while cells and not cells[-1]:
                    cells.pop()
                if cells:
                    width = width or len(cells)
                    yield Row(line, cells + [""] * (width - len(cells)))
    except (InvalidFileException, zipfile.BadZipFile, KeyError, SyntaxError, TypeError, ValueError) as error:
        raise Invalid("import.not_a_table", "the file is damaged, or no spreadsheet") from error


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "seconds")
    return str(value)[:CELL_MOST]
