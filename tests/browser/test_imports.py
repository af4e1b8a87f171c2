"""An administrator brings a file of customers in, and takes the rows at fault out."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from ..centre import Running
from .pages import person, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.asterisk]

ROWS = 20_000


def test_a_file_of_customers(centre: Running, staff_browser: Browser, tmp_path: Path) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("客户编号", "姓名", "手机号", "备注"))
    for n in range(ROWS):
        writer.writerow((f"C{n}", f"客户{n}", "1.38E+10" if n % 10 == 0 else f"137{n:08d}", "=1+1"))
    file = tmp_path / "客户.csv"
    file.write_bytes(text.getvalue().encode("gb18030"))
    with person(staff_browser, centre) as context:
        page = context.new_page()
        sign_in(page, centre, "admin")
        page.goto("/manage/customer-imports")
        page.locator("input[type=file]").set_input_files(file)
        at = page.get_by_test_id("import")
        expect(at).to_have_attribute("data-state", "ready")
        page.get_by_test_id("import-check").click()
        expect(at).to_have_attribute("data-state", "checked")
        expect(page.get_by_test_id("import-run")).to_contain_text(str(ROWS - ROWS // 10))
        page.get_by_test_id("import-run").click()
        expect(at).to_have_attribute("data-state", "done")
        expect(page.get_by_test_id("import-new")).to_have_text(f"{ROWS - ROWS // 10:,}")
        expect(page.get_by_test_id("import-bad")).to_have_text(f"{ROWS // 10:,}")
        with page.expect_download() as download:
            page.get_by_test_id("import-errors").click()
        bad = download.value.path().read_text(encoding="utf-8-sig").splitlines()
        assert len(bad) == ROWS // 10 + 1
        assert "'=1+1" in bad[1]
    found = centre.client("admin").get("/customers", params={"number": "13700000019"}).json()["items"]
    assert [it["name"] for it in found] == ["客户19"]
