"""Pages, sockets and browser phones over TLS, with the centre's own authority."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from ..caller import Caller
from ..centre import Running
from ..centre import centre as running_centre
from .pages import person, sign_in, tone_heard
from .story import AGENT_TONE, CALLER_TONE, registered, take, to_service, until

pytestmark = [pytest.mark.browser, pytest.mark.asterisk, pytest.mark.serial, pytest.mark.timeout(600)]


@pytest.fixture
def centre(tmp_path: Path, prompts: Path) -> Iterator[Running]:
    with running_centre(tmp_path, prompts, QINGTING_TLS="auto") as it:
        yield it


def test_a_call_over_wss(centre: Running, staff_browser: Browser, caller: Callable[..., Caller]) -> None:
    context = person(staff_browser, centre, ignore_https_errors=True)  # a browser that has not been told to trust it
    page = context.new_page()
    sign_in(page, centre, "3850")
    page.goto("/desk")
    registered(page, within_s=20)
    page.get_by_test_id("presence-available").click()
    customer = caller()
    to_service(customer)
    take(page)
    customer.wait_tone(AGENT_TONE)
    until(lambda: abs(tone_heard(page) - CALLER_TONE) < 15, what="the agent hears the caller")
    page.goto("/trust")
    expect(page.locator("body")).to_contain_text("Qingting local authority")
    context.close()
    authority = httpx.get(f"{centre.base}/authority.pem", verify=centre.trust())
    assert authority.text.startswith("-----BEGIN CERTIFICATE-----")
