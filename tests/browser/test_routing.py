"""An administrator says who serves whom: a step of relaxation with its course, a rule, who interrupts whom; a
requirement that nobody meets is warned of, and a queue goes when those who wait have somewhere to go."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from ..caller import Caller
from ..centre import Client, Running
from ..scenario.desk import snapshot
from .pages import person, sign_in
from .story import until

pytestmark = pytest.mark.browser


def choose(page: Page, field: str, option: str) -> None:
    page.get_by_test_id(field).locator(".ant-select").first.click()
    page.locator(".ant-select-dropdown:visible .ant-select-item-option", has_text=option).first.click()


def save(page: Page) -> None:
    page.get_by_test_id("save").click()
    page.get_by_test_id("save").wait_for(state="hidden")


def open_item(page: Page, kind: str, name: str) -> None:
    page.goto(f"/manage/{kind}")
    page.get_by_role("button", name=name, exact=True).click()
    page.get_by_test_id("save").wait_for()


def waiting(centre: Running, admin: Client, queue: str) -> int:
    rows: dict[str, Any] = snapshot(centre, admin, "floor")["queues"]
    return int(rows.get(queue, {}).get("waiting", 0))


def straight_to(admin: Client, queue: str, number: str) -> None:
    text = f"languages: [zh, en]\nperson: {queue}\nnodes:\n  main:\n    queue: {{to: {queue}}}\n"
    admin.post("/flows", json={"id": "straight", "name": "Straight", "text": text}).raise_for_status()
    admin.post("/flows/straight/publish", json={"version": 1}).raise_for_status()
    entry = {"id": "straight", "name": "Straight", "key": number, "flow": "straight"}
    admin.post("/entry-points", json=entry).raise_for_status()


def test_routing_is_configured_on_the_pages(
    centre: Running, staff_browser: Browser, caller: Callable[..., Caller], tmp_path: Path
) -> None:
    admin = centre.client("admin")
    with person(staff_browser, centre) as context:
        page = context.new_page()
        sign_in(page, centre, "admin")

        open_item(page, "queues", "English desk")
        course = page.get_by_test_id("course")
        expect(course).to_contain_text("1:00 起")
        page.get_by_test_id("add-step").click()
        page.get_by_test_id("step-1").get_by_test_id("step-after").fill("90")
        page.get_by_test_id("step-1").get_by_test_id("step-worth").fill("45")
        expect(course).to_contain_text("1:30 起")
        expect(course).to_contain_text("75 秒")
        save(page)
        relax = admin.get("/queues/english").json()["relax"]
        assert [(step["after_s"], step["priority_s"]) for step in relax] == [(60, 30), (90, 45)]

        page.goto("/manage/rules")
        page.get_by_test_id("new").click()
        page.get_by_test_id("field-name").locator("input").fill("英语客户")
        row = page.get_by_test_id("condition-0")
        row.locator("input").first.fill("language")
        page.keyboard.press("Enter")
        row.get_by_test_id("condition-value").fill("en")
        save(page)
        (rule,) = (it for it in admin.get("/rules").json()["items"] if it["name"] == "英语客户")
        assert rule["when"] == [{"attribute": "language", "operator": "=", "value": "en"}]

        page.goto("/manage/settings")
        page.get_by_test_id("interrupts-voice-sms").check()
        page.get_by_test_id("save").click()
        until(lambda: "sms" in admin.get("/settings").json()["media"]["interrupts"]["voice"], what="it is kept")

        overflow_and_teams(page, admin)

        page.goto("/manage/queues")
        page.get_by_test_id("new").click()
        page.get_by_test_id("field-name").locator("input").fill("旧队列")
        choose(page, "field-requires", "技术支持")
        save(page)
        expect(page.get_by_test_id("warning-notice")).to_contain_text("还没有坐席")
        expect(page.get_by_test_id("routing-warnings")).to_contain_text("旧队列")

        (old,) = (it["id"] for it in admin.get("/queues").json()["items"] if it["name"] == "旧队列")
        straight_to(admin, old, "10095")
        caller("13812345678", dial="10095")
        until(lambda: waiting(centre, admin, old) == 1, what="a customer waits")
        for kind in ("entry-points", "flows"):
            admin.delete(f"/{kind}/straight").raise_for_status()
        open_item(page, "queues", "旧队列")
        page.get_by_test_id("delete").click()
        page.locator(".ant-popconfirm-buttons .ant-btn-primary, .ant-popconfirm .ant-btn-primary").first.click()
        expect(page.get_by_test_id("move-waiting")).to_contain_text("有 1 个客户正在等待")
        page.get_by_test_id("move-to").click()
        page.locator(".ant-select-dropdown:visible .ant-select-item-option", has_text="English desk").click()
        page.get_by_test_id("move-and-delete").click()
        page.get_by_test_id("move-waiting").wait_for(state="hidden")
        until(lambda: waiting(centre, admin, "english") == 1, what="they wait elsewhere")


def pick(page: Page, rule: str, part: str, option: str) -> None:
    page.get_by_test_id(rule).get_by_test_id(f"overflow-{part}").click()
    page.locator(".ant-select-dropdown:visible .ant-select-item-option", has_text=option).first.click()


def overflow_and_teams(page: Page, admin: Client) -> None:
    """Rules in their order, what is wrong with one at its number, a loop with its way; a team with its limit."""
    open_item(page, "queues", "客服")
    page.get_by_test_id("go-routing.whereElse").click()
    expect(page.locator(".form-group:focus")).to_have_text("接不了的时候")
    for _ in range(2):
        page.get_by_test_id("add-overflow").click()
    pick(page, "overflow-0", "when", "等待人数达到")
    page.get_by_test_id("overflow-0").get_by_test_id("overflow-limit").fill("40")
    pick(page, "overflow-0", "target", "English desk")
    page.get_by_test_id("save").click()
    expect(page.get_by_test_id("field-overflow")).to_contain_text("第 2 条：请选择队列")
    pick(page, "overflow-1", "when", "服务时间外")
    pick(page, "overflow-1", "to", "留言登记")
    page.get_by_test_id("save").click()
    expect(page.get_by_test_id("field-overflow")).to_contain_text("第 2 条：请先为这个队列选择服务时间")
    choose(page, "field-hours", "营业时间")
    page.get_by_test_id("save").click()
    expect(page.get_by_test_id("editor-problem")).to_contain_text("客服 → English desk → 客服")
    pick(page, "overflow-0", "target", "二线专家")
    page.get_by_test_id("overflow-1").get_by_role("button", name="上移").press("Enter")
    save(page)
    assert admin.get("/queues/service").json()["overflow"] == [
        {"when": "out_of_hours", "limit": 0, "to": "message", "target": ""},
        {"when": "size", "limit": 40, "to": "queue", "target": "experts"},
    ]
    expect(page.get_by_test_id("item-row").filter(has_text="English desk")).to_contain_text(
        "客户已等待 300 秒 → 客服"
    )

    open_item(page, "teams", "北京一组")
    page.get_by_test_id("field-breaks.most").locator("input").fill("1")
    save(page)
    assert admin.get("/teams/north").json()["breaks"] == {"reasons": ["break", "meal"], "most": 1}
