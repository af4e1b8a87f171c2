"""Contacts over the real application: the list, the journey, and who may see what."""

from __future__ import annotations

import httpx
import pytest

from qingting.access import PERMISSIONS, Identity
from qingting.contexts.configuration import api as configuration
from qingting.contexts.configuration.schemas import Agent, Disposition, Flow, Line, Queue, Texts
from qingting.contexts.contacts import actions
from qingting.contexts.contacts.api import answered_today, counts_by_number, last_agents, recent, today
from qingting.contexts.customers import api as customers
from qingting.core import commands as c

from ..house import FLOW, House, code_of, fields_of
from ..plans import plans
from .story import START, Story


@pytest.fixture
async def story(house: House) -> Story:
    return await three_calls(house)


async def three_calls(house: House) -> Story:
    """One served, one abandoned on another line, one waiting that goes on from the first."""
    who = Identity(house.tenant, "system", "set-up", frozenset(PERMISSIONS))
    for id in ("north", "south"):
        await configuration.create(house.configuration, who, "lines", Line(name=id), id=id)
    for id in ("sales", "service"):
        await configuration.create(house.configuration, who, "queues", Queue(name=id.title()), id=id)
    await configuration.create(house.configuration, who, "agents", Agent(name="林", number="1001"), id="lin")
    texts = Texts(zh="已解决", en="Resolved")
    await configuration.create(
        house.configuration, who, "dispositions", Disposition(name="已解决", names=texts), id="resolved"
    )
    await configuration.create(house.configuration, who, "flows", Flow(name="Main", text=FLOW), id="main")
    await configuration.publish(house.configuration, who, "main", 1)
    story = Story(house.journal, house.tenant)
    await story.begin()
    await story.calls("c1", line="north")
    await story.served("c1")
    await story.after(100)
    await story.calls("c2", number="+8675588880000", line="south")
    await story.does(c.EnterQueue("c2", "v2", "service"))
    await story.after(9, c.ContactEnds("c2", "customer"))
    await story.after(100)
    await story.calls("c3", line="north", journey="j-c1")
    await story.does(c.EnterQueue("c3", "v3", "sales"))
    await house.projection.catch_up(house.tenant)
    async with house.records.write() as connection:
        await customers.remember(connection, house.tenant, "+8613812345678", "刘女士")
    return story


async def ids(client: httpx.AsyncClient, **query: object) -> list[str]:
    answer = await client.get("/contacts", params=query)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def test_the_list_and_its_filters(house: House, story: Story) -> None:
    lin = await house.user("lin", "supervisor")
    [third, second, first] = (await lin.get("/contacts")).json()["items"]
    assert [third["outcome"], second["outcome"], first["outcome"]] == ["waiting", "abandoned", "answered"]
    assert first["customer"]["name"] == "刘女士"
    assert second["customer"] is None
    assert second["locality"] == {"zh": "广东省深圳市", "en": "Shenzhen, Guangdong"}
    assert (first["agent_name"], first["queue_name"], first["talk_s"]) == ("林", "Sales", 60)
    assert (first["number"], first["recording"], first["disposition"]) == ("+8613812345678", "none", "resolved")

    who = Identity(house.tenant, "u", "U", frozenset())
    async with house.records.write() as connection:
        await actions.note(connection, who, "c2", "wanted 50% off")
    assert await ids(lin, outcome="abandoned") == ["c2"]
    assert await ids(lin, queue="sales") == ["c3", "c1"]
    assert await ids(lin, agent="lin") == ["c1"]
    assert await ids(lin, line="south") == ["c2"]
    assert await ids(lin, number="138 1234 5678") == ["c3", "c1"]
    assert await ids(lin, number="0000") == ["c2"]
    assert await ids(lin, customer=first["customer"]["id"]) == ["c3", "c1"]
    assert await ids(lin, customer="nobody") == []
    assert await ids(lin, q="50% OFF") == ["c2"]
    assert await ids(lin, q="5_%") == []
    assert await ids(lin, q="c3") == ["c3"]
    assert await ids(lin, to=START + 50) == ["c1"]
    assert await ids(lin, **{"from": START + 150}) == ["c3", "c2"]
    assert fields_of(await lin.get("/contacts", params={"number": "12"})) == {"number": "number.bad"}


async def test_pages_follow_one_another(house: House, story: Story) -> None:
    lin = await house.user("lin", "supervisor")
    first = (await lin.get("/contacts", params={"limit": 2})).json()
    second = (await lin.get("/contacts", params={"limit": 2, "cursor": first["next"]})).json()
    assert [i["id"] for i in first["items"] + second["items"]] == ["c3", "c2", "c1"]
    assert second["next"] is None


