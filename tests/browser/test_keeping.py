"""An administrator tells another system what happens, and looks after what is kept how long."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ..centre import Running
from ..centre import centre as running_centre
from .pages import person, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.asterisk]


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory, prompts: Path) -> Iterator[Running]:
    beside = {"QINGTING_WEBHOOKS__ALLOW_HTTP": "true", "QINGTING_WEBHOOKS__ALLOW_PRIVATE": "true"}
    with running_centre(tmp_path_factory.mktemp("centre"), prompts, **beside) as it:
        yield it


class Other(ThreadingHTTPServer):
    """A system that does not work until it is mended."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.status, self.heard = 500, list[str]()


class _Answer(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        assert isinstance(self.server, Other)
        self.server.heard.append(json.loads(self.rfile.read(int(self.headers["content-length"])))["type"])
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def other_system() -> Iterator[Other]:
    with Other() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_other_systems_are_told_and_what_is_old_goes(centre: Running, staff_browser: Browser) -> None:
    admin = centre.client("admin")
    with person(staff_browser, centre) as context, other_system() as other:
        page = context.new_page()
        sign_in(page, centre, "admin")
        told(page, centre, other)
        customer = admin.post("/customers", json={"name": "欧阳", "numbers": ["13912340001"]}).json()["id"]
        kept(page, customer)
        gone(page, centre)


def told(page: Page, centre: Running, other: Other) -> None:
    """Made, its secret changed; a message that nobody heard in a day is sent once more."""
    page.goto("/manage/webhooks")
    page.get_by_test_id("new").click()
    page.get_by_test_id("webhook-name").fill("CRM")
    page.get_by_test_id("webhook-url").fill(f"http://127.0.0.1:{other.server_port}/hook")
    page.get_by_test_id("save").click()
    secret = page.get_by_test_id("secret").locator("code").inner_text()
    page.get_by_test_id("secret").get_by_role("button").last.click()
    expect(page.get_by_role("dialog")).to_have_count(0)  # the one that opens is another
    page.get_by_role("button", name="CRM").click()
    page.get_by_test_id("change-secret").click()
    page.locator(".ant-popconfirm .ant-btn-primary").click()
    expect(page.get_by_test_id("secret").locator("code")).not_to_have_text(secret)
    page.get_by_test_id("secret").get_by_role("button").last.click()

    centre.client("admin").post("/customers", json={"name": "Li", "numbers": ["13912340002"]}).raise_for_status()
    page.get_by_test_id("webhook-messages").click()
    drawer = page.locator(".ant-drawer")
    expect(drawer).to_contain_text("500")
    with closing(sqlite3.connect(centre.data / "records.db", timeout=30)) as records, records:
        records.execute("UPDATE webhook_delivery SET tries = 10, due = 0")  # as a day later
    expect(drawer.locator(".over")).to_have_text("失败")
    other.status = 204
    drawer.get_by_role("button", name="重新发送").click()
    expect(drawer).to_contain_text("已送达")
    assert set(other.heard) == {"customer.created"}
    drawer.locator(".ant-drawer-close").click()


def kept(page: Page, customer: str) -> None:
    """A shorter term, looked at before it is kept; a customer held back; run now."""
    page.goto("/manage/retention")
    hold = page.get_by_test_id("holds")
    page.get_by_test_id("hold").click()
    page.get_by_test_id("hold-target").fill(f"http://localhost/customers/{customer}?tab=1")
    page.get_by_test_id("hold-reason").fill("案件 2026-114")
    page.get_by_test_id("hold-save").click()
    expect(hold).to_contain_text("案件 2026-114")
    page.get_by_test_id("count-contacts").click()
    expect(page.get_by_test_id("counted-contacts")).to_have_text("0")
    term = page.get_by_test_id("term-webhook_messages")
    term.fill("1")
    term.blur()
    page.get_by_test_id("save").click()
    expect(page.get_by_test_id("save")).to_have_count(0)
    expect(term).to_have_value("1")
    hold.get_by_test_id("lift").click()
    page.locator(".ant-popconfirm:visible .ant-btn-primary").click()
    expect(hold).not_to_contain_text("案件 2026-114")


def gone(page: Page, centre: Running) -> None:
    with closing(sqlite3.connect(centre.data / "records.db", timeout=30)) as records, records:
        first = "id = (SELECT min(id) FROM webhook_delivery)"
        records.execute(f"UPDATE webhook_delivery SET due = 1 WHERE {first}")  # noqa: S608  as weeks ago
    page.get_by_test_id("count-webhook_messages").click()
    expect(page.get_by_test_id("counted-webhook_messages")).to_have_text("1")
    page.get_by_test_id("retention-run").click()
    page.locator(".ant-popconfirm:visible .ant-btn-primary").click()
    expect(page.get_by_test_id("runs")).to_contain_text("推送消息")
    assert [it["erased"] for it in centre.client("admin").get("/retention/runs").json()["items"]] == [1]
