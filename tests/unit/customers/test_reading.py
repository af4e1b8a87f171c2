"""Files as people bring them, and cells as they write them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from openpyxl import Workbook

from qingting.contexts.customers.importing import cells, formulas, mapping, reading
from qingting.contexts.customers.importing.columns import Offered
from qingting.contexts.customers.importing.heads import guess
from qingting.contexts.customers.importing.table import Row, Shape
from qingting.contexts.customers.model import Record

from .bringing import table

ROWS = [("姓名", "手机", "备注"), ("刘女士", "13812345678", '两行\n"引号"，和逗号,'), ("王先生", "13912345678", "😀")]


def read(path: Path) -> tuple[Shape, list[Row]]:
    shape = reading.look(path)
    return shape, list(reading.rows(path, shape))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_any_encoding_and_delimiter(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "file"
    path.write_bytes((table(*ROWS, delimiter=delimiter) + delimiter * 2 + "\r\n\r\n").encode(encoding))
    shape, rows = read(path)
    assert shape.delimiter == delimiter
    assert [tuple(row.cells) for row in rows[:3]] == ROWS
    assert [row.line for row in rows[:3]] == [1, 2, 4], "a cell of two lines counts as two"


def test_the_first_chinese_word_far_down(tmp_path: Path) -> None:
    path = tmp_path / "file"
    rows = [("name", "phone"), *[("Chen", f"138{n:08d}") for n in range(40_000)], ("刘女士", "13912345678")]
    path.write_bytes(table(*rows).encode("gb18030"))
    shape, found = read(path)
    assert (shape.encoding, found[-1].cells[0]) == ("gb18030", "刘女士")


def test_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "file"
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["姓名", "手机", "注册日期", "会员"])
    sheet.append(["刘女士", 13812345678, dt.date(2021, 5, 1), True])
    sheet.append([])
    sheet.append(["王先生", 13912345678.0, "2021年5月2日"])
    sheet["Z9"] = "far"
    book.save(path)
    shape, rows = read(path)
    assert shape.kind == "xlsx"
    assert [row.line for row in rows] == [1, 2, 4, 9]
    assert rows[1].cells == ["刘女士", "13812345678", "2021-05-01", "true"]
    assert rows[2].cells == ["王先生", "13912345678", "2021年5月2日", ""]


@pytest.mark.parametrize(
    "text",
    [
        "13812345678", "138 1234 5678", "138-1234-5678", "+86 138 1234 5678", "+8613812345678", "008613812345678",
        "0086 138 1234 5678", "8613812345678", "(+86) 13812345678", "１３８１２３４５６７８",
        "＋８６ １３８１２３４５６７８", "+86(0)13812345678", "13812345678.0", "'13812345678", '="13812345678"',
        "tel:13812345678", "手机：13812345678",
        "\u202d13812345678\u202c", "138.1234.5678", "138_1234_5678", "[138]12345678", "013812345678", "138—1234—5678",
    ],
)  # fmt: skip
def test_one_mobile_in_many_spellings(text: str) -> None:
    assert cells.phones(text) == ["+8613812345678"]


def test_other_numbers_and_what_is_none() -> None:
    assert cells.phones("010-88886666转801") == cells.phones("(010) 8888 6666 ext. 12") == ["+861088886666"]
    assert cells.phones("13812345678、+1 415-555-2671") == ["+8613812345678", "+14155552671"]
    for text, code in (("1.38E+10", "number.scientific"), ("12", "number.bad"), ("138123456789", "number.bad")):
        with pytest.raises(cells.Bad, match=code):
            cells.phones(text)


def test_days() -> None:
    for text in (
        "2021-05-01",
        "2021/5/1",
        "2021.5.1",
        "2021年5月1日",
        "20210501",
        "２０２１-05-01",
        "2021-05-01 08:30",
    ):
        assert cells.day(text) == "2021-05-01"
    for text in ("01/05/2021", "2021-13-01", "44317", "0021-05-01", "yesterday"):
        with pytest.raises(cells.Bad):
            cells.day(text)


def test_what_is_text_stays_as_it_is() -> None:
    heads, targets = ["id", "name"], ["external_id", "name"]
    judge = mapping.Judge(heads, targets, Offered({}, {}, {}))
    for name in ("<script>alert(1)</script>", "مرحبا بالعالم", "\u202eevil", "👩‍👩‍👧 Smith", "x" * 500, "O'Brien"):
        record = judge.judge(Row(2, ["C1", name]))
        assert isinstance(record, Record), name
        assert record.name == name
    faults = judge.judge(Row(7, ["C1", "名" * 501]))
    assert isinstance(faults, list)
    assert (faults[0].line, faults[0].column, faults[0].code) == (7, "name", "text.too_long")
    assert len(faults[0].value) == mapping.SHOWN_MOST


def test_heads_are_guessed_and_made_fields_once() -> None:
    heads = ["客户编号", "姓名(必填)", "手机号", "电话2", "E-mail", "备注", "颜色", "Name"]
    assert guess(heads, Offered({}, {}, {})) == ["external_id", "name", "phone", "phone", "mail", "note", "", ""]


def test_a_formula_is_made_harmless_and_comes_back() -> None:
    for text in ("=1+1", "+8613812345678", "-1", "@SUM(A1)", "\tx", "＝1"):
        assert formulas.harmless(text) == "'" + text
        assert formulas.meant("'" + text) == text
    for text in ("plain", "'tis", "1-2"):
        assert formulas.meant(formulas.harmless(text)) == text