async def test_one_contact_with_its_whole_way(house: House, story: Story) -> None:
    lin = await house.user("lin", "supervisor")
    one = (await lin.get("/contacts/c1")).json()
    assert one["language"] == "zh"
    assert [(s["node"], s["via"], s["words"]) for s in one["steps"]] == [
        ("main", "start", {}),
        ("sales", "1", {"zh": "销售", "en": "Sales"}),
    ]
    assert [v["outcome"] for v in one["visits"]] == ["answered"]
    assert [(a["agent_name"], a["hold_s"]) for a in one["assignments"]] == [("林", 20)]
    assert [other["id"] for other in one["journey"]] == ["c3"]
    words = [step["words"] for step in one["timeline"] if step["words"]["en"]]
    assert words[0] == {"zh": "来电进入 main", "en": "A call came in at main"}
    assert words[2] == {"zh": "自助：按 1 · 销售", "en": "Self-service: pressed 1 · Sales"}
    assert {"zh": "进入队列 Sales", "en": "Entered queue Sales"} in words
    assert {"zh": "与 林 接通，等待 10 秒", "en": "Connected with 林 after waiting 10 s"} in words
    both = {"zh": "已解决", "en": "Resolved"}
    assert {"zh": "小结：已解决", "en": "Disposition: Resolved"} in words
    assert [s["detail"]["disposition_names"] for s in one["timeline"] if s["kind"] == "DispositionSet"] == [both]
    assert one["disposition_names"] == both
    assert one["journey"][0]["disposition_names"] == {}
    assert words[-1] == {"zh": "林 处理完成（手动完成）", "en": "林 is done (finished)"}
    assert [step["at"] for step in one["timeline"]] == sorted(step["at"] for step in one["timeline"])
    [entry] = await house.audited("contact.viewed")
    assert entry["target"] == "c1"


async def test_who_may_see_what(house: House, story: Story) -> None:
    quality = await house.user("mei", "quality")
    listed = (await quality.get("/contacts")).json()["items"]
    assert [i["number"] for i in listed] == ["+86138****5678", "+86755****0000", "+86138****5678"]
    assert (await quality.get("/contacts/c1")).json()["number"] == "+86138****5678"
    assert "13812345678" not in (await quality.get("/contacts/c1")).text
    assert await ids(quality, number="+8613812345678") == ["c3", "c1"], "who knows it may look for it"
    assert fields_of(await quality.get("/contacts", params={"number": "5678"})) == {"number": "number.bad"}

    south = await house.user("nan", "supervisor", lines=["south"])
    assert await ids(south) == ["c2"]
    assert code_of(await south.get("/contacts/c1")) == (404, "contact.unknown")
    eve = await house.user("eve", "administrator", tenant=house.other)
    assert await ids(eve) == []
    assert code_of(await eve.get("/contacts/c1")) == (404, "contact.unknown")
    engineer = await house.user("tech", "engineer")
    assert code_of(await engineer.get("/contacts")) == (403, "permission.missing")
    assert code_of(await house.client().get("/contacts")) == (401, "session.none")


async def test_an_agents_last_contacts(house: House, story: Story) -> None:
    async with house.records.read() as connection:
        assert [row["id"] for row in await recent(connection, house.tenant, "lin")] == ["c1"]
        assert await recent(connection, house.tenant, "wang") == []


async def test_no_look_up_walks_a_table(sqlite_house: House) -> None:
    """Of ten million contacts: somebody's own, an agent's, those after a page; one with all that hangs on it."""
    house = sqlite_house
    now, number = (await three_calls(house)).now, ["+8613812345678"]
    lin = await house.user("lin", "supervisor")
    page = (await lin.get("/contacts", params={"limit": 1})).json()
    asked: list[dict[str, object]] = [
        {"cursor": page["next"]},
        {"number": "+8613812345678"},
        {"agent": "lin"},
        {"agent": "lin", "queue": "sales", "from": START, "to": START + 86_400},
        {"q": "c1"},
    ]
    async with plans(house.records) as found:
        for query in asked:
            assert await ids(lin, **query), query
        assert (await lin.get("/contacts/c3")).status_code == 200
        async with house.records.read() as connection:
            assert await recent(connection, house.tenant, "lin")
            await last_agents(connection, house.tenant, number, now)
            await counts_by_number(connection, house.tenant, number, now, "UTC", [])
            await answered_today(connection, house.tenant, now, "UTC")
            await today(connection, house.tenant, now, "UTC")
    assert len(found) > 15
    # Words are looked for in all notes; once, not for each contact.
    assert [walk.split(" USING")[0] for it in found for walk in it.walks] == ["SCAN contact_note"]
    by_number = [it.steps for it in found if "contact.number IN" in it.statement]
    assert len(by_number) == 3
    assert all("ix_contact_tenant_number_arrived_at" in str(steps) for steps in by_number)
