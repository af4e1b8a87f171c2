"""The experience line of customers over the real application, on both databases."""

from __future__ import annotations

import time
from typing import Any

import httpx

from qingting.contexts.contacts.api import progress
from qingting.contexts.customers.api import pops
from qingting.core import commands as c
from qingting.journal.outbox import Relay

from ..contacts.story import Story
from ..house import House, code_of, fields_of
from ..plans import plans

NUMBER, OTHER = "+8613812345678", "+8613900001111"
DAY = 86_400.0


async def told(house: House) -> None:
    """All that happened has reached the lines."""
    await house.projection.catch_up(house.tenant)
    await Relay(house.records, house.journal).relay()
    await house.experience.follow(house.tenant)


async def calls_in_vain(house: House, story: Story, *contacts: str, number: str = NUMBER) -> None:
    for contact in contacts:
        await story.calls(contact, number, line="telecom")
        await story.does(c.EnterQueue(contact, f"v-{contact}", "sales"))
        await story.after(90, c.ContactEnds(contact, "customer"))
        await story.after(600)


async def begun(house: House) -> Story:
    story = Story(house.journal, house.tenant, now=time.time() - 20 * DAY)
    await story.begin()
    return story


async def due(client: httpx.AsyncClient, **asked: Any) -> list[dict[str, Any]]:
    answer = await client.get("/recoveries", params=asked)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_line_from_the_first_call_to_a_recovery(house: House) -> None:
    lin, wang = await house.user("lin", "supervisor"), await house.user("wang", "agent")
    seeing = await house.user("one", "supervisor", lines=["telecom"])
    blind = await house.user("two", "supervisor", lines=["bank"])
    story = await begun(house)
    await story.calls("c0", line="telecom")
    await story.served("c0", wait_s=10, talk_s=60)
    await calls_in_vain(house, story, "c1", "c2")
    # Nobody is known by this number yet; they are made after their calls, and have their line at once.
    await told(house)
    id = (await lin.post("/customers", json={"name": "刘女士", "numbers": [NUMBER]})).json()["id"]
    await told(house)
    line = (await lin.get(f"/customers/{id}/experience")).json()
    steps = [(it["situation"], it["contact"], it["reasons"][0]["code"]) for it in line["points"]]
    assert steps == [
        ("self_service", "c0", "went_on"),
        ("person", "c0", "answered"),
        ("self_service", "c1", "went_on"),
        ("person", "c1", "abandoned"),
        ("self_service", "c2", "went_on"),
        ("person", "c2", "abandoned"),
    ]
    assert line["points"][3]["reasons"] == [
        {"code": "abandoned", "amount": 90.0},
        {"code": "waited", "amount": 90.0},
        {"code": "came_back", "amount": None},
    ]
    assert (line["trend"], line["end"], line["peak"]) == ("falling", 5, 5)
    assert line["recovery"]["state"] == "open"
    assert {it["situation"] for it in line["situations"]} == {"self_service", "person"}
    (fallen,) = await due(lin)
    assert fallen["customer"] == {"id": id, "name": "刘女士"}
    assert (fallen["contact"], fallen["line"], fallen["recovery"]["state"]) == ("c2", "telecom", "open")
    assert fallen["why"][0] == {"situation": "person", "code": "abandoned", "amount": 90.0}
    assert len(fallen["spark"]) == 6
    async with house.records.read() as connection:
        (popped,) = (await pops(connection, house.tenant, [NUMBER], time.time())).values()
    assert popped.desk["line"] == {"trend": "falling", "levels": [level for _, level in fallen["spark"]]}
    # Within one's business lines, here as in the line itself.
    assert [it["customer"]["id"] for it in await due(seeing)] == [id]
    assert await due(blind) == []
    assert (await blind.get(f"/customers/{id}/experience")).json()["points"] == []
    # Somebody sees to it: one at a time, unless a colleague takes it over.
    assert (await wang.post(f"/customers/{id}/recovery", json={})).status_code == 201
    taken = await lin.post(f"/customers/{id}/recovery", json={})
    assert code_of(taken) == (409, "recovery.taken")
    assert taken.json()["error"]["detail"]["name"] == "Wang"
    assert (await due(lin))[0]["recovery"] | {"taken_at": 0} == {
        "state": "taken",
        "by": "Wang",
        "mine": False,
        "taken_at": 0,
        "done_at": None,
        "result": "",
    }
    assert (await lin.post(f"/customers/{id}/recovery", json={"over": True})).status_code == 201
    assert (await lin.delete(f"/customers/{id}/recovery")).status_code == 204
    assert code_of(await lin.delete(f"/customers/{id}/recovery")) == (404, "recovery.unknown")
    assert code_of(await lin.post(f"/customers/{id}/recovery/done", json={"result": "satisfied"})) == (
        *(404, "recovery.unknown"),
    )
    await lin.post(f"/customers/{id}/recovery", json={})
    assert fields_of(await lin.post(f"/customers/{id}/recovery/done", json={"result": "fine"})).keys() == {"result"}
    done = await lin.post(f"/customers/{id}/recovery/done", json={"result": "delighted", "note": "道歉并补偿"})
    assert done.status_code == 201
    assert await due(lin) == []
    (over,) = await due(lin, state="done")
    assert (over["recovery"]["result"], over["recovery"]["by"], over["trend"]) == ("delighted", "Lin", "rising")
    line = (await lin.get(f"/customers/{id}/experience")).json()
    assert [line["points"][-1][name] for name in ("situation", "score", "stated", "note", "user_name")] == [
        *("recovery", 5.0, True, "道歉并补偿", "Lin"),
    ]
    # It falls anew: listed anew.
    bad = {"situation": "product", "score": 1, "origin": "survey", "reference": "s-1", "note": "坏了"}
    moment = (await lin.post(f"/customers/{id}/experience", json=bad)).json()["id"]
    assert (await lin.post(f"/customers/{id}/experience", json=bad)).json()["id"] == moment, "told twice, it is one"
    again = await lin.post(f"/customers/{id}/experience", json=bad | {"reference": "s-2"})
    assert again.status_code == 201
    assert [it["recovery"]["state"] for it in await due(lin)] == ["open"]
    # What was written down by mistake goes; all of it is in the timeline and in what a person takes with them.
    assert (await lin.delete(f"/customers/{id}/experience/{again.json()['id']}")).status_code == 204
    assert code_of(await lin.delete(f"/customers/{id}/experience/{moment}x")) == (404, "moment.unknown")
    timeline = (await lin.get(f"/customers/{id}/timeline")).json()["items"]
    said = [it["detail"] for it in timeline if it["kind"] == "experience"]
    assert [(it["situation"], it["user_name"]) for it in said] == [("product", "Lin"), ("recovery", "Lin")]
    export = (await lin.get(f"/customers/{id}/export")).json()["timeline"]
    assert len([it for it in export if it["kind"] == "experience"]) == 2
    actions = [it["action"] for it in await house.audited("customer.")]
    assert {"customer.experience", "customer.recovery"} <= set(actions)
    assert "坏了" not in str(await house.audited("customer"))


