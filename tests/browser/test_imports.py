"""A file of customers from the wizard to the desk: brought in, two of them merged in the browser, and one of
the two calls: the agent sees all that is known of both.

`IMPORT_ROWS` makes the file larger: `make import-story` brings in 100,000 rows.
"""

from __future__ import annotations

import csv
import io
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ..caller import Caller
from ..centre import Client, Running
from ..patience import PATIENCE_S
from .conftest import Desk
from .pages import person, sign_in
from .story import contacts, to_service, until

pytestmark = [pytest.mark.browser, pytest.mark.asterisk]

ROWS = int(os.environ.get("IMPORT_ROWS", "10000"))
BAD = ROWS // 10
HEADS = ("客户编号", "姓名", "手机号", "邮箱", "consent:marketing:sms", "价值标签", "备注")
WATCH = """() => {
  window.progress = [];
  new MutationObserver(() => {
    const said = document.querySelector("[data-testid=import-progress]")?.textContent;
    if (said) window.progress.push(said);
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
}"""


def rows() -> Iterator[tuple[str, ...]]:
    """Every tenth has a number that a spreadsheet has spoilt. The last two are the same person, with one mailbox."""
    for n in range(ROWS):
        number = "1.38E+10" if n % 10 == 0 else f"137{n:08d}"
        mail = "same@example.com" if n >= ROWS - 2 else ""
        yield f"C{n}", f"客户{n}", number, mail, "是" if n % 2 else "", "金卡；高潜", "=1+1"


def number_of(n: int) -> str:
    return f"+86137{n:08d}"


def test_a_file_of_customers(
    centre: Running, staff_browser: Browser, desk: Desk, caller: Callable[..., Caller], tmp_path: Path
) -> None:
    first, second = ROWS - 2, ROWS - 1
    with person(staff_browser, centre) as context:
        page = context.new_page()
        sign_in(page, centre, "admin")
        bring_in(page, written(tmp_path))
        rows_at_fault(page)
        merge(page, first, second)
    admin = centre.client("admin")
    until(lambda: known(admin, first) == known(admin, second), what="both numbers lead to one")
    more_of_them(admin, known(admin, first), number_of(first))
    before = caller(number=number_of(first))
    before.wait_sound()
    before.hang_up()
    until(lambda: contacts(admin)[number_of(first)]["ended_at"], what="their first call is over")

    agent = desk("3850")
    to_service(caller(number=number_of(second)))
    agent.get_by_test_id("answer").wait_for()
    expect(agent.get_by_test_id("caller-number")).to_have_attribute("data-number", number_of(second))
    expect(agent.get_by_test_id("caller-name")).to_contain_text(f"客户{first}")
    expect(agent.locator(".caller-who .tag")).to_have_text("VIP")
    lines = agent.get_by_test_id("caller-known").locator("> div")
    told = {line.locator("dt").inner_text(): line.locator("dd").inner_text() for line in lines.all()}
    assert list(told) == ["标签", "置顶备注", "同意与拒绝", "最近联络", "未了事项"], told
    assert set(told["标签"].split()) == {"金卡", "高潜", "回访"}
    assert told["置顶备注"].startswith("晚八点后不要打")
    assert "✕" in told["同意与拒绝"].split("✓")[0], "what was refused comes first"
    assert "↙" in told["最近联络"]
    assert "1" in told["未了事项"]


def written(folder: Path) -> Path:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEADS, *rows()])
    file = folder / "客户.csv"
    file.write_bytes(text.getvalue().encode("gb18030"))
    return file


def bring_in(page: Page, file: Path) -> None:
    page.goto("/manage/customer-imports")
    page.locator("input[type=file]").set_input_files(file)
    at = page.get_by_test_id("import")
    expect(at).to_have_attribute("data-state", "ready")
    page.get_by_test_id("import-check").click()
    expect(at).to_have_attribute("data-state", "checked")
    expect(page.get_by_test_id("import-would-new")).to_have_text(f"{ROWS - BAD:,}")
    expect(page.get_by_test_id("import-would-bad")).to_have_text(f"{BAD:,}")
    expect(page.get_by_test_id("import-run")).to_contain_text(str(ROWS - BAD))
    page.evaluate(WATCH)
    page.get_by_test_id("import-run").click()
    expect(at).to_have_attribute("data-state", "done", timeout=(PATIENCE_S + ROWS / 500) * 1000)
    seen = page.evaluate("window.progress")
    assert seen, "how far it is was seen"
    if ROWS >= 100_000:
        assert len(set(seen)) > 2, seen
    expect(page.get_by_test_id("import-new")).to_have_text(f"{ROWS - BAD:,}")
    expect(page.get_by_test_id("import-bad")).to_have_text(f"{BAD:,}")


def rows_at_fault(page: Page) -> None:
    with page.expect_download() as download:
        page.get_by_test_id("import-errors").click()
    text = download.value.path().read_text(encoding="utf-8-sig")
    heads, *bad = list(csv.reader(io.StringIO(text, newline="")))
    assert heads == [*HEADS, "行号", "原因"]
    assert [(row[0], row[7]) for row in bad] == [(f"C{n}", str(n + 2)) for n in range(0, ROWS, 10)]
    assert all(row[2] == "1.38E+10" and row[6] == "'=1+1" and "科学计数法" in row[8] for row in bad)


def merge(page: Page, first: int, second: int) -> None:
    """The second is the first."""
    page.goto("/customers/duplicates")
    pair = page.get_by_test_id("pair").filter(has_text=f"客户{first}").filter(has_text=f"客户{second}")
    pair.click(timeout=PATIENCE_S * 1000)
    of_first = page.get_by_test_id("comparison").locator("thead th", has_text=f"客户{first}")
    of_first.get_by_role("radio").check()
    page.get_by_test_id("merge").click()
    expect(page.get_by_test_id("merged")).to_contain_text(f"客户{second}")
    expect(pair).to_have_count(0)


def more_of_them(admin: Client, id: str, number: str) -> None:
    """What no file says: a VIP with a pinned note, a refusal, and a callback that they wait for."""
    path = f"/customers/{id}"
    it = admin.get(path).json()
    same = {name: it[name] for name in ("version", "name", "note")}
    tag = {"layer": "business", "tag": "回访"}
    callback = {"entry": "demo", "language": "zh", "number": number, "at": time.time() + 7200, "note": ""}
    for answer in (
        admin.put(path, json=same | {"attributes": {"vip": "yes"}}),
        admin.put(f"{path}/tags", json={"tags": [tag]}),
        admin.post(f"{path}/notes", json={"text": "晚八点后不要打", "pinned": True}),
        admin.post(f"{path}/consents", json={"purpose": "marketing", "medium": "mail", "given": False}),
        admin.post("/public/callbacks", json=callback),
    ):
        assert answer.status_code < 300, answer.text


def known(admin: Client, n: int) -> str:
    (found,) = admin.get("/customers", params={"number": number_of(n)}).json()["items"]
    return str(found["id"])
