"""The application with a few routes of our own, asked directly and through a real server on a free port."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Annotated, Any

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, Query, Request, WebSocket
from pydantic import BaseModel, Field

from qingting import errors
from qingting.access import Identity, identity, require
from qingting.config import Config
from qingting.contexts.people.http import router as people_router
from qingting.records import Records
from qingting.web.app import create_app
from tests.unit.people.conftest import Centre, make_centre


class Thing(BaseModel):
    name: Annotated[str, Field(max_length=20)]
    levels: list[int] = []


def things(records: Records) -> APIRouter:
    routes = APIRouter()

    @routes.post("/things")
    async def put(thing: Thing) -> Thing:
        return thing

    @routes.get("/things")
    async def find(limit: Annotated[int, Query(ge=1, le=10)] = 5) -> int:
        return limit

    @routes.get("/raise/{kind}")
    async def fail(kind: str) -> None:
        if kind == "unforeseen":
            raise RuntimeError("13800138000 said no")
        raise getattr(errors, kind)("thing.said_no", "in plain words", which="this one", retry_after_s=7)

    @routes.get("/floor-only")
    async def guarded(me: Annotated[Identity, Depends(require("floor.view"))]) -> str:
        return me.user

    @routes.get("/twice")
    async def twice() -> None:
        async with records.write() as c:
            for _ in range(2):
                await c.exec_driver_sql(
                    "INSERT INTO tenants (id, code, name, timezone, created) VALUES ('x', 'x', 'x', 'UTC', 0)"
                )

    @routes.post("/read-all")
    async def read_all(request: Request) -> int:
        return len(await request.body())

    return routes


def sockets() -> APIRouter:
    routes = APIRouter()

    @routes.websocket("/live/echo")
    async def echo(socket: WebSocket) -> None:
        who = identity(socket)
        await socket.accept()
        async for words in socket.iter_text():
            if words == "fail":
                raise RuntimeError("in the middle")
            await socket.send_json({"user": who.name, "said": words})

    return routes


@pytest.fixture
async def centre(sqlite_records: Records, tmp_path: Path) -> AsyncIterator[Centre]:
    centre = await make_centre(sqlite_records, tmp_path)
    yield centre
    centre.people.passwords.close()


Build = Callable[..., FastAPI]


@pytest.fixture
def build(centre: Centre, tmp_path: Path) -> Build:
    def make(**more: Any) -> FastAPI:
        config = more.pop("config", Config(data=tmp_path, ui=tmp_path / "ui"))
        records = centre.people.records
        centre.app = create_app(
            config=config,
            people=centre.people,
            routers=[people_router(centre.people), things(records)],
            root_routers=[sockets()],
            **more,
        )
        return centre.app

    return make


@pytest.fixture
async def client(build: Build) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(build(), client=("198.51.100.7", 40000), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
        yield client
