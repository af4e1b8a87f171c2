"""A customer is found however the number is written; a view is kept, a file taken out, a duplicate merged."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, expect

from ..centre import Running
from .pages import person, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.asterisk]


def test_found_kept_taken_out_and_merged(centre: Running, staff_browser: Browser) -> None:
    admin = centre.client("admin")
    for name, number, external in (("欧阳晓雨", "13912340001", "L-1"), ("欧阳 晓雨", "13912340001", "L-2")):
        told = {"name": name, "numbers": [number], "external_id": external, "born": "1990-05-01", "shared": True}
        admin.post("/customers", json=told).raise_for_status()
    with person(staff_browser, centre) as context:
        page = context.new_page()
        sign_in(page, centre, "admin")
        page.goto("/customers")
        page.get_by_test_id("customers").wait_for()
        page.keyboard.press("/")
        page.keyboard.type("+86 (139) 1234-0001")
        page.keyboard.press("Enter")
        rows = page.get_by_test_id("customer-row")
        expect(rows).to_have_count(2)
        page.goto("/customers?kind=person&changed_days=1&q=0001")
        expect(rows).to_have_count(2)
        rows.nth(0).get_by_role("checkbox").check()
        rows.nth(1).get_by_role("checkbox").check()
        page.get_by_test_id("tag-chosen").click()
        page.get_by_test_id("tag-many").fill("看房")
        page.keyboard.press("Enter")
        expect(rows.filter(has_text="看房")).to_have_count(2)

        page.goto("/customers?tag=看房")
        expect(rows).to_have_count(2)
        page.get_by_test_id("keep-view").click()
        page.get_by_test_id("view-name").fill("看房的客户")
        page.get_by_test_id("save-view").click()
        expect(page.get_by_test_id("view")).to_contain_text("看房的客户")
        page.goto("/customers")
        page.get_by_test_id("view").click()
        page.get_by_title("看房的客户").click()
        expect(rows).to_have_count(2)
        page.get_by_test_id("export").click()
        with page.expect_download() as download:
            page.get_by_test_id("export-take").click()
        page.get_by_test_id("export-done").wait_for()
        book = load_workbook(io.BytesIO(download.value.path().read_bytes()), read_only=True)
        told = [dict(zip(next(book.worksheets[0].values), row, strict=True)) for row in book.worksheets[0].values][1:]
        assert {(it["姓名"], it["电话"], it["tag:business"]) for it in told} == {
            ("欧阳晓雨", "+8613912340001", "看房"),
            ("欧阳 晓雨", "+8613912340001", "看房"),
        }

        page.goto("/customers/duplicates")
        pair = page.get_by_test_id("pair").filter(has_text="欧阳晓雨")
        pair.click()
        page.get_by_test_id("comparison").get_by_text("L-2").wait_for()
        page.keyboard.press("ArrowRight")
        expect(page.get_by_test_id("stands-b")).to_be_checked()
        page.keyboard.press("m")
        expect(page.get_by_test_id("merged")).to_contain_text("欧阳晓雨")
        expect(pair).to_have_count(0)
        (one,) = admin.get("/customers", params={"q": "13912340001"}).json()["items"]
        assert (one["name"], one["external_id"]) == ("欧阳 晓雨", "L-2")
        page.keyboard.press("u")
        expect(pair).to_have_count(1)
        assert len(admin.get("/customers", params={"q": "13912340001"}).json()["items"]) == 2
        page.get_by_test_id("not-same").click()
        expect(pair).to_have_count(0)
        page.get_by_text("不是同一人 1").click()
        page.get_by_test_id("take-back").click()
        page.get_by_text("待判断 1").click()
        expect(pair).to_have_count(1)
