"""What browsers are told, and what other sites' pages, too large and too many requests meet."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest
import websockets
from websockets.asyncio.client import connect

from qingting.access import network
from qingting.web.limits import Limit
from tests.unit.people.conftest import PASSWORD, Centre

from ..serving import served
from .conftest import Build

API = "/api/v1"


@pytest.mark.parametrize("path", ["/", "/health", f"{API}/session", f"{API}/nowhere", "/api/openapi.json"])
async def test_every_answer_carries_the_headers(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert "script-src 'self';" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "microphone=(self)" in answer.headers["permissions-policy"]
    if path.startswith("/api"):
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"Origin": "http://localhost:8000"}, True),
        ({"Origin": "https://localhost:8000"}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": "http://localhost:9000"}, False),
        ({"Origin": "https://evil.example"}, False),
        ({"Origin": "https://localhost:8000.evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": ""}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
    ],
)
async def test_other_sites_pages_change_nothing(
    client: httpx.AsyncClient, headers: dict[str, str], allowed: bool
) -> None:
    answer = await client.post(f"{API}/session", json={"name": "ada", "password": PASSWORD}, headers=headers)
    assert answer.status_code == (200 if allowed else 403)
    if not allowed:
        assert answer.json()["error"]["code"] == "origin.foreign"
        assert "set-cookie" not in answer.headers
    assert (await client.get(f"{API}/things", headers=headers)).status_code == 200


async def test_a_socket_opens_for_own_pages_only(
    centre: Centre, build: Build, caplog: pytest.LogCaptureFixture
) -> None:
    async with served(build()) as host:
        async with httpx.AsyncClient(base_url=f"http://{host}{API}") as browser:
            assert (await browser.post("/session", json={"name": "lin", "password": PASSWORD})).status_code == 200
            cookie = f"qt_session={browser.cookies['qt_session']}"
            csrf = (await browser.get("/session")).json()["csrf"]
            made = await centre.signed_in("ada")
            token = (await made.post("/tokens", json={"name": "t", "permissions": ["desk.use"]})).json()["token"]
        url = f"ws://{host}/live/echo"
        async with connect(url, origin=f"http://{host}", additional_headers={"Cookie": cookie}) as socket:
            await socket.send("你好")
            assert json.loads(await socket.recv()) == {"user": "lin", "said": "你好"}
        async with connect(url, additional_headers={"Authorization": f"Bearer {token}"}) as socket:
            await socket.send("x")
            assert json.loads(await socket.recv())["user"] == "ada"
        for origin in ("https://evil.example", None):
            with pytest.raises(websockets.InvalidStatus) as refused:
                await connect(url, origin=origin, additional_headers={"Cookie": cookie})
            assert refused.value.response.status_code == 403
        for headers, code in (({}, "session.none"), ({"Cookie": "qt_session=made-up"}, "session.ended")):
            assert await closed_at_once(url, host, headers) == (4401, code)
        async with httpx.AsyncClient(base_url=f"http://{host}{API}") as browser:
            headers = {"Cookie": cookie, "X-CSRF-Token": csrf}
            assert (await browser.delete("/session", headers=headers)).status_code == 204
        assert await closed_at_once(url, host, {"Cookie": cookie}) == (4401, "session.ended")
        assert await closed_at_once(f"ws://{host}/live/nowhere", host, {}) == (4404, "path.unknown")
    ours = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore", "websockets"))]
    told = "\n".join(record.getMessage() for record in ours)
    assert "'event': 'socket'" in told
    for secret in (cookie.removeprefix("qt_session="), token, csrf):
        assert secret not in told


async def closed_at_once(url: str, host: str, headers: dict[str, str]) -> tuple[int, str]:
    async with connect(url, origin=f"http://{host}", additional_headers=headers) as socket:
        with pytest.raises(websockets.ConnectionClosedError) as closed:
            await socket.recv()
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code, closed.value.rcvd.reason


class TestASocketThatFails:
    @pytest.fixture
    def expected_errors(self) -> list[str]:
        return ["request.failed"]

    async def test_is_closed_with_a_word(self, centre: Centre, build: Build) -> None:
        ada = await centre.signed_in("ada")
        cookie = f"qt_session={ada.cookies['qt_session']}"
        async with (
            served(build()) as host,
            connect(
                f"ws://{host}/live/echo", origin=f"http://{host}", additional_headers={"Cookie": cookie}
            ) as socket,
        ):
            await socket.send("fail")
            with pytest.raises(websockets.ConnectionClosedError) as closed:
                await socket.recv()
            assert closed.value.rcvd is not None
            assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1011, "internal")


async def test_too_large_a_body_is_refused_announced_or_not(build: Build) -> None:
    async def chunks() -> object:
        for _ in range(30):
            yield b"x" * 100

    app = build(body_most=1000, larger_bodies={f"{API}/read-all": 2000})
    async with served(app) as host, httpx.AsyncClient(base_url=f"http://{host}{API}") as client:
        small = await client.post("/read-all", content=b"x" * 2000)
        assert (small.status_code, small.text) == (200, "2000")
        for answer in (
            await client.post("/read-all", content=b"x" * 2001),
            await client.post("/read-all", content=chunks()),
            await client.post("/things", content=b"x" * 1001),
        ):
            assert (answer.status_code, answer.json()["error"]["code"]) == (413, "request.too_large")


async def test_a_body_that_never_ends_is_given_up(build: Build) -> None:
    async with served(build(body_s=0.2)) as host:
        name, port = host.split(":")
        reader, writer = await asyncio.open_connection(name, int(port))
        writer.write(f"POST {API}/things HTTP/1.1\r\nHost: {host}\r\nContent-Length: 100\r\n\r\n{{".encode())
        answer = await reader.readuntil(b"\r\n")
        assert b" 408 " in answer
        writer.close()
        await writer.wait_closed()


async def test_too_many_from_one_address_wait_others_do_not(centre: Centre, build: Build) -> None:
    build(limits=[Limit("POST", f"{API}/session", "3/minute")])
    wrong = {"name": "nobody", "password": "x"}
    here, there = centre.client("198.51.100.7"), centre.client("198.51.100.8")
    assert [(await here.post("/session", json=wrong)).status_code for _ in range(4)] == [401, 401, 401, 429]
    refused = await here.post("/session", json=wrong)
    assert refused.json()["error"]["code"] == "rate.exceeded"
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert (await there.post("/session", json=wrong)).status_code == 401
    assert (await here.get("/session")).json()["error"]["code"] == "session.none"


def test_an_ipv6_customer_is_one_source() -> None:
    assert network("2001:db8::1") == network("2001:db8::ffff") != network("2001:db8:0:1::1")
    assert network("::ffff:192.0.2.1") == network("192.0.2.1") == "192.0.2.1"
    assert network("fe80::1%eth0") == "fe80::/64"
    assert network("") == ""
