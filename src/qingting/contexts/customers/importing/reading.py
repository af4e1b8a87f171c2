"""Rows of a file that somebody brought, one at a time: CSV of whatever encoding and delimiter, or xlsx.

Nothing of a file is believed: sizes are bounded before anything is unpacked, a cell holds so much and a row so many.
"""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from qingting.errors import Invalid

FILE_MOST = 256 * 1024 * 1024
"""Bytes."""
UNPACKED_MOST = 512 * 1024 * 1024
"""Bytes of an xlsx once it is unpacked."""
RATIO_MOST = 200
"""How much larger it may become: tables of words reach 20."""
PARTS_MOST = 2_000
ROWS_MOST = 2_000_000
COLUMNS_MOST = 200
CELL_MOST = 32_767
"""Characters, as many as a spreadsheet knows."""

_SAMPLE = 256 * 1024
_PIECE = 1 << 20
_DELIMITERS = (",", ";", "\t")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class Shape(NamedTuple):
    """How a file is written."""

    kind: str
    """`csv` or `xlsx`."""
    encoding: str = ""
    delimiter: str = ""


class Row(NamedTuple):
    line: int
    """Where it begins in the file, from 1."""
    cells: list[str]


def look(path: Path) -> Shape:
    """Raises `Invalid("import.empty" | "import.too_large" | "import.not_a_table" | "import.bomb")`."""
    size = path.stat().st_size
    if size == 0:
        raise Invalid("import.empty", "the file is empty")
    if size > FILE_MOST:
        raise Invalid("import.too_large", f"at most {FILE_MOST} bytes", most=FILE_MOST)
    with path.open("rb") as file:
        sample = file.read(_SAMPLE)
    if sample.startswith(b"PK"):
        _check_parts(path)
        return Shape("xlsx")
    if sample.startswith((b"\xd0\xcf\x11\xe0", b"%PDF", b"\x1f\x8b", b"Rar!", b"7z\xbc")):
        raise Invalid("import.not_a_table", "save it as CSV or xlsx first")
    encoding = _encoding(path, sample)
    text = codecs.getincrementaldecoder(encoding)(errors="replace").decode(sample)
    return Shape("csv", encoding, _delimiter(text))


def rows(path: Path, shape: Shape) -> Iterator[Row]:
    """The head first; rows without any content are left out.

    Raises `Invalid("import.too_many_rows" | "import.too_many_columns" | "import.broken_quotes" |
    "import.not_a_table")`.
    """
    found = _csv(path, shape) if shape.kind == "csv" else _xlsx(path)
    for count, row in enumerate(found):
        if count > ROWS_MOST:
            raise Invalid("import.too_many_rows", f"at most {ROWS_MOST} rows", most=ROWS_MOST)
        if len(row.cells) > COLUMNS_MOST:
            raise Invalid(
                "import.too_many_columns", f"at most {COLUMNS_MOST} columns", most=COLUMNS_MOST, line=row.line
            )
        yield row


# --- CSV -------------------------------------------------------------------------------------------------------


def _encoding(path: Path, sample: bytes) -> str:
    for mark, encoding in _BOMS:
        if sample.startswith(mark):
            return encoding
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if even + odd > len(sample) // 4:
        return "utf-16-le" if odd > even else "utf-16-be"
    # The whole of it: the first Chinese word may stand far down.
    reach = {encoding: _valid_until(path, encoding) for encoding in ("utf-8", "gb18030")}
    return max(reach, key=lambda encoding: reach[encoding])


def _valid_until(path: Path, encoding: str) -> float:
    decoder = codecs.getincrementaldecoder(encoding)()
    done = 0
    with path.open("rb") as file:
        try:
            while piece := file.read(_PIECE):
                decoder.decode(piece)
                done += len(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            return done + error.start
    return float("inf")


def _delimiter(text: str) -> str:
    """The one by which most rows of the beginning have the same number of cells, and more than one."""

    def agreement(delimiter: str) -> tuple[int, int]:
        widths: list[int] = []
        try:
            for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
                widths.append(len(cells))
                if len(widths) == 50:
                    break
        except csv.Error:
            return (0, 0)
        several = [width for width in widths if width > 1]
        common = max(set(several), key=several.count, default=0)
        return (several.count(common), common)

    return max(_DELIMITERS, key=agreement)


def _csv(path: Path, shape: Shape) -> Iterator[Row]:
    csv.field_size_limit(CELL_MOST)
    with path.open(encoding=shape.encoding, errors="replace", newline="") as file:
        reader = csv.reader(file, delimiter=shape.delimiter)
        line = 1
        try:
            for cells in reader:
                if len(cells) > 1 or any(cells):
                    yield Row(line, cells)
                line = reader.line_num + 1
        except csv.Error as error:
            raise Invalid(
                "import.broken_quotes", "a quotation mark that is opened here is never closed", line=line
            ) from error


# --- xlsx ------------------------------------------------------------------------------------------------------


def _check_parts(path: Path) -> None:
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


def _xlsx(path: Path) -> Iterator[Row]:
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
