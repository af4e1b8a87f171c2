"""Who calls: found by a number, with all that the desk shows; and how that is looked for."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from qingting.contexts.customers import api
from qingting.contexts.customers.api import Known, Record
from qingting.errors import Invalid

from ..contacts.story import Story
from ..house import House, code_of
from ..plans import plans

NUMBER = "+8613812345678"


async def test_the_pop_of_a_number(house: House) -> None:
    async with house.records.write() as connection:
        assert await api.pop(connection, house.tenant, NUMBER) is None
        made = await api.remember(connection, house.tenant, NUMBER, "刘女士")
        assert await api.remember(connection, house.tenant, NUMBER, "王先生") == made
        assert await api.pop(connection, house.tenant, NUMBER) == made
        assert await api.pop(connection, house.other, NUMBER) is None
        with pytest.raises(Invalid):
            await api.create(connection, house.tenant, Record(name="王先生", identities=[Known("phone", NUMBER)]))


async def test_the_calls_of_a_customer_are_counted(house: House) -> None:
    story = Story(house.journal, house.tenant, now=time.time() - 40 * 86_400)
    await story.begin()
    await story.calls("c1", number=NUMBER)
    await house.projection.catch_up(house.tenant)
    lin = await house.user("lin", "supervisor")
    customer = (await lin.post("/customers", json={"name": "A", "numbers": [NUMBER]})).json()
    assert (customer["calls_today"], customer["calls_year"]) == (0, 1)
    assert customer["last_contact_at"] == pytest.approx(story.now)


async def test_one_line_of_everything_and_the_pop(house: House) -> None:
    """Merged records tell one story; what is taken back tells two again."""
    story = Story(house.journal, house.tenant, now=time.time() - 40 * 86_400)
    await story.begin()
    other = "+8613900001111"
    for contact, number in (("c1", NUMBER), ("c2", other), ("c3", NUMBER)):
        await story.calls(contact, number=number)
        story.now += 600
    await house.projection.catch_up(house.tenant)
    lin = await house.user("lin", "supervisor")
    one = (
        await lin.post("/customers", json={"name": "刘女士", "numbers": [NUMBER], "attributes": {"vip": "yes"}})
    ).json()
    two = (await lin.post("/customers", json={"numbers": [other], "note": "deaf", "language": "zh"})).json()
    await lin.post(f"/customers/{two['id']}/notes", json={"text": "pinned", "pinned": True})
    await lin.post(f"/customers/{two['id']}/consents", json={"purpose": "survey", "medium": "sms", "given": False})
    await lin.put(f"/customers/{two['id']}/tags", json={"tags": [{"layer": "value", "tag": "gold"}]})

    async def line(id: str, *kinds: str) -> list[str]:
        found: list[str] = []
        after = ""
        while True:  # two at a time: nothing is told twice, nothing is left out
            asked = {"limit": 2, "cursor": after, "kinds": kinds}
            page = (await lin.get(f"/customers/{id}/timeline", params=asked)).json()
            found += [it["id"].split(":")[0] + it["detail"].get("number", "") for it in page["items"]]
            if not (after := page["next"]):
                return found

    assert await line(one["id"]) == ["contact" + NUMBER] * 2
    assert await line(two["id"]) == ["consent", "note", "contact" + other]
    merged = await lin.post(f"/customers/{one['id']}/merges", json={"source": two["id"], "why": "same voice"})
    assert merged.status_code == 201, merged.text
    both = merged.json()["customer"]
    assert (both["name"], both["note"], both["language"], both["numbers"]) == (
        "刘女士",
        "deaf",
        "zh",
        [NUMBER, other],
    )
    assert [it["id"] for it in both["records"]] == [one["id"], two["id"]]
    assert await line(two["id"]) == [
        *("merge", "consent", "note", "contact" + NUMBER, "contact" + other, "contact" + NUMBER),
    ]
    assert await line(two["id"], "contact") == ["contact" + NUMBER, "contact" + other, "contact" + NUMBER]
    assert await line(two["id"], "note", "merged") == ["merge", "note"]
    assert await line(two["id"], "survey") == []
    async with house.records.read() as connection:
        popped = (await api.pops(connection, house.tenant, [other, "+8613111111111"], time.time()))[other]
    (tagged,) = both["tags"]
    assert popped.customer.id == one["id"]
    assert popped.customer.numbers == (NUMBER, other)
    assert {k: v for k, v in popped.desk.items() if k not in ("contacts", "notes")} == {
        "id": one["id"],
        "name": "刘女士",
        "kind": "person",
        "note": "deaf",
        "language": "zh",
        "vip": True,
        "level": "claimed",
        "tags": [{"layer": "value", "tag": "gold", "origin": "hand", "confidence": 1.0, "at": tagged["at"]}],
        "open": 0,
        "line": None,
        "consents": [{"purpose": "survey", "medium": "sms", "given": False}],
    }
    assert [it["id"] for it in popped.desk["contacts"]] == ["c3", "c2", "c1"]
    assert [it["text"] for it in popped.desk["notes"]] == ["pinned"]
    # A form opened before is refused; a change is what differs, and is of the one who stands for both.
    stale = {"version": one["version"], "name": "刘女士", "note": "deaf"}
    assert code_of(await lin.put(f"/customers/{one['id']}", json=stale)) == (409, "changed_meanwhile")
    await lin.put(f"/customers/{two['id']}", json={"version": both["version"], "name": "刘晓", "note": "deaf"})
    merge = merged.json()["merge"]
    again = (await lin.delete(f"/customers/{one['id']}/merges/{merge}")).json()["items"]
    assert [(it["name"], it["note"], it["numbers"]) for it in again] == [
        ("", "deaf", [other]),
        ("刘晓", "", [NUMBER]),
    ]
    assert await line(one["id"]) == ["contact" + NUMBER] * 2
    assert code_of(await lin.delete(f"/customers/{one['id']}/merges/{merge}")) == (404, "merge.unknown")
    itself = await lin.post(f"/customers/{one['id']}/merges", json={"source": one["id"]})
    assert code_of(itself) == (409, "merge.itself")


async def test_who_is_a_vip(house: House) -> None:
    """By hand or by a tag that is chosen for it: the record, the desk and rules of routing say the same."""
    lin = await house.user("lin", "administrator")
    settings = (await lin.get("/settings")).json()
    answer = await lin.put("/settings", json={"version": settings["version"], "vip_tags": ["金卡"]})
    assert answer.status_code == 200, answer.text
    numbers = [f"+86138123400{n:02}" for n in range(4)]
    told: tuple[dict[str, Any], ...] = ({"vip": "yes"}, {"vip": "no", "plan": "gold"}, {}, {"vip": "no"})
    ids = []
    for number, attributes in zip(numbers, told, strict=True):
        made = await lin.post("/customers", json={"name": number, "numbers": [number], "attributes": attributes})
        ids.append(made.json()["id"])
    for id in ids[2:]:
        await lin.put(f"/customers/{id}/tags", json={"tags": [{"layer": "value", "tag": "金卡"}]})
    expected = [True, False, True, True]
    assert [(await lin.get(f"/customers/{id}")).json()["vip"] for id in ids] == expected
    async with house.records.read() as connection:
        popped = await api.pops(connection, house.tenant, numbers, time.time(), frozenset({"金卡"}))
    assert [popped[number].desk["vip"] for number in numbers] == expected
    assert [popped[number].customer.attributes.get("vip") == "yes" for number in numbers] == expected
    assert popped[numbers[1]].customer.attributes == {"plan": "gold"}


async def test_no_look_up_walks_a_table(sqlite_house: House) -> None:
    """Of ten million: who calls, the pop, the record, and whom a file or a caller's number means."""
    house = sqlite_house
    lin = await house.user("lin", "supervisor")
    told = {"name": "A", "numbers": [NUMBER], "external_id": "E1"}
    id = (await lin.post("/customers", json=told)).json()["id"]
    async with plans(house.records) as asked:
        async with house.records.read() as connection:
            assert list(await api.by_numbers(connection, house.tenant, [NUMBER])) == [NUMBER]
            assert list(await api.pops(connection, house.tenant, [NUMBER, "+8613812345679"], time.time()))
            assert await api.by_id(connection, house.tenant, id)
        async with house.records.write() as connection:
            record = Record(external_id="E1", identities=[Known("phone", NUMBER, "claimed")])
            assert [it.outcome for it in await api.upsert(connection, house.tenant, [record])] == ["same"]
        for page in ("", "/timeline", "/consents", "/book"):
            answer = await lin.get(f"/customers/{id}{page}")
            assert answer.status_code == 200, (page, answer.text)
    assert len(asked) > 20
    # Settings are few; whether there is any merge at all ends with the first.
    small = re.compile(r"FROM (customer_field|customer_relation_type) |^SELECT \? AS anon_1 \nFROM customer_merge ")
    assert [it for it in asked if it.walks and not small.search(it.statement)] == []
