"""Customers over the real application, on both databases."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import sqlalchemy as sa

from qingting.contexts.customers import api, merging, queries
from qingting.contexts.customers.api import Known, Record
from qingting.migrate import every_table
from qingting.records import Records

from ..contacts.story import Story
from ..house import House, code_of, fields_of

T = "t1"
NUMBER = "+8613812345678"
BRIEF = ("id", "version", "kind", "name", "note", "since", "numbers", "tags", "attributes", "changed_at")


async def test_made_found_and_changed(house: House) -> None:
    lin = await house.user("lin", "supervisor")
    made = await lin.post("/customers", json={"name": "刘女士", "numbers": ["138 1234 5678"], "note": "VIP"})
    assert made.status_code == 201, made.text
    customer = made.json()
    assert (customer["numbers"], customer["version"], customer["calls_year"]) == ([NUMBER], 1, 0)
    assert (await lin.get(f"/customers/{customer['id']}")).json() == customer
    for asked in ({"number": NUMBER}, {"number": "5678"}, {"number": "2345678"}, {"q": "女士"}, {}):
        (found,) = (await lin.get("/customers", params=asked)).json()["items"]
        assert [found[name] for name in BRIEF] == [customer[name] for name in BRIEF], asked
    for asked in ({"number": "13900001111"}, {"number": "9992345678"}, {"q": "先生"}, {"kind": "organisation"}):
        assert (await lin.get("/customers", params=asked)).json()["items"] == []
    changed = {"name": "刘女士", "numbers": ["01088880000", "13812345678"], "note": "", "version": 1}
    answer = (await lin.put(f"/customers/{customer['id']}", json=changed)).json()
    assert (answer["numbers"], answer["version"]) == (["+861088880000", NUMBER], 2)
    assert (await lin.put(f"/customers/{customer['id']}", json=changed | {"version": 2})).json()["version"] == 2
    assert code_of(await lin.put(f"/customers/{customer['id']}", json=changed)) == (409, "changed_meanwhile")
    assert {a["action"] for a in await house.audited("customer.")} == {
        "customer.create",
        "customer.viewed",
        "customer.change",
    }
    assert len(await house.audited("customers.listed")) == 9
    assert "刘女士" not in str(await house.audited("customer")), "the audit log outlives the customer's data"


async def test_found_by_whatever_people_type(house: House) -> None:
    lin = await house.user("lin", "supervisor")
    told = {"name": "欧阳 晓雨", "numbers": ["138 1234 5678"], "external_id": "C-77", "language": "zh-CN"}
    told |= {"identities": [{"kind": "mail", "value": "xiao@example.com"}]}
    one = (await lin.post("/customers", json=told)).json()["id"]
    two = (await lin.post("/customers", json={"name": "Ann", "numbers": ["010-8888 6666"]})).json()["id"]

    async def ids(client: Any = lin, **asked: Any) -> list[str]:
        answer = await client.get("/customers", params=asked)
        assert answer.status_code == 200, answer.text
        return [it["id"] for it in answer.json()["items"]]

    spellings = ("+86 (138) 1234-5678", "１３８１２３４５６７８", "0086 138 1234 5678", "5678", "345678")
    for q in (*spellings, "欧阳晓", "C-77", "XIAO@example.com"):
        assert await ids(q=q) == [one], q
    assert (await ids(q="01088886666"), await ids(q="6666"), await ids(q="ANN")) == ([two], [two], [two])
    assert await ids(q="3456") == [], "four digits are the last ones"
    mei = await house.user("mei", "quality")
    assert (await ids(mei, q="5678"), await ids(mei, q="13812345678")) == ([], [one]), "no guessing of hidden digits"
    assert await ids(language="zh") == [one]
    for given in (True, False):
        said = {"purpose": "survey", "medium": "sms", "given": given}
        assert (await lin.post(f"/customers/{one}/consents", json=said)).status_code == 201
    assert await ids(purpose="survey", given=False) == [one]
    assert (await ids(purpose="survey", given=True), await ids(purpose="survey")) == ([], [one])
    assert await ids(purpose="survey", given=False, consent_medium="mail") == []
    tag = {"layer": "value", "tag": "金卡"}
    await lin.put(f"/customers/{one}/tags", json={"tags": [tag]})
    assert (await ids(layer="value"), await ids(layer="business"), await ids(tag="金卡")) == ([one], [], [one])
    assert (await lin.get("/customer-tags")).json()["items"] == [{"tag": "金卡", "layers": ["value"]}]
    assert (await lin.get("/customer-tags", params={"q": "银"})).json()["items"] == []
    now = time.time()
    assert set(await ids(changed_days=1)) == {one, two}
    many = {"customers": [one, two, "none"], "layer": "business", "tag": "回访"}
    assert (await lin.post("/customer-tags", json=many)).json() == {"count": 2}
    assert set(await ids(tag="回访", layer="business")) == {one, two}
    now = time.time()
    story = Story(house.journal, house.tenant, now=now - 1.5 * 86_400)
    await story.begin()
    await story.calls("c1", number=NUMBER)
    await house.projection.catch_up(house.tenant)
    assert (await ids(contacted_days=2), await ids(contacted_days=1)) == ([one], [])


async def test_what_no_rule_accepts(house: House) -> None:
    lin = await house.user("lin", "supervisor")
    id = (await lin.post("/customers", json={"name": "A", "numbers": [NUMBER], "external_id": "7"})).json()["id"]
    taken = await lin.post("/customers", json={"numbers": [NUMBER]})
    assert fields_of(taken) == {"identities.0": "number.taken"}
    assert fields_of(await lin.post("/customers", json={"external_id": "7"})) == {"external_id": "external_id.taken"}
    assert fields_of(await lin.post("/customers", json={"numbers": ["+861088880000", "12"]})) == {
        "numbers.1": "number.bad"
    }
    assert fields_of(await lin.post("/customers", json={"name": "x" * 501})) == {"name": "string_too_long"}
    mail = {"identities": [{"kind": "mail", "value": "nobody"}]}
    assert fields_of(await lin.post("/customers", json=mail)) == {"identities.0": "mail.bad"}
    assert fields_of(await lin.post("/customers", json={"born": "1990-02-30"})) == {"born": "customer.bad_day"}
    assert fields_of(await lin.post("/customers", json={"fields": {"colour": "x"}})) == {
        "fields.colour": "field.unknown"
    }
    assert code_of(await lin.get("/customers/none")) == (404, "customer.unknown")
    answer = await lin.put("/customers/none", json={"version": 1, "name": "A"})
    assert code_of(answer) == (404, "customer.unknown")
    # A landline is of a whole family: whoever says so may give it to a second one.
    shared = await lin.post("/customers", json={"name": "B", "numbers": [NUMBER], "shared": True})
    assert shared.status_code == 201
    found = (await lin.get("/customers", params={"number": NUMBER})).json()["items"]
    assert {it["id"] for it in found} == {id, shared.json()["id"]}
    assert fields_of(await lin.get("/customers", params={"number": "12"})) == {"number": "number.bad"}


async def test_strange_names_come_back_as_they_were(house: House) -> None:
    lin = await house.user("lin", "supervisor")
    for name in (
        "x" * 500,
        "<script>alert(1)</script>",
        "\u202eمرحبا",
        "👩‍👩‍👧 家",
        "O'Neill; DROP TABLE customer",
        "%_\\",
    ):
        made = (await lin.post("/customers", json={"name": name})).json()
        assert made["name"] == name
    assert (await lin.post("/customers", json={"name": "a\x00b\n c"})).json()["name"] == "ab  c"
    (found,) = (await lin.get("/customers", params={"q": "ALERT(1)"})).json()["items"]
    assert found["name"].startswith("<script>")
    names: list[str] = []
    after = ""
    while True:
        page = (await lin.get("/customers", params={"limit": 3, "sort": "name", "cursor": after})).json()
        names += [it["name"] for it in page["items"]]
        if not (after := page["next"]):
            break
    assert len(names) == len(set(names)) == 7
    assert fields_of(await lin.get("/customers", params={"cursor": "x"})) == {"cursor": "cursor.bad"}


async def test_a_whole_record(house: House) -> None:
    """Fields of the tenant's own, identities, tags, consents, notes, relations, a contact book."""
    boss = await house.user("boss", "administrator")
    for field in (
        {
            "id": "plan",
            "names": {"zh": "套餐", "en": "Plan"},
            "type": "choice",
            "choices": ["A", "B"],
            "searchable": True,
        },
        {"id": "spend", "names": {"en": "Spend"}, "type": "money", "searchable": True},
        {"id": "signed", "names": {"en": "Signed"}, "type": "date"},
        {"id": "fibre", "names": {"en": "Fibre"}, "type": "yes_no", "searchable": True},
    ):
        assert (await boss.put("/customer-fields", json=field)).status_code == 200
    bad = {"id": "plan", "version": 1, "names": {"en": "P"}, "type": "text", "searchable": True}
    assert code_of(await boss.put("/customer-fields", json=bad)) == (409, "field.type_fixed")
    lin = await house.user("lin", "supervisor")
    assert code_of(await lin.put("/customer-fields", json=bad)) == (403, "permission.missing")
    told = {"plan": "C", "spend": "12.345", "signed": "2021-13-01", "fibre": "maybe"}
    assert fields_of(await lin.post("/customers", json={"fields": told})) == {
        "fields.plan": "field.bad_choice",
        "fields.signed": "field.bad_date",
        "fields.fibre": "field.bad_yes_no",
    }
    told = {"plan": "B", "spend": "1,012.345", "signed": "2021-03-01", "fibre": "是"}
    mail = {"kind": "mail", "value": "Liu@Example.com", "level": "confirmed"}
    new = {
        "name": "刘",
        "fields": told,
        "identities": [mail],
        "addresses": ["北京市朝阳区 1 号"],
        "language": "zh-CN",
    }
    one = (await lin.post("/customers", json=new)).json()
    path = f"/customers/{one['id']}"
    assert one["fields"] == {"plan": "B", "spend": 1012.35, "signed": "2021-03-01", "fibre": True}
    assert one["identities"] == [{"kind": "mail", "value": "liu@example.com", "level": "confirmed"} | _learnt(one)]
    for asked in (
        {"field": "plan", "value": "b"},
        {"field": "spend", "least": 1000, "most": 1013},
        {"field": "fibre", "value": "true"},
        {"identity": "liu@example.com", "medium": "mail"},
        {"q": "LIU@example.com"},
        {"language": "zh-CN"},
    ):
        assert [it["id"] for it in (await lin.get("/customers", params=asked)).json()["items"]] == [one["id"]], asked
    change = {"version": 1, "name": "刘", "fields": {"plan": None, "spend": 5}}
    after = (await lin.put(path, json=change)).json()["fields"]
    assert after == {"spend": 5.0, "signed": "2021-03-01", "fibre": True}
    assert (await lin.get("/customers", params={"field": "plan", "value": "b"})).json()["items"] == []

    tags = [{"layer": "value", "tag": "gold"}, {"layer": "preference", "tag": "自助"}]
    assert len((await lin.put(path + "/tags", json={"tags": tags})).json()["items"]) == 2
    (kept,) = (await lin.put(path + "/tags", json={"tags": tags[1:]})).json()["items"]
    assert (kept["tag"], kept["origin"], kept["confidence"]) == ("自助", "hand", 1.0)
    asked = {"tag": "自助", "layer": "preference"}
    assert len((await lin.get("/customers", params=asked)).json()["items"]) == 1

    say = {"purpose": "marketing", "medium": "sms", "given": True, "how": "回复 Y", "contact": "c1"}
    await lin.post(path + "/consents", json=say)
    (holds,) = (await lin.post(path + "/consents", json=say | {"given": False})).json()["items"]
    assert (holds["given"], holds["how"], holds["contact"], bool(holds["user_id"])) == (False, "回复 Y", "c1", True)
    assert [it["given"] for it in (await lin.get(path + "/consents")).json()["items"]] == [False, True]

    note = (await lin.post(path + "/notes", json={"text": "首次\n来电"})).json()["id"]
    await lin.post(path + "/notes", json={"text": "later"})
    assert (await lin.put(f"{path}/notes/{note}", json={"pinned": True})).status_code == 200
    assert [it["text"] for it in (await lin.get(path)).json()["notes"]] == ["首次\n来电", "later"]
    assert (await lin.delete(f"{path}/notes/{note}")).status_code == 204
    assert code_of(await lin.delete(f"{path}/notes/{note}")) == (404, "note.unknown")

    work = {"id": "works_for", "names": {"en": "works for"}, "back": {"en": "employs"}}
    own = {"id": "owns", "names": {"en": "owns"}, "target": "thing"}
    for type in (work, own):
        assert (await boss.put("/customer-relation-types", json=type)).status_code == 200
    firm = (await lin.post("/customers", json={"name": "蜻蜓", "kind": "organisation"})).json()
    hired = await lin.post(path + "/relations", json={"type": "works_for", "other": firm["id"]})
    assert hired.status_code == 201, hired.text
    await lin.post(path + "/relations", json={"type": "owns", "thing": "洗衣机 X1"})
    one, firm = (await lin.get(path)).json(), (await lin.get(f"/customers/{firm['id']}")).json()
    assert [(it["words"]["en"], it["thing"], it["other"]) for it in one["relations"]] == [
        ("owns", "洗衣机 X1", None),
        ("works for", "", {"id": firm["id"], "name": "蜻蜓"}),
    ]
    assert [(it["words"]["en"], it["other"]["name"]) for it in firm["relations"]] == [("employs", "刘")]
    itself = {"type": "works_for", "other": one["id"]}
    assert fields_of(await lin.post(path + "/relations", json=itself)) == {"other": "relation.itself"}
    assert (await lin.delete(f"{path}/relations/{hired.json()['id']}")).status_code == 204

    friend = (await lin.post(path + "/book", json={"name": "妈妈", "value": "13900001111"})).json()["id"]
    assert fields_of(await lin.post(path + "/book", json={"name": "x", "value": "1"})) == {"value": "number.bad"}
    mei = await house.user("mei", "quality")
    (entry,) = (await mei.get(path + "/book")).json()["items"]
    assert (entry["name"], entry["value"]) == ("妈妈", "+86139****1111")
    assert (await mei.get(path)).json()["identities"][0]["value"] == "***@example.com"
    assert (await lin.delete(f"{path}/book/{friend}")).status_code == 204


