"""The customers' own page: which keys, which place, how long, and how it ended; in their words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from ..caller import Caller
from ..centre import Running
from .conftest import Desk
from .pages import chromium, person
from .story import press, to_service, told, until

pytestmark = [pytest.mark.browser, pytest.mark.asterisk]


@pytest.fixture(scope="module")
def customers(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(playwright, tmp_path_factory.mktemp("customer"), 620) as browser:
        yield browser


def call(page: Page) -> None:
    page.goto("/call/demo")
    page.get_by_test_id("call").click()
    told(page, "menu")


def test_menu_place_talk_and_a_kind_end(
    centre: Running, desk: Desk, caller: Callable[..., Caller], customers: Browser
) -> None:
    agent = desk("3850")
    agent.get_by_test_id("presence-offline").click()
    first = caller()
    to_service(first)
    admin = centre.client("admin")
    until(
        lambda: [it for it in admin.get("/contacts").json()["items"] if it["outcome"] == "waiting"], what="one waits"
    )

    with person(customers, centre, language="en-US", viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        call(page)
        expect(page.get_by_test_id("key-2")).to_contain_text("English")
        press(page, "2", "English")
        expect(page.get_by_test_id("key-0")).to_contain_text("Agent")
        expect(page.get_by_test_id("key-1")).to_contain_text("Sales")
        page.get_by_test_id("key-2").click()
        told(page, "waiting")
        expect(page.get_by_test_id("call-place")).to_have_text("You are number 2 in line")
        first.hang_up()
        expect(page.get_by_test_id("call-place")).to_have_text("You are next")

        centre.kill()
        centre.start()
        # The page finds its call again; the place is not told worse than it was.
        told(page, "waiting")
        expect(page.get_by_test_id("call-place")).to_have_text("You are next")

        agent.locator("[data-testid=phone-status][data-stage=registered]").wait_for()
        agent.get_by_test_id("presence-available").click()
        told(page, "ringing")
        agent.get_by_test_id("answer").wait_for()
        # Pressed in English before the restart; read by somebody who works in Chinese.
        expect(agent.get_by_test_id("caller-path")).to_contain_text("英文")
        expect(agent.get_by_test_id("caller-path")).to_contain_text("售后服务")
        agent.get_by_test_id("answer").click()
        told(page, "talking")
        expect(page.get_by_test_id("call-clock")).to_contain_text(re.compile(r"\d:\d\d"))
        agent.get_by_test_id("hold").click()
        told(page, "held")
        agent.get_by_test_id("hang-up").click()
        page.locator("[data-testid=customer-call][data-stage=ended]").wait_for()
        expect(page.get_by_test_id("call-state")).to_have_text("Thank you for calling")
        expect(page.get_by_test_id("call-hint")).to_contain_text("The agent ended the call")


def test_who_leaves_while_waiting_and_who_is_cut_off(centre: Running, customers: Browser) -> None:
    with person(customers, centre) as context:
        page = context.new_page()
        call(page)
        press(page, "1", "中文")
        page.get_by_test_id("key-0").click()
        told(page, "waiting")
        page.get_by_test_id("hang-up").click()
        expect(page.get_by_test_id("call-hint")).to_have_text("已为您挂断，需要时随时再拨")

        call(page)
        centre.kill_engine()
        page.locator("[data-testid=customer-call][data-told=ended]").wait_for()
