"""The same story as others run their centre: records on PostgreSQL, all pages, sockets and phones over TLS with the
centre's own authority."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from ..caller import Caller
from ..centre import Running
from ..centre import centre as running_centre
from ..conftest import sql
from .conftest import Desk
from .pages import person
from .test_call import whole_story

pytestmark = [pytest.mark.browser, pytest.mark.asterisk, pytest.mark.postgres]


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory, prompts: Path, postgres_server: str) -> Iterator[Running]:
    with ThreadPoolExecutor(1) as elsewhere:  # Playwright's own loop runs in this thread
        elsewhere.submit(asyncio.run, sql(postgres_server, "CREATE DATABASE story")).result()
    settings = {"QINGTING_RECORDS_URL": postgres_server.format("story"), "QINGTING_TLS": "auto"}
    with running_centre(tmp_path_factory.mktemp("centre"), prompts, **settings) as it:
        yield it


def test_the_story_on_postgresql_over_tls(
    centre: Running, desk: Desk, caller: Callable[..., Caller], staff_browser: Browser
) -> None:
    whole_story(centre, desk, caller, staff_browser)
    assert not (centre.data / "records.db").exists()

    with person(staff_browser, centre) as context:
        page = context.new_page()
        page.goto("/trust")
        expect(page.locator("body")).to_contain_text("Qingting local authority")
    authority = centre.get("/authority.pem")
    assert authority.text.startswith("-----BEGIN CERTIFICATE-----")