def _learnt(one: dict[str, Any]) -> dict[str, Any]:
    return {"origin": "desk", "at": one["identities"][0]["at"]}


async def test_numbers_are_masked_for_those_who_may_not_see_them(house: House) -> None:
    lin = await house.user("lin", "supervisor")
    id = (await lin.post("/customers", json={"name": "A", "numbers": [NUMBER]})).json()["id"]
    mei = await house.user("mei", "quality")
    seen = await mei.get(f"/customers/{id}")
    assert seen.json()["numbers"] == ["+86138****5678"]
    assert code_of(await mei.put(f"/customers/{id}", json={"version": 1})) == (403, "permission.missing")
    # A masked number that is sent back stands for the one behind it.
    body = {"version": 1, "name": "B", "numbers": seen.json()["numbers"]}
    assert (await lin.put(f"/customers/{id}", json=body)).json()["numbers"] == [NUMBER]


async def test_another_tenant_knows_nobody(house: House) -> None:
    lin = await house.user("lin", "supervisor")
    id = (await lin.post("/customers", json={"name": "A", "numbers": [NUMBER]})).json()["id"]
    eve = await house.user("eve", "administrator", tenant=house.other)
    assert code_of(await eve.get(f"/customers/{id}")) == (404, "customer.unknown")
    assert (await eve.post("/customers", json={"name": "E", "numbers": [NUMBER]})).status_code == 201


