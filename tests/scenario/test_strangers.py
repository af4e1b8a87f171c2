"""Every door of the whole application, tried by those who have no business there.

Nobody, another site's page, an agent, an administrator of another company: nothing of ours is told to them and
nothing changes. A new door needs a line in `NEEDS` (or in `PUBLIC`), else these tests fail.
"""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from qingting import migrate, serve
from qingting.access import ROLES
from qingting.bootstrap import House, app
from qingting.config import Config
from qingting.contexts.configuration.schemas import KINDS
from qingting.contexts.people import api as people

PASSWORD = "correct horse 7"
API = "/api/v1"

PUBLIC = re.compile(
    r"/health|/metrics"
    r"|/api/v1/(session|password-reset(/confirm)?|invitation/(show|accept)|public/.*)"
)
"""Where nobody needs to be signed in; of `/session` only POST."""

_MOVES_BY_ITSELF = ("sessions", "outbox", "contacts_progress", "retention_turn", "retention_run")
_KINDS = "|".join(KINDS)
NEEDS: tuple[tuple[str, str, str], ...] = (
    ("POST", "/flows/check", "configuration.view"),
    (".*", r"/configuration/document", "configuration.transfer"),
    ("GET", rf"/(trunk-states|site-states|configuration/warnings|({_KINDS})(/\{{id\}})?)", "configuration.view"),
    ("GET", r"/flows/\{id\}/(versions(/\{number\})?|compare)", "configuration.view"),
    ("POST", r"/flows/\{id\}/versions/\{number\}/(roll-back|withdraw)", "configuration.edit"),
    (".*", rf"/({_KINDS})(/\{{id\}}(/publish|/phone|/try)?)?", "configuration.edit"),
    (".*", r"/session(/.*)?", ""),
    ("GET", r"/roles", "people.manage"),
    ("GET", r"/audit", "audit.view"),
    ("GET", r"/contacts(/.*)?", "contacts.view"),
    ("GET", r"/self-service/.*", "selfservice.view"),
    ("GET", r"/customers/\{id\}/export", "numbers.view"),
    ("GET", r"/customers(/.*)?", "customers.view"),
    (".*", r"/customer-imports(/.*)?", "customers.import"),
    ("GET", r"/customer-(segments|taggings)(/.*)?", "customers.view"),
    ("POST", r"/customer-segments/look", "customers.view"),
    (".*", r"/customer-(segments|taggings)(/.*)?", "customers.segment"),
    ("GET", r"/customer-export", "customers.export"),
    (".*", r"/webhooks(/.*)?", "webhooks.manage"),
    ("GET", r"/prompts(/.*)?", "configuration.view"),
    (".*", r"/prompts(/.*)?", "configuration.edit"),
    (".*", r"/customers(/.*)?", "customers.edit"),
    ("GET", r"/recoveries", "customers.view"),
    ("GET", r"/customer-duplicates(/.*)?", "customers.view"),
    (".*", r"/customer-duplicates(/.*)?", "customers.edit"),
    (".*", r"/customer-views(/.*)?", "customers.view"),
    ("POST", r"/customer-tags", "customers.edit"),
    ("GET", r"/customer-(fields|relation-types|purposes|tags)", "customers.view"),
    (".*", r"/customer-((fields|relation-types|purposes)(/.*)?|field-order)", "configuration.edit"),
    ("POST", r"/erasures", "customers.erase"),
    (".*", r"/retention(/.*)?", "retention.manage"),
    (".*", r"/locked-out(/.*)?", "proofs.unlock"),
    (".*", r"/desk/.*", "desk.use"),
    ("GET", r"/(callbacks|messages)", "callbacks.view"),
    (".*", r"/(callbacks|messages)/.*", "callbacks.act"),
    (".*", r"/floor/.*", "floor.act"),
    ("GET", r"/recordings/\{recording\}", "contacts.view"),
    ("GET", r"/recordings/.*", "voicemail.play"),
    (".*", r"/tokens(/.*)?", "tokens.manage"),
    (".*", r"/(users|invitations)(/.*)?", "people.manage"),
)
"""(method, path under the API, permission): the first line that fits."""


