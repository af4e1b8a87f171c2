"""Whatever arrives at any door of the whole application: an answer in the one form, never a fault of ours.

`FUZZ=20000 pytest tests/property/test_http_fuzz.py` looks longer and elsewhere each time.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from qingting import bootstrap, serve
from qingting.config import Config
from qingting.contexts.people import api as people

PASSWORD = "correct horse 7"
EXAMPLES = int(os.environ.get("FUZZ", "0"))
SKIPPED = {("DELETE", "/api/v1/session")}
"""It ends the session that asks; tests/unit/people asks it."""

NASTY: tuple[Any, ...] = (
    "", " ", "\x00", "a\x00b", "\ud800", "\u202e", "0", "-1", "null", "../../etc/passwd", "'; DROP TABLE users; --",
    "%", "_", "☎️", "😀" * 40, "x" * 70, "x" * 5000, "~", "a~b", "+8613800138000", "١٢٣", "\r\nX-Evil: 1",
    "2026-02-30", "24:00", "mon", 0, -1, 1, 0.5, 1e308, -1e308, 2**31, 2**63, -(2**63) - 1, 10**40, True, False, None,
    [], {}, [[]], {"": ""}, ["x"] * 300,
)  # fmt: skip
nasty = st.sampled_from(NASTY)


class Server:
    """The application on demonstration data, without a telephone engine, and an administrator signed in."""

    def __init__(self, folder: Path, records_url: str) -> None:
        self.runner = asyncio.Runner()
        flows = Path(__file__).parents[2] / "flows"
        self.config = Config(data=folder / "data", ui=folder / "ui", flows=flows, records_url=records_url)
        self.runner.run(self._start())

    async def _start(self) -> None:
        self._made = serve.house(self.config, voice=False, say=io.StringIO())
        self.house = await self._made.__aenter__()
        self.house.people.passwords.close()
        object.__setattr__(self.house.people, "passwords", people.Passwords(time_cost=1, memory_kib=256))
        told = dict(await serve._demo(self.house, self.config))
        self._open = self.house.open()
        await self._open.__aenter__()
        doors = bootstrap.app(self.house)
        transport = httpx.ASGITransport(doors, client=("127.0.0.1", 1), raise_app_exceptions=False)
        self.client = httpx.AsyncClient(transport=transport, base_url="http://localhost:8000")
        answer = await self.client.post("/api/v1/session", json={"name": "admin", "password": told["admin"]})
        csrf = answer.json()["csrf"]
        self.client.headers["X-CSRF-Token"] = csrf
        answer = await self.client.post("/api/v1/session/password", json={"old": told["admin"], "new": PASSWORD})
        assert answer.status_code == 204, answer.text
        self.ids = await self._collect_ids()
        self.schema = doors.openapi()
        self.operations = [
            (method.upper(), path, operation)
            for path, methods in sorted(self.schema["paths"].items())
            for method, operation in sorted(methods.items())
            if (method.upper(), path) not in SKIPPED
        ]

    async def _collect_ids(self) -> list[str]:
        """Real ids, so that requests come further than "unknown"."""
        ids = []
        for kind in ("users", "queues", "agents", "skills", "reasons", "dispositions", "flows", "entry-points"):
            page = (await self.client.get(f"/api/v1/{kind}")).json()
            assert "items" in page, (kind, page)
            ids += [item["id"] for item in page["items"][:3]]
        return ids + await self._customers()

    async def _customers(self) -> list[str]:
        """Two who are one, a file of others, a system that is told of them, and what is held back."""

        async def made(path: str, **body: Any) -> str:
            answer = await self.client.post(f"/api/v1{path}", json=body)
            assert answer.status_code == 201, answer.text
            told = answer.json()
            return str(told.get("id") or told["merge"])

        one = await made("/customers", name="王伟", numbers=["+8613800138000"])
        two = await made("/customers", name="Wang", numbers=["+8613800138001"])
        merge = await made(f"/customers/{one}/merges", source=two)
        note = await made(f"/customers/{one}/notes", text="x")
        hook = await made("/webhooks", name="CRM", url="https://example.com/", kinds=["customer.created"])
        hold = await made("/retention/holds", kind="customer", target=two, reason="x")
        rows = "姓名,手机号\n王伟,13800138000\n".encode()
        file = self.file = await made("/customer-imports", name="a.csv", size=len(rows) + 1)
        await self.client.put(f"/api/v1/customer-imports/{file}/content", params={"offset": 0}, content=rows)
        return [one, two, merge, note, hook, hold, file]

    def ask(self, method: str, path: str, **what: Any) -> httpx.Response:
        return self.runner.run(self.client.request(method, path, **what))

    def close(self) -> None:
        self.runner.run(self._stop())
        self.runner.close()

    async def _stop(self) -> None:
        await self.client.aclose()
        await self._open.__aexit__(None, None, None)
        self.house.people.passwords.close()
        await self._made.__aexit__(None, None, None)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The two refuse different things: one what is no text, the other what is no number."""
    url = ""
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_server").format("postgres")
    server = Server(tmp_path_factory.mktemp("fuzz"), url)
    yield server
    server.close()


def like(schema: dict[str, Any], whole: dict[str, Any], ids: list[str], depth: int = 0) -> st.SearchStrategy[Any]:
    """Values of a JSON schema, mostly; now and then something else in their place."""
    proper = _proper(schema, whole, ids, depth)
    return st.integers(0, 24).flatmap(lambda n: nasty if n == 0 and depth else proper)