async def test_merges_made_at_once_end_the_same(records: Records) -> None:
    async def customers() -> list[str]:
        async with records.write() as connection:
            made = [Record(identities=[Known("phone", f"+861381234567{i}")]) for i in range(3)]
            return [await api.create(connection, T, it, shared=True) for it in made]

    async def merge(source: str, target: str) -> None:
        async with records.write() as connection:
            await merging.merge(connection, T, source, target, "u")

    for turned in (False, True):
        a, b, c = await customers()
        ways = [merge(a, b), merge(b, c)]
        await asyncio.gather(*(reversed(ways) if turned else ways))
        async with records.read() as connection:
            assert [await queries.current(connection, T, id) for id in (a, b, c)] == [c, c, c]
        await asyncio.gather(merge(c, a), merge(a, c))
        async with records.read() as connection:
            (stands,) = {await queries.current(connection, T, id) for id in (a, b, c)}
            assert stands == a, "in a circle the oldest of all"


async def test_who_may_be_the_same(house: House) -> None:
    lin = await house.user("lin", "supervisor")

    async def made(**told: Any) -> str:
        answer = await lin.post("/customers", json={"shared": True} | told)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    home = "北京市 朝阳区 1 号"
    one = await made(name="刘 晓", numbers=[NUMBER], born="1990-05-01", addresses=[home])
    household = await made(name="刘大", numbers=[NUMBER])
    same = await made(name="刘晓", numbers=[NUMBER], born="1990-05-01")
    moved = await made(name="刘晓", addresses=["北京市朝阳区1号"])
    await made(name="刘晓")  # a name alone says nothing
    mei = await house.user("mei", "quality")
    found = (await mei.get(f"/customers/{one}/duplicates")).json()["items"]
    assert [(it["customer"], it["why"], it["score"]) for it in found] == [
        (same, ["born", "name", "phone"], 0.84),
        (household, ["phone"], 0.6),
        (moved, ["address", "name"], 0.52),
    ]
    for source in (same, household):
        await lin.post(f"/customers/{one}/merges", json={"source": source})
    assert [it["customer"] for it in (await lin.get(f"/customers/{one}/duplicates")).json()["items"]] == [moved]


