"""The agent's headset: chosen, tried, changed in the middle of a call; and calls that come close upon each other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from ..caller import Caller
from ..centre import Running
from .conftest import Desk
from .story import AGENT_TONE, in_state, registered, to_service, until

pytestmark = [pytest.mark.browser, pytest.mark.asterisk]


def level(page: Page) -> int:
    return int(page.get_by_test_id("microphone-level").get_attribute("aria-valuenow") or 0)


def silent(caller: Caller) -> bool:
    return abs(caller.heard(0.4)[0] - AGENT_TONE) > 20


def test_headset_settings(desk: Desk, caller: Callable[..., Caller]) -> None:
    page = desk("3850")
    page.get_by_test_id("phone-status").click()
    until(lambda: level(page) > 8, what="the meter moves")
    page.get_by_test_id("test-tone").click()
    expect(page.get_by_test_id("test-tone")).to_be_disabled()
    expect(page.get_by_test_id("test-tone")).to_be_enabled()
    page.get_by_test_id("audio-noiseSuppression").click()
    page.reload()
    registered(page)
    page.get_by_test_id("phone-status").click()
    expect(page.get_by_test_id("audio-noiseSuppression")).to_have_attribute("aria-checked", "false")
    expect(page.get_by_test_id("audio-echoCancellation")).to_have_attribute("aria-checked", "true")
    page.keyboard.press("Escape")

    customer = caller()
    to_service(customer)
    page.get_by_test_id("answer").click()
    customer.wait_tone(AGENT_TONE)
    page.get_by_test_id("phone-status").click()
    until(lambda: level(page) > 8, what="the meter shows the call's own microphone")
    page.get_by_test_id("audio-autoGainControl").click()
    customer.wait_tone(AGENT_TONE)
    page.get_by_test_id("mute").click()
    until(lambda: silent(customer), what="muted")
    page.get_by_test_id("phone-status").click()
    page.get_by_test_id("audio-echoCancellation").click()
    until(lambda: level(page) == 0, what="another microphone is as muted as the one before")
    assert silent(customer)
    page.get_by_test_id("mute").click()
    customer.wait_tone(AGENT_TONE)


def test_a_call_right_after_the_last(centre: Running, desk: Desk, caller: Callable[..., Caller]) -> None:
    """Without wrap-up the next ring may overtake the goodbye of the call before: nobody declined anything."""
    admin = centre.client("admin")
    version = admin.get("/queues/service").json()["version"]
    body = {"version": version, "name": "客服", "line": "telecom", "wrap_up_s": 0}
    admin.put("/queues/service", json=body).raise_for_status()
    page = desk("3850")
    customers = [caller(number=f"1381234000{n}") for n in range(4)]
    for each in customers:
        to_service(each)
    for _ in customers:
        page.get_by_test_id("answer").click()
        in_state(page, "active")
        page.get_by_test_id("hang-up").click()
        page.locator("[data-testid=call][data-state=active]").wait_for(state="detached")
    for each in customers:
        each.wait_over()
    expect(page.get_by_test_id("presence")).to_have_attribute("data-routability", "routable")
