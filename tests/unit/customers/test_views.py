"""Views that people keep, over the real application, on both databases."""

from __future__ import annotations

from typing import Any

import httpx

from ..house import House, code_of, fields_of

GOLD = {"tag": "金卡", "layer": "value"}


async def views(client: httpx.AsyncClient) -> dict[str, dict[str, Any]]:
    answer = await client.get("/customer-views")
    assert answer.status_code == 200, answer.text
    return {it["name"]: it for it in answer.json()["items"]}


async def test_kept_for_oneself_and_for_others(house: House) -> None:
    lin, mei = await house.user("lin", "supervisor"), await house.user("mei", "agent")
    mine = {"name": "金卡客户", "filter": GOLD, "columns": ["name", "numbers", "field:plan"], "sort": "name"}
    made = await mei.post("/customer-views", json=mine)
    assert made.status_code == 201, made.text
    id = made.json()["id"]
    assert await views(lin) == {}
    told = (await views(mei))["金卡客户"]
    assert told == mine | {
        "id": id,
        "version": 1,
        "audience": "own",
        "team": "",
        "mine": True,
        "default": False,
        "gone": {"tag": "金卡"},
    }
    assert code_of(await mei.post("/customer-views", json=mine | {"audience": "everyone"})) == (
        403,
        "permission.missing",
    )
    shared = mine | {"name": "大家的", "audience": "everyone", "filter": {"kind": "organisation"}}
    common = (await lin.post("/customer-views", json=shared)).json()["id"]
    assert (await views(mei))["大家的"]["mine"] is False
    assert code_of(await mei.delete(f"/customer-views/{common}")) == (403, "permission.missing")
    assert code_of(await lin.delete(f"/customer-views/{id}")) == (404, "view.unknown")
    for view in (common, id):
        assert (await mei.put("/customer-views/default", json={"view": view})).status_code == 204
    assert [it["default"] for it in (await views(mei)).values()] == [False, True]
    assert code_of(await lin.put("/customer-views/default", json={"view": id})) == (404, "view.unknown")
    changed = await mei.put(f"/customer-views/{id}", json=mine | {"name": "VIP", "version": 1})
    assert changed.json() == {"id": id, "version": 2}
    again = await mei.put(f"/customer-views/{id}", json=mine | {"version": 1})
    assert code_of(again) == (409, "changed_meanwhile")
    assert (await mei.delete(f"/customer-views/{id}")).status_code == 204
    assert [it["default"] for it in (await views(mei)).values()] == [False]
    eve = await house.user("eve", "administrator", tenant=house.other)
    assert await views(eve) == {}
    assert code_of(await eve.delete(f"/customer-views/{common}")) == (404, "view.unknown")


async def test_a_teams_view_and_what_a_view_may_hold(house: House) -> None:
    lin = await house.user("lin", "supervisor")
    team = {"name": "夜班", "audience": "team", "team": "t1", "filter": {"language": "en"}}
    assert (await lin.post("/customer-views", json=team)).status_code == 201
    assert list(await views(lin)) == ["夜班"], "who may share sees what is shared"
    agent = await house.user("wang", "agent")
    assert await views(agent) == {}
    assert fields_of(await lin.post("/customer-views", json=team | {"team": ""})) == {"team": "missing"}
    whom = team | {"filter": {"q": "13812345678", "number": "13812345678", "kind": "person"}}
    assert (await lin.post("/customer-views", json=whom | {"name": "x"})).status_code == 201
    assert (await views(lin))["x"]["filter"] == {"kind": "person"}, "nobody's number is kept in a view"
    for bad in ({"columns": ["x" * 61]}, {"name": ""}, {"filter": {"least": "much"}}, {"audience": "all"}):
        assert (await lin.post("/customer-views", json=team | bad)).status_code == 422, bad
    by_segment = {"name": "gone", "filter": {"segment": "s-none"}}
    assert (await lin.post("/customer-views", json=by_segment)).status_code == 201
    assert (await views(lin))["gone"]["gone"] == {"segment": "s-none"}
    boss = await house.user("boss", "administrator")
    field = {"id": "plan", "names": {"en": "Plan"}, "type": "text", "searchable": True}
    kept = (await boss.put("/customer-fields", json=field)).json()
    by_field = {"name": "by plan", "filter": {"field": "plan", "value": "A"}}
    assert (await lin.post("/customer-views", json=by_field)).status_code == 201
    assert (await views(lin))["by plan"]["gone"] == {}
    gone = field | {"version": kept["version"], "retired": True}
    assert (await boss.put("/customer-fields", json=gone)).status_code == 200
    assert (await views(lin))["by plan"]["gone"] == {"field": "plan"}
    answer = await lin.get("/customers", params={"field": "plan", "value": "A"})
    assert answer.json()["items"] == [], "nobody fits what is no more"
