"""An administrator at the manage pages: one thing of each kind made, changed, refused, taken away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from ..centre import Running
from .pages import person, sign_in
from .story import until

pytestmark = [pytest.mark.browser, pytest.mark.asterisk]


@pytest.fixture
def admin(centre: Running, staff_browser: Browser) -> Iterator[Page]:
    with person(staff_browser, centre) as context:
        page = context.new_page()
        sign_in(page, centre, "admin")
        yield page


def field(page: Page, name: str) -> Locator:
    return page.locator(f'[data-testid="field-{name}"]')


def write(page: Page, name: str, text: str) -> None:
    field(page, name).locator("input").fill(text)


def pick(page: Page, name: str, words: str) -> None:
    field(page, name).locator("input").click()
    page.locator(".ant-select-dropdown:visible .ant-select-item-option").filter(has_text=words).first.click()
    page.keyboard.press("Escape") if field(page, name).locator(".ant-select-multiple").count() else None


def tag(page: Page, name: str, text: str) -> None:
    field(page, name).locator("input").fill(text)
    page.keyboard.press("Enter")


def save(page: Page) -> None:
    page.get_by_test_id("save").click()
    page.locator(".ant-drawer-open").wait_for(state="detached")


def open_kind(page: Page, kind: str) -> None:
    page.get_by_test_id(f"manage-{kind}").click()
    page.get_by_test_id(f"page-{kind}").wait_for()


def row(page: Page, name: str) -> Locator:
    return page.get_by_test_id("item-row").filter(has_text=name)


KINDS: dict[str, Callable[[Page], None]] = {
    "lines": lambda page: None,
    "sites": lambda page: None,
    "teams": lambda page: (pick(page, "breaks.reasons", "小休"), write(page, "breaks.most", "3"))[0],
    "skills": lambda page: None,
    "reasons": lambda page: (write(page, "names.zh", "外出"), write(page, "names.en", "Out"))[0],
    "dispositions": lambda page: (write(page, "names.zh", "退款"), write(page, "names.en", "Refund"))[0],
    "queues": lambda page: (pick(page, "line", "蜻蜓"), write(page, "wrap_up_s", "45"))[0],
    "agents": lambda page: (write(page, "number", "7001"), pick(page, "site", "北京"), pick(page, "queues", "客服"))[
        0
    ],
    "hours": lambda page: page.get_by_test_id("weekly-mon").fill("09:00-12:00 13:30-18:00"),
    "trunks": lambda page: (write(page, "host", "sip.example.com"), tag(page, "addresses", "192.0.2.0/24"))[0],
    "entry-points": lambda page: (write(page, "key", "+862155550000"), pick(page, "flow", "总机"))[0],
    "destinations": lambda page: write(page, "pattern", "+8621"),
}


def test_one_thing_of_each_kind(admin: Page) -> None:
    page = admin
    page.goto("/manage")
    for kind, fill in KINDS.items():
        name = f"测试 {kind}"
        open_kind(page, kind)
        page.get_by_test_id("new").click()
        write(page, "name", name)
        fill(page)
        save(page)
        expect(row(page, name)).to_be_visible()

        row(page, name).get_by_role("button", name=name).click()
        write(page, "name", f"{name} 改")
        save(page)
        expect(row(page, f"{name} 改")).to_be_visible()

    page.reload()  # what was changed is there after it
    # Taken away again, in the order in which nothing is missed; what records may use is retired instead.
    for kind in reversed(KINDS):
        name = f"测试 {kind} 改"
        open_kind(page, kind)
        row(page, name).get_by_role("button", name=name).click()
        page.get_by_test_id("delete").click()
        page.locator(".ant-popconfirm .ant-btn-primary, .ant-popover .ant-btn-primary").last.click()
        if kind in ("reasons", "dispositions"):
            expect(page.get_by_test_id("editor-problem")).to_contain_text("停用")
            field(page, "retired").locator("button").click()
            save(page)
            expect(row(page, name)).to_contain_text("是")
        else:
            expect(row(page, name)).to_have_count(0)


def test_what_is_wrong_is_said_where_it_is(admin: Page, centre: Running) -> None:
    page = admin
    page.goto("/manage/agents")
    page.get_by_test_id("new").click()
    page.get_by_test_id("save").click()
    # Said in words, not by colour alone, and the caret is there.
    expect(field(page, "name")).to_contain_text("请输入")
    expect(field(page, "name").locator("input")).to_be_focused()
    write(page, "name", "重号")
    write(page, "number", "3850")
    page.keyboard.press("Enter")
    expect(field(page, "number")).to_contain_text("已被使用")
    expect(field(page, "number").locator("input")).to_be_focused()

    # What was typed is not thrown away by a slip.
    page.keyboard.press("Escape")
    page.locator(".ant-modal-confirm-title").filter(has_text="放弃未保存的修改").wait_for()
    page.get_by_role("button", name="继续编辑").click()
    page.get_by_test_id("discard").wait_for(state="detached")
    expect(field(page, "name").locator("input")).to_have_value("重号")
    page.keyboard.press("Escape")
    page.get_by_test_id("discard").click()
    page.locator(".ant-drawer-open").wait_for(state="detached")

    # In use: by whom.
    page.goto("/manage/queues")
    row(page, "客服").get_by_role("button", name="客服").click()
    page.get_by_test_id("delete").click()
    page.locator(".ant-popover .ant-btn-primary").last.click()
    expect(page.get_by_test_id("editor-problem")).to_contain_text("王小兰")

    # Somebody else was faster.
    other = centre.client("admin")
    item = other.get("/queues/service").json()
    del item["id"], item["warnings"]
    assert other.put("/queues/service", json={**item, "ring_s": 22}).status_code == 200
    write(page, "ring_s", "33")
    page.get_by_test_id("save").click()
    expect(page.get_by_test_id("editor-problem")).to_contain_text("别人刚刚改过")


def test_flows_settings_people_and_tokens(admin: Page) -> None:
    page = admin
    page.goto("/manage/flows")
    page.get_by_test_id("new").click()
    page.get_by_test_id("flow-name").fill("测试流程")
    expect(page.get_by_test_id("flow-problems")).to_have_attribute("data-count", "0")
    page.get_by_test_id("flow-publish").click()
    expect(page.get_by_test_id("flow-state")).to_contain_text("1")
    page.get_by_test_id("flow-text").fill("nodes: {}\n")
    expect(page.get_by_test_id("flow-problems")).not_to_have_attribute("data-count", "0")
    expect(page.get_by_test_id("flow-publish")).to_be_disabled()
    page.get_by_test_id("flow-row").first.click()
    page.get_by_test_id("discard").click()

    page.goto("/manage/settings")
    write(page, "company_name", "蜻蜓电信集团")
    with page.expect_response(lambda it: it.request.method == "PUT") as saved:
        page.get_by_test_id("save").click()
    assert saved.value.ok
    page.reload()
    expect(field(page, "company_name").locator("input")).to_have_value("蜻蜓电信集团")

    page.goto("/manage/users")
    page.get_by_test_id("invite").click()
    page.get_by_test_id("save").click()
    expect(page.locator(".ant-form-item-explain-error").first).to_contain_text("请输入")
    page.get_by_test_id("user-name").fill("zhang.wei")
    page.get_by_test_id("user-display-name").fill("张伟（质检）")
    page.get_by_test_id("user-mail").fill("zhang.wei@example.com")
    page.get_by_test_id("save").click()
    expect(page.get_by_test_id("link")).to_contain_text("/invitation#")

    page.goto("/manage/tokens")
    page.get_by_test_id("new").click()
    page.get_by_test_id("token-name").fill("报表")
    page.get_by_test_id("token-permissions").locator("input").click()
    page.locator(".ant-select-dropdown:visible .ant-select-item-option").first.click()
    page.keyboard.press("Escape")
    page.get_by_test_id("save").click()
    expect(page.get_by_test_id("token")).to_contain_text("qt_")

    page.goto("/manage/audit")
    expect(page.get_by_test_id("page-audit")).to_contain_text("用户 · 邀请")


def test_the_configuration_as_a_file(admin: Page, tmp_path: Path) -> None:
    page = admin
    page.goto("/manage/document")
    with page.expect_download() as taken:
        page.get_by_test_id("document-export").click()
    file = tmp_path / "centre.yaml"
    taken.value.save_as(file)
    page.get_by_test_id("document-file").set_input_files(file)
    expect(page.get_by_test_id("document-told")).to_contain_text("与现在的配置一致")

    file.write_text("qingting: 1\nskills:\n  dutch: {name: 荷兰语, kind: language, rank: 3}\n")
    page.get_by_test_id("document-file").set_input_files(file)
    problems = page.get_by_test_id("document-problems")
    expect(problems).to_contain_text("第 3 行，第 38 列")
    expect(problems).to_contain_text("没有这个字段")

    file.write_text("qingting: 1\nskills:\n  dutch: {name: 荷兰语, kind: language}\n")
    page.get_by_test_id("document-file").set_input_files(file)
    expect(page.get_by_test_id("document-told")).to_contain_text("会更改 1 项")
    page.get_by_test_id("document-import").click()
    page.locator(".ant-popconfirm-buttons .ant-btn-primary").click()
    expect(page.get_by_test_id("document-told")).to_have_attribute("data-done", "true")
    open_kind(page, "skills")
    expect(row(page, "荷兰语")).to_be_visible()


def test_fields_of_ones_own(admin: Page, centre: Running) -> None:
    """Made, put in order by the keyboard, changed while somebody has it, retired; what somebody has stays."""
    page, client = admin, centre.client("admin")
    page.goto("/manage/customer-fields")
    expect(page.get_by_test_id("page-customer-fields")).to_contain_text("还没有自己的字段")
    page.get_by_test_id("new").click()
    page.get_by_test_id("save").click()
    expect(field(page, "names.zh")).to_contain_text("至少填一种语言的名称")
    write(page, "names.zh", "套餐")
    write(page, "names.en", "Plan B-2")
    expect(field(page, "id").locator("input")).to_have_value("plan_b_2")
    write(page, "id", "Plan")
    page.get_by_test_id("save").click()
    expect(field(page, "id")).to_contain_text("小写字母")
    write(page, "id", "plan")
    pick(page, "type", "单选")
    page.get_by_test_id("save").click()
    expect(field(page, "choices")).to_contain_text("至少填一个可选项")
    field(page, "choices").locator("textarea").fill("畅享 99\n尊享 199\n\n畅享 99")
    field(page, "searchable").get_by_role("switch").click()
    save(page)
    expect(row(page, "套餐")).to_contain_text("单选")
    page.get_by_test_id("new").click()
    write(page, "names.zh", "到期日")
    expect(field(page, "id").locator("input")).to_have_value("field_1")
    pick(page, "type", "日期")
    save(page)

    # The order, without a mouse; whoever moves it stays with it.
    row(page, "到期日").get_by_role("button", name="到期日", exact=True).focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.get_by_test_id("item-row").first).to_contain_text("到期日")
    expect(page.get_by_role("status").filter(has_text="移到第 1 位")).to_be_attached()
    expect(row(page, "到期日").get_by_role("button", name="到期日", exact=True)).to_be_focused()
    until(lambda: [it["id"] for it in client.get("/customer-fields").json()["items"]] == ["field_1", "plan"])

    made = client.post("/customers", json={"name": "套餐客户", "fields": {"plan": "尊享 199"}})
    made.raise_for_status()
    row(page, "套餐").get_by_role("button", name="套餐", exact=True).click()
    expect(page.get_by_test_id("own-use")).to_contain_text("1 位客户有值")
    expect(field(page, "id").locator("input")).to_be_disabled()
    field(page, "choices").locator("textarea").fill("畅享 99")
    page.get_by_test_id("save").click()
    asked = page.get_by_role("dialog").filter(has_text="去掉还有人在用的可选项")
    expect(asked).to_contain_text("1 位客户是“尊享 199”")
    asked.get_by_role("button", name="继续编辑").click()
    page.get_by_test_id("delete").click()
    page.locator(".ant-popconfirm-buttons .ant-btn-primary").click()
    expect(page.get_by_test_id("editor-problem")).to_contain_text("1 位客户有值")
    field(page, "retired").get_by_role("switch").click()
    page.get_by_test_id("save").click()
    page.get_by_role("dialog").filter(has_text="去掉还有人").get_by_role("button", name="保存").click()
    expect(row(page, "套餐")).to_contain_text("已停用")
    page.goto(f"/customers/{made.json()['id']}")
    expect(page.get_by_test_id("fields")).to_contain_text("尊享 199")

    # Nobody has the other: it may go.
    page.goto("/manage/customer-fields")
    row(page, "到期日").get_by_role("button", name="到期日", exact=True).click()
    page.get_by_test_id("delete").click()
    page.locator(".ant-popconfirm-buttons .ant-btn-primary").click()
    expect(row(page, "到期日")).to_have_count(0)


def test_relations_in_ones_own_words(admin: Page, centre: Running) -> None:
    page, client = admin, centre.client("admin")
    page.goto("/manage/relation-types")
    page.get_by_test_id("usual-household").click()
    expect(field(page, "id").locator("input")).to_have_value("household")
    save(page)
    expect(row(page, "家人")).to_contain_text("另一位客户")
    page.get_by_test_id("new").click()
    write(page, "names.zh", "担保")
    write(page, "names.en", "Guarantees")
    page.get_by_test_id("save").click()
    expect(field(page, "back.zh")).to_contain_text("至少填一种语言")
    write(page, "back.zh", "担保人")
    expect(page.get_by_test_id("own-reads")).to_contain_text("乙 担保人 甲")
    save(page)
    expect(row(page, "担保人")).to_contain_text("guarantees")

    ids = [client.post("/customers", json={"name": name}).json()["id"] for name in ("甲方", "乙方")]
    related = client.post(f"/customers/{ids[0]}/relations", json={"type": "guarantees", "other": ids[1]})
    related.raise_for_status()
    page.goto(f"/customers/{ids[1]}")
    expect(page.get_by_test_id("relations")).to_contain_text("担保人")
    page.goto("/manage/relation-types")
    row(page, "担保人").get_by_role("button", name="担保").click()
    expect(page.get_by_test_id("own-use")).to_contain_text("已有 1 条")
    page.get_by_test_id("delete").click()
    page.locator(".ant-popconfirm-buttons .ant-btn-primary").click()
    expect(page.get_by_test_id("editor-problem")).to_contain_text("已有 1 条这种关系。请改为停用")
    field(page, "retired").get_by_role("switch").click()
    save(page)
    expect(row(page, "担保人")).to_contain_text("已停用")
    row(page, "家人").get_by_role("button", name="家人").click()
    page.get_by_test_id("delete").click()
    page.locator(".ant-popconfirm-buttons .ant-btn-primary").click()
    expect(row(page, "家人")).to_have_count(0)


def test_what_consent_is_asked_for_is_called_the_same_everywhere(admin: Page, centre: Running) -> None:
    page, client = admin, centre.client("admin")
    page.goto("/manage/consent-purposes")
    expect(page.get_by_test_id("item-row")).to_have_count(5)
    page.get_by_test_id("new").click()
    write(page, "names.zh", "合作方广告")
    write(page, "names.en", "Partners' ads")
    expect(field(page, "id").locator("input")).to_have_value("partners_ads")
    save(page)
    row(page, "满意度调查").get_by_role("button", name="满意度调查").click()
    expect(page.get_by_test_id("own-use")).to_contain_text("还没有客户表过态")
    expect(page.get_by_test_id("delete")).to_have_count(0)
    write(page, "names.zh", "服务回访")
    save(page)

    id = client.post("/customers", json={"name": "受访人"}).json()["id"]
    page.goto(f"/customers/{id}")
    page.get_by_test_id("consents-add").click()
    page.get_by_test_id("consent-purpose").click()
    expect(page.get_by_role("option", name="服务回访")).to_be_attached()
    page.locator(".ant-select-item-option").filter(has_text="合作方广告").click()
    page.get_by_test_id("consents").get_by_role("button", name="保存").click()
    expect(page.get_by_test_id("consents").locator("li")).to_contain_text("合作方广告")
    page.goto("/customers?purpose=partners_ads&given=true")
    expect(page.get_by_test_id("customer-filters")).to_contain_text("合作方广告 · 同意")
    expect(page.get_by_role("link", name="受访人")).to_be_visible()

    page.goto("/manage/consent-purposes")
    row(page, "合作方广告").get_by_role("button", name="合作方广告").click()
    expect(page.get_by_test_id("own-use")).to_contain_text("1 位客户表过态")
    page.get_by_test_id("delete").click()
    page.locator(".ant-popconfirm-buttons .ant-btn-primary").click()
    expect(page.get_by_test_id("editor-problem")).to_contain_text("1 位客户表过态。请改为停用")
    field(page, "retired").get_by_role("switch").click()
    save(page)
    expect(row(page, "合作方广告")).to_contain_text("已停用")


def test_many_none_and_a_server_that_is_away(admin: Page, centre: Running) -> None:
    page = admin
    client = centre.client("admin")
    for n in range(120):
        body = {"name": f"坐席 {n:03d}", "number": f"{60000 + n}", "queues": ["service"], "skills": {}}
        assert client.post("/agents", json=body).status_code == 201
    page.goto("/manage/agents")
    expect(page.get_by_test_id("item-row")).to_have_count(100)
    page.get_by_test_id("search").fill("60119")
    expect(page.get_by_test_id("item-row")).to_have_count(1)
    expect(row(page, "坐席 119")).to_be_visible()

    centre.kill()
    row(page, "坐席 119").get_by_role("button", name="坐席 119").click()
    write(page, "name", "坐席 新名")
    page.get_by_test_id("save").click()
    expect(page.get_by_test_id("editor-problem")).to_contain_text("连不上服务器")
    centre.start()
    page.get_by_test_id("save").click()
    page.get_by_test_id("search").fill("新名")
    expect(row(page, "坐席 新名")).to_be_visible()

    for item in client.get("/destinations").json()["items"]:
        client.delete(f"/destinations/{item['id']}").raise_for_status()
    page.goto("/manage/destinations")
    expect(page.get_by_test_id("page-destinations")).to_contain_text("还没有")


def test_headers_of_another_system(admin: Page, centre: Running) -> None:
    page = admin
    client = centre.client("admin")
    body = {"id": "erp", "name": "ERP", "url": "https://erp.example.cn", "headers": {"X-Tenant": "7"}}
    assert client.post("/services", json=body).status_code == 201
    page.goto("/manage/services")
    row(page, "ERP").get_by_role("button", name="ERP").click()
    rows = page.get_by_test_id("header-row")
    expect(rows).to_have_count(1)
    page.get_by_test_id("add-header").click()
    page.keyboard.type("x-tenant")  # the new row has the focus
    page.keyboard.press("Tab")
    page.keyboard.type("8")
    page.get_by_test_id("save").click()
    expect(page.get_by_test_id("field-headers")).to_contain_text("写了两次")
    rows.last.locator("input").first.fill("X-Api-Key")
    expect(rows.last).to_contain_text("明文")  # a secret had better be sealed
    rows.last.locator("input").first.fill("X-Channel")
    rows.first.get_by_role("button", name="去掉请求头 X-Tenant").click()
    save(page)
    assert client.get("/services/erp").json()["headers"] == {"X-Channel": "8"}
    client.delete("/services/erp").raise_for_status()


def test_a_prompt_is_recorded(admin: Page) -> None:
    """The microphone of this browser plays 800 Hz."""
    page = admin
    page.goto("/manage/prompts")
    expect(page.get_by_test_id("prompt-place")).to_be_visible()
    page.get_by_test_id("new").click()
    page.get_by_test_id("prompt-id").fill("chime")
    page.get_by_test_id("prompt-name").fill("铃声")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("prompt-heard")).to_contain_text("什么都听不到")
    page.get_by_test_id("prompt-text").fill("叮。")
    page.get_by_test_id("prompt-save").click()
    expect(page.get_by_test_id("prompt-heard")).to_contain_text("语音引擎朗读")
    page.get_by_test_id("prompt-hear-engine").click()
    expect(page.get_by_test_id("prompt-player")).to_be_visible()
    page.get_by_test_id("prompt-record").click()
    expect(page.get_by_test_id("prompt-stop")).to_contain_text("0:02")
    page.get_by_test_id("prompt-stop").click()
    page.get_by_test_id("prompt-use").click()
    expect(page.get_by_test_id("prompt-heard")).to_contain_text("第 1 版")
    page.reload()
    row = page.get_by_role("row").filter(has_text="chime")
    expect(row).to_contain_text("普通话")
