"""Versions of flows: at a time, taken back, gone back to; what they call; cases that must pass."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx

from qingting.flow.tree import Problem

from ...patience import PATIENCE_S
from ..house import House, code_of

VERIFY = """
languages: [zh, en]
nodes:
  greet: {say: {zh: 您好。, en: Hello.}, next: done}
  done: {end: {}}
"""
MAIN = """
languages: [zh]
person: service
nodes:
  first: {call: verify, next: menu}
  menu:
    menu: {say: 请按1。, keys: {1: bye}}
  bye: {hangup: {say: 再见。}}
"""
CASES = """
- case: goodbye
  inputs: [1]
  ends: hang up
"""


@asynccontextmanager
async def keeping_time(house: House) -> AsyncIterator[None]:
    task = asyncio.create_task(house.configuration.keep_time())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not true():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def prepared(house: House) -> httpx.AsyncClient:
    ada = await house.user("ada", "administrator")
    await ada.post("/queues", json={"name": "Service", "id": "service"})
    await ada.post("/flows", json={"name": "Verify", "id": "verify", "text": VERIFY})
    await ada.post("/flows", json={"name": "Main", "id": "main", "text": MAIN, "cases": CASES})
    return ada


async def states(ada: httpx.AsyncClient, flow: str = "main") -> list[tuple[int, str, int]]:
    items: list[dict[str, Any]] = (await ada.get(f"/flows/{flow}/versions")).json()["items"]
    return [(it["version"], it["state"], it["back_to"]) for it in items]


async def test_what_a_flow_calls_is_published_first_and_stays_as_it_was(house: House) -> None:
    ada = await prepared(house)
    refused = await ada.post("/flows/main/publish", json={"version": 1})
    assert code_of(refused) == (422, "flow.problems")
    assert [p["code"] for p in refused.json()["error"]["detail"]["problems"]] == ["flow.unknown_flow"]
    assert (await ada.post("/flows/verify/publish", json={"version": 1})).status_code == 200
    assert (await ada.post("/flows/main/publish", json={"version": 1})).status_code == 200
    version = (await ada.get("/flows/main/versions/1")).json()
    assert (version["text"], version["cases"], version["calls"]) == (MAIN, CASES, {"verify": 1})
    changed = VERIFY.replace("您好", "早上好")
    await ada.put("/flows/verify", json={"name": "Verify", "text": changed, "version": 1})
    await ada.post("/flows/verify/publish", json={"version": 2})
    called = (await house.configuration.flow_version(house.tenant, "main", 1)).calls["verify"]
    assert "您好" in await house.configuration.flow_text(house.tenant, "verify", called), "as it was then"
    answer = await ada.delete("/flows/verify")
    assert answer.status_code == 409, "another calls it"


async def test_cases_must_pass(house: House) -> None:
    ada = await prepared(house)
    await ada.post("/flows/verify/publish", json={"version": 1})
    wrong = CASES.replace("hang up", "queue service")
    told = (await ada.post("/flows/check", json={"text": MAIN, "cases": wrong})).json()
    assert told["problems"] == []
    assert len(told["failures"]) == 1
    await ada.put("/flows/main", json={"name": "Main", "text": MAIN, "cases": wrong, "version": 1})
    refused = await ada.post("/flows/main/publish", json={"version": 2})
    assert code_of(refused) == (422, "flow.cases_fail")
    assert refused.json()["error"]["detail"]["failures"] == told["failures"]


async def test_a_version_takes_over_when_it_is_due(house: House) -> None:
    ada = await prepared(house)
    await ada.post("/flows/verify/publish", json={"version": 1})
    await ada.post("/flows/main/publish", json={"version": 1})
    heard: list[str] = []

    async def listen(change: Any) -> None:
        heard.append(change.id)

    async with keeping_time(house):
        house.configuration.listeners.append(listen)
        far = time.time() + 5000
        assert (await ada.post("/flows/main/publish", json={"version": 1, "starts_at": far})).status_code == 200
        assert await states(ada) == [(2, "due", 0), (1, "now", 0)]
        assert house.configuration.of(house.tenant).published["main"] == 1
        await ada.post("/flows/main/publish", json={"version": 1, "starts_at": time.time() + 0.5})
        heard.clear()
        await until(lambda: house.configuration.of(house.tenant).published["main"] == 3)
        await until(lambda: heard == ["main"])
        assert await states(ada) == [(3, "now", 0), (2, "due", 0), (1, "past", 0)]
    assert (await ada.post("/flows/main/versions/2/withdraw")).status_code == 200
    assert code_of(await ada.post("/flows/main/versions/3/withdraw")) == (409, "flow.version_started")
    assert (await states(ada))[1] == (2, "withdrawn", 0)
    assert code_of(await ada.post("/flows/main/publish", json={"version": 1, "starts_at": 3.9e9})) == (
        422,
        "flow.too_far_ahead",
    )


async def test_an_earlier_version_is_gone_back_to(house: House) -> None:
    ada = await prepared(house)
    await ada.post("/flows/verify/publish", json={"version": 1})
    for version, word in ((1, "再见"), (2, "拜拜")):
        await ada.put(
            "/flows/main",
            json={"name": "Main", "text": MAIN.replace("再见", word), "cases": CASES, "version": version},
        )
        assert (await ada.post("/flows/main/publish", json={"version": version + 1})).status_code == 200
    assert code_of(await ada.post("/flows/main/versions/2/roll-back")) == (409, "flow.version_in_force")
    assert (await ada.post("/flows/main/versions/1/roll-back")).status_code == 200
    assert await states(ada) == [(3, "now", 1), (2, "past", 0), (1, "past", 0)]
    assert "再见" in await house.configuration.flow_text(house.tenant, "main", 3)
    assert code_of(await ada.post("/flows/main/versions/9/roll-back")) == (404, "flow.unknown")
    guest = await house.user("eve", "supervisor")
    assert (await guest.post("/flows/main/versions/1/roll-back")).status_code == 403


async def test_versions_are_compared(house: House) -> None:
    ada = await prepared(house)
    await ada.post("/flows/verify/publish", json={"version": 1})
    await ada.post("/flows/main/publish", json={"version": 1})
    other = MAIN.replace("keys: {1: bye}", "keys: {2: bye}").replace("再见。", "拜拜。")
    await ada.put("/flows/main", json={"name": "Main", "text": other, "version": 1})
    told = (await ada.get("/flows/main/compare?old=1&new=0")).json()
    (order,) = told["orders"]
    assert (order["node"], order["was"][0], order["now"][0]) == ("menu", ["1", "bye"], ["2", "bye"])
    assert [(it["node"], it["was"], it["now"]) for it in told["texts"]] == [("bye", "再见。", "拜拜。")]
    assert (await ada.get("/flows/main/compare?old=1&new=1")).json()["orders"] == []


async def test_flows_that_call_each_other_are_refused(house: House) -> None:
    ada = await prepared(house)
    await ada.post("/flows/verify/publish", json={"version": 1})
    await ada.post("/flows/main/publish", json={"version": 1})
    circle = VERIFY.replace("{say: {zh: 您好。, en: Hello.}, next: done}", "{call: main, next: done}")
    await ada.put("/flows/verify", json={"name": "Verify", "text": circle, "version": 1})
    refused = await ada.post("/flows/verify/publish", json={"version": 2})
    assert code_of(refused) == (422, "flow.problems")
    found = {p["code"] for p in refused.json()["error"]["detail"]["problems"]}
    assert "flow.missing_language" in found, "nor does that one speak English"


async def test_a_flow_whose_callers_hear_too_much_at_once_is_not_published(house: House) -> None:
    ada = await prepared(house)
    measured: list[tuple[str, dict[str, str]]] = []

    async def heard(tenant: str, text: str, others: Mapping[str, str]) -> list[Problem]:
        measured.append((text, dict(others)))
        return [Problem(6, 3, "flow.too_much_speech", "31 s are heard in zh")] if "一二三" in text else []

    house.configuration.heard = heard
    await ada.post("/flows/verify/publish", json={"version": 1})
    await ada.put("/flows/main", json={"name": "Main", "text": MAIN.replace("请按1", "一二三"), "version": 1})
    refused = await ada.post("/flows/main/publish", json={"version": 2})
    assert code_of(refused) == (422, "flow.problems")
    assert [p["line"] for p in refused.json()["error"]["detail"]["problems"]] == [6]
    assert measured[-1][1] == {"verify": VERIFY}
    assert await states(ada) == []
    await ada.put("/flows/main", json={"name": "Main", "text": MAIN, "version": 2})
    assert (await ada.post("/flows/main/publish", json={"version": 3})).status_code == 200


async def test_what_is_gone_back_to_is_measured_as_it_is_spoken_now(house: House) -> None:
    """What it called then is measured with it: not what that became."""
    ada = await prepared(house)
    await ada.post("/flows/verify/publish", json={"version": 1})
    await ada.post("/flows/main/publish", json={"version": 1})
    await ada.put("/flows/verify", json={"name": "Verify", "text": VERIFY.replace("您好", "早上好"), "version": 1})
    await ada.post("/flows/verify/publish", json={"version": 2})
    await ada.put("/flows/main", json={"name": "Main", "text": MAIN.replace("再见", "拜拜"), "version": 1})
    assert (await ada.post("/flows/main/publish", json={"version": 2})).status_code == 200
    measured: list[tuple[str, dict[str, str]]] = []
    slow = True

    async def heard(tenant: str, text: str, others: Mapping[str, str]) -> list[Problem]:
        measured.append((text, dict(others)))
        return [Problem(7, 3, "flow.too_much_speech", "31 s are heard in zh")] if slow else []

    house.configuration.heard = heard
    refused = await ada.post("/flows/main/versions/1/roll-back")
    assert code_of(refused) == (422, "flow.problems")
    assert [p["line"] for p in refused.json()["error"]["detail"]["problems"]] == [7]
    assert measured == [(MAIN, {"verify": VERIFY})]
    assert await states(ada) == [(2, "now", 0), (1, "past", 0)], "callers meet what they met"
    assert code_of(await ada.post("/flows/main/versions/2/roll-back")) == (409, "flow.version_in_force")
    assert len(measured) == 1, "what is in force is not gone back to, and need not be spoken"
    slow = False
    assert (await ada.post("/flows/main/versions/1/roll-back")).status_code == 200
    assert await states(ada) == [(3, "now", 1), (2, "past", 0), (1, "past", 0)]
