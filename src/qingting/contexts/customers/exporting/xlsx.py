"""One sheet as an xlsx, written as a stream: what was told is sent and forgotten, and no file of it is left behind.

Texts are texts (`inlineStr`), never formulas. ECMA-376 part 1, 18.3; the zip is written in one pass.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

ROWS_MOST = 200_000
"""A spreadsheet takes a million; the parts of one zip that is written in one pass stay below 2 GiB."""
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>'
)
_RELATION = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{}" Target="{}"/></Relationships>'
)
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_BOOK = (
    f'<workbook {_MAIN} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="1" sheetId="1" r:id="r1"/></sheets></workbook>'
)
_BEGIN = (
    f'<worksheet {_MAIN}><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" state="frozen"/>'
    "</sheetView></sheetViews><sheetData>"
)
_PROLOGUE = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
Cell = str | float


class Sheet:
    """`rows`, as often as wanted, then `end`: each returns the bytes that may be sent by now."""

    def __init__(self) -> None:
        self._out = _OneWay()
        self._zip = zipfile.ZipFile(self._out, "w", zipfile.ZIP_DEFLATED, compresslevel=3)
        for name, text in (
            ("[Content_Types].xml", _TYPES),
            ("_rels/.rels", _RELATION.format("officeDocument", "xl/workbook.xml")),
            ("xl/workbook.xml", _BOOK),
            ("xl/_rels/workbook.xml.rels", _RELATION.format("worksheet", "worksheets/sheet1.xml")),
        ):
            self._zip.writestr(name, _PROLOGUE + text)
        self._sheet = self._zip.open("xl/worksheets/sheet1.xml", "w")
        self._sheet.write((_PROLOGUE + _BEGIN).encode())

    def rows(self, rows: Iterable[Sequence[Cell]]) -> bytes:
        text = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
        self._sheet.write(text.encode())
        return self._out.taken()

    def end(self) -> bytes:
        self._sheet.write(b"</sheetData></worksheet>")
        self._sheet.close()
        self._zip.close()
        return self._out.taken()


def _cell(value: Cell) -> str:
    if not isinstance(value, str):
        return f"<c><v>{value!r}</v></c>"
    if not value:
        return "<c/>"
    text = escape(_NO_XML.sub("", value))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


class _OneWay(io.RawIOBase):
    """What is written is held until it is taken; there is no way back."""

    def __init__(self) -> None:
        self._held: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        some = bytes(memoryview(data))  # type: ignore[arg-type]
        self._held.append(some)
        return len(some)

    def taken(self) -> bytes:
        found = b"".join(self._held)
        self._held.clear()
        return found