async def test_all_of_one_person_is_taken_out_and_goes(house: House) -> None:
    lin = await house.user("lin", "supervisor")
    one = (await lin.post("/customers", json={"name": "刘", "numbers": [NUMBER]})).json()["id"]
    two = (
        await lin.post("/customers", json={"name": "L", "identities": [{"kind": "openid", "value": "o1"}]})
    ).json()["id"]
    await lin.post(f"/customers/{one}/merges", json={"source": two})
    await lin.post(f"/customers/{two}/book", json={"name": "妈妈", "value": "13900001111"})
    for i in range(3):
        await lin.post(f"/customers/{two}/notes", json={"text": f"n{i}"})
    mei = await house.user("mei", "quality")
    assert code_of(await mei.get(f"/customers/{one}/export")) == (403, "permission.missing")
    told = (await lin.get(f"/customers/{two}/export")).json()
    assert [it["kind"] for it in told["timeline"]] == ["note", "note", "note", "merged"]
    assert (told["id"], told["complete"], told["book"][0]["value"]) == (one, True, "+8613900001111")
    assert len(await house.audited("customer.exported")) == 1
    async with house.records.write() as connection:
        known = await api.standing(connection, house.tenant, two)
        assert known is not None
        assert await api.erase(connection, house.tenant, known.ids) == 2
        for table in every_table().tables.values():
            if table.name.startswith("customer"):
                assert (await connection.execute(sa.select(table))).all() == [], table.name


