"""Customers who may be the same: found, compared, decided, on both databases."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx

from qingting.contexts.customers.api import Known, Record, upsert

from ..house import House, code_of
from ..plans import plans

NUMBER = "+8613812345678"


async def made(client: httpx.AsyncClient, **told: Any) -> str:
    answer = await client.post("/customers", json={"shared": True} | told)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def swept(client: httpx.AsyncClient, **asked: Any) -> dict[str, Any]:
    assert (await client.post("/customer-duplicates/sweep", json={"anew": True})).status_code == 202
    return await desk(client, **asked)


async def desk(client: httpx.AsyncClient, **asked: Any) -> dict[str, Any]:
    answer = await client.get("/customer-duplicates", params=asked)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def ids(told: dict[str, Any]) -> list[tuple[str, str]]:
    return [(it["a"]["id"], it["b"]["id"]) for it in told["items"]]


async def test_found_compared_and_decided(house: House) -> None:
    lin = await house.user("lin", "supervisor")
    one = await made(lin, name="刘 晓", numbers=[NUMBER], born="1990-05-01", external_id="7")
    same = await made(lin, name="刘晓", numbers=[NUMBER], born="1990-05-01", note="VIP", language="zh")
    home = await made(lin, name="刘大", numbers=[NUMBER], addresses=["北京市朝阳区 1 号"])
    moved = await made(lin, name="刘 大", addresses=["北京市 朝阳区1号"])
    await made(lin, name="刘晓")
    assert (await desk(lin))["items"] == []
    told = await swept(lin)
    assert [(it["score"], it["why"]) for it in told["items"]] == [
        (0.84, ["born", "name", "phone"]), (0.6, ["phone"]), (0.6, ["phone"]), (0.52, ["address", "name"]),
    ]  # fmt: skip
    assert ids(told) == [(one, same), (one, home), (same, home), (home, moved)]
    assert (told["counts"], told["total"], told["sweep"]["running"]) == ({"open": 4, "distinct": 0}, 4, False)
    mei = await house.user("mei", "quality")
    hidden = await desk(mei)
    assert ids(hidden) == ids(told)
    assert "12345678" not in str(hidden)
    assert code_of(await mei.put(f"/customer-duplicates/{one}/{same}", json={"state": "later"}))[0] == 403

    both = (await lin.get(f"/customer-duplicates/{one}/{same}")).json()
    assert (both["score"], both["why"]) == (0.84, ["born", "name", "phone"])
    assert (both["merged"]["a"]["id"], both["merged"]["b"]["id"]) == (one, same)
    kept = {name: both["merged"]["b"][name] for name in ("name", "external_id", "note", "language", "numbers")}
    assert kept == {"name": "刘晓", "external_id": "7", "note": "VIP", "language": "zh", "numbers": [NUMBER]}
    assert both["merged"]["a"]["name"] == "刘 晓"

    pair = f"/customer-duplicates/{one}/{home}"
    assert (await lin.put(pair, json={"state": "later"})).status_code == 204
    assert ids(await desk(lin))[-1] == (one, home), "what was put off comes last"
    assert (await lin.put(f"/customer-duplicates/{home}/{one}", json={"state": "distinct"})).status_code == 204
    assert code_of(await lin.put(pair, json={"state": "later"})) == (404, "pair.unknown")
    assert ids(await swept(lin)) == [(one, same), (same, home), (home, moved)], "no sweep asks again"
    said = await desk(lin, state="distinct")
    assert (ids(said), said["total"], said["items"][0]["user_id"] != "") == ([(one, home)], 1, True)

    # What was said of one of them holds for whoever stands for them.
    seen = {"seen": {one: both["a"]["version"], same: both["b"]["version"]}}
    merged = await lin.post(f"/customers/{same}/merges", json={"source": one} | seen)
    assert merged.status_code == 201, merged.text
    assert (await lin.get(f"/customers/{same}")).json()["name"] == kept["name"]
    assert ids(await swept(lin)) == [(home, moved)]
    again = await lin.post(f"/customers/{same}/merges", json={"source": one} | seen)
    assert code_of(again) == (409, "merge.already")
    for method, body in (("GET", None), ("PUT", {"state": "distinct"})):
        answer = await lin.request(method, f"/customer-duplicates/{one}/{same}", json=body)
        assert code_of(answer) == (409, "merge.already")
    assert (await lin.put(f"/customer-duplicates/{same}/{home}", json={"state": "open"})).status_code == 204
    assert set(ids(await desk(lin))) == {(same, home), (home, moved)}

    undone = await lin.delete(f"/customers/{same}/merges/{merged.json()['merge']}")
    assert undone.status_code == 200, undone.text
    assert set(ids(await desk(lin))) == {(one, same), (one, home), (same, home), (home, moved)}, "it is asked again"
    stale = await lin.post(f"/customers/{same}/merges", json={"source": one} | seen)
    assert code_of(stale) == (409, "changed_meanwhile")
    eve = await house.user("eve", "administrator", tenant=house.other)
    assert (await swept(eve))["items"] == []
    assert code_of(await eve.get(f"/customer-duplicates/{one}/{same}")) == (404, "customer.unknown")


async def test_two_people_at_the_same_pair(house: House) -> None:
    lin, wang = await house.user("lin", "supervisor"), await house.user("wang", "agent")
    one, two = await made(lin, name="A", numbers=[NUMBER]), await made(lin, name="B", numbers=[NUMBER])
    await swept(lin)
    both = (await wang.get(f"/customer-duplicates/{one}/{two}")).json()
    seen = {it["id"]: it["version"] for it in (both["a"], both["b"])}
    answers = await asyncio.gather(
        lin.post(f"/customers/{one}/merges", json={"source": two, "seen": seen}),
        wang.post(f"/customers/{two}/merges", json={"source": one, "seen": seen}),
    )
    assert sorted(it.status_code for it in answers) == [201, 409]
    assert {code_of(it)[1] for it in answers if it.status_code == 409} <= {"merge.already", "changed_meanwhile"}


async def test_hundreds_are_paged(house: House) -> None:
    lin = await house.user("lin", "supervisor")
    people = [
        Record(external_id=f"{n}-{i}", name=f"客户{n}{i}", identities=[Known("phone", f"+86138{n:08d}")])
        for n in range(230)
        for i in range(2)
    ]
    async with house.records.write() as connection:
        await upsert(connection, house.tenant, people)
    told = await swept(lin, limit=100)
    assert (told["total"], len(told["items"])) == (230, 100)
    found, after = ids(told), told["next"]
    while after:
        told = await desk(lin, limit=100, cursor=after)
        found, after = found + ids(told), told["next"]
    assert len(found) == len(set(found)) == 230
    assert (await lin.post("/customer-duplicates/sweep", json={})).json() == {"began": False}, "it was just done"


async def test_a_sweep_goes_through_each_table_once(sqlite_house: House) -> None:
    """What several have in common is read from end to end; who has it is found by an index."""
    house = sqlite_house
    lin = await house.user("lin", "supervisor")
    for n in (0, 0, 1, 1):
        told = {"numbers": [f"{NUMBER[:-1]}{n}"], "born": f"1990-05-0{n + 1}", "addresses": [f"北京市朝阳区 {n} 号"]}
        await made(lin, name=f"刘{n}", **told)
    async with plans(house.records) as asked:
        assert len((await swept(lin))["items"]) == 2
    assert sum("HAVING" in it.statement for it in asked) == 3
    own = ("customer_pair", "customer_distinct", "customer_sweep", "audit")  # few, or in their order
    walked = [it for it in asked if it.walks and "HAVING" not in it.statement]
    assert [it for it in walked if not any(f"FROM {table} " in it.statement for table in own)] == []
