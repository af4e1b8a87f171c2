from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path

import pytest

from qingting.bootstrap.prompts_used import PromptUses
from qingting.config import Config, Mail
from qingting.contexts.configuration import http as configuration_http
from qingting.contexts.people.api import record_audit
from qingting.contexts.people.http import router as people_router
from qingting.contexts.prompts import http as prompts_http
from qingting.contexts.prompts.api import Prompts
from qingting.records import Records
from qingting.speech.engines import prompt_store
from qingting.web.app import create_app

from ..house import House, make_house


@dataclass
class PromptHouse(House):
    prompts: Prompts


@asynccontextmanager
async def made(records: Records, folder: Path) -> AsyncIterator[PromptHouse]:
    """With the doors of prompts, and a real engine that speaks."""
    async with make_house(records, folder) as house:
        config = Config(data=folder, ui=folder / "no-ui", mail=Mail())
        prompts = Prompts(records, folder / "recorded", record_audit, PromptUses(house.configuration))
        speech = prompt_store(config)
        registrar = configuration_http.Registrar("192.0.2.1", 5060, "udp")
        routers = [
            people_router(house.people),
            configuration_http.routes(house.configuration, registrar, lambda tenant, trunk: ("ready", "")),
            prompts_http.routes(prompts, speech.sound),
        ]
        app = create_app(config=config, people=house.people, routers=routers)
        own = {field.name: getattr(replace(house, app=app), field.name) for field in fields(house)}
        yield PromptHouse(**own, prompts=prompts)
        await speech.close()


@pytest.fixture
async def house(records: Records, tmp_path: Path) -> AsyncIterator[PromptHouse]:
    async with made(records, tmp_path) as house:
        yield house


@pytest.fixture
async def sqlite_house(sqlite_records: Records, tmp_path: Path) -> AsyncIterator[PromptHouse]:
    async with made(sqlite_records, tmp_path) as house:
        yield house
