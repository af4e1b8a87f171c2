"""People at the pages, in a real Chromium whose microphone plays a tone of ours."""

from __future__ import annotations

import wave
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect

from ..centre import PASSWORD, Running
from ..patience import PATIENCE_S

expect.set_options(timeout=PATIENCE_S * 1000)
CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required"),
    *("--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"),
]

LISTEN = """
(() => {
  const Real = window.RTCPeerConnection;
  window.heardBy = [];
  window.RTCPeerConnection = class extends Real {
    constructor(...a) {
      super(...a);
      this.addEventListener("track", (e) => {
        const context = new AudioContext();
        const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
        context.createMediaStreamSource(new MediaStream([e.track])).connect(analyser);
        window.heardBy.push({ context, analyser });
      });
    }
  };
  window.loudestTone = async () => {
    const last = window.heardBy.at(-1);
    if (!last) return 0;
    await last.context.resume();
    const bins = new Float32Array(last.analyser.frequencyBinCount);
    last.analyser.getFloatFrequencyData(bins);
    let top = 3;
    for (let i = 3; i < bins.length; i++) if (bins[i] > bins[top]) top = i;
    return bins[top] < -80 ? 0 : (top * last.context.sampleRate) / last.analyser.fftSize;
  };
})();
"""


def tone_file(path: Path, frequency: int) -> Path:
    t = np.arange(48000 * 2)
    samples = (9000 * np.sin(2 * np.pi * frequency * t / 48000)).astype("<i2")
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(48000)
        out.writeframes(samples.tobytes())
    return path


@contextmanager
def chromium(playwright: Playwright, folder: Path, tone: int, microphone: bool = True) -> Iterator[Browser]:
    """Without `microphone` the person says no when the browser asks for it."""
    voice = tone_file(folder / f"tone-{tone}.wav", tone)
    flags = FLAGS if microphone else [flag for flag in FLAGS if "fake-ui" not in flag]
    browser = playwright.chromium.launch(
        executable_path=CHROMIUM, headless=True, args=[*flags, f"--use-file-for-fake-audio-capture={voice}"]
    )
    try:
        yield browser
    finally:
        browser.close()


def person(browser: Browser, centre: Running, language: str = "zh-CN", **more: object) -> BrowserContext:
    how: dict[str, Any] = {"permissions": ["microphone"], "viewport": {"width": 1366, "height": 768}}
    how["ignore_https_errors"] = True  # a browser that has not been told to trust the local authority
    how |= more
    context = browser.new_context(base_url=centre.base, locale=language, **how)
    context.add_init_script(LISTEN)
    context.set_default_timeout(PATIENCE_S * 1000)
    return context


def sign_in(page: Page, centre: Running, name: str) -> None:
    """As somebody does who was given a one-time password: they choose their own on the way."""
    page.goto("/sign-in")
    page.get_by_test_id("sign-in-name").fill(name)
    password = centre.passwords.get(name, PASSWORD)
    page.get_by_test_id("sign-in-password").fill(password)
    page.get_by_test_id("sign-in-submit").click()
    if password != PASSWORD:
        page.get_by_test_id("new-password").fill(PASSWORD)
        page.get_by_test_id("repeat-password").fill(PASSWORD)
        if page.get_by_test_id("old-password").count():
            page.get_by_test_id("old-password").fill(password)
        page.get_by_test_id("change-first-submit").click()
        page.get_by_test_id("change-first-submit").wait_for(state="hidden")
        centre.passwords[name] = PASSWORD
    page.wait_for_url(lambda url: "sign-in" not in url)


def tone_heard(page: Page) -> float:
    return float(page.evaluate("window.loudestTone()"))


__all__ = ["LISTEN", "chromium", "expect", "person", "sign_in", "tone_heard"]
