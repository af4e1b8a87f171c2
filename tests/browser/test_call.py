"""A call as its people live it: dialled, asked, queued, popped, answered, held, wrapped up, listened to."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from ..caller import Caller
from ..centre import Running
from .conftest import Desk
from .pages import chromium, person, sign_in, tone_heard
from .story import AGENT_TONE, CALLER_TONE, press, recorded, to_service, told, until
from .story import contact as contact_of

pytestmark = [pytest.mark.browser, pytest.mark.asterisk]

NUMBER, PAGE_TONE = "+8613812345678", 620


def whole_story(centre: Running, desk: Desk, caller: Callable[..., Caller], staff_browser: Browser) -> None:
    agent = desk("3850")
    floor_context = person(staff_browser, centre)
    floor = floor_context.new_page()
    sign_in(floor, centre, "supervisor")
    floor.goto("/floor")
    row = floor.locator("[data-testid=queue-row][data-queue=service]")
    row.wait_for()

    customer = caller(number=NUMBER)
    to_service(customer)
    agent.get_by_test_id("answer").wait_for()
    expect(agent.get_by_test_id("caller-number")).to_have_attribute("data-number", NUMBER)
    expect(agent.get_by_test_id("caller-path")).to_contain_text("售后服务")
    agent.get_by_test_id("answer").click()

    customer.wait_tone(AGENT_TONE)
    until(lambda: abs(tone_heard(agent) - CALLER_TONE) < 15, what="the agent hears the caller")
    expect(agent.get_by_test_id("recording")).to_have_attribute("data-recording", "on")
    expect(row.get_by_test_id("queue-answered")).to_have_text("1")
    expect(row.get_by_test_id("queue-talking")).to_have_text("1")

    agent.get_by_test_id("hold").click()
    until(lambda: abs(customer.heard(0.4)[0] - AGENT_TONE) > 20, what="on hold the caller hears music")
    agent.get_by_test_id("hold").click()
    customer.wait_tone(AGENT_TONE)
    agent.get_by_test_id("pause-recording").click()
    expect(agent.get_by_test_id("recording")).to_have_attribute("data-recording", "paused")
    time.sleep(1)
    agent.get_by_test_id("pause-recording").click()
    expect(agent.get_by_test_id("recording")).to_have_attribute("data-recording", "on")
    time.sleep(1)

    agent.get_by_test_id("disposition-resolved").click()
    agent.get_by_test_id("note").fill("退费已到账")
    agent.get_by_test_id("hang-up").click()
    customer.wait_over()
    agent.locator("[data-testid=call][data-state=wrap_up]").wait_for()
    agent.get_by_test_id("finish").click()
    agent.locator("[data-testid=presence][data-routability=routable]").wait_for()
    expect(agent.get_by_test_id("recent-row")).to_have_count(1)

    admin = centre.client("admin")
    until(lambda: contact_of(admin, NUMBER)["recording"] == "ready", what="the recording is kept")
    until(lambda: contact_of(admin, NUMBER)["disposition"], what="what came of it is told")
    until(lambda: contact_of(admin, NUMBER)["talk_s"], what="how long they talked is told")
    contact = contact_of(admin, NUMBER)
    assert contact["outcome"] == "answered"
    assert contact["disposition"] == "resolved"
    assert contact["notes"][0]["text"] == "退费已到账"
    assert [step["via"] for step in contact["steps"]] == ["start", "1", "2"]
    recording = contact["recordings"][0]
    assert len(recording["paused"]) == 1
    heard, seconds = recorded(admin, recording["id"], "customer", CALLER_TONE)
    assert heard
    heard, other_seconds = recorded(admin, recording["id"], "agent", AGENT_TONE)
    assert heard
    assert seconds == other_seconds
    # All of the talk; a sender who stalls on a full machine makes it longer (docs/adr/0006).
    assert -1.5 < seconds - contact["talk_s"] < 5

    floor.goto(f"/contacts/{contact['id']}")
    sees_recording(floor)
    sees_why(floor)
    floor_context.close()


def sees_recording(page: Page) -> None:
    page.locator("[data-testid=recording-box][data-state=ready]").wait_for()
    page.get_by_test_id("waveform").wait_for()
    expect(page.get_by_test_id("timeline")).to_contain_text("售后服务")


def sees_why(page: Page) -> None:
    """Unfolded, the offer tells why it went to this agent, in the reader's language."""
    why = page.get_by_test_id("why").first
    expect(why.locator("li").first).not_to_be_visible()
    why.locator("summary").click()
    expect(why).to_contain_text("客户刚到，没有等待。")
    expect(why).to_contain_text("队列成员中有 1 人空闲。")
    expect(why).to_contain_text("空闲最久")


def test_from_dial_to_recording(
    centre: Running, desk: Desk, caller: Callable[..., Caller], staff_browser: Browser
) -> None:
    whole_story(centre, desk, caller, staff_browser)


def test_a_customer_calls_from_their_browser(
    centre: Running,
    desk: Desk,
    playwright: Playwright,
    staff_browser: Browser,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    agent = desk("3850")
    with chromium(playwright, tmp_path_factory.mktemp("customer"), PAGE_TONE) as browser:
        context = person(browser, centre, language="en-US")
        page = context.new_page()
        page.goto("/call/demo")
        page.get_by_test_id("call").click()
        told(page, "menu")
        press(page, "2", "English")
        page.get_by_test_id("key-0").click()
        agent.get_by_test_id("answer").click()
        until(lambda: abs(tone_heard(page) - AGENT_TONE) < 15, what="the customer hears the agent")
        until(lambda: abs(tone_heard(agent) - PAGE_TONE) < 15, what="the agent hears the customer")
        page.get_by_test_id("hang-up").click()
        agent.locator("[data-testid=call][data-state=wrap_up]").wait_for()
        context.close()
