"""What callers key in as secrets, on a real telephone: the system that needs it has it, and nobody and nothing else;
who guesses is locked out, and let in again by whoever has them on the telephone."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from ..caller import Caller
from ..centre import Client, Running
from ..centre import centre as running_centre
from ..scenario.desk import Desk, snapshot
from .pages import person, sign_in
from .story import contact, contacts, until

pytestmark = [pytest.mark.browser, pytest.mark.asterisk]

NUMBER = "73519264"
CARD = (NUMBER * 4)[:32]
"""As many digits as a question takes; those of the PIN likewise."""
PIN, WRONG = "846203957146", "512907384625"
HONEST, GUESSER = "+8613500009001", "+8613500009002"
FLOW = """
languages: [zh]
person: service
start: card
nodes:
  card:
    ask: {say: 请输入卡号。, as: digits, least: 32, most: 32, secret: true, into: card, next: known}
  known:
    lookup:
      {service: vault, path: /cards, method: post, with: {card: card}, keep: {n: name}, found: pin, missing: person}
  pin:
    verify:
      {by: pin, subject: caller, service: vault, path: /pins, length: 12, attempts: 5, say: 请输入密码。,
       passed: person, failed: person, locked: locked}
  locked:
    menu: {say: 请稍后再试。, timeout_s: 60, keys: {1: card}}
