"""The same story with records on PostgreSQL."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from ..caller import Caller
from ..centre import Running
from ..centre import centre as running_centre
from ..conftest import sql
from .conftest import Desk
from .test_call import whole_story

pytestmark = [
    pytest.mark.browser,
    pytest.mark.asterisk,
    pytest.mark.postgres,
    pytest.mark.serial,
    pytest.mark.timeout(600),
]


@pytest.fixture
def centre(tmp_path: Path, prompts: Path, postgres_server: str) -> Iterator[Running]:
    with ThreadPoolExecutor(1) as elsewhere:  # Playwright's own loop runs in this thread
        elsewhere.submit(asyncio.run, sql(postgres_server, "CREATE DATABASE story")).result()
    with running_centre(tmp_path, prompts, QINGTING_RECORDS_URL=postgres_server.format("story")) as it:
        yield it


def test_the_story_on_postgresql(
    centre: Running, desk: Desk, caller: Callable[..., Caller], staff_browser: Browser
) -> None:
    whole_story(centre, desk, caller, staff_browser)
    assert not (centre.data / "records.db").exists()