def _proper(schema: dict[str, Any], whole: dict[str, Any], ids: list[str], depth: int) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return like(whole["components"]["schemas"][name], whole, ids, depth) if depth < 6 else st.none()
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return st.one_of([like(each, whole, ids, depth + 1) for each in schema[several]])
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kind = schema.get("type")
    if kind == "object":
        named = schema.get("properties", {})
        required = {k: like(v, whole, ids, depth + 1) for k, v in named.items() if k in schema.get("required", ())}
        optional = {k: like(v, whole, ids, depth + 1) for k, v in named.items() if k not in required}
        fixed = st.fixed_dictionaries(required, optional=optional)
        rest = schema.get("additionalProperties")
        if not isinstance(rest, dict):
            return fixed
        more = st.dictionaries(st.sampled_from([*ids, "zh", "en"]), like(rest, whole, ids, depth + 1), max_size=3)
        return st.tuples(fixed, more).map(lambda both: both[0] | both[1])
    if kind == "array":
        items = like(schema.get("items", {}), whole, ids, depth + 1)
        return st.lists(items, max_size=3) if depth < 6 else st.just([])
    if kind == "integer":
        return st.integers(schema.get("minimum", -5), schema.get("maximum", 10_000))
    if kind == "number":
        return st.floats(schema.get("minimum", -5), schema.get("maximum", 1e6), allow_nan=False)
    if kind == "boolean":
        return st.booleans()
    if kind == "null":
        return st.none()
    if kind == "string":
        return st.sampled_from(
            [*ids, "zh", "en", PASSWORD, "administrator", "+8613800138000", "09:00", "王伟", "a@b.cn"]
        )
    return nasty


def fuzzed(examples: int) -> settings:
    return settings(
        max_examples=EXAMPLES or examples,
        derandomize=not EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


@fuzzed(400)
@given(data=st.data())
def test_no_input_is_a_fault_of_ours(server: Server, data: st.DataObject) -> None:
    ask_anything(server, data, server.operations)


@fuzzed(250)
@given(data=st.data())
def test_nor_what_is_asked_of_customers(server: Server, data: st.DataObject) -> None:
    """There are many doors, so that few of the others' turns come to them."""
    theirs = re.compile(r"/api/v1/(customer|webhooks|retention|recover|erasures|audit)")
    ask_anything(server, data, [it for it in server.operations if theirs.match(it[1])])


def test_pieces_of_a_file_may_be_anything(server: Server) -> None:
    chance = random.Random(11)
    path = f"/api/v1/customer-imports/{server.file}/content"
    for offset in ("0", "-1", "x", "1e9", str(2**63), "", "29"):
        for size in (0, 1, 5000, 3 << 20):
            answer = server.ask("PUT", path, params={"offset": offset}, content=chance.randbytes(size))
            assert answer.status_code < 500, (offset, size, answer.text)


def ask_anything(server: Server, data: st.DataObject, operations: Sequence[tuple[str, str, Any]]) -> None:
    method, path, operation = data.draw(st.sampled_from(operations))
    query: dict[str, Any] = {}
    for parameter in operation.get("parameters", ()):
        if parameter["in"] == "path":
            value = str(data.draw(st.one_of(st.sampled_from(server.ids), nasty)))
            path = path.replace(f"{{{parameter['name']}}}", quoted(value) or "x")
        elif parameter["in"] == "query" and data.draw(st.booleans()):
            query[parameter["name"]] = data.draw(like(parameter.get("schema", {}), server.schema, server.ids, 1))
    sent: dict[str, Any] = {"params": {k: plain(v) for k, v in query.items()}}
    body = operation.get("requestBody", {}).get("content", {})
    if "application/json" in body:
        sent["json"] = data.draw(like(body["application/json"]["schema"], server.schema, server.ids))
    if not server.client.cookies.get("qt_session"):
        raise AssertionError("the session is gone")
    answer = server.ask(method, path, **json_of(sent))
    assert answer.status_code < 500 or answer.json()["error"]["code"].startswith("voice."), (
        method, path, sent, answer.status_code, answer.text[:500],
    )  # fmt: skip
    if answer.status_code >= 400:
        assert set(answer.json()["error"]) == {"code", "message", "detail", "retryable", "reference"}


def test_what_is_no_json_at_all(server: Server) -> None:
    """Bodies of random bytes at every door that takes one."""
    chance = random.Random(7)
    for method, path, operation in server.operations:
        if "requestBody" in operation:
            for size in (0, 1, 40, 3000):
                answer = server.ask(
                    method,
                    path.replace("{", "").replace("}", ""),
                    content=chance.randbytes(size),
                    headers={"Content-Type": "application/json"},
                )
                assert 400 <= answer.status_code < 500, (method, path, answer.status_code, answer.text)
                assert answer.json()["error"]["code"]


def test_a_zero_byte_in_a_path(server: Server) -> None:
    """Which PostgreSQL does not take in any text."""
    for method, path, _ in server.operations:
        if "{" in path:
            answer = server.ask(method, re.sub(r"\{\w+\}", "%00", path), json={})
            assert 400 <= answer.status_code < 500, (method, path, answer.status_code, answer.text)


def json_of(sent: dict[str, Any]) -> dict[str, Any]:
    """Lone surrogates travel as escapes, as hostile programs send them."""
    if "json" not in sent:
        return sent
    text = json.dumps(sent.pop("json"), ensure_ascii=True)
    return {**sent, "content": text.encode(), "headers": {"Content-Type": "application/json"}}


def quoted(value: str) -> str:
    return quote(value.encode("utf-8", "surrogatepass"), safe="")


def plain(value: Any) -> str:
    return str(value).encode("utf-8", "replace").decode()
