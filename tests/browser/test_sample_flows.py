"""The sample flow on a real telephone line: keys, another system, values in words, a person who sees the way."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from qingting.flow.nodes import Say
from qingting.runtime.flow_tools import publishable
from qingting.speech.espeak import Espeak
from qingting.speech.prompts import PromptStore

from ..caller import Caller
from ..centre import Client, Running
from ..centre import centre as running_centre
from .conftest import Desk
from .pages import person, sign_in
from .story import contact, contacts, take, until

pytestmark = [pytest.mark.browser, pytest.mark.asterisk]

TELECOM, NUMBER = "10081", "+8613812345678"
POWER, HOUSEHOLD, METER = "10082", "+8613812345679", "1234567874"
WAY = [
    *(
        "language",
        "main",
        "outage",
        "meter",
        "address",
        "outages",
        "report",
        "reported",
        "ticket_told",
        "report_goal",
    ),
    *("more", "main", "ticket_number", "repair", "repair_state", "on_the_way", "repair_goal"),
    *("more", "main", "to_bill", "account_known", "bill", "bill_how", "bill_told", "bill_goal", "bill_then"),
    *("more", "rating", "goodbye"),
]
FLOWS = Path(__file__).parents[2] / "flows"


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory, prompts: Path) -> Iterator[Running]:
    with running_centre(tmp_path_factory.mktemp("centre"), prompts, QINGTING_SAMPLES="true") as it:
        yield it


def at(admin: Client, node: str, number: str = NUMBER) -> None:
    """Until the caller is there."""
    until(lambda: number in contacts(admin), what="the call is on the page")
    id = contacts(admin)[number]["id"]

    def there() -> bool:
        steps = [step["node"] for step in admin.get(f"/contacts/{id}").json()["steps"]]
        return bool(steps) and steps[-1] == node

    until(there, what=f"the caller comes to {node}")


def test_a_caller_looks_for_a_package_and_asks_for_a_person(
    centre: Running, desk: Desk, caller: Callable[..., Caller]
) -> None:
    admin, agent = centre.client("admin"), desk("3850")
    customer = caller(dial=TELECOM, number=NUMBER)
    customer.wait_sound()
    at(admin, "language")
    customer.press("1")
    at(admin, "main")
    customer.press("2")
    at(admin, "package")  # what the other system told is spoken
    customer.wait_sound()
    customer.press("1")
    at(admin, "sure")
    customer.press("0")
    take(agent)
    expect(agent.get_by_test_id("caller-path")).to_contain_text("套餐")
    agent.get_by_test_id("hang-up").click()
    customer.wait_over()


def spoken(kept: Path, node: str, **values: str | Decimal) -> Path:
    """What the power company's callers hear at a node with these values: the file that was made for them, for an
    engine says the same words a little differently each time."""
    told = publishable((FLOWS / "power.yaml").read_text(encoding="utf-8")).nodes[node]
    assert isinstance(told, Say)
    (prompt,) = told.prompts

    async def find() -> str:
        store = PromptStore(Espeak(), kept, kept / "recorded")
        (path,) = await store.paths([prompt._replace(values=tuple(values.items()))], "zh")
        await store.close()
        return path

    with ThreadPoolExecutor(1) as beside:  # the browser's loop runs in this thread
        return Path(beside.submit(asyncio.run, find()).result() + ".wav")


def test_an_outage_is_reported_followed_and_the_bill_heard_by_keys_alone(
    centre: Running, caller: Callable[..., Caller], prompts: Path
) -> None:
    """From the report to the good-bye nobody is asked, and what other systems told is heard to the word."""
    admin = centre.client("admin")
    systems = {id: admin.get(f"/services/{id}").json()["url"] for id in ("grid", "billing")}
    bill = httpx.get(f"{systems['billing']}/accounts/{METER}/bill").json()
    assert bill["due"] == 172.18
    customer = caller(dial=POWER, number=HOUSEHOLD)

    def press(keys: str, node: str) -> None:
        for key in keys:
            customer.press(key)
        at(admin, node, HOUSEHOLD)

    customer.wait_sound()
    press("1", "main")
    press("1", "meter")
    press(METER, "report")
    assert httpx.get(f"{systems['grid']}/reports/200000").status_code == 404
    press("2", "more")
    customer.wait_words(spoken(prompts, "ticket_told", ticket="200000"))
    report = httpx.get(f"{systems['grid']}/reports/200000").json()
    assert (report["address"], report["extent"]) == ("东城区和平里29号", "area")
    press("1", "main")
    press("3", "ticket_number")
    press("200000", "more")
    customer.wait_words(spoken(prompts, "on_the_way", minutes=Decimal(20)))
    press("1", "main")
    press("2", "more")
    customer.wait_words(spoken(prompts, "bill_told", due=Decimal("172.18"), by=bill["by"]))
    press("2", "rating")
    press("5", "goodbye")
    customer.wait_over()
    until(lambda: contact(admin, HOUSEHOLD)["outcome"] == "self_service", what="they needed nobody")
    told = contact(admin, HOUSEHOLD)
    assert [step["node"] for step in told["steps"]] == WAY
    assert [step["words"].get("zh") for step in told["steps"] if step["node"] == "main"] == [
        "中文",
        "主菜单",
        "主菜单",
    ]
    assert [it["name"] for it in told["self_service"]["goals"]] == ["report", "repair", "bill"]
    assert METER not in json.dumps(told["steps"]), "which household it is stands in no step"


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
