"""The pictures of the README, taken of a running centre with calls in progress.

python -m tests.browser.screenshots [FOLDER]
"""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from ..caller import Caller
from ..centre import PROJECT, Client, Running, centre
from .pages import chromium, person, sign_in
from .story import in_state, take, to_service, until

CUSTOMER = "13812345678"


class Scene:
    def __init__(self, stack: ExitStack, folder: Path) -> None:
        self.stack, self.folder = stack, folder
        (folder / "prompts").mkdir()
        self.centre: Running = stack.enter_context(centre(folder, folder / "prompts"))
        self.browser: Browser = stack.enter_context(chromium(stack.enter_context(sync_playwright()), folder, 800))

    def page(self, name: str, path: str, language: str = "zh-CN") -> Page:
        context = self.stack.enter_context(person(self.browser, self.centre, language))
        if language == "en-US":
            client = self.centre.client(name)
            client.patch("/session/user", json={"language": "en"}).raise_for_status()
        page: Page = context.new_page()
        sign_in(page, self.centre, name)
        page.goto(path)
        return page

    def desk(self, name: str, language: str) -> Page:
        page = self.page(name, "/desk", language)
        page.locator("[data-testid=phone-status][data-stage=registered]").wait_for()
        page.get_by_test_id("presence-available").click()
        page.locator("[data-testid=presence][data-routability=routable]").wait_for()
        return page

    def call(self, number: str) -> Caller:
        caller = self.stack.enter_context(Caller(self.folder, self.centre.sip_port, number=number))
        caller.wait_answered()
        return caller


def customers(admin: Client) -> None:
    for number, name, note in (
        (CUSTOMER, "林晓雨", "家庭宽带 500M，2023 年入网。偏好短信通知。"),
        ("13900010002", "周建国", ""),
        ("13700010003", "Grace Chen", ""),
    ):
        body = {"name": name, "numbers": [f"+86{number}"], "note": note}
        admin.post("/customers", json=body).raise_for_status()


def past_calls(scene: Scene, desk: Page) -> None:
    for number, disposition, note in (
        ("13900010002", "order", "办理国际漫游，今日生效"),
        (CUSTOMER, "resolved", "账单疑问已说明"),
    ):
        with Caller(scene.folder, scene.centre.sip_port, number=number) as caller:
            caller.wait_answered()
            to_service(caller)
            take(desk)
            time.sleep(6)
            desk.get_by_test_id("note").fill(note)
            desk.get_by_test_id(f"disposition-{disposition}").click()
            desk.get_by_test_id("hang-up").click()
            in_state(desk, "wrap_up")
            desk.get_by_test_id("finish").click()
            desk.locator("[data-testid=presence][data-routability=routable]").wait_for()


def take_all(folder: Path, out: Path) -> None:
    with ExitStack() as stack:
        scene = Scene(stack, folder)
        admin = scene.centre.client("admin")
        customers(admin)
        first = scene.desk("3850", "zh-CN")
        past_calls(scene, first)
        scene.centre.client("2047").post("/desk/presence", json={"presence": "not_ready", "reason": "meal"})
        second = scene.desk("2208", "en-US")

        to_service(scene.call(CUSTOMER))
        for _ in range(200):
            if any(desk.get_by_test_id("answer").count() for desk in (first, second)):
                break
            time.sleep(0.1)
        # Longest idle is first: whoever it rings at is the desk in the picture.
        desk, other = (first, second) if first.get_by_test_id("answer").count() else (second, first)
        take(desk)
        to_service(scene.call("13700010003"))
        other.get_by_test_id("answer").wait_for(timeout=30000)
        take(other)
        for number in ("13600010004", "13500010005", "13300010006"):
            to_service(scene.call(number))
        floors = {"zh": scene.page("supervisor", "/floor"), "en": scene.page("admin", "/floor", "en-US")}
        floor = floors["zh"]
        floor.locator("[data-testid=queue-row][data-queue=service]").wait_for()
        until(lambda: "3" in floor.locator("[data-queue=service]").get_by_test_id("queue-waiting").inner_text())
        first.get_by_test_id("note").fill("装机改约周六上午，客户要求短信确认")
        second.get_by_test_id("note").fill("Roaming for Japan from Friday, wants a text when it is on")
        for page in (first, second):
            page.get_by_test_id("note").blur()
        time.sleep(8)
        first.screenshot(path=out / "desk.zh.png")
        second.screenshot(path=out / "desk.en.png")
        for language, page in floors.items():
            page.screenshot(path=out / f"floor.{language}.png")

        def recorded() -> str:
            done = [it["id"] for it in admin.get("/contacts").json()["items"] if it["recording"] == "ready"]
            return str(done[0]) if done else ""

        until(recorded, what="a recording is ready")
        for language, page in floors.items():
            page.goto(f"/contacts/{recorded()}")
            page.get_by_test_id("waveform").wait_for()
            time.sleep(2)
            page.screenshot(path=out / f"contact.{language}.png")


if __name__ == "__main__":
    where = Path(sys.argv[1]) if len(sys.argv) > 1 else PROJECT / "docs" / "images"
    where.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="qingting-pictures-") as made:
        take_all(Path(made), where)
