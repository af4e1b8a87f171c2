"""A supervisor puts a segment together by hand, and lets a tag come by itself."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from ..centre import Running
from .pages import person, sign_in
from .story import until

pytestmark = [pytest.mark.browser, pytest.mark.asterisk]


def choose(page: Page, label: str, option: str, place: int = -1) -> None:
    """By the keyboard alone: open, type, take."""
    box = page.get_by_role("combobox", name=label, exact=True)
    (box.last if place < 0 else box.nth(place)).focus()
    page.keyboard.press("ArrowDown")
    page.locator(f".ant-select-dropdown:visible .ant-select-item-option[title='{option}']").click()


def test_a_segment_and_a_tag_by_themselves(centre: Running, staff_browser: Browser) -> None:
    admin = centre.client("admin")
    for n in range(3):
        made = admin.post("/customers", json={"name": f"圈选{n}", "numbers": [f"1370000777{n}"]})
        made.raise_for_status()
        tags = {"tags": [{"layer": "value", "tag": "圈选金卡"}]} if n < 2 else {"tags": []}
        admin.put(f"/customers/{made.json()['id']}/tags", json=tags).raise_for_status()
    with person(staff_browser, centre) as context:
        page = context.new_page()
        sign_in(page, centre, "supervisor")
        page.goto("/manage/segments")
        page.get_by_test_id("new-segment").click()
        page.get_by_test_id("name-zh").fill("金卡客户")
        preview = page.get_by_test_id("preview")
        expect(preview).to_contain_text("条件还没写完")
        expect(page.get_by_test_id("rule-row").get_by_role("alert")).to_have_text("这里还没填。")
        page.get_by_role("combobox", name="标签", exact=True).fill("圈选金卡")
        expect(page.get_by_test_id("preview-count")).to_have_text("2")
        expect(page.get_by_test_id("preview-member")).to_have_count(2)
        page.get_by_test_id("add-condition").click()
        choose(page, "条件类型", "联络次数")
        expect(page.get_by_test_id("preview-count")).to_have_text("0")
        choose(page, "是否", "不是")
        expect(page.get_by_test_id("preview-count")).to_have_text("2")
        page.get_by_test_id("save").click()
        expect(page.get_by_test_id("segment-count")).to_have_text("2")
        # What was kept is what is edited.
        page.get_by_role("link", name="金卡客户").click()
        expect(page.get_by_test_id("rule-row")).to_have_count(2)
        expect(page.get_by_test_id("preview-count")).to_have_text("2")
        page.goto("/manage/segments/tags/new")
        page.get_by_test_id("rule-tag").fill("贵宾")
        page.get_by_role("combobox", name="标签", exact=True).fill("圈选金卡")
        expect(page.get_by_test_id("preview-count")).to_have_text("2")
        page.get_by_test_id("save").click()
        expect(page.get_by_test_id("tagged")).to_have_attribute("data-count", "2")
        page.get_by_test_id("switch-repeat_caller").click()
        page.get_by_test_id("save-computation").click()
        expect(page.get_by_test_id("switch-repeat_caller")).to_be_checked()
    until(lambda: len(admin.get("/customers", params={"tag": "贵宾"}).json()["items"]) == 2, what="they are tagged")
