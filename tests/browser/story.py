"""What the stories have in common."""

from __future__ import annotations

import io
import time
import wave
from collections.abc import Callable
from typing import Any

import numpy as np
from playwright.sync_api import Page, expect

from ..caller import Caller, loudest
from ..centre import Client
from ..patience import PATIENCE_S

AGENT_TONE, CALLER_TONE = 800, 440


def until(true: Callable[[], object], within_s: float = PATIENCE_S, what: str = "") -> None:
    """What a read model does not know yet (`LookupError`) is waited for as well."""
    end, pause = time.monotonic() + within_s, 0.03
    while True:
        why: Exception | None = None
        try:
            if true():
                return
        except LookupError as unknown:
            why = unknown
        if time.monotonic() > end:
            raise AssertionError(f"not within {within_s} s: {what}") from why
        time.sleep(pause)
        pause = min(pause * 1.3, 0.2)  # who looks too often takes the time from what is waited for


def to_service(caller: Caller) -> None:
    """Chinese, then after-sales service, as somebody who listens."""
    caller.wait_sound()
    caller.press("1")
    time.sleep(0.8)
    caller.press("2")


def told(page: Page, stage: str) -> None:
    """What the customers' page says of their call."""
    page.locator(f"[data-testid=customer-call][data-told={stage}]").wait_for()


def press(page: Page, key: str, step: str) -> None:
    """On the customers' page, until the menu has moved on."""
    page.get_by_test_id(f"key-{key}").click()
    expect(page.get_by_test_id("call-hint")).to_contain_text(step)


def contacts(admin: Client) -> dict[str, dict[str, Any]]:
    """By the caller's number."""
    return {item["number"]: item for item in admin.get("/contacts", params={"limit": 200}).json()["items"]}


def contact(admin: Client, number: str) -> dict[str, Any]:
    found: dict[str, Any] = admin.get(f"/contacts/{contacts(admin)[number]['id']}").json()
    return found


def recorded(admin: Client, recording: str, channel: str, tone: float) -> tuple[bool, float]:
    """Whether this tone is the loudest at some time (music of a hold may last longer), and seconds of one channel."""
    answer = admin.get(f"/recordings/{recording}/audio", params={"channel": channel})
    assert answer.status_code == 200, answer.text
    with wave.open(io.BytesIO(answer.content)) as sound:
        samples, rate = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").astype(float), sound.getframerate()
    some = rate // 2
    stretches = [samples[start : start + some] for start in range(0, max(1, len(samples) - some), some)]
    return any(abs(loudest(stretch, rate)[0] - tone) < 10 for stretch in stretches), len(samples) / rate


def in_state(page: Page, state: str) -> None:
    page.locator(f"[data-testid=call][data-state={state}]").wait_for()


def registered(page: Page) -> None:
    page.locator("[data-testid=phone-status][data-stage=registered]").wait_for()


def take(page: Page) -> None:
    """Answer the next call, saying `available` again if a ring was missed meanwhile."""
    end = time.monotonic() + PATIENCE_S
    presence = page.get_by_test_id("presence")
    while page.locator("[data-testid=call][data-state=active]").count() == 0:
        assert time.monotonic() < end, f"no call came within {PATIENCE_S} s"
        if presence.get_attribute("data-routability") == "not_responding":
            page.get_by_test_id("presence-available").click()
        if page.get_by_test_id("answer").count():
            page.keyboard.press("F2")
        time.sleep(0.3)
