"""Whoever has no mouse: the main pages by Tab, Enter, Space, arrows and the desk's keys alone.

At each stop of the focus the page shows where it is, and says what it is.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from ..caller import Caller
from ..centre import PASSWORD, Running
from .pages import person
from .story import AGENT_TONE, contact, in_state, registered, to_service, until

pytestmark = [pytest.mark.browser, pytest.mark.asterisk]

NUMBER, HUNG_UP = "+8613812347001", "+8613812347002"
STOPS = 80
ICONS = ("close-circle", "close", "search", "down", "eye-invisible", "eye")
FOCUS = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  let shown = at;
  const rings = (it) => {
    const style = getComputedStyle(it);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
  };
  for (let n = 0; n < 4 && shown && !rings(shown); n++) shown = shown.parentElement;
  const test = at.closest("[data-testid]");
  const labels = at.labels ? [...at.labels].map((it) => it.innerText) : [];
  const ids = (at.getAttribute("aria-labelledby") ?? "").split(" ");
  const by = ids.map((it) => document.getElementById(it)?.innerText);
  const inside = at.querySelector("[aria-label]")?.getAttribute("aria-label");
  const names = [at.getAttribute("aria-label"), at.innerText, inside, ...labels, ...by, at.title, at.placeholder];
  return {
    test: test ? test.dataset.testid : "",
    ring: !!shown && rings(shown),
    name: names.find((it) => it) ?? "",
    tag: at.outerHTML.slice(0, 200),
  };
}"""


def focus(page: Page) -> dict[str, str]:
    return page.evaluate(FOCUS) or {}


def tab_to(page: Page, test_id: str) -> None:
    """Forwards until it is there; every stop on the way can be seen and is named."""
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        at = focus(page)
        if not at:  # the browser's own bars
            continue
        assert at["ring"], f"nobody sees that the focus is here: {at}"
        assert at["name"], f"nobody hears what this is: {at}"
        assert at["name"] not in ICONS, f"an icon's name is nobody's language: {at}"
        if at["test"] == test_id:
            return
    raise AssertionError(f"{test_id} is not reached by {STOPS} tabs; last {focus(page)}")


def at_rest(page: Page, test_id: str) -> None:
    until(lambda: focus(page).get("test") == test_id, what=f"the focus is at {test_id}, not {focus(page)}")


def sign_in_by_keys(page: Page, centre: Running, name: str) -> None:
    page.goto("/sign-in")
    at_rest(page, "sign-in-name")
    first = centre.passwords.get(name, PASSWORD)
    page.keyboard.type(name)
    tab_to(page, "sign-in-password")
    page.keyboard.type(first)
    page.keyboard.press("Enter")
    if first != PASSWORD:
        page.get_by_test_id("old-password").wait_for()
        at_rest(page, "old-password")
        page.keyboard.type(first)
        for field in ("new-password", "repeat-password"):
            tab_to(page, field)
            page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.get_by_test_id("change-first-submit").wait_for(state="hidden")
        centre.passwords[name] = PASSWORD
    page.wait_for_url(lambda url: "sign-in" not in url)


