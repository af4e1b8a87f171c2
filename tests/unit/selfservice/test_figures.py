"""Callers walk through a published flow, and the figures over HTTP are theirs: by node, version, time and line."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from qingting.access import PERMISSIONS, Identity
from qingting.contexts.configuration import api as configuration
from qingting.contexts.configuration.schemas import Flow, Line, Queue, Service
from qingting.contexts.contacts.api import dialogue_of
from qingting.contexts.selfservice import tables
from qingting.core import commands as c
from qingting.journal.port import PersonalData
from qingting.records import Records

from ..contacts.story import Story
from ..house import House, code_of, make_house
from .walked import FLOW, document, walk

DAY = "2026-09-21"
"""In Shanghai, when `Story` begins."""
RANGE = {"from": DAY, "to": "2026-09-22"}
SERVED = ["1", "1", "2", "3", "4", "found", "5", "2"]
TO_PERSON = ["1", "1", "2", "3", "4", "failed", "0"]
LOST = ["silence"]


@pytest.fixture
async def house(records: Records, tmp_path: Path) -> AsyncIterator[House]:
    async with make_house(records, tmp_path) as house:
        yield house


class Centre:
    def __init__(self, house: House) -> None:
        self.house, self.story, self.n = house, Story(house.journal, house.tenant), 0
        self.document = document()

    async def begin(self) -> None:
        house, who = self.house, Identity(self.house.tenant, "system", "set-up", frozenset(PERMISSIONS))
        for id in ("north", "south"):
            await configuration.create(house.configuration, who, "lines", Line(name=id), id=id)
        await configuration.create(house.configuration, who, "queues", Queue(name="Service"), id="service")
        billing = Service(name="Billing", url="https://billing.example.com")
        await configuration.create(house.configuration, who, "services", billing, id="billing")
        await configuration.create(house.configuration, who, "flows", Flow(name="Telecom", text=FLOW), id="telecom")
        await configuration.publish(house.configuration, who, "telecom", 1)
        await self.story.begin()

    async def calls(self, answers: list[str], line: str = "north", version: int = 1) -> None:
        """Two seconds at each step; who is not served and not queued hangs up."""
        self.n += 1
        contact, story = f"k{self.n}", self.story
        await story.does(c.ContactArrives(contact, f"j{self.n}", entry="main", line=line, party="", leg=f"l{self.n}"))
        told, end = walk(self.document, answers)
        for some in told:
            for it in some:
                await story.does(c.DialogueMoves(contact, "telecom", version, it.node, it.via, "opaque"))
            await story.after(2)
        if end == "queued":
            await story.does(c.EnterQueue(contact, f"{contact}.v1", "service"))
            await story.after(30)
        await story.does(c.ContactEnds(contact, "flow" if end == "done" else "customer"))

    async def told(self) -> None:
        await self.house.projection.catch_up(self.house.tenant)


@pytest.fixture
async def centre(house: House) -> Centre:
    centre = Centre(house)
    await centre.begin()
    return centre


async def got(client: httpx.AsyncClient, path: str, **params: Any) -> dict[str, Any]:
    answer = await client.get(f"/self-service/{path}", params={**RANGE, **params})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_who_was_served_handed_over_and_lost(centre: Centre, house: House) -> None:
    admin = await house.user("ada", "administrator")
    empty = await got(admin, "flows")
    assert [(it["flow"], it["contacts"], it["containment"]) for it in empty["items"]] == [("telecom", 0, None)]
    for answers in (SERVED, SERVED, TO_PERSON, LOST):
        await centre.calls(answers)
        await centre.told()
    await centre.calls(SERVED, line="south", version=7)  # of a version that nobody can read: nothing is a goal
    await centre.told()
    before = await everything(house.records)
    await centre.told()
    assert await everything(house.records) == before

    found = await got(admin, "flows")
    assert (found["target"], found["currency"], found["definitions"]["containment"]) == (0.7, "CNY", "containment@1")
    [item] = found["items"]
    assert [item[name] for name in ("contacts", "contained", "handed", "lost", "finished")] == [5, 2, 1, 1, 1]
    assert item["containment"] == pytest.approx(2 / 3)
    assert (item["queries"], item["transactions"], item["saved"]) == (2, 0, None)
    assert [day["day"] for day in found["days"]] == [DAY]

    one = await got(admin, "flows/telecom", version=1)
    assert one["versions"] == [{"version": 7, "contacts": 1}, {"version": 1, "contacts": 4}]
    nodes = {it["node"]: it for it in one["nodes"]}
    main, balance = nodes["main"], nodes["balance"]
    assert (main["contacts"], main["visits"], main["arrival_rate"]) == (4, 5, 1.0)
    assert (main["success_rate"], main["missed"], main["to_person"], main["hung_up"]) == (0.5, 1, 1, 1)
    assert (balance["contacts"], balance["failures"], balance["arrival_rate"]) == (3, 1, 0.75)
    assert balance["hops_mean"] == 3
    assert nodes["content"]["satisfaction"] == 1.0
    assert (nodes["tell"]["contacts"], nodes["tell"]["rated"]) == (2, 2)
    assert one["nodes"][0]["node"] == "main"  # the weakest: a caller was lost here
    assert {"source": "balance", "target": "main", "via": "failed", "times": 1} in one["ways"]

    trend = await got(admin, "flows/telecom/node", node="main", interval="quarter")
    assert [(it["at"], it["contacts"]) for it in trend["items"]] == [("2026-09-21T22:00", 3), ("2026-09-21T22:15", 2)]
    months = await got(admin, "flows/telecom", interval="month")
    assert [(it["at"], it["contacts"]) for it in months["trend"]] == [("2026-09-01", 5)]


async def test_within_ones_lines_and_permissions(centre: Centre, house: House) -> None:
    await centre.calls(SERVED, line="north")
    await centre.calls(LOST, line="south")
    await centre.told()
    northern = await house.user("nora", "supervisor", lines=["north"])
    assert (await got(northern, "flows"))["total"]["contacts"] == 1
    assert (await got(northern, "flows/telecom", line="south"))["total"]["contacts"] == 0
    assert (await got(northern, "flows/telecom", line="south"))["nodes"] == []
    agent = await house.user("lin", "agent")
    assert code_of(await agent.get("/self-service/flows", params=RANGE)) == (403, "permission.missing")
    stranger = await house.user("eve", "administrator", tenant=house.other)
    assert (await got(stranger, "flows"))["items"] == []
    assert code_of(await stranger.get("/self-service/flows/telecom", params=RANGE)) == (404, "flow.unknown")
    path = "/self-service/flows/telecom/graph"
    assert code_of(await stranger.get(path)) == (404, "flow.unknown")
    admin = await house.user("ada", "administrator")
    graph = (await admin.get(path)).json()
    assert graph["start"] == "welcome"
    assert {it["id"]: it["kind"] for it in graph["nodes"]}["balance"] == "lookup"
    assert {it["source"] for it in graph["arrows"] if it["target"] == "person"} >= {"main", "order"}
    for bad in ({"from": "2026-09-22", "to": DAY}, {"from": "2020-01-01", "to": DAY}, {"from": "x", "to": DAY}):
        assert (await admin.get("/self-service/flows", params=bad)).status_code == 422


async def test_what_was_saved_is_said_once_a_contact_has_a_price(centre: Centre, house: House) -> None:
    await centre.calls(SERVED)
    await centre.told()
    admin = await house.user("ada", "administrator")
    settings = (await admin.get("/settings")).json()
    told = settings["self_service"] | {"agent_contact_cost": 6.5, "containment_target": 0.8}
    body = {name: value for name, value in settings.items() if name not in ("id", "name")}
    answer = await admin.put("/settings", json=body | {"self_service": told})
    assert answer.status_code == 200, answer.text
    found = await got(admin, "flows")
    assert (found["target"], found["total"]["saved"]) == (0.8, 6.5)


async def test_the_way_of_one_caller_on_the_page_of_their_contact(centre: Centre, house: House) -> None:
    """Numbers only for those who may see them; what was proven or erased is told by nobody."""
    await centre.calls(TO_PERSON)
    told = {"phone": "13812345678", "balance": {"n": "12.5"}}
    entry = PersonalData(dialogue_of("k1"), "dialogue", "self-service", {"values": told})
    await centre.story.does(c.ContactArrives("k2", "j2", entry="main", party="", leg="l2"), entry)
    await centre.told()
    admin, quality = await house.user("ada", "administrator"), await house.user("qi", "quality")
    way = (await admin.get("/contacts/k1")).json()["self_service"]
    assert [(it["node"], it["via"], it["seconds"], it["outcome"]) for it in way["steps"]] == [
        ("welcome", "start", 2, ""),
        ("main", "next", 4, ""),
        ("number", "1", 10, ""),
        ("balance", "given", 2, "failed"),
        ("main", "failed", 4, ""),
        ("person", "0", 2, ""),
    ]
    assert (way["seconds"], way["before_person_s"], way["circles"], way["goals"]) == (24, 24, 0, [])
    asked = way["steps"][2]
    assert (asked["kind"], asked["about"], asked["words"]["en"]) == ("ask", "phone", "Balance")
    assert asked["says"]["en"] == "Number please."
    assert asked["values"] == [{"name": "phone", "value": "13812345678"}]
    hidden = (await quality.get("/contacts/k1")).json()["self_service"]["steps"][2]["values"]
    assert hidden == [{"name": "phone", "value": "138****5678"}]
    assert (await admin.get("/contacts/k2")).json()["self_service"] is None


async def everything(records: Records) -> list[list[Any]]:
    async with records.read() as connection:
        return [
            sorted(map(tuple, await connection.execute(sa.select(table))))
            for table in (tables.flow, tables.node, tables.way)
        ]
