"""From the agent's press on Answer to the first sound each way: people at real pages, callers by trunk.

A whole `serve` with an agent's desk in Chromium, whose microphone plays a tone, and callers who hum another. A call
goes straight to the queue and rings; the mouse presses Answer. `agent_hears` ends at the first sound of the
caller in the browser (looked at every 4 ms), `caller_hears` at the first 20 ms packet that carries the agent's tone
and not the queue's music. All clocks are this machine's.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Page, sync_playwright
from tests.browser.pages import chromium, person
from tests.caller import Caller
from tests.centre import Running

AGENT, AGENT_TONE, CALLER_TONE = "3850", 2350, 440  # no note of the music is near them
QUEUE, NUMBER = "bench", "95588"
FLOW = f"name: bench\nlanguages: [zh]\nperson: {QUEUE}\nstart: in\nnodes: {{in: {{queue: {{to: {QUEUE}}}}}}}\n"
PATIENCE_S = 10.0
ENOUGH_S = 9.0

WATCH = """
(() => {
  const now = () => (performance.timeOrigin + performance.now()) / 1000;
  window.answering = { pressed: 0, heard: 0 };
  addEventListener("click", (event) => {
    if (event.target.closest("[data-testid=answer]")) window.answering = { pressed: now(), heard: 0 };
  }, true);
  const ear = new AudioContext();
  const Real = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Real {
    constructor(...given) {
      super(...given);
      this.addEventListener("track", (event) => {
        const analyser = new AnalyserNode(ear, { fftSize: 256 });
        ear.createMediaStreamSource(new MediaStream([event.track])).connect(analyser);
        const samples = new Float32Array(256);
        const look = setInterval(() => {
          analyser.getFloatTimeDomainData(samples);
          if (!samples.some((sample) => Math.abs(sample) > 0.01)) return;
          clearInterval(look);
          window.answering.heard ||= now();
        }, 4);
      });
    }
  };
})();
"""


class Answering:
    """Set up when it is made; `measure`, then `stop`."""

    def __init__(self, folder: Path, prompts: Path) -> None:
        self._folder = folder
        self._open = ExitStack()
        try:
            self._centre = Running(folder / "pages", prompts)
            self._open.callback(self._centre.end)
            with ThreadPoolExecutor(1) as beside:
                up = beside.submit(self._start)
                playwright = self._open.enter_context(sync_playwright())
                browser = self._open.enter_context(chromium(playwright, folder, AGENT_TONE))
                context = self._open.enter_context(person(browser, self._centre))
                context.add_init_script(WATCH)
                self._page = context.new_page()
                context.add_cookies(up.result())
            self._page.goto("/desk")
            self._page.locator("[data-testid=phone-status][data-stage=registered]").wait_for()
            self._page.get_by_test_id("presence-available").click()
            self._page.locator("[data-testid=presence][data-routability=routable]").wait_for()
        except BaseException:
            self._open.close()
            raise

    def stop(self) -> None:
        self._open.close()

    def measure(self, calls: int) -> dict[str, Any]:
        """All in ms; `lost`: somebody heard nothing. On a slow machine fewer calls, not more time."""
        agent, caller, answered, end = [], [], 0, time.monotonic() + ENOUGH_S
        with ExitStack() as waiting:
            callers = [
                waiting.enter_context(
                    Caller(self._folder, self._centre.sip_port, NUMBER, f"1390000{n:04}", tone=CALLER_TONE)
                )
                for n in range(calls)
            ]
            while answered < calls and time.monotonic() < end:
                answered += 1
                pressed, heard, heard_there = self._answer(callers)
                if heard and heard_there:
                    agent.append((heard - pressed) * 1000)
                    caller.append((heard_there - pressed) * 1000)
        return {
            "calls": answered,
            "lost": answered - len(agent),
            "agent_hears": _summary(agent),
            "caller_hears": _summary(caller),
        }

    def _answer(self, callers: list[Caller]) -> tuple[float, float, float]:
        """(pressed, first sound in the browser, first sound at the caller); 0 for what did not happen."""
        page = self._page
        page.locator("[data-testid=answer]:enabled").wait_for()
        page.wait_for_timeout(100)  # nobody presses before it rings
        page.get_by_test_id("answer").click()
        heard, there, end = 0.0, 0.0, time.monotonic() + PATIENCE_S
        pressed, epoch = float(page.evaluate("answering.pressed")), time.time() - time.monotonic()
        while time.monotonic() < end and not (heard and there):
            time.sleep(0.02)
            heard = heard or float(page.evaluate("answering.heard"))
            began = [each.tone_began(AGENT_TONE, pressed - epoch) for each in callers]
            there = next((at + epoch for at in began if at), 0.0)
        _finish(page)
        return pressed, heard, there

    def _start(self) -> list[SetCookieParam]:
        """Of the agent's session."""
        self._centre.start()
        self._furnish()
        agent = self._centre.client(AGENT)
        return [
            {"name": each.name, "value": each.value or "", "url": self._centre.base} for each in agent.cookies.jar
        ]

    def _furnish(self) -> None:
        """A number that leads straight to a queue of this agent's, without consent and without wrap-up."""
        admin = self._centre.client("admin")

        def put(method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
            answer: httpx.Response = admin.request(method, path, json=body)
            answer.raise_for_status()
            found: dict[str, Any] = answer.json()
            return found

        version = admin.get("/settings").json()["version"]
        put("PUT", "/settings", {"version": version, "consent_announcement": False})
        put("POST", "/queues", {"id": QUEUE, "name": QUEUE, "wrap_up_s": 0})
        flow = put("POST", "/flows", {"id": QUEUE, "name": QUEUE, "text": FLOW})
        put("POST", f"/flows/{QUEUE}/publish", {"version": flow["version"]})
        put("POST", "/entry-points", {"id": QUEUE, "name": QUEUE, "key": NUMBER, "flow": QUEUE})
        version = admin.get(f"/agents/a{AGENT}").json()["version"]
        put("PUT", f"/agents/a{AGENT}", {"version": version, "name": AGENT, "number": AGENT, "queues": [QUEUE]})


def _finish(page: Page) -> None:
    page.get_by_test_id("hang-up").click()
    page.get_by_test_id("hang-up").wait_for(state="detached")


def _summary(values: list[float]) -> dict[str, float | None]:
    ranked = sorted(values)
    if not ranked:
        return {"median": None, "worst": None}
    return {"median": round(ranked[len(ranked) // 2], 1), "worst": round(ranked[-1], 1)}