async def test_what_was_said_at_one_instant_is_told_once_each(house: House) -> None:
    """A file says many things of somebody at once; pages are smaller than that."""
    purposes = [f"p{n}" for n in range(9)] + ["p_1", "p11"]
    said = [api.Consented(purpose, "any", True, 1_700_000_000.0) for purpose in purposes]
    async with house.records.write() as connection:
        (made,) = await api.upsert(connection, house.tenant, [Record(external_id="C1", consents=said)])
    lin = await house.user("lin", "supervisor")
    for limit in (1, 3):
        found: list[str] = []
        after = ""
        while True:
            page = (await lin.get(f"/customers/{made.id}/timeline", params={"limit": limit, "cursor": after})).json()
            found += [it["detail"]["purpose"] for it in page["items"]]
            if not (after := page["next"]):
                break
        assert sorted(found) == sorted(purposes)


async def test_a_household_is_all_of_its_members(house: House) -> None:
    boss = await house.user("boss", "administrator")
    home = {"id": "home", "names": {"zh": "同住", "en": "lives with"}, "back": {"zh": "同住"}, "transitive": True}
    work = {"id": "works_for", "names": {"zh": "任职于"}}
    for type in (home, work):
        assert (await boss.put("/customer-relation-types", json=type)).status_code == 200
    owns = {"id": "owns", "names": {"zh": "拥有"}, "target": "thing", "transitive": True}
    assert fields_of(await boss.put("/customer-relation-types", json=owns)) == {"transitive": "relation.of_things"}

    async def made(name: str) -> str:
        return str((await boss.post("/customers", json={"name": name})).json()["id"])

    async def related(id: str) -> set[tuple[str, str, bool]]:
        items = (await boss.get(f"/customers/{id}")).json()["relations"]
        return {(it["type"], it["other"]["name"], bool(it["id"])) for it in items}

    mother, father, son, wife, again, firm = [
        await made(name) for name in ("mother", "father", "son", "wife", "son?", "firm")
    ]
    for one, type, other in (
        (mother, "home", father), (son, "home", father), (again, "home", wife), (wife, "works_for", firm),
    ):  # fmt: skip
        assert (
            await boss.post(f"/customers/{one}/relations", json={"type": type, "other": other})
        ).status_code == 201
    assert await related(mother) == {("home", "father", True), ("home", "son", False)}
    # Two records turn out to be one person: two households are one.
    assert (await boss.post(f"/customers/{son}/merges", json={"source": again})).status_code == 201
    assert await related(mother) == {("home", "father", True), ("home", "son", False), ("home", "wife", False)}
    assert await related(wife) == {
        ("home", "son", True), ("home", "father", False), ("home", "mother", False), ("works_for", "firm", True),
    }  # fmt: skip
    assert await related(firm) == {("works_for", "wife", True)}, "who works for somebody does not belong to them"
