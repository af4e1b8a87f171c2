"""One Chromium and one centre for the stories of a file: each leaves them as it likes to find them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from ..caller import Caller
from ..centre import Running, prompts_of_a_run
from ..centre import centre as running_centre
from ..scenario.desk import go_home
from .pages import chromium, person, sign_in


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Of a file only: it keeps a loop running in its process, beside which no test of asyncio can run."""
    with sync_playwright() as it:
        yield it


@pytest.fixture(scope="session")
def prompts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prompts_of_a_run(tmp_path_factory.getbasetemp())


@pytest.fixture(scope="module")
def staff_browser(playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Whoever speaks here is heard as 800 Hz."""
    with chromium(playwright, tmp_path_factory.mktemp("voices"), 800) as browser:
        yield browser


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory, prompts: Path) -> Iterator[Running]:
    with running_centre(tmp_path_factory.mktemp("centre"), prompts) as it:
        yield it


@pytest.fixture
def centre(standing: Running) -> Running:
    """As it stands, or up again when the story before has broken off with it down."""
    if not standing.runs:
        standing.start()
    return standing


Desk = Callable[[str], Page]


@pytest.fixture
def desk(centre: Running, staff_browser: Browser) -> Iterator[Desk]:
    """A signed-in agent at their desk, phone registered, available; afterwards done with everything, and gone."""
    names: list[str] = []
    with ExitStack() as stack:

        def open_desk(name: str) -> Page:
            context = stack.enter_context(person(staff_browser, centre))
            page = context.new_page()
            sign_in(page, centre, name)
            names.append(name)
            page.goto("/desk")
            page.locator("[data-testid=phone-status][data-stage=registered]").wait_for()
            page.get_by_test_id("presence-available").click()
            page.locator("[data-testid=presence][data-routability=routable]").wait_for()
            return page

        yield open_desk
    if centre.runs:
        for name in names:
            go_home(centre.client(name), centre)


@pytest.fixture
def caller(centre: Running, tmp_path: Path) -> Iterator[Callable[..., Caller]]:
    with ExitStack() as stack:

        def dial(number: str = "13812345678", **how: object) -> Caller:
            it = stack.enter_context(Caller(tmp_path, centre.sip_port, number=number, **how))  # type: ignore[arg-type]
            it.wait_answered()
            return it

        yield dial
