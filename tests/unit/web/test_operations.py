"""`/health` and `/metrics`: for whom, and what they say."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from qingting.web.operations import Part
from tests.unit.people.conftest import Centre

from .conftest import Build


def at(app: object, address: str, **headers: str) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, client=(address, 1), raise_app_exceptions=False)  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://localhost:8000", headers=headers)


async def journal() -> Part:
    return Part("ok", "3 ms")


async def broken() -> Part:
    raise ConnectionError("secret words")


async def never() -> Part:
    await asyncio.Event().wait()
    return Part("ok")


async def test_the_worst_part_decides(build: Build) -> None:
    well = {"journal": journal, "voice": lambda: Part("ok")}
    answer = await at(build(health=well), "127.0.0.1").get("/health")
    assert (answer.status_code, answer.json()["state"]) == (200, "ok")
    answer = await at(build(health={**well, "voice": lambda: Part("degraded", "no engine")}), "127.0.0.1").get(
        "/health"
    )
    assert (answer.status_code, answer.json()["state"]) == (200, "degraded")
    assert answer.json()["parts"]["voice"] == {"state": "degraded", "words": "no engine"}
    answer = await at(build(health={**well, "records": broken}), "127.0.0.1").get("/health")
    assert (answer.status_code, answer.json()["parts"]["records"]["state"]) == (503, "down")


async def test_a_part_that_does_not_answer_is_down(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qingting.web.operations.PART_S", 0.05)
    answer = await at(build(health={"engine": never}), "127.0.0.1").get("/health")
    assert answer.json()["parts"]["engine"]["state"] == "down"


async def test_strangers_see_states_only(build: Build) -> None:
    app = build(health={"journal": journal})
    assert (await at(app, "203.0.113.9").get("/health")).json()["parts"] == {"journal": {"state": "ok"}}
    proxied = at(app, "127.0.0.1", **{"X-Forwarded-For": "203.0.113.9"})
    assert (await proxied.get("/health")).json()["parts"] == {"journal": {"state": "ok"}}


async def test_metrics_are_for_this_machine_and_operators(centre: Centre, build: Build) -> None:
    app = build()
    here = await at(app, "127.0.0.1").get("/metrics")
    assert here.status_code == 200
    assert "qingting_http_requests_total" in here.text
    assert (await at(app, "203.0.113.9").get("/metrics")).status_code == 401
    proxied = at(app, "127.0.0.1", **{"X-Forwarded-For": "203.0.113.9"})
    assert (await proxied.get("/metrics")).status_code == 401
    wang, ada = await centre.signed_in("wang"), await centre.signed_in("ada")
    assert (await wang.get("http://localhost:8000/metrics")).status_code == 403
    assert (await ada.get("http://localhost:8000/metrics")).status_code == 200


async def test_figures_name_routes_not_addresses(build: Build) -> None:
    client = at(build(), "127.0.0.1")
    await client.delete("/api/v1/tokens/a-secret-of-somebody")
    await client.get("/api/v1/raise/NotFound?number=13800138000")
    text = (await client.get("/metrics")).text
    assert 'route="/api/v1/tokens/{id}"' in text
    assert 'qingting_http_errors_total{code="thing.said_no"} 1.0' in text
    assert "secret" not in text
    assert "13800138000" not in text
