"""What every file becomes, however it is written: rows of cells, each so large at most."""

from __future__ import annotations

from typing import NamedTuple

COLUMNS_MOST = 200
CELL_MOST = 32_767
"""Characters, as many as a spreadsheet knows."""


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