@dataclass
class Village:
    """The demonstration's tenant, another one, and people of both."""

    house: House
    app: FastAPI
    tenant: str
    other: str

    def client(self) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, client=("198.51.100.7", 1), raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://localhost:8000")

    async def sign_in(self, tenant: str, name: str, *roles: str, agent: str = "") -> httpx.AsyncClient:
        client = self.client()
        new = people.NewUser(name, name.title(), roles=roles, agent=agent)
        by = people.system(self.tenant if tenant == "demo" else self.other)
        await people.create_user(self.house.people, by, new, password=PASSWORD, must_change=False)
        answer = await client.post(f"{API}/session", json={"name": f"{tenant}/{name}", "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return client

    async def everything(self) -> dict[str, list[str]]:
        """All that is ours in the records, but the traces of being signed in, what is on its way out, how far the
        read model is, and whose turn it is to keep to retention."""
        rows = {}
        async with self.house.records.read() as c:
            for table in migrate.every_table().tables.values():
                if "tenant" in table.c and table.name not in _MOVES_BY_ITSELF:
                    columns = [column for column in table.c if column.name not in ("last_seen", "last_used")]
                    found = await c.execute(sa.select(*columns).where(table.c.tenant == self.tenant))
                    rows[table.name] = sorted(map(repr, found))
        return rows

    def doors(self) -> list[tuple[str, str]]:
        """(method, path) of all that is published."""
        paths = self.app.openapi()["paths"]
        return [(method.upper(), path) for path, methods in sorted(paths.items()) for method in methods]


@pytest.fixture
async def village(tmp_path: Path) -> AsyncIterator[Village]:
    flows = Path(__file__).parents[2] / "flows"
    config = Config(data=tmp_path / "data", ui=tmp_path / "ui", flows=flows)
    async with serve.house(config, voice=False, say=io.StringIO()) as house:
        house.people.passwords.close()
        object.__setattr__(house.people, "passwords", people.Passwords(time_cost=1, memory_kib=256))
        await serve._demo(house, config)
        other = await people.create_tenant(house.people, code="cicada", name="Cicada Ltd")
        async with house.records.read() as c:
            tenant = next(it.id for it in await people.list_tenants(c) if it.code == "demo")
        async with house.open():
            await house.projection.reached(tenant, house.centre.room(tenant).live.seq)
            yield Village(house, app(house), tenant, other)
        house.people.passwords.close()


def public(method: str, path: str) -> bool:
    return PUBLIC.fullmatch(path) is not None and not (path == f"{API}/session" and method != "POST")


def needed(method: str, path: str) -> str:
    own = path.removeprefix(API)
    for methods, pattern, permission in NEEDS:
        if re.fullmatch(methods, method) and re.fullmatch(pattern, own):
            return permission
    raise AssertionError(f"{method} {path} is a new door: say in NEEDS what it asks for")


def filled(path: str, id: str = "x1") -> str:
    some = {"{verb}": "hold", "{number}": "1"}
    return re.sub(r"\{[a-z]+\}", lambda it: some.get(it[0], id), path)


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


async def test_who_is_not_signed_in_learns_and_changes_nothing(village: Village) -> None:
    before, nobody = await village.everything(), village.client()
    guarded = [(method, path) for method, path in village.doors() if not public(method, path)]
    assert len(guarded) > 80
    for headers, code in (
        ({}, "session.none"),
        ({"Cookie": "qt_session=made-up"}, "session.ended"),
        ({"Authorization": "Bearer qt_made-up"}, "token.unknown"),
    ):
        for method, path in guarded:
            answer = await nobody.request(method, filled(path), headers=headers)
            assert answer.status_code in (401, 403), (method, path, headers, answer.status_code, answer.text)
            told = answer.json()["error"]
            if told["code"] != "csrf.wrong":
                assert told["code"].split(".")[0] in ("session", "token"), (method, path, headers, told, code)
            assert not told["detail"], told
    assert await village.everything() == before


async def test_pages_of_other_sites_change_nothing(village: Village) -> None:
    """With the cookie of somebody who may do everything; neither does a request without its CSRF token."""
    admin = await village.sign_in("demo", "ada", "administrator")
    csrf = admin.headers.pop("X-CSRF-Token")
    before = await village.everything()
    unsafe = [(method, path) for method, path in village.doors() if method != "GET"]
    for method, path in unsafe:
        foreign = {"Origin": "https://evil.example", "X-CSRF-Token": csrf}
        answer = await admin.request(method, filled(path), headers=foreign, json={})
        assert code_of(answer) == (403, "origin.foreign"), (method, path)
        if not public(method, path):
            for shown in ({}, {"X-CSRF-Token": "guess"}):
                answer = await admin.request(method, filled(path), headers=shown, json={})
                assert code_of(answer) == (403, "csrf.wrong"), (method, path)
    assert await village.everything() == before


async def test_an_agent_reaches_what_agents_may(village: Village) -> None:
    agent = await village.sign_in("demo", "wang", "agent", agent="")
    before = await village.everything()
    closed = 0
    for method, path in village.doors():
        if public(method, path):
            continue
        permission = needed(method, path)
        if permission and permission not in ROLES["agent"]:
            answer = await agent.request(method, filled(path, "a3850"))
            assert code_of(answer) == (403, "permission.missing"), (method, path, answer.text)
            closed += 1
    assert closed > 60
    assert await village.everything() == before


async def test_another_companys_administrator_meets_strangers_ids(village: Village) -> None:
    ada = await village.sign_in("demo", "ada", "administrator")
    eve = await village.sign_in("cicada", "eve", "administrator")
    customer = {"name": "周女士", "numbers": ["+8613812345678"], "note": "prefers mornings"}
    made = await ada.post(f"{API}/customers", json=customer)
    assert made.status_code == 201, made.text
    token = (await ada.post(f"{API}/tokens", json={"name": "ours", "permissions": ["audit.view"]})).json()
    made_service = await ada.post(f"{API}/services", json={"name": "CRM", "url": "https://crm.example.cn"})
    assert made_service.status_code == 201, made_service.text
    ours = await our_things(ada)
    ours["locked-out"] = [{"id": "0" * 32}]
    ours["customers"] = [made.json()]
    ours["tokens"] = [{"id": token["id"]}]
    before = await village.everything()
    words = ("蜻蜓电信", "王小兰", "周女士", "13812345678", "1088880000", token["id"], village.tenant)

    tried = 0
    for method, path in village.doors():
        if public(method, path) or path.startswith(f"{API}/session"):
            continue
        kind = path.removeprefix(f"{API}/").split("/")[0]
        things: list[dict[str, Any]] = ours.get(kind, [{"id": "a3850"}]) if "{" in path else [{"id": ""}]
        for thing in things:
            body = {k: v for k, v in thing.items() if k not in READ_ONLY} if method in ("PUT", "PATCH") else {}
            if path.endswith("/publish"):
                body = {"version": thing["version"]}
            if path.endswith("/try"):
                body = {"path": "/"}
            if path.endswith("/presence"):
                body = {"presence": "offline"}
            if kind == "customers" and method in ("POST", "PUT"):
                body = OF_CUSTOMERS.get(path.removeprefix(f"{API}/customers/{{id}}"), body)
            if kind == "customer-views" and "{" in path:
                body = {"version": 1, "name": "A", "filter": {}}
            if kind == "customer-segments" and "{" in path:
                body = {"version": 1, "names": {"en": "A"}, "rule": {"of": "tag", "tag": "A"}}
            if kind == "customer-taggings" and "{" in path:
                body = {"version": 1, "layer": "value", "tag": "A", "rule": {"of": "tag", "tag": "A"}}
            if kind == "prompts" and path.endswith("{id}"):
                body = {"version": 1}
            if kind == "customer-duplicates" and "{" in path:
                body = {"state": "distinct"}
            answer = await eve.request(method, filled(path, thing["id"]), json=body if method != "GET" else None)
            tried += 1
            assert not [word for word in words if word in answer.text], (method, path, answer.text)
            if "{" in path and kind not in ("desk", "tokens"):
                assert answer.status_code == 404, (method, path, thing["id"], answer.status_code, answer.text)
    assert tried > 150
    assert await village.everything() == before


READ_ONLY = ("id", "has_secret", "has_phone", "published_version", "problems", "calls_today", "calls_year",
             "last_contact_at")  # fmt: skip


OF_CUSTOMERS: dict[str, dict[str, Any]] = {
    "": {"version": 1, "name": "A"},
    "/tags": {"tags": []},
    "/consents": {"purpose": "survey", "medium": "sms", "given": False},
    "/notes": {"text": "seen"},
    "/notes/{note}": {"pinned": True},
    "/relations": {"type": "owns", "thing": "it"},
    "/book": {"name": "A", "value": "+8613812345679"},
    "/merges": {"source": "a3850"},
    "/experience": {"situation": "product", "score": 1},
    "/recovery/done": {"result": "satisfied"},
}
"""What would do if they were one's own."""


async def our_things(ada: httpx.AsyncClient) -> dict[str, list[dict[str, Any]]]:
    things = {}
    for kind in [*(kind for kind in KINDS if kind != "settings"), "users"]:
        things[kind] = (await ada.get(f"{API}/{kind}")).json()["items"]
        assert things[kind], kind
    things["users"] = [{"id": it["id"], "active": False} for it in things["users"]]
    things["floor"] = [{"id": it["id"]} for it in things["agents"]]
    return things
