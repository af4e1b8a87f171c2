"""Nobody is on duty: a customer leaves their number on the page, a supervisor sees to it and to the breaks."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from ..caller import Caller
from ..centre import Running
from .pages import person, sign_in
from .story import in_state, take, to_service, until

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
        for number, done in (("13812340005", "message-answered"), ("13812340006", "message-spam")):
            left = {"entry": "demo", "language": "zh", "number": number, "text": "请回电"}
            centre.client("supervisor").post("/public/messages", json=left).raise_for_status()
            page.get_by_test_id(done).click()
            expect(page.get_by_test_id("messages")).to_contain_text("没有留言")
        page.get_by_role("tab", name="待回呼").click()
        expect(page.get_by_test_id("callbacks")).to_contain_text("138 1234 0002")
        expect(page.get_by_test_id("callbacks")).not_to_contain_text("138 1234 0005")
        for _ in range(2):
            page.get_by_test_id("cancel-callback").first.click()
            page.locator(".ant-popconfirm-buttons .ant-btn-primary").last.click()
            expect(page.locator(".ant-popconfirm:visible")).to_have_count(0)
        expect(page.get_by_test_id("callbacks")).to_contain_text("没有待回呼的客户")

    spoken_to_nobody(centre, staff_browser, caller)
    agent = desk("1196")
    promised_and_taken_back(agent, caller)
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
        expect(agent.locator("[data-testid=notice][data-code='presence.forced']")).to_contain_text("班长")
        queue = floor.locator("[data-testid=queue-row][data-queue=service]")
        expect(queue.get_by_test_id("queue-waiting")).to_have_text("1")
        customer.hang_up()


def spoken_to_nobody(centre: Running, browser: Browser, caller: Callable[..., Caller]) -> None:
    """A voicemail: taken by a supervisor, heard, called back; then the customer wants to be forgotten."""
    admin = centre.client("admin")
    queue = admin.get("/queues/service").json()
    for name in ("id", "warnings"):
        del queue[name]
    with_voicemail = {**queue, "overflow": [{"when": "no_agents", "to": "voicemail"}]}
    admin.put("/queues/service", json=with_voicemail).raise_for_status()
    customer = {"name": "周建国", "numbers": ["+8613812340003"], "note": ""}
    admin.post("/customers", json=customer).raise_for_status()
    speaks = caller("13812340003")
    to_service(speaks)
    until(lambda: admin.get("/messages").json()["items"], what="the tone")
    time.sleep(3)
    speaks.hang_up()
    until(lambda: admin.get("/messages").json()["items"][0]["recording"]["state"] == "ready", what="it can be heard")
    contact = admin.get("/messages").json()["items"][0]["contact"]
    version = admin.get("/queues/service").json()["version"]
    admin.put("/queues/service", json={**queue, "version": version}).raise_for_status()

    with person(browser, centre, viewport={"width": 1280, "height": 800}) as context:
        page = context.new_page()
        sign_in(page, centre, "admin")
        page.goto("/callbacks?show=messages")
        page.get_by_test_id("message-take").click()
        expect(page.get_by_test_id("message-claim")).to_contain_text("我")
        page.reload()
        expect(page.get_by_test_id("message-release")).to_be_visible()
        page.get_by_test_id("message-hear").click()
        expect(page.get_by_test_id("waveform")).to_be_visible()
        page.get_by_test_id("play").click()
        until(lambda: page.evaluate("document.querySelector('audio').currentTime") > 0.5, what="it is heard")
        page.get_by_test_id("message-callback").click()
        expect(page.get_by_test_id("messages")).to_contain_text("没有留言")
        page.get_by_role("tab", name="待回呼").click()
        expect(page.get_by_test_id("callbacks")).to_contain_text("138 1234 0003")

        page.goto(f"/contacts/{contact}")
        page.get_by_test_id("erase").click()
        expect(page.get_by_test_id("erase-confirm")).to_be_disabled()
        page.get_by_test_id("erase-type").fill("周建")
        expect(page.get_by_test_id("erase-confirm")).to_be_disabled()
        page.get_by_test_id("erase-type").fill("周建国")
        page.get_by_test_id("erase-recordings").check()
        page.get_by_test_id("erase-confirm").click()
        expect(page.get_by_test_id("contact")).not_to_contain_text("周建国")
        expect(page.get_by_test_id("contact")).not_to_contain_text("1234 0003")
        page.goto("/callbacks")
        expect(page.get_by_test_id("callbacks")).to_contain_text("没有待回呼的客户")


def promised_and_taken_back(agent: Page, caller: Callable[..., Caller]) -> None:
    """At the desk: the promise stands there after a reload as well, and is taken back when that is confirmed."""
    customer = caller("13812340004")
    to_service(customer)
    take(agent)
    agent.get_by_test_id("callback").click()
    agent.get_by_test_id("callback-submit").click()
    expect(agent.get_by_test_id("callback-done")).to_be_visible()
    agent.get_by_test_id("hang-up").click()
    in_state(agent, "wrap_up")
    agent.reload()
    expect(agent.get_by_test_id("callback-done")).to_be_visible()
    agent.get_by_test_id("callback-cancel").click()
    agent.locator(".ant-popconfirm-buttons .ant-btn-primary").last.click()
    expect(agent.get_by_test_id("callback-done")).to_have_count(0)
    agent.get_by_test_id("finish").click()
    agent.locator("[data-testid=presence][data-routability=routable]").wait_for()