def test_an_agents_call_without_a_mouse(
    centre: Running, staff_browser: Browser, caller: Callable[..., Caller]
) -> None:
    with person(staff_browser, centre) as context:
        page = context.new_page()
        sign_in_by_keys(page, centre, "3850")
        registered(page)
        presence = page.get_by_test_id("presence")
        tab_to(page, "presence-available")
        page.keyboard.press("Space")
        expect(presence).to_have_attribute("data-routability", "routable")

        # A break: the reasons take the focus, arrows go through them, Escape leads back to where one was.
        tab_to(page, "presence-not_ready")
        page.keyboard.press("Enter")
        until(lambda: focus(page).get("test", "").startswith("reason-"), what="the reasons have the focus")
        first = focus(page)["test"]
        page.keyboard.press("ArrowDown")
        assert focus(page)["test"] != first
        page.keyboard.press("Escape")
        at_rest(page, "presence-not_ready")
        page.keyboard.press("Enter")
        until(lambda: focus(page).get("test") == first, what="the first reason has the focus")
        page.keyboard.press("Enter")
        expect(presence).to_have_attribute("data-presence", "not_ready")
        page.keyboard.press("Alt+r")
        expect(presence).to_have_attribute("data-routability", "routable")

        customer = caller(number=NUMBER)
        to_service(customer)
        page.get_by_test_id("answer").wait_for()
        tab_to(page, "answer")
        page.keyboard.press("Enter")
        customer.wait_tone(AGENT_TONE)
        in_state(page, "active")
        tab_to(page, "hold")
        page.keyboard.press("Space")
        in_state(page, "held")
        expect(page.get_by_test_id("hold")).to_be_enabled()
        page.keyboard.press("F8")
        in_state(page, "active")
        tab_to(page, "disposition-resolved")
        page.keyboard.press("Space")
        expect(page.get_by_test_id("disposition-resolved")).to_have_attribute("aria-checked", "true")
        tab_to(page, "note")
        page.keyboard.type("refunded")
        page.keyboard.press("F10")
        customer.wait_over()
        in_state(page, "wrap_up")
        expect(page.get_by_test_id("note")).to_have_value("refunded")
        page.keyboard.press("Control+Enter")
        expect(presence).to_have_attribute("data-routability", "routable")
        page.keyboard.press("Alt+o")
        expect(presence).to_have_attribute("data-presence", "offline")

        supervisor = centre.client("supervisor")
        until(lambda: contact(supervisor, NUMBER)["disposition"] == "resolved", what="the contact is written")


def test_contacts_and_a_queue_without_a_mouse(
    centre: Running, staff_browser: Browser, caller: Callable[..., Caller]
) -> None:
    caller(number=HUNG_UP).hang_up()
    supervisor = centre.client("supervisor")
    until(lambda: contact(supervisor, HUNG_UP)["ended_at"], what="the contact is told")
    with person(staff_browser, centre) as context:
        page = context.new_page()
        sign_in_by_keys(page, centre, "admin")
        tab_to(page, "nav-contacts")
        page.keyboard.press("Enter")
        page.get_by_test_id("contact-row").first.wait_for()
        tab_to(page, "filter-number")
        page.keyboard.type(HUNG_UP[3:])
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("contact-row")).to_have_count(1)
        tab_to(page, "contact-row")
        page.keyboard.press("Enter")
        page.get_by_test_id("timeline").wait_for()

        page.goto("/manage/queues")
        page.get_by_test_id("item-row").first.wait_for()
        tab_to(page, "new")
        page.keyboard.press("Enter")
        at_rest(page, "field-name")
        # A list opens, is walked and chosen from by keys.
        tab_to(page, "field-line")
        page.keyboard.press("ArrowDown")
        page.locator(".ant-select-dropdown:visible").wait_for()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("field-line")).to_contain_text("蜻蜓电信")
        # Past every field of the form; what is missing then has the focus.
        tab_to(page, "save")
        page.keyboard.press("Enter")
        at_rest(page, "field-name")
        page.keyboard.type("键盘队列")
        page.keyboard.press("Enter")
        page.locator(".ant-drawer-open").wait_for(state="detached")
        expect(page.get_by_test_id("item-row").filter(has_text="键盘队列")).to_be_visible()
        at_rest(page, "new")
        (made,) = (it for it in centre.client("admin").get("/queues").json()["items"] if it["name"] == "键盘队列")
        assert made["line"] == "telecom"

        # Out of a drawer by Escape, back to where one was.
        page.keyboard.press("Enter")
        at_rest(page, "field-name")
        page.keyboard.press("Escape")
        page.locator(".ant-drawer-open").wait_for(state="detached")
        at_rest(page, "new")
