"""Callers on their own: what they did is on the page of self-service, drawn, and on the page of their contact."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from ..caller import Caller
from ..centre import Running
from .pages import person, sign_in
from .story import contact, to_service, until

pytestmark = [pytest.mark.browser, pytest.mark.asterisk]

LOST, WAITED = "13500008001", "13500008002"


def test_the_way_of_callers_is_counted_and_drawn(
    centre: Running, staff_browser: Browser, caller: Callable[..., Caller]
) -> None:
    admin = centre.client("admin")
    lost = caller(number=LOST)
    lost.wait_answered()
    lost.wait_sound()
    lost.press("1")
    until(lambda: contact(admin, f"+86{LOST}")["self_service"]["steps"][-1]["via"] == "1", what="the key is told")
    lost.hang_up()
    waited = caller(number=WAITED)
    waited.wait_answered()
    to_service(waited)
    until(lambda: contact(admin, f"+86{WAITED}")["outcome"] == "waiting", what="they wait")
    waited.hang_up()

    def flows() -> list[dict[str, object]]:
        found: list[dict[str, object]] = admin.get("/self-service/flows").json()["items"]
        return [it for it in found if it["contacts"] == 2]

    until(lambda: flows() and (flows()[0]["lost"], flows()[0]["handed"]) == (1, 1), what="both are counted")
    flow = flows()[0]["flow"]
    with person(staff_browser, centre) as context:
        page = context.new_page()
        sign_in(page, centre, "supervisor")
        page.get_by_test_id("nav-self-service").click()
        expect(page.get_by_test_id("gauge").first).to_have_attribute("data-value", "0")
        page.get_by_test_id(f"flow-{flow}").click()
        drawing = page.get_by_test_id("drawing")
        expect(drawing.locator("[data-node=person], [data-level='5']").first).to_be_visible()
        weak = page.get_by_test_id("weak").get_by_role("button")
        name = weak.first.locator("strong").inner_text()
        weak.first.click()
        panel = page.get_by_test_id("node-panel")
        expect(panel).to_have_attribute("data-node", name)
        expect(panel).to_contain_text("50%")
        # By keys: from the node that was chosen up to the one before it, which is told by Enter.
        box = drawing.locator(f"[data-node='{name}']")
        box.focus()
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")
        expect(panel).not_to_have_attribute("data-node", name)
        page.goto(f"/contacts/{contact(admin, f'+86{WAITED}')['id']}")
        way = page.get_by_test_id("way")
        expect(way).to_contain_text("本次进入人工服务前在自助语音环节等待")
        expect(way.locator("li").last).to_contain_text("2")
