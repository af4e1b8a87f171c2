"""The sample flow on a real telephone line: keys, another system, values in words, a person who sees the way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from ..caller import Caller
from ..centre import Running
from ..centre import centre as running_centre
from .conftest import Desk
from .pages import person, sign_in
from .story import contact, take, until

pytestmark = [pytest.mark.browser, pytest.mark.asterisk]

TELECOM, NUMBER = "10081", "+8613812345678"


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory, prompts: Path) -> Iterator[Running]:
    with running_centre(tmp_path_factory.mktemp("centre"), prompts, QINGTING_SAMPLES="true") as it:
        yield it


def at(centre: Running, node: str) -> None:
    """Until the caller is there."""
    admin = centre.client("admin")

    def there() -> bool:
        steps = [step["node"] for step in contact(admin, NUMBER)["steps"]]
        return bool(steps) and steps[-1] == node

    until(there, what=f"the caller comes to {node}")


def test_a_caller_looks_for_a_package_and_asks_for_a_person(
    centre: Running, desk: Desk, caller: Callable[..., Caller]
) -> None:
    agent = desk("3850")
    customer = caller(dial=TELECOM, number=NUMBER)
    customer.wait_sound()
    at(centre, "language")
    customer.press("1")
    at(centre, "main")
    customer.press("2")
    at(centre, "package")  # what the other system told is spoken
    customer.wait_sound()
    customer.press("1")
    at(centre, "sure")
    customer.press("0")
    take(agent)
    expect(agent.get_by_test_id("caller-path")).to_contain_text("套餐")
    agent.get_by_test_id("hang-up").click()
    customer.wait_over()


def test_a_flow_is_published_at_a_time_compared_and_restored(centre: Running, staff_browser: Browser) -> None:
    with person(staff_browser, centre) as context:
        page = context.new_page()
        sign_in(page, centre, "admin")
        page.goto("/manage/flows")
        page.get_by_test_id("flow-row").filter(has_text="Telecom").click()
        area = page.locator(".code textarea")
        area.wait_for()
        page.locator("[data-testid=flow-problems][data-count='0']").wait_for()
        area.fill(area.input_value().replace("1: {to: to_balance, ", "9: {to: to_balance, "))
        page.locator("[data-testid=flow-problems]").get_by_text("用例").wait_for()  # a case presses 1
        page.get_by_test_id("flow-parts").get_by_text("用例").click()
        expect(page.locator(".code-margin .bad").first).to_be_visible()
        page.locator(".code textarea").fill("")
        page.get_by_test_id("flow-publish").click()
        page.get_by_test_id("flow-parts").get_by_text("版本").click()
        expect(page.get_by_test_id("flow-version")).to_have_count(2)
        expect(page.get_by_test_id("flow-order")).to_contain_text("to_balance")
        page.get_by_test_id("roll-back").click()
        page.locator(".ant-popconfirm .ant-btn-primary").click()
        expect(page.get_by_test_id("flow-version")).to_have_count(3)
        expect(page.get_by_test_id("flow-version").first).to_have_attribute("data-state", "now")