async def test_merged_records_have_one_line_and_apart_again_two(house: House) -> None:
    lin = await house.user("lin", "supervisor")
    story = await begun(house)
    await calls_in_vain(house, story, "c1", "c2")
    await calls_in_vain(house, story, "c3", "c4", number=OTHER)
    ids = [
        (await lin.post("/customers", json={"name": name, "numbers": [number]})).json()["id"]
        for name, number in (("A", NUMBER), ("B", OTHER))
    ]
    await told(house)
    assert {it["customer"]["id"] for it in await due(lin)} == set(ids)

    async def contacts(id: str) -> list[str]:
        points = (await lin.get(f"/customers/{id}/experience")).json()["points"]
        return [it["contact"] for it in points if it["situation"] == "person"]

    merge = (await lin.post(f"/customers/{ids[0]}/merges", json={"source": ids[1]})).json()["merge"]
    assert [it["customer"]["id"] for it in await due(lin)] == [ids[0]], "at once, before its line is drawn anew"
    await told(house)
    (one,) = await due(lin)
    assert (one["customer"]["id"], len(one["spark"])) == (ids[0], 8)
    for id in ids:
        assert await contacts(id) == ["c1", "c2", "c3", "c4"]
    said = {"situation": "data", "score": 2, "note": "stays with the one who stood for both"}
    assert (await lin.post(f"/customers/{ids[1]}/experience", json=said)).status_code == 201
    assert (await lin.delete(f"/customers/{ids[0]}/merges/{merge}")).status_code == 200
    await told(house)
    assert {it["customer"]["id"] for it in await due(lin)} == set(ids)
    assert [await contacts(id) for id in ids] == [["c1", "c2"], ["c3", "c4"]]
    # A list is read page by page.
    first = (await lin.get("/recoveries", params={"limit": 1})).json()
    second = (await lin.get("/recoveries", params={"limit": 1, "cursor": first["next"]})).json()
    assert {it["customer"]["id"] for page in (first, second) for it in page["items"]} == set(ids)
    assert second["next"] is None


