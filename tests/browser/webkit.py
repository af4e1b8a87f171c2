"""Somebody at the pages in Safari's engine, as Debian has it: WebKitGTK's MiniBrowser by classic WebDriver.

It is made without WebRTC: pages can be tried in it, calls cannot. It draws on a screen of its own (Xvfb).
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

from ..patience import PATIENCE_S, START_S
from ..ports import free_ports
from .tab import Tab

_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
_RUN = """
const [given, done] = arguments;
(async () => (%s)(...given))().then((found) => done({found: found ?? null}), (why) => done({why: String(why)}));
"""


class WebKitTab(Tab):
    def __init__(self, driver: httpx.Client, base: str) -> None:
        self._base, self._driver = base, driver
        binary = next(Path("/usr/lib").glob("*/webkit2gtk-4.1/MiniBrowser"))
        options = {"binary": str(binary), "args": ["--automation"]}
        wanted = {"alwaysMatch": {"acceptInsecureCerts": True, "webkitgtk:browserOptions": options}}
        self._session = "/session/" + self._ask("POST", "/session", {"capabilities": wanted})["sessionId"]

    def goto(self, path: str) -> None:
        self._ask("POST", f"{self._session}/url", {"url": self._base + path})

    def run(self, script: str, *given: str) -> Any:
        answer = self._ask("POST", f"{self._session}/execute/async", {"script": _RUN % script, "args": [list(given)]})
        assert "why" not in answer, f"{script}: {answer['why']}"
        return answer["found"]

    def press(self, selector: str) -> None:
        self._ask("POST", f"{self._session}/element/{self._element(selector)}/click", {})

    def type(self, selector: str, text: str) -> None:
        self.wait(selector)
        self._ask("POST", f"{self._session}/element/{self._element(selector)}/value", {"text": text})

    def close(self) -> None:
        self._ask("DELETE", self._session)

    def _element(self, selector: str) -> str:
        found = self._ask("POST", f"{self._session}/element", {"using": "css selector", "value": selector})
        return str(found[_ELEMENT])

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = self._driver.request(method, path, json=body).json()["value"]
        assert not (isinstance(answer, dict) and "error" in answer), json.dumps(answer)[:600]
        return answer


@contextmanager
def webkit(base: str) -> Iterator[WebKitTab]:
    """One window of one person."""
    with ExitStack() as stack:
        display = stack.enter_context(_screen())
        (port,) = free_ports(1)
        argv = ["WebKitWebDriver", f"--port={port}"]
        quiet = subprocess.DEVNULL
        driver = subprocess.Popen(argv, env={**os.environ, "DISPLAY": display}, stdout=quiet, stderr=quiet)
        stack.callback(driver.wait, 20)
        stack.callback(driver.terminate)
        client = stack.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE_S * 2))
        _listens(client, driver)
        tab = WebKitTab(client, base)
        stack.callback(tab.close)
        yield tab


@contextmanager
def _screen() -> Iterator[str]:
    told, tell = os.pipe()
    argv = ["Xvfb", "-displayfd", str(tell), "-screen", "0", "1366x768x24", "-nolisten", "tcp"]
    quiet = subprocess.DEVNULL
    screen = subprocess.Popen(argv, pass_fds=[tell], stdout=quiet, stderr=quiet)
    os.close(tell)
    try:
        with os.fdopen(told) as number:
            yield f":{number.readline().strip()}"
    finally:
        screen.terminate()
        screen.wait()


def _listens(client: httpx.Client, driver: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_S
    while True:
        try:
            client.get("/status")
            return
        except httpx.TransportError:
            assert driver.poll() is None, "WebKitWebDriver ended"
            assert time.monotonic() < end, f"WebKitWebDriver does not listen within {START_S} s"
            time.sleep(0.05)
