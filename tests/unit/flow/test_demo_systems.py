"""The sample flows against the systems of the demonstration: what they ask is there, and answers what they keep."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest

from qingting.flow import moves
from qingting.flow.document import Document
from qingting.flow.values import found_in
from qingting.runtime.flow_tools.command import whole
from qingting.runtime.flow_tools.inputs import inputs
from qingting.runtime.flow_tools.walking import Walk
from qingting.web.demo_systems import systems

OUTCOMES = {"lookup": ("found", "missing"), "do": ("done", "refused")}


class Through(Walk):
    """Other systems are asked over HTTP."""

    def __init__(self, document: Document, client: httpx.AsyncClient, **more: Any) -> None:
        super().__init__(document, **more)
        self.client = client

    async def ask(self) -> None:
        asked = self.asked
        assert isinstance(asked, moves.Request)
        path = f"/{asked.service}{''.join(part for part, _ in asked.path)}"
        sent = {name: float(value) if isinstance(value, Decimal) else value for name, value in asked.sends}
        how: dict[str, Any] = {"params": sent} if asked.method == "get" else {"json": sent}
        answer = await self.client.request(asked.method, path, **how)
        assert answer.status_code in (200, 201, 404, 409), answer.text
        well, badly = OUTCOMES["do" if asked.do else "lookup"]
        body = json.loads(answer.text, parse_float=Decimal)
        kept = {name: found_in(body, place) for name, place in asked.keeps} if answer.is_success else {}
        assert None not in kept.values(), (path, body)
        self.give(moves.Fetched(well if answer.is_success else badly, kept))


async def walked(name: str, words: Sequence[str], **more: Any) -> Through:
    transport = httpx.ASGITransport(app=systems())
    async with httpx.AsyncClient(transport=transport, base_url="http://demo") as client:
        walk = Through(whole(Path("flows") / f"{name}.yaml"), client, **more)
        todo = [each for word in words for each in inputs(word)]
        for _ in range(200):
            if todo and walk.takes(todo[0]):
                walk.give(todo.pop(0))
            elif walk.state.phase == "fetching":
                await walk.ask()
            elif walk.state.phase == "verifying":
                right = await client.post("/billing/accounts/5123/pin", json={"pin": "123456"})
                assert right.is_success
                walk.give(moves.Checked("passed"))
            elif (follows := walk.by_itself()) is not None:
                walk.give(follows)
            else:
                break
        assert not todo
        return walk


@pytest.mark.parametrize(
    ("name", "words", "goals"),
    [
        ("telecom", ["1", "1", "51231234#", "123456", "2", "1", "3", "1", "1", "2", "2", "1", "2", "5"],
         ["balance", "roaming", "package"]),
        ("telecom", ["3", "3", "51231998#", "123456", "1", "2", "5"], []),
        ("telecom", ["3", "1", "51230000#", "123456", "51231234#", "123456", "2", "2", "4"], ["balance"]),
        ("power", ["1", "4", "1234567890", "1", "123456", "1", "2", "2", "5"], ["bill", "payment", "bill"]),
        ("power", ["2", "1", "1234567891", "1", "2", "5"], None),
    ],
)  # fmt: skip
async def test_samples_find_what_they_ask_for(name: str, words: list[str], goals: list[str] | None) -> None:
    walk = await walked(name, words)
    assert walk.done
    if goals is not None:
        assert walk.goals == goals


async def test_wrong_pins_and_strange_accounts_are_refused() -> None:
    transport = httpx.ASGITransport(app=systems())
    async with httpx.AsyncClient(transport=transport, base_url="http://demo") as client:
        assert (await client.post("/billing/accounts/5123/pin", json={"pin": "654321"})).status_code == 403
        assert (await client.get("/billing/accounts/..%2F5/balance")).status_code in (404, 422)
        assert (await client.get("/grid/reports/1")).status_code == 404
        reported = await client.post("/grid/reports", json={"address": "x", "extent": "home"})
        assert (await client.get(reported.headers["location"])).json()["state"] == "on_the_way"
