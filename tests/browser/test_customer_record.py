"""An agent opens a customer's record, reads the line, writes a note, a tag and what they consent to."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from ..centre import Running
from .pages import person, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.asterisk]


def test_a_customer_is_known_and_won_back(centre: Running, staff_browser: Browser) -> None:
    admin = centre.client("admin")
    told = {
        "name": "林晓雨",
        "numbers": ["13812340001"],
        "identities": [{"kind": "mail", "value": "lin@example.com"}],
    }
    id = admin.post("/customers", json=told).json()["id"]
    with person(staff_browser, centre) as context:
        page = context.new_page()
        sign_in(page, centre, "admin")
        page.goto(f"/customers/{id}")
        expect(page.get_by_test_id("record-name")).to_have_text("林晓雨")
        expect(page.get_by_test_id("experience")).to_contain_text("还没有体验记录")
        # What they said of a step is on their line at once, and read point by point with the keys.
        for score, note in ((4, "很耐心"), (1, "又坏了")):
            page.get_by_test_id("add-moment").click()
            page.get_by_test_id("moment-score").get_by_text(f"{score} ", exact=False).click()
            page.get_by_test_id("moment-note").fill(note)
            page.get_by_test_id("moment-save").click()
            page.get_by_test_id("moment-save").wait_for(state="hidden")
        chart = page.get_by_test_id("line-chart")
        expect(chart).to_have_attribute("data-points", "2")
        expect(page.get_by_test_id("experience")).to_have_attribute("data-trend", "falling")
        expect(page.get_by_test_id("line-told")).to_contain_text("又坏了")
        chart.press("ArrowLeft")
        expect(page.get_by_test_id("line-told")).to_contain_text("很耐心")
        # A note that the next colleague sees first, a tag, a refusal.
        page.get_by_test_id("note-text").fill("晚八点后不要打")
        page.get_by_test_id("note-pin").check()
        page.get_by_test_id("note-save").click()
        expect(page.get_by_test_id("note")).to_contain_text("晚八点后不要打")
        expect(page.get_by_test_id("note")).to_have_attribute("data-pinned", "true")
        page.get_by_test_id("tags-add").click()
        tag = page.get_by_test_id("tag").locator("input")
        tag.fill("短信通知")
        tag.press("Enter")
        expect(page.get_by_test_id("tags").locator("li")).to_contain_text("短信通知")
        page.get_by_test_id("consents-add").click()
        page.get_by_test_id("consent-purpose").click()
        page.locator(".ant-select-item-option").filter(has_text="营销").click()
        page.get_by_test_id("consents").get_by_text("拒绝", exact=False).last.click()
        page.get_by_test_id("consents").get_by_role("button", name="保存").click()
        expect(page.get_by_test_id("consents").locator("li")).to_contain_text("营销")
        expect(page.get_by_test_id("consents").locator("li")).to_contain_text("拒绝")
        # All of it stands in the timeline, and can be looked at by kind.
        page.get_by_test_id("kind-experience").click()
        expect(page.locator("[data-testid=record-timeline] li")).to_have_count(2)
        # Their line falls: somebody sees to them, and how it ended is part of the line.
        page.goto("/recoveries")
        row = page.locator("tr", has_text="林晓雨")
        row.get_by_test_id("recovery-take").click()
        row.get_by_test_id("recovery-finish").click()
        page.get_by_test_id("recovery-note").fill("上门更换，道歉")
        page.get_by_test_id("recovery-save").click()
        expect(row).to_have_count(0)
        page.goto(f"/customers/{id}")
        expect(chart).to_have_attribute("data-points", "3")
        expect(page.get_by_test_id("line-told")).to_contain_text("上门更换")