async def test_dispositions_say_what_a_contact_was_like(house: House) -> None:
    boss = await house.user("boss", "administrator")
    meant = {"id": "resolved", "name": "投诉", "names": {"zh": "投诉", "en": "Complaint"}, "meaning": "complaint"}
    assert (await boss.post("/dispositions", json=meant)).status_code == 201
    story = await begun(house)
    await story.calls("c1")
    await story.served("c1")
    id = (await boss.post("/customers", json={"name": "A", "numbers": [NUMBER]})).json()["id"]
    await told(house)
    points = (await boss.get(f"/customers/{id}/experience")).json()["points"]
    assert [(it["situation"], it["score"]) for it in points] == [("self_service", 3.5), ("complaint", 2.5)]
    survey = {"situation": "complaint", "score": 4, "origin": "survey", "contact": "c1"}
    assert (await boss.post(f"/customers/{id}/experience", json=survey)).status_code == 201
    points = (await boss.get(f"/customers/{id}/experience")).json()["points"]
    assert [(it["situation"], it["score"]) for it in points] == [("self_service", 3.5), ("complaint", 4.0)]


async def test_what_no_rule_accepts(sqlite_house: House) -> None:
    house = sqlite_house
    lin = await house.user("lin", "supervisor")
    looks = await house.user("qin", "quality")
    id = (await lin.post("/customers", json={"name": "A"})).json()["id"]
    path = f"/customers/{id}/experience"
    empty = (await lin.get(path)).json()
    assert (empty["points"], empty["trend"], empty["level"], empty["recovery"]) == ([], "", 3.0, None)
    for bad, field in (
        ({"situation": "weather", "score": 3}, "situation"),
        ({"situation": "data", "score": 6}, "score"),
        ({"situation": "data", "score": 3, "at": time.time() + 2 * 3600}, "at"),
        ({"situation": "data", "score": 3, "note": "x" * 1001}, "note"),
        ({"situation": "data", "score": 3, "origin": "No!"}, "origin"),
    ):
        assert fields_of(await lin.post(path, json=bad)).keys() == {field}
    assert code_of(await looks.post(path, json={"situation": "data"})) == (403, "permission.missing")
    assert code_of(await lin.post("/customers/none/experience", json={"situation": "data"})) == (
        *(404, "customer.unknown"),
    )
    other = (await lin.post("/customers", json={"name": "B"})).json()["id"]
    said = {"situation": "data", "score": None, "reference": "r1"}
    assert (await lin.post(path, json=said)).status_code == 201
    taken = await lin.post(f"/customers/{other}/experience", json=said)
    assert code_of(taken) == (409, "moment.of_another")
    points = (await lin.get(path)).json()["points"]
    assert [(it["score"], it["level"]) for it in points] == [(None, 3.0)], "that it happened moves nothing"
    stranger = await house.user("eve", "administrator", tenant=house.other)
    assert code_of(await stranger.get(path)) == (404, "customer.unknown")
    assert code_of(await stranger.post(f"/customers/{id}/recovery", json={})) == (404, "customer.unknown")


async def test_what_was_before_is_walked_through_once(sqlite_house: House) -> None:
    """Contacts that were there before anything was followed; nothing is read twice afterwards."""
    house = sqlite_house
    lin = await house.user("lin", "supervisor")
    await lin.post("/customers", json={"name": "A", "numbers": [NUMBER]})
    story = await begun(house)
    await calls_in_vain(house, story, "c1", "c2")
    await told(house)
    assert len(await due(lin)) == 1
    async with house.records.read() as connection:
        assert await house.journal.cursor(house.tenant, "experience.routing") == await progress(
            connection, house.tenant
        )
    assert await house.experience.follow(house.tenant) == 0
    await calls_in_vain(house, story, "c3")
    await house.projection.catch_up(house.tenant)
    assert await house.experience.follow(house.tenant) == 1
    assert (await due(lin))[0]["contact"] == "c3"


async def test_no_look_up_of_a_line_walks_a_table(sqlite_house: House) -> None:
    """As SQLite itself says how it would look: never by the tenant alone."""
    house = sqlite_house
    lin = await house.user("lin", "supervisor")
    story = await begun(house)
    await calls_in_vain(house, story, "c1", "c2")
    id = (await lin.post("/customers", json={"name": "A", "numbers": [NUMBER]})).json()["id"]
    async with plans(house.records) as found:
        await told(house)
        assert (await lin.get(f"/customers/{id}/experience")).status_code == 200
        await due(lin)
    asked = [it for it in found if "experience" in it.statement or "contact" in it.statement]
    assert len(asked) > 8
    for it in asked:
        assert [step for step in it.walks if "contacts_progress" not in step] == [], it
        assert "contact.number IN" not in it.statement or any("number=?" in step for step in it.steps), it
