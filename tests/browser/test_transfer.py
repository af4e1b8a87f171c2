"""Two agents and a customer: asked about, swapped, in conference, handed over; then handed on unheard, with notes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from ..caller import Caller
from ..centre import Running
from .conftest import Desk
from .pages import chromium, person, sign_in, tone_heard
from .story import AGENT_TONE, CALLER_TONE, contact, in_state, registered, to_service, until

pytestmark = [pytest.mark.browser, pytest.mark.asterisk]

COLLEAGUE_TONE = 1200
NUMBER = "+8613812345678"


def hears(page: Page, tone: float, what: str) -> None:
    until(lambda: abs(tone_heard(page) - tone) < 15, what=what)


def hand_to(page: Page, who: str) -> None:
    """As somebody does who leaves the keyboard for nothing."""
    expect(page.get_by_test_id("transfer")).to_be_enabled()
    page.keyboard.press("F6")
    page.get_by_test_id("transfer-search").fill(who)
    page.locator("[role=option][aria-selected=true]").wait_for()


def back_to_work(page: Page) -> None:
    in_state(page, "wrap_up")
    page.get_by_test_id("finish").click()
    page.locator("[data-testid=presence][data-routability=routable]").wait_for()


def test_consulted_conferred_completed_then_handed_on(
    centre: Running,
    desk: Desk,
    caller: Callable[..., Caller],
    playwright: Playwright,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    first = desk("3850")
    with chromium(playwright, tmp_path_factory.mktemp("colleague"), COLLEAGUE_TONE) as browser:
        second = available(browser, centre, "1196")
        customer = caller()
        to_service(customer)
        first.get_by_test_id("answer").click()
        customer.wait_tone(AGENT_TONE)

        # Consult: they two talk, the customer hears neither.
        hand_to(first, "1196")
        first.get_by_test_id("demand-refund").click()
        first.get_by_test_id("transfer-note").fill("客户要求退款")
        first.get_by_test_id("consult").click()
        first.get_by_test_id("party-ringing").wait_for()
        expect(second.get_by_test_id("handed")).to_contain_text("咨询您")
        expect(second.get_by_test_id("handed-note")).to_have_text("客户要求退款")
        expect(second.get_by_test_id("caller-number")).to_have_attribute("data-number", NUMBER)
        second.keyboard.press("F2")
        hears(second, AGENT_TONE, "the colleague hears who asks")
        hears(first, COLLEAGUE_TONE, "who asks hears the colleague")
        expect(first.get_by_test_id("party-customer")).to_contain_text("保持中")
        until(
            lambda: min(abs(customer.heard(0.4)[0] - tone) for tone in (AGENT_TONE, COLLEAGUE_TONE)) > 20,
            what="the customer hears music",
        )

        first.keyboard.press("Alt+s")
        first.get_by_test_id("party-held").wait_for()
        hears(first, CALLER_TONE, "swapped, the customer is heard")
        customer.wait_tone(AGENT_TONE)
        expect(second.get_by_test_id("consulted-hint")).to_contain_text("正在和客户通话")

        first.keyboard.press("Alt+j")
        first.get_by_test_id("party-joined").wait_for()
        expect(second.get_by_test_id("consulted-hint")).to_contain_text("客户能听到您")
        hears(second, CALLER_TONE, "in conference the colleague hears the customer")
        hears(first, CALLER_TONE, "in conference who asked still hears the customer")
        customer.wait_tone(AGENT_TONE)
        customer.wait_tone(COLLEAGUE_TONE)

        # Who leaves a conference leaves the customer to the other.
        expect(first.get_by_test_id("hang-up")).to_have_attribute("data-leaving", "leave_conference")
        first.keyboard.press("F10")
        back_to_work(first)
        customer.wait_tone(COLLEAGUE_TONE)
        hears(second, CALLER_TONE, "the customer is theirs")
        expect(second.get_by_test_id("handed")).to_contain_text("转来")
        second.get_by_test_id("company").wait_for(state="detached")

        # Unheard, by the keyboard alone: it rings there with what was said.
        hand_to(second, "3850")
        second.get_by_test_id("mood-upset").click()
        second.get_by_test_id("transfer-note").fill("已核实身份")
        second.get_by_test_id("transfer-note").press("Control+Enter")
        first.get_by_test_id("answer").wait_for()
        expect(first.get_by_test_id("handed-mood")).to_have_text("不满")
        expect(first.get_by_test_id("handed-note")).to_have_text("已核实身份")
        back_to_work(second)
        first.keyboard.press("F2")
        customer.wait_tone(AGENT_TONE)
        hears(first, CALLER_TONE, "handed on")
        first.keyboard.press("F10")
        customer.wait_over()
        back_to_work(first)

    admin = centre.client("admin")
    until(lambda: contact(admin, NUMBER)["outcome"] == "answered", what="the contact is told")
    assert {it["agent_name"] for it in contact(admin, NUMBER)["assignments"]} == {"王小兰", "李明"}


def available(browser: Browser, centre: Running, name: str) -> Page:
    """Their browser speaks with a voice of its own; it ends with it."""
    page = person(browser, centre).new_page()
    sign_in(page, centre, name)
    page.goto("/desk")
    registered(page)
    page.get_by_test_id("presence-available").click()
    page.locator("[data-testid=presence][data-routability=routable]").wait_for()
    return page
