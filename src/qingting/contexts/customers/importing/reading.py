"""Rows of a file that somebody brought, one at a time: CSV of whatever encoding and delimiter, or xlsx.

Nothing of a file is believed: sizes are bounded before anything is unpacked, a cell holds so much and a row so many.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from pathlib import Path

from qingting.errors import Invalid

from .table import CELL_MOST, COLUMNS_MOST, Row, Shape

FILE_MOST = 256 * 1024 * 1024
"""Bytes."""
ROWS_MOST = 2_000_000

_SAMPLE = 256 * 1024
_PIECE = 1 << 20
_DELIMITERS = (",", ";", "\t")
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


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
        from . import workbook

        workbook.check(path)
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
    if shape.kind == "csv":
        found = _csv(path, shape)
    else:
        from . import workbook  # the library is large, and most files need none

        found = workbook.rows(path)
    for count, row in enumerate(found):
        if count > ROWS_MOST:
            raise Invalid("import.too_many_rows", f"at most {ROWS_MOST} rows", most=ROWS_MOST)
        if len(row.cells) > COLUMNS_MOST:
            raise Invalid(
                "import.too_many_columns", f"at most {COLUMNS_MOST} columns", most=COLUMNS_MOST, line=row.line
            )
        yield row


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