"""


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory, prompts: Path) -> Iterator[Running]:
    """That tells its log all that it ever tells."""
    settings = {"QINGTING_SERVICES__INSIDE": "*", "QINGTING_LOG_LEVEL": "debug"}
    with running_centre(tmp_path_factory.mktemp("centre"), prompts, **settings) as it:
        yield it


class Vault(ThreadingHTTPServer):
    """The other system, which knows every card and one PIN."""

    heard: list[dict[str, Any]]


class Judging(BaseHTTPRequestHandler):
    server: Vault
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.heard.append(told)
        well = "card" in told or told.get("pin") == PIN
        said = b'{"name": "Liu"}'
        self.send_response(200 if well else 422)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, format: str, *args: Any) -> None:
        """Not here either."""


@pytest.fixture(scope="module")
def vault(standing: Running) -> Iterator[Vault]:
    """With the flow that asks it, at 95588."""
    with Vault(("127.0.0.1", 0), Judging) as server:
        server.heard = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        admin = standing.client("admin")
        service = {"id": "vault", "name": "Vault", "url": f"http://127.0.0.1:{server.server_address[1]}"}
        for path, body in (
            ("services", service),
            ("flows", {"id": "secrets", "name": "Secrets", "text": FLOW}),
            ("flows/secrets/publish", {"version": 1}),
            ("entry-points", {"name": "Secrets", "key": "95588", "flow": "secrets"}),
        ):
            answer = admin.post(f"/{path}", json=body)
            assert answer.status_code in (200, 201), answer.text
        yield server
        server.shutdown()


def step(admin: Client, number: str, node: str, via: str) -> None:
    """Until they came there that way."""
    until(lambda: number in contacts(admin), what="the call is on the page")
    path = f"/contacts/{contacts(admin)[number]['id']}"

    def way() -> list[tuple[str, str]]:
        return [(step["node"], step["via"]) for step in admin.get(path).json()["steps"]]

    try:
        until(lambda: way()[-1:] == [(node, via)], 25)
    except AssertionError:
        raise AssertionError(f"{number} does not come to {node} by {via}: {way()}") from None


def key_in(customer: Caller, keys: str) -> None:
    for key in keys:
        customer.press(key)


def key_by_key(digits: str, content: bytes) -> bool:
    """Each on its own, with words, times and at most one other figure between them: `… DTMF 7 …`, `"key": "7"`."""
    alone = re.findall(rb"(?<![0-9A-Za-z.:,_-])[0-9](?![0-9A-Za-z.:,_-])", content)
    return re.search(b".?".join(digits.encode()[n : n + 1] for n in range(len(digits))), b"".join(alone)) is not None


def test_pieces_are_found() -> None:
    lines = "\n".join(f"[12:30:01.{n}] DTMF begin '{key}' received on c-1" for n, key in enumerate(PIN))
    assert key_by_key(PIN, lines.encode())
    assert key_by_key(PIN, json.dumps([{"step": 3, "key": key} for key in PIN]).encode())
    assert not key_by_key(PIN, lines.replace("'8'", "'6'").encode())


def test_secrets_are_where_they_are_needed_and_nowhere_else(
    centre: Running, vault: Vault, caller: Callable[..., Caller], tmp_path: Path
) -> None:
    admin = centre.client("admin")
    desk = Desk(centre, admin, tmp_path, "3850")
    customer = caller(dial="95588", number=HONEST)
    customer.wait_sound()
    step(admin, HONEST, "card", "start")
    key_in(customer, CARD)
    step(admin, HONEST, "pin", "found")
    key_in(customer, WRONG)
    step(admin, HONEST, "pin", "wrong")
    key_in(customer, PIN)
    desk.wait("offered")
    seen = json.dumps([desk.state, snapshot(centre, admin, "floor")])
    assert [it.get("card") or it.get("pin") for it in vault.heard] == [CARD, WRONG, PIN]

    pages = [admin.get(f"/contacts/{contact(admin, HONEST)['id']}{more}").text for more in ("", "/why")]
    said = [centre.words(), seen, *pages]
    files = {str(it.relative_to(centre.data)): it.read_bytes() for it in centre.data.rglob("*") if it.is_file()}
    assert {"journal.db", "asterisk/log/messages.log"} <= set(files), sorted(files)
    assert any(HONEST.encode() in content for content in files.values()), "what is no secret is found so"
    where = files | {f"said {n}": text.encode() for n, text in enumerate(said)}
    for digits in (CARD, NUMBER, PIN, WRONG):
        found = [name for name, content in where.items() if digits.encode() in content]
        assert found == [], f"{digits} stands in {found}"
    for digits in (CARD, PIN, WRONG):
        found = [name for name, content in where.items() if key_by_key(digits, content)]
        assert found == [], f"{digits} stands in {found}, key by key"
    customer.hang_up()
    desk.leave()


def test_who_guesses_is_locked_out_and_let_in_again(
    centre: Running, vault: Vault, staff_browser: Browser, caller: Callable[..., Caller]
) -> None:
    admin = centre.client("admin")
    customer = caller(dial="95588", number=GUESSER)
    customer.wait_sound()
    key_in(customer, CARD)
    step(admin, GUESSER, "pin", "found")
    for n in range(5):
        asked = len(vault.heard)
        key_in(customer, WRONG)
        until(lambda asked=asked: len(vault.heard) > asked, what=f"PIN {n} is judged")  # type: ignore[misc]
    step(admin, GUESSER, "locked", "locked")
    with person(staff_browser, centre) as context:
        page = context.new_page()
        sign_in(page, centre, "admin")
        page.goto("/manage/locked-out")
        expect(page.get_by_test_id("unlock")).to_have_count(1)
        page.get_by_test_id("subject").fill(GUESSER)
        page.get_by_test_id("look").click()
        looked = page.get_by_test_id("looked")
        expect(looked).to_contain_text("5")
        expect(page.locator("table")).not_to_contain_text(GUESSER[-8:])
        looked.get_by_test_id("unlock").click()
        page.locator(".ant-popconfirm .ant-btn-primary").click()
        expect(page.get_by_test_id("unlock")).to_have_count(0)
        page.get_by_test_id("look").click()
        expect(looked).to_contain_text("没有锁定")
    heard = len(vault.heard)
    customer.press("1")
    step(admin, GUESSER, "card", "1")
    key_in(customer, CARD)
    step(admin, GUESSER, "pin", "found")
    key_in(customer, PIN)
    until(lambda: len(vault.heard) == heard + 2, what="they may try again")
    until(lambda: contact(admin, GUESSER)["steps"][-1]["via"] == "passed", what="and are let in")
    customer.hang_up()
