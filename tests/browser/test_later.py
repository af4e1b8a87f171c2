"""Nobody is on duty: a customer leaves their number on the page, a supervisor sees to it and to the breaks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from ..caller import Caller
from ..centre import Running
from .pages import person, sign_in
from .story import to_service

pytestmark = [pytest.mark.browser, pytest.mark.asterisk]


def test_a_number_left_on_the_page(
    centre: Running, staff_browser: Browser, desk: Callable[[str], Page], caller: Callable[..., Caller]
) -> None:
    with person(staff_browser, centre, language="en-US", viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        page.goto("/call/demo")
        expect(page.get_by_test_id("later")).to_contain_text("Nobody is on duty")
        page.get_by_test_id("later-callback").click()
        page.get_by_test_id("later-number").fill("+1 415 555 2671")
        page.get_by_test_id("later-send").click()
        expect(page.get_by_test_id("later-wrong")).to_contain_text("another one")
        page.get_by_test_id("later-number").fill("138 1234 0001")
        page.get_by_test_id("later-send").click()
        expect(page.get_by_test_id("later-done")).to_contain_text("We will call you")
        page.reload()
        page.get_by_test_id("later-message").click()
        page.get_by_test_id("later-number").fill("13812340002")
        page.get_by_test_id("later-text").fill("My bill is wrong.")
        page.get_by_test_id("later-send").click()
        expect(page.get_by_test_id("later-done")).to_contain_text("We have your message")

    with person(staff_browser, centre, language="en-US", viewport={"width": 1280, "height": 800}) as context:
        page = context.new_page()
        sign_in(page, centre, "supervisor")
        page.get_by_test_id("nav-callbacks").click()
        expect(page.get_by_test_id("callbacks")).to_contain_text("138 1234 0001")
        expect(page.get_by_test_id("callbacks")).to_contain_text("下一位")
        page.get_by_role("tab", name="留言").click()
        expect(page.get_by_test_id("messages")).to_contain_text("My bill is wrong.")
        page.get_by_test_id("message-callback").click()
        expect(page.get_by_test_id("messages")).to_contain_text("没有留言")
        page.get_by_role("tab", name="待回呼").click()
        expect(page.get_by_test_id("callbacks")).to_contain_text("138 1234 0002")
        for _ in range(2):
            page.get_by_test_id("cancel-callback").first.click()
            page.locator(".ant-popconfirm-buttons .ant-btn-primary").last.click()
            expect(page.locator(".ant-popconfirm:visible")).to_have_count(0)
        expect(page.get_by_test_id("callbacks")).to_contain_text("没有待回呼的客户")

    agent = desk("1196")
    with person(staff_browser, centre, viewport={"width": 1280, "height": 800}) as context:
        floor = context.new_page()
        sign_in(floor, centre, "supervisor")
        floor.goto("/floor")
        limits = floor.get_by_test_id("break-limits")
        expect(limits).to_contain_text("北京一组：0 / 2")

        agent.get_by_test_id("break-reserve").click()
        agent.get_by_test_id("break-now").click()
        agent.locator("[data-testid=presence][data-presence=not_ready]").wait_for()
        expect(agent.locator("[data-testid=notice][data-code='break.began']")).to_be_visible()
        expect(limits).to_contain_text("北京一组：1 / 2")
        agent.get_by_test_id("break-cancel").click()
        expect(agent.get_by_test_id("break-reserve")).to_be_visible()
        agent.get_by_test_id("presence-available").click()
        expect(limits).to_contain_text("北京一组：0 / 2")

        # Whose phone rings and who is not there: by force the call goes back to the line at once.
        customer = caller()
        to_service(customer)
        agent.get_by_test_id("answer").wait_for()
        floor.get_by_test_id("agent-row").filter(has_text="李明").click()
        floor.get_by_test_id("act-force").check()
        floor.get_by_test_id("act-reason-meeting").click()
        expect(agent.get_by_test_id("answer")).to_have_count(0)
        expect(agent.get_by_test_id("presence")).to_have_attribute("data-presence", "not_ready")
        queue = floor.locator("[data-testid=queue-row][data-queue=service]")
        expect(queue.get_by_test_id("queue-waiting")).to_have_text("1")
        customer.hang_up()
