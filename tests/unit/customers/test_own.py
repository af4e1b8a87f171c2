"""What a tenant has of its own for its customers: fields, types of relations, purposes; ordered, counted, removed."""

from __future__ import annotations

from typing import Any

from ..house import House, code_of, fields_of


async def kept(boss: Any, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await boss.put(path, json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_fields_stand_in_the_order_that_was_decided(house: House) -> None:
    boss = await house.user("boss", "administrator")
    for place, id in enumerate(("a", "b", "c")):
        body = {"id": id, "names": {"en": id.upper(), "zh": ""}, "type": "text", "position": place}
        made = await kept(boss, "/customer-fields", body)
        assert made["names"] == {"en": id.upper()}
    answer = await boss.put("/customer-field-order", json={"ids": ["c", "a", "b"]})
    assert [it["id"] for it in answer.json()["items"]] == ["c", "a", "b"]
    assert [it["id"] for it in (await boss.get("/customer-fields")).json()["items"]] == ["c", "a", "b"]
    old = {"id": "c", "names": {"en": "C"}, "type": "text", "version": 1, "position": 2}
    assert code_of(await boss.put("/customer-fields", json=old)) == (409, "changed_meanwhile")
    for ids in (["c", "a"], ["c", "a", "b", "d"], ["c", "c", "b"]):
        answer = await boss.put("/customer-field-order", json={"ids": ids})
        assert code_of(answer) == (409, "changed_meanwhile"), ids
    lin = await house.user("lin", "supervisor")
    refused = await lin.put("/customer-field-order", json={"ids": ["a", "b", "c"]})
    assert code_of(refused) == (403, "permission.missing")
    assert [it["action"] for it in await house.audited("customer_field.order")] == ["customer_field.order"]


async def test_a_field_needs_a_name_and_choices_that_say_something(house: House) -> None:
    boss = await house.user("boss", "administrator")
    field = {"id": "plan", "names": {"zh": " ", "en": ""}, "type": "choice", "choices": ["A", " A ", "", "B"]}
    assert (await boss.put("/customer-fields", json=field)).status_code == 422
    field |= {"names": {"zh": "套餐"}, "choices": [" "]}
    assert fields_of(await boss.put("/customer-fields", json=field)) == {"choices": "missing"}
    field["choices"] = ["A", " A ", " ", "B"]
    assert (await kept(boss, "/customer-fields", field))["choices"] == ["A", "B"]


async def test_a_field_in_use_is_told_and_not_removed(house: House) -> None:
    boss = await house.user("boss", "administrator")
    plan = {"id": "plan", "names": {"zh": "套餐"}, "type": "choice", "choices": ["A", "B"], "searchable": True}
    nick = {"id": "nick", "names": {"zh": "昵称"}, "type": "text"}
    for field in (plan, nick):
        await kept(boss, "/customer-fields", field)
    ids = []
    for choice in ("A", "A", "B", None):
        body = {"name": "客户", "fields": {"plan": choice, "nick": "小王" if choice == "B" else None}}
        ids.append((await boss.post("/customers", json=body)).json()["id"])
    rule = {"any": [{"not": {"of": "field", "field": "plan", "is": ["A"]}}]}
    segment = (await boss.post("/customer-segments", json={"names": {"zh": "非 A"}, "rule": rule})).json()
    tag = {"kind": "rule", "layer": "value", "tag": "B 套餐", "enabled": False, "rule": rule["any"][0]["not"]}
    tagging = await boss.post("/customer-taggings", json=tag)
    assert tagging.status_code in (200, 201), tagging.text

    use = (await boss.get("/customer-fields/plan/use")).json()
    assert (use["many"], use["choices"]) == (3, {"A": 2, "B": 1})
    assert [(it["kind"], it.get("names", it.get("tag"))) for it in use["used_by"]] == [
        ("segment", {"zh": "非 A"}),
        ("tag", "B 套餐"),
    ]
    refused = await boss.delete("/customer-fields/plan")
    assert code_of(refused) == (409, "field.in_use")
    told = refused.json()["error"]["detail"]
    assert (told["many"], len(told["used_by"])) == (3, 2)
    assert (await boss.get("/customer-fields/nick/use")).json() == {"many": 1, "choices": {}, "used_by": []}

    # A choice that can be made no more stays with whoever has it, and is still counted.
    await kept(boss, "/customer-fields", plan | {"choices": ["B"], "version": 1})
    assert (await boss.get("/customer-fields/plan/use")).json()["choices"] == {"A": 2, "B": 1}
    # What is retired keeps its values as well, and can be brought back.
    await kept(boss, "/customer-fields", plan | {"choices": ["B"], "version": 2, "retired": True})
    assert (await boss.get(f"/customers/{ids[0]}")).json()["fields"] == {"plan": "A"}

    # Merged records are one customer.
    merged = await boss.post(f"/customers/{ids[0]}/merges", json={"source": ids[1]})
    assert merged.status_code < 300, merged.text
    assert (await boss.get("/customer-fields/plan/use")).json()["many"] == 2

    two = (await boss.get(f"/customers/{ids[2]}")).json()
    change = {"version": two["version"], "name": "客户", "fields": {"nick": None}}
    assert (await boss.put(f"/customers/{ids[2]}", json=change)).status_code == 200
    assert (await boss.delete("/customer-fields/nick")).status_code == 204
    assert code_of(await boss.delete("/customer-fields/nick")) == (404, "field.unknown")
    assert code_of(await boss.get("/customer-fields/nick/use")) == (404, "field.unknown")
    assert [it["id"] for it in (await boss.get("/customer-fields")).json()["items"]] == ["plan"]
    assert segment["id"]


async def test_a_type_of_relations_in_use_is_told_and_not_removed(house: House) -> None:
    boss = await house.user("boss", "administrator")
    work = {"id": "works_for", "names": {"zh": "任职于"}, "back": {"zh": "雇有", "en": ""}}
    assert (await kept(boss, "/customer-relation-types", work))["back"] == {"zh": "雇有"}
    nameless = work | {"id": "x", "names": {"zh": ""}}
    assert fields_of(await boss.put("/customer-relation-types", json=nameless)) == {"names": "missing"}
    one = (await boss.post("/customers", json={"name": "王芳"})).json()["id"]
    firm = (await boss.post("/customers", json={"name": "蜻蜓"})).json()["id"]
    related = await boss.post(f"/customers/{one}/relations", json={"type": "works_for", "other": firm})
    assert (await boss.get("/customer-relation-types/works_for/use")).json()["many"] == 1
    refused = await boss.delete("/customer-relation-types/works_for")
    assert code_of(refused) == (409, "relation.type_in_use")
    assert refused.json()["error"]["detail"]["many"] == 1
    lin = await house.user("lin", "supervisor")
    assert code_of(await lin.delete("/customer-relation-types/works_for")) == (403, "permission.missing")
    await boss.delete(f"/customers/{one}/relations/{related.json()['id']}")
    assert (await boss.delete("/customer-relation-types/works_for")).status_code == 204
    assert code_of(await boss.delete("/customer-relation-types/works_for")) == (404, "relation.unknown_type")


async def test_consent_is_asked_for_what_there_is(house: House) -> None:
    boss = await house.user("boss", "administrator")
    path = "/customer-purposes"
    usual = {it["id"]: it for it in (await boss.get(path)).json()["items"]}
    assert list(usual) == ["marketing", "survey", "recording", "callback", "profiling"]
    assert all(it.pop("usual") for it in usual.values())
    ads = await kept(boss, path, {"id": "partner_ads", "names": {"zh": "合作方广告", "en": ""}})
    assert (ads["names"], ads["version"]) == ({"zh": "合作方广告"}, 1)
    assert code_of(await boss.put(path, json=ads | {"version": 0})) == (409, "name.taken")
    assert code_of(await boss.put(path, json=ads | {"version": 7})) == (409, "changed_meanwhile")
    gone = {"id": "gone", "version": 1, "names": {"en": "Gone"}}
    assert code_of(await boss.put(path, json=gone)) == (404, "purpose.unknown")
    one = (await boss.post("/customers", json={"name": "王芳"})).json()["id"]

    async def say(purpose: str, given: bool) -> Any:
        body = {"purpose": purpose, "medium": "sms", "given": given}
        return await boss.post(f"/customers/{one}/consents", json=body)

    assert fields_of(await say("partner_add", True)) == {"purpose": "purpose.unknown"}
    assert (await say("partner_ads", True)).status_code == 201
    assert (await boss.get(f"{path}/partner_ads/use")).json()["many"] == 1
    refused = await boss.delete(f"{path}/partner_ads")
    assert code_of(refused) == (409, "purpose.in_use")
    assert (await kept(boss, path, ads | {"retired": True}))["version"] == 2
    assert fields_of(await say("partner_ads", True)) == {"purpose": "purpose.retired"}
    assert (await say("partner_ads", False)).status_code == 201, "who refuses is heard"

    # A usual one is renamed, asked for by a rule, and as it was when it is free again.
    renamed = await kept(boss, path, usual["survey"] | {"names": {"zh": "回访", "en": "Follow-up"}})
    assert renamed["version"] == 1
    rule = {"of": "consent", "purpose": "survey", "given": True}
    segment = await boss.post("/customer-segments", json={"names": {"zh": "愿受访"}, "rule": {"not": rule}})
    assert segment.status_code == 201, segment.text
    use = (await boss.get(f"{path}/survey/use")).json()
    assert (use["many"], [it["id"] for it in use["used_by"]]) == (0, [segment.json()["id"]])
    assert code_of(await boss.delete(f"{path}/survey")) == (409, "purpose.in_use")
    assert (await boss.delete(f"/customer-segments/{segment.json()['id']}")).status_code == 204
    assert (await boss.delete(f"{path}/survey")).status_code == 204
    again = {it["id"]: it for it in (await boss.get(path)).json()["items"]}
    assert again["survey"] == usual["survey"] | {"usual": True}
    assert not again["partner_ads"]["usual"]
    lin = await house.user("lin", "supervisor")
    assert code_of(await lin.put(path, json=ads)) == (403, "permission.missing")
    eve = await house.user("eve", "administrator", tenant=house.other)
    assert "partner_ads" not in str((await eve.get(path)).json())


async def test_there_are_so_many_purposes_and_no_more(house: House) -> None:
    boss = await house.user("boss", "administrator")
    for n in range(25):
        await kept(boss, "/customer-purposes", {"id": f"p{n}", "names": {"en": f"P{n}"}})
    more = await boss.put("/customer-purposes", json={"id": "more", "names": {"en": "More"}})
    assert code_of(more) == (409, "purpose.too_many")
