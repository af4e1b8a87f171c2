"""Other systems are asked: a real one that is slow, cuts, lies; and who asks is told what became of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import pytest

from qingting.access import Identity
from qingting.config import Services
from qingting.contexts.configuration import api as configuration
from qingting.contexts.people import api as people
from qingting.flow import moves
from qingting.flow.values import Value
from qingting.runtime.selfservice.requests import Answered, Requests
from qingting.web import services

from ..house import House, code_of, fields_of
from .system import CUT, HANG, System, another_system, answer

INSIDE = Services(inside=("127.0.0.1",))


class Desk:
    """Who asks, and whom."""

    def __init__(self, house: House, system: System, requests: Requests) -> None:
        self.house, self.system, self.requests = house, system, requests

    async def ask(
        self, path: list[tuple[str, bool]] | str = "/accounts", *, do: bool = False, method: str = "",
        sends: dict[str, Value] | None = None, keeps: dict[str, str] | None = None, retries: int = 0,
        secrets: dict[str, str] | None = None, timeout_s: float = 5.0, number: int = 7, service: str = "crm",
    ) -> Answered:  # fmt: skip
        method, where = method or ("post" if do else "get"), [(path, False)] if isinstance(path, str) else path
        told, hidden, wanted = (tuple((it or {}).items()) for it in (sends, secrets, keeps))
        asked = moves.Request(
            do, service, method, tuple(where), told, hidden, wanted, timeout_s, retries, number, (), "zh"
        )
        return await self.requests.ask(self.house.tenant, "c1", asked)

    async def outcome(self, said: bytes, **asked: Any) -> str:
        self.system.answers = [said] * (1 + asked.get("retries", 0))
        return (await self.ask(**asked)).outcome


async def put_service(house: House, url: str, secret: str = "", **more: Any) -> None:
    body = configuration.Service(name="CRM", url=url, **{"rest_after": 1000, **more})
    who = people.system(house.tenant)
    there = house.configuration.of(house.tenant).services.get("crm")
    if there is None:
        await configuration.create(house.configuration, who, "services", body, id="crm", secret=secret)
    else:
        version = there.version
        await configuration.replace(house.configuration, who, "services", "crm", version, body, secret=secret)


@asynccontextmanager
async def asking(house: House, settings: Services = INSIDE, **more: Any) -> AsyncIterator[Desk]:
    async with another_system() as system:
        await put_service(house, more.pop("url", system.url + "/api"), **more)
        requests = Requests(house.configuration, settings)
        yield Desk(house, system, requests)
        await requests.close()


async def test_what_is_asked_and_what_is_kept(house: House) -> None:
    said = {"balance": 12.50, "owner": {"name": "刘女士"}, "lines": [{"id": "a"}, {"id": "b"}], "big": 10**40}
    async with asking(
        house, secret="s3cr3t", secret_header="Authorization", secret_prefix="Bearer", headers={"X-Client": "cc"}
    ) as desk:
        desk.system.by = lambda heard: answer(200, said)
        keeps = {"balance": "balance", "who": "owner.name", "many": "lines.count", "first": "lines.0.id", "no": "x.y"}
        found = await desk.ask(
            [("/accounts/", False), ("a?b&c=d 号#%", True), ("/balance", False)],
            sends={"month": "2026-10", "all": True, "none": None, "q": "a&b"}, keeps=keeps,
        )  # fmt: skip
        assert (found.outcome, found.status, found.trouble) == ("found", 200, "")
        assert found.values == {
            "balance": Decimal("12.5"), "who": "刘女士", "many": Decimal(2), "first": "a", "no": None,
        }  # fmt: skip
        [heard] = desk.system.heard
        assert heard.method == "GET"
        assert heard.target == (
            "/api/accounts/a%3Fb%26c%3Dd%20%E5%8F%B7%23%25/balance?month=2026-10&all=true&q=a%26b"
        )
        assert heard.headers["authorization"] == "Bearer s3cr3t"
        assert heard.headers["x-client"] == "cc"
        assert heard.headers["accept-language"] == "zh"
        assert heard.headers["idempotency-key"] == "c1.7"
        assert len(heard.headers["traceparent"].split("-")[1]) == 32

        done = await desk.ask(
            "/payments", do=True, sends={"amount": Decimal("0.10"), "to": "甲", "yes": True}, secrets={"pin": "1234"}
        )
        assert done.outcome == "done"
        assert desk.system.heard[1].told == {"amount": 0.1, "to": "甲", "yes": True, "pin": "1234"}
        assert b'"amount":0.10' in desk.system.heard[1].body, "to the last digit"
        assert desk.system.connections == 1, "kept open"
        assert (await desk.ask("/x", secrets={"pin": "1234"})).trouble == "secret"
        for path in ("..", ".", "a/b", "a\\b", "", "\n"):
            refused = await desk.ask([("/accounts/", False), (path, True)])
            assert (refused.outcome, refused.trouble) == ("failed", "bad_path"), path
        assert (await desk.ask("/x", service="gone")).outcome == "failed"
        assert len(desk.system.heard) == 2


async def test_each_answer_has_its_way(house: House) -> None:
    async with asking(house) as desk:
        keeps = {"balance": "balance"}
        for said, way in (
            (answer(200, {"balance": None}), "missing"),
            (answer(200, []), "missing"),
            (answer(404), "missing"),
            (answer(400, {"balance": 1}), "failed"),
            (answer(401), "failed"),
            (answer(302, more="Location: http://127.0.0.1:1/\r\n"), "failed"),
            (answer(200, b"<html>"), "failed"),
            (answer(200, b"[" * 100_000), "failed"),
            (answer(200, b'{"balance": NaN}'), "failed"),
            (answer(200, {"balance": 1}, kind="text/html"), "failed"),
            (answer(200, {"balance": "x" * 300_000}), "failed"),
            (answer(500), "failed"),
            (CUT, "failed"),
            (b"nonsense\r\n\r\n", "failed"),
            (answer(200, {"balance": 1}), "found"),
        ):
            assert await desk.outcome(said, keeps=keeps) == way, said[:60]
        assert await desk.outcome(answer(204)) == "found"

        for said, way in (
            (answer(201, b"fine", kind="text/plain"), "done"),
            (answer(204), "done"),
            (answer(422, {"why": "no money"}), "refused"),
            (answer(404), "refused"),
            (answer(408), "failed"),
            (answer(429), "failed"),
            (answer(401), "failed"),
            (answer(303, more="Location: /elsewhere\r\n"), "uncertain"),
            (answer(503), "uncertain"),
            (CUT, "uncertain"),
        ):
            assert await desk.outcome(said, do=True) == way, said[:60]
        desk.system.answers = [answer(422, {"why": "no money"})]
        assert (await desk.ask(do=True, keeps={"why": "why"})).values == {"why": "no money"}
        heard = len(desk.system.heard)
        desk.system.answers = [HANG, HANG]
        hung = await desk.ask(do=True, timeout_s=0.5)
        assert (hung.outcome, hung.trouble) == ("uncertain", "timeout")
        assert (await desk.ask(timeout_s=0.5)).outcome == "failed"
        assert len(desk.system.heard) == heard + 2


async def test_tried_again_only_where_that_may_be(house: House) -> None:
    async with asking(house) as desk:
        desk.system.answers = [CUT, answer(500), answer(200, {})]
        assert (await desk.ask(retries=2)).outcome == "found"
        assert len({heard.headers["idempotency-key"] for heard in desk.system.heard}) == 1
        desk.system.answers = [CUT, answer(200, {})]
        assert (await desk.ask(do=True)).outcome == "uncertain"
        assert (await desk.ask(do=True, retries=1)).outcome == "done"
        desk.system.answers = [CUT, answer(429), answer(429)]
        assert (await desk.ask(do=True, retries=2)).outcome == "uncertain", "the first may have been done"
        heard = len(desk.system.heard)
        desk.system.answers = [answer(422)]
        assert (await desk.ask(do=True, retries=3)).outcome == "refused"
        assert len(desk.system.heard) == heard + 1


async def test_a_slow_one_is_left_alone_and_taken_up_again(house: House) -> None:
    async with asking(house, at_once=2, rest_after=3, rest_s=1) as desk:
        desk.system.answers = [HANG, HANG]
        slow = [asyncio.create_task(desk.ask(timeout_s=2)) for _ in range(2)]
        while len(desk.system.heard) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
        busy = await desk.ask(timeout_s=0.3, do=True)
        assert (busy.outcome, busy.trouble) == ("failed", "busy"), "no place, and nothing was sent"
        await asyncio.gather(*slow)
        desk.system.answers = [answer(500)]
        assert (await desk.ask()).status == 500
        assert (await desk.ask()).trouble == "resting"
        heard = len(desk.system.heard)
        while (found := await desk.ask()).trouble == "resting":  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        assert found.outcome == "found"
        assert len(desk.system.heard) == heard + 1


async def test_nowhere_inside_unless_the_settings_say_so(house: House) -> None:
    async with asking(house, Services()) as desk:
        assert (await desk.ask()).trouble == "not_https"
        await put_service(house, f"https://127.0.0.1:{desk.system.port}")
        assert (await desk.ask(do=True)).trouble == "inside"
        assert (await desk.ask(do=True)).outcome == "failed"
        await put_service(house, "https://nowhere.invalid")
        assert (await desk.ask()).trouble == "name"
        assert desk.system.heard == []


async def test_a_change_counts_at_once(house: House) -> None:
    async with asking(house) as desk, another_system() as other:
        await desk.ask()
        await put_service(house, other.url)
        await desk.ask()
        assert (len(desk.system.heard), len(other.heard)) == (1, 1)
        assert desk.requests._lines[house.tenant, "crm"].item.version == 2


async def test_nothing_of_it_stands_in_a_log(house: House, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("httpcore").setLevel(logging.WARNING)  # as `configure_logging` does
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpcore").setLevel(logging.WARNING)
    async with asking(house, secret="s3cr3t", secret_header="X-Key") as desk:
        await desk.ask([("/accounts/", False), ("6225887", True)], sends={"q": "findme"})
        await desk.ask(do=True, secrets={"pin": "9182"})
    assert not [word for word in ("s3cr3t", "6225887", "findme", "9182") if word in caplog.text]


async def test_trying_one_out(house: House) -> None:
    async with asking(house, secret="s3cr3t", secret_header="X-Key") as desk:
        audits: list[tuple[str, str, dict[str, Any]]] = []

        async def audit(who: Identity, action: str, target: str, detail: dict[str, Any]) -> None:
            audits.append((action, target, detail))

        house.app.include_router(services.routes(house.configuration, desk.requests, audit), prefix="/api/v1")
        lin = await house.user("lin", "administrator")
        desk.system.by = lambda heard: answer(200, {"balance": 12.5, "lines": [{"id": "a"}, {"id": "b"}]})
        tried = await lin.post(
            "/services/crm/try", json={"path": "/accounts/1", "with": {"month": 10}, "keep": {"money": "balance"}}
        )
        assert tried.status_code == 200, tried.text
        said = tried.json()
        assert desk.system.heard[-1].target == "/api/accounts/1?month=10"
        assert (said["outcome"], said["kept"]) == ("found", {"money": "12.5"})
        assert said["places"] == ["balance", "lines.0.id", "lines.1.id", "lines.count"]
        assert "s3cr3t" not in tried.text
        assert "s3cr3t" not in (await lin.get("/services/crm")).text
        assert (await lin.get("/services/crm")).json()["has_secret"]
        for path in ("/../x", "//evil", "/a b", "/x#y"):
            assert fields_of(await lin.post("/services/crm/try", json={"path": path})) == {"path": "service.bad_path"}
        assert code_of(await lin.post("/services/gone/try", json={"path": "/"})) == (404, "service.unknown")
        boss = await house.user("boss", "supervisor")
        assert code_of(await boss.post("/services/crm/try", json={"path": "/"})) == (403, "permission.missing")
        assert audits == [("service.try", "crm", {"method": "get"})]

        seen = (await lin.get("/services/crm")).json()
        moved = {
            "name": "CRM",
            "version": seen["version"],
            "url": "https://elsewhere.example",
            "secret_header": "X-Key",
        }
        assert fields_of(await lin.put("/services/crm", json=moved)) == {"secret": "service.secret_again"}
        assert (await lin.put("/services/crm", json=moved | {"secret": "new"})).status_code == 200
        for url, code in (
            ("ftp://x", "service.not_https"), ("https://u:p@x/", "service.bad_url"), ("https://", "service.bad_url"),
            ("https://x/../y", "service.bad_url"), ("https://x/?a=b", "service.bad_url"),
        ):  # fmt: skip
            new = {"name": "N", "url": url}
            assert fields_of(await lin.post("/services", json=new)) == {"url": code}, url
        new = {"name": "N", "url": "https://x", "headers": {"Host": "y"}}
        assert fields_of(await lin.post("/services", json=new)) == {"headers": "service.bad_header"}

        flow = """
languages: [zh]
person: people
nodes:
  start:
    lookup: {service: crm, path: /a, found: people_, missing: people_}
  people_: {queue: people}
"""
        who = people.system(house.tenant)
        await configuration.create(
            house.configuration, who, "queues", configuration.Queue(name="People"), id="people"
        )
        gone = (await lin.post("/flows/check", json={"text": flow.replace("crm", "gone")})).json()["problems"]
        assert [(each["code"], each["line"]) for each in gone] == [("flow.unknown_service", 5)]
        made = await lin.post("/flows", json={"name": "F", "text": flow})
        assert made.json()["problems"] == [], made.text
        refused = await lin.delete("/services/crm")
        assert code_of(refused) == (409, "configuration.in_use")
        assert refused.json()["error"]["detail"]["used_by"][0]["name"] == "F"
