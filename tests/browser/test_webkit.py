"""Safari's engine: the pages work, and where calls cannot, it says so in plain words."""

from __future__ import annotations

import pytest

from ..centre import Running
from .webkit import webkit

pytestmark = [pytest.mark.browser, pytest.mark.asterisk, pytest.mark.serial, pytest.mark.timeout(300)]


def test_pages_work_and_calls_say_why_not(centre: Running) -> None:
    with webkit(centre.base) as page:
        page.goto("/call/demo")
        page.click("[data-testid=call]")
        page.wait("[data-testid=customer-call][data-obstacle=no_webrtc]")

        page.sign_in(centre, "supervisor")
        page.goto("/floor")
        page.wait("[data-testid=queue-row][data-queue=service]")
        page.goto("/contacts")
        page.wait("[data-testid=contacts]")

    with webkit(centre.base) as page:
        page.sign_in(centre, "3850")
        page.goto("/desk")
        page.wait("[data-testid=phone-trouble]")
        page.wait("[data-testid=phone-status][data-obstacle=no_webrtc]")
        page.click("[data-testid=presence-not_ready]")
        page.wait(".reason-list button")
