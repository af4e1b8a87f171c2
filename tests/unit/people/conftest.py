"""A centre with two tenants, and people signed in over the real application."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import APIRouter

from qingting.config import Config, Mail
from qingting.contexts.people import api
from qingting.contexts.people.http import router
from qingting.mail.outgoing import Outgoing
from qingting.records import Records
from qingting.vault import Vault
from qingting.web.app import create_app

from ..known import as_known

PASSWORD = "correct horse 7"
_routers: list[APIRouter] = []


class Clock:
    """Time that tests move; it starts at an ordinary instant."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now

    def pass_(self, seconds: float) -> None:
        self.now += seconds


@dataclass
class Centre:
    people: api.People
    clock: Clock
    app: Any
    tenant: str
    other: str
    ids: dict[str, str] = field(default_factory=dict)
    ended: list[api.SessionEnd] = field(default_factory=list)

    def client(self, address: str = "198.51.100.7", token: str = "") -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, client=(address, 40000), raise_app_exceptions=False)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.AsyncClient(transport=transport, base_url="http://localhost:8000/api/v1", headers=headers)

    async def signed_in(self, name: str, password: str = PASSWORD, **more: Any) -> httpx.AsyncClient:
        client = self.client()
        answer = await client.post("/session", json={"name": name, "password": password, **more})
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return client


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"] if answer.content else ""


async def make_centre(records: Records, folder: Path, mail: Mail | None = None) -> Centre:
    clock = Clock()
    config = Config(data=folder, ui=folder / "no-ui", mail=mail or Mail())
    vault = Vault(folder / "secrets")
    people = as_known(
        api.People(
            records=records,
            vault=vault,
            outgoing=Outgoing(records, vault, config.mail, now=clock),
            passwords=api.Passwords(time_cost=1, memory_kib=256),
            base_url=config.base_url,
            now=clock,
        )
    )
    if not _routers:
        _routers.append(router(people))
    app = create_app(config=config, people=people, routers=_routers)
    tenant = await api.create_tenant(people, code="dragonfly", name="蜻蜓电信")
    clock.pass_(1)
    other = await api.create_tenant(people, code="cicada", name="Cicada Ltd")
    centre = Centre(people, clock, app, tenant, other)

    async def note(end: api.SessionEnd) -> None:
        centre.ended.append(end)

    people.on_session_end(note)
    for name, roles in (("ada", ["administrator"]), ("wang", ["agent"]), ("lin", ["supervisor"])):
        centre.ids[name] = await make_user(centre, name, roles)
    centre.ids["cicada/eve"] = await make_user(centre, "eve", ["administrator"], tenant=other)
    return centre


async def make_user(centre: Centre, name: str, roles: list[str], tenant: str = "", **more: Any) -> str:
    created = await api.create_user(
        centre.people,
        api.system(tenant or centre.tenant),
        api.NewUser(name=name, display_name=name.title(), mail=f"{name}@example.com", roles=roles, **more),
        password=PASSWORD,
        must_change=False,
    )
    return created.id


@pytest.fixture
async def centre(records: Records, tmp_path: Path) -> AsyncIterator[Centre]:
    centre = await make_centre(records, tmp_path)
    yield centre
    centre.people.passwords.close()
