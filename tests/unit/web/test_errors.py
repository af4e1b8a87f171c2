"""One form for every error, and no word of what was not meant for people."""

from __future__ import annotations

import logging

import httpx
import pytest

from qingting import errors
from qingting.web.errors import STATUS

API = "/api/v1"


@pytest.mark.parametrize(("kind", "status"), [(kind.__name__, status) for kind, status in STATUS.items()])
async def test_each_error_has_its_status_and_one_form(client: httpx.AsyncClient, kind: str, status: int) -> None:
    answer = await client.get(f"{API}/raise/{kind}")
    assert answer.status_code == status
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "detail", "retryable", "reference"}
    assert error["code"] == "thing.said_no"
    assert error["detail"]["which"] == "this one"
    assert error["retryable"] is getattr(errors, kind).retryable
    assert error["reference"] == answer.headers["x-reference"]
    assert answer.headers["retry-after"] == "7"


@pytest.fixture
def expected_errors(request: pytest.FixtureRequest) -> list[str]:
    return ["request.failed"] if "unforeseen" in request.node.name else []


async def test_the_unforeseen_says_nothing_but_a_reference(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = await client.get(f"{API}/raise/unforeseen")
    assert answer.status_code == 500
    assert "13800138000" not in answer.text
    error = answer.json()["error"]
    assert error["code"] == "internal"
    [line] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert isinstance(line.msg, dict)
    assert line.msg["reference"] == error["reference"]
    assert line.msg["route"] == f"{API}/raise/{{kind}}"


async def test_bad_fields_are_named(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"{API}/things", json={"name": "x" * 21, "levels": [1, "high"]})
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error["code"] == "request.invalid"
    assert error["detail"]["fields"] == {"name": "string_too_long", "levels.1": "int_parsing"}
    assert (await client.get(f"{API}/things?limit=99")).json()["error"]["detail"]["fields"] == {
        "limit": "less_than_equal"
    }


async def test_what_is_no_json_is_said_so(client: httpx.AsyncClient) -> None:
    answer = await client.post(f"{API}/things", content=b"{nonsense", headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "request.bad_json")


async def test_unknown_addresses_and_methods(client: httpx.AsyncClient) -> None:
    for path in (f"{API}/nowhere", "/api/nowhere", "/live/nowhere", "/sip/x"):
        answer = await client.get(path)
        assert (answer.status_code, answer.json()["error"]["code"]) == (404, "path.unknown")
    answer = await client.put(f"{API}/things", json={})
    assert (answer.status_code, answer.json()["error"]["code"]) == (405, "method.not_allowed")


async def test_what_the_database_refuses_is_a_conflict(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{API}/twice")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "conflict")


async def test_who_is_not_signed_in_or_may_not(client: httpx.AsyncClient) -> None:
    answer = await client.get(f"{API}/floor-only")
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "session.none")
    assert answer.headers["www-authenticate"] == "Bearer"
    answer = await client.get(f"{API}/floor-only", headers={"Authorization": "Bearer qt_made-up"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "token.wrong")


async def test_every_error_of_the_interface_is_described(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/openapi.json")
    assert answer.status_code == 200
    assert f"{API}/session" in answer.json()["paths"]
