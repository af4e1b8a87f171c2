"""People in a real Firefox: WebDriver BiDi over its own WebSocket, as much of it as the stories need.

No geckodriver, which Debian does not have, and no Playwright, which drives a Firefox of its own. The microphone
is Firefox's fake one, a tone of our choice; everything else stands at its defaults, autoplay above all.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import connect

from ..patience import PATIENCE_S, START_S
from ..ports import free_ports
from .tab import Tab

FIREFOX = "/usr/bin/firefox-esr"


class FirefoxTab(Tab):
    """One window of one person, with cookies and storage of their own."""

    def __init__(self, firefox: Firefox, base: str, language: str, preload: str) -> None:
        self._send, self._base = firefox.send, base
        self._person = firefox.send("browser.createUserContext")["userContext"]
        made = firefox.send("browsingContext.create", type="tab", userContext=self._person)
        self._context = made["context"]
        size = {"width": 1366, "height": 768}
        firefox.send("browsingContext.setViewport", context=self._context, viewport=size)
        firefox.send("emulation.setLocaleOverride", locale=language, contexts=[self._context])
        firefox.send("script.addPreloadScript", functionDeclaration=f"() => {{{preload}}}", contexts=[self._context])

    def goto(self, path: str) -> None:
        self._send("browsingContext.navigate", context=self._context, url=self._base + path, wait="complete")

    def run(self, script: str, *given: str) -> Any:
        answer = self._send(
            "script.callFunction",
            functionDeclaration=f"async (...given) => JSON.stringify((await ({script})(...given)) ?? null)",
            arguments=[{"type": "string", "value": each} for each in given],
            target={"context": self._context},
            awaitPromise=True,
        )
        if answer["type"] != "success":
            raise AssertionError(f"{script}: {answer['exceptionDetails']['text']}")
        return json.loads(answer["result"]["value"])

    def press(self, selector: str) -> None:
        node = {"type": "element", "element": self._node(selector)}
        at: list[dict[str, Any]] = [{"type": "pointerMove", "x": 0, "y": 0, "origin": node}]
        at += [{"type": "pointerDown", "button": 0}, {"type": "pointerUp", "button": 0}]
        self._act({"type": "pointer", "id": "mouse", "actions": at})

    def type(self, selector: str, text: str) -> None:
        self.click(selector)
        keys = [{"type": kind, "value": key} for key in text for kind in ("keyDown", "keyUp")]
        self._act({"type": "key", "id": "keyboard", "actions": keys})

    def close(self) -> None:
        self._send("browser.removeUserContext", userContext=self._person)

    def _node(self, selector: str) -> dict[str, str]:
        locator = {"type": "css", "value": selector}
        found = self._send("browsingContext.locateNodes", context=self._context, locator=locator, maxNodeCount=1)
        node: dict[str, str] = found["nodes"][0]
        return {"sharedId": node["sharedId"]}

    def _act(self, *sources: dict[str, Any]) -> None:
        self._send("input.performActions", context=self._context, actions=list(sources))


class Firefox:
    def __init__(self, profile: Path, tone: int) -> None:
        prefs = {
            "media.navigator.streams.fake": True,
            "media.navigator.permission.disabled": True,
            "media.navigator.audio.fake_frequency": tone,
            "media.peerconnection.ice.loopback": True,
            "media.peerconnection.ice.obfuscate_host_addresses": False,
            "datareporting.policy.dataSubmissionEnabled": False,
            "app.normandy.enabled": False,
            "browser.shell.checkDefaultBrowser": False,
            "network.captive-portal-service.enabled": False,
            "network.connectivity-service.enabled": False,
            "services.settings.server": "data:,",
        }
        profile.mkdir()
        lines = [f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in prefs.items()]
        (profile / "user.js").write_text("".join(lines))
        (port,) = free_ports(1)
        argv = [FIREFOX, "--headless", "--no-remote", "--profile", str(profile), "--remote-debugging-port", str(port)]
        with (profile / "words.log").open("wb") as words:
            self._process = subprocess.Popen(argv, stdout=words, stderr=subprocess.STDOUT)
        self._last = 0
        self._open = ExitStack()
        try:
            self._socket = self._connect(port)
            self.send("session.new", capabilities={"alwaysMatch": {"acceptInsecureCerts": True}})
        except BaseException:
            self._process.kill()
            self._process.wait()
            raise

    def person(self, base: str, language: str = "zh-CN", preload: str = "") -> FirefoxTab:
        return FirefoxTab(self, base, language, preload)

    def send(self, method: str, **parameters: object) -> Any:
        self._last += 1
        self._socket.send(json.dumps({"id": self._last, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self._socket.recv(PATIENCE_S))
            if answer.get("id") == self._last:
                assert answer["type"] == "success", f"{method}: {answer.get('error')}: {answer.get('message')}"
                return answer["result"]

    def end(self) -> None:
        self._open.close()
        self._process.terminate()
        self._process.wait(20)

    def _connect(self, port: int) -> Any:
        end = time.monotonic() + START_S
        while True:
            try:
                door = connect(f"ws://127.0.0.1:{port}/session", max_size=1 << 24, ping_interval=None)
                return self._open.enter_context(door)
            except OSError:
                assert self._process.poll() is None, "Firefox ended"
                assert time.monotonic() < end, f"Firefox does not listen within {START_S} s"
                time.sleep(0.1)


@contextmanager
def firefox(folder: Path, tone: int) -> Iterator[Firefox]:
    """Whoever speaks here is heard as `tone` Hz."""
    it = Firefox(folder / f"profile-{tone}", tone)
    try:
        yield it
    finally:
        it.end()
