"""Segments, and tags by rule and by computation, over the real application on both databases."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import sqlalchemy as sa

from qingting.contexts.customers import tables as t
from qingting.contexts.customers.segments import renewing, running, service
from qingting.contexts.customers.segments.computations import COMPUTATIONS, Facts
from qingting.contexts.customers.segments.tables import renewal
from qingting.core import commands as c

from ..contacts.story import Story
from ..house import House, code_of, fields_of

GOLD = {"of": "tag", "tag": "gold"}


async def made(client: Any, name: str, number: str, tags: tuple[str, ...] = (), **more: Any) -> str:
    answer = await client.post("/customers", json={"name": name, "numbers": [number], **more})
    assert answer.status_code == 201, answer.text
    id = str(answer.json()["id"])
    if tags:
        body = {"tags": [{"layer": "value", "tag": tag} for tag in tags]}
        assert (await client.put(f"/customers/{id}/tags", json=body)).status_code == 200
    return id


async def tags_of(client: Any, id: str) -> dict[tuple[str, str], tuple[str, float]]:
    it = (await client.get(f"/customers/{id}")).json()
    return {(tag["tag"], tag["origin"]): (tag["source"], tag["confidence"]) for tag in it["tags"]}


async def renewed(house: House) -> None:
    """What a process of its own does when it is due: see the last test."""
    async with house.records.write() as connection:
        turn = await renewing.take(connection)
    assert turn is not None
    await running.Renewal(house.records, turn, "Asia/Shanghai", ("complaint",), threading.Event()).do()


async def test_a_segment_is_made_counted_listed_and_changed(house: House) -> None:
    lin = await house.user("lin", "supervisor")
    ids = [await made(lin, f"n{n}", f"1381234567{n}", ("gold",) if n < 3 else ()) for n in range(5)]
    body = {"names": {"zh": "金卡", "en": "Gold"}, "rule": {"all": [GOLD, {"of": "kind", "is": ["person"]}]}}
    looked = (await lin.post("/customer-segments/look", json={"rule": body["rule"]})).json()
    assert (looked["count"], looked["how"], len(looked["items"])) == (3, "now", 3)
    new = await lin.post("/customer-segments", json=body)
    assert new.status_code == 201, new.text
    id = new.json()["id"]
    assert (await lin.get(f"/customer-segments/{id}/count")).json()["count"] == 3
    (kept,) = (await lin.get("/customer-segments")).json()["items"]
    assert (kept["names"], kept["rule"], kept["counted"]) == (body["names"], body["rule"], 3)

    async def members(**more: Any) -> set[str]:
        answer = await lin.get("/customers", params={"segment": id, **more})
        assert answer.status_code == 200, answer.text
        return {it["id"] for it in answer.json()["items"]}

    assert await members() == set(ids[:3])
    assert await members(q="n1") == {ids[1]}
    first = (await lin.get("/customers", params={"segment": id, "limit": 2})).json()
    second = (await lin.get("/customers", params={"segment": id, "limit": 2, "cursor": first["next"]})).json()
    assert {it["id"] for it in first["items"] + second["items"]} == set(ids[:3])
    csv = await lin.get("/customer-export", params={"segment": id})
    assert csv.status_code == 403, "who may not take customers out may not by a segment"
    # Merged they are one; taken apart two again.
    merged = (await lin.post(f"/customers/{ids[4]}/merges", json={"source": ids[0]})).json()["merge"]
    assert await members() == {ids[1], ids[2], ids[4]}
    assert await members(q="n0") == {ids[4]}
    assert (await lin.delete(f"/customers/{ids[4]}/merges/{merged}")).status_code == 200
    assert await members() == set(ids[:3])

    changed = body | {"version": 1, "rule": {"not": GOLD}}
    assert (await lin.put(f"/customer-segments/{id}", json=changed)).json()["version"] == 2
    assert code_of(await lin.put(f"/customer-segments/{id}", json=changed)) == (409, "changed_meanwhile")
    assert await members() == set(ids[3:])
    agent = await house.user("wang", "agent")
    assert (await agent.get("/customers", params={"segment": id})).status_code == 200
    assert code_of(await agent.post("/customer-segments", json=body)) == (403, "permission.missing")
    quality = await house.user("qiu", "quality")
    shown = (await quality.post("/customer-segments/look", json={"rule": {"not": GOLD}})).json()["items"]
    assert all("*" in number for it in shown for number in it["numbers"]), "masked as in any list"
    assert (await lin.delete(f"/customer-segments/{id}")).status_code == 204
    assert code_of(await lin.get("/customers", params={"segment": id})) == (404, "segment.unknown")
    stranger = await house.user("eve", "administrator", tenant=house.other)
    assert (await stranger.post("/customer-segments/look", json={"rule": {"not": GOLD}})).json()["count"] == 0


async def test_what_no_rule_accepts_is_said_in_its_place(house: House) -> None:
    lin = await house.user("lin", "supervisor")
    deep: Any = GOLD
    for _ in range(6):
        deep = {"not": deep}
    for rule, bad in (
        ({}, {"rule": "rule.bad_shape"}),
        ({"all": []}, {"rule.all": "rule.empty"}),
        ({"any": [GOLD, 7]}, {"rule.any.1": "rule.bad_shape"}),
        (deep, {"rule.not.not.not.not.not": "rule.too_deep"}),
        ({"any": [GOLD] * 41}, {"rule.any": "rule.too_long"}),
        ({"any": [{"any": [GOLD] * 30}, {"any": [GOLD] * 30}]}, {"rule": "rule.too_long"}),
        ({"of": "shoe"}, {"rule.of": "rule.subject_unknown"}),
        ({"of": "kind", "is": ["person"], "x": 1}, {"rule.x": "rule.unknown_part"}),
        ({"of": "kind", "is": ["dog"]}, {"rule.is": "rule.bad_choice"}),
        ({"of": "tag"}, {"rule.tag": "rule.missing"}),
        ({"of": "tag", "tag": "x" * 61}, {"rule.tag": "rule.bad_text"}),
        ({"of": "field", "field": "colour"}, {"rule.field": "rule.field_unknown"}),
        ({"of": "attribute", "name": "x') --"}, {"rule.name": "rule.bad_text"}),
        ({"of": "created", "within_days": 9e9}, {"rule.within_days": "rule.bad_number"}),
        ({"of": "created", "within_days": 1, "from": "2026-01-01"}, {"rule.within_days": "rule.bad_span"}),
        ({"of": "since", "from": "2026-02-30"}, {"rule.from": "rule.bad_day"}),
        ({"of": "since", "from": "2026-02-03", "to": "2026-02-02"}, {"rule.from": "rule.bad_span"}),
        ({"not": {"of": "contacts", "days": 30, "least": 2.5}}, {"rule.not.least": "rule.bad_number"}),
        ({"of": "contacts", "days": True}, {"rule.days": "rule.bad_number"}),
    ):
        answer = fields_of(await lin.post("/customer-segments/look", json={"rule": rule}))
        assert bad.items() <= answer.items(), (rule, answer)
    tag = {"layer": "value", "tag": "x"}
    for body, bad in (
        (tag | {"kind": "guess"}, {"kind": "tagging.unknown"}),
        (tag | {"kind": "repeat_caller", "settings": {"least": 0}}, {"settings.least": "rule.bad_number"}),
        (tag | {"kind": "repeat_caller", "settings": {"x": 0}}, {"settings.x": "rule.unknown_part"}),
        (tag | {"kind": "complained", "settings": {"dispositions": 1}}, {"settings.dispositions": "rule.bad_choice"}),
        (tag, {"rule": "rule.bad_shape"}),
    ):
        assert fields_of(await lin.post("/customer-taggings", json=body)) == bad


async def test_tags_by_rule_come_and_go_and_those_by_hand_stay(house: House) -> None:
    lin = await house.user("lin", "supervisor")
    ids = [await made(lin, f"n{n}", f"1381234567{n}", ("gold",) if n < 3 else ()) for n in range(4)]
    await lin.put(f"/customers/{ids[3]}/tags", json={"tags": [{"layer": "value", "tag": "top"}]})
    new = {"layer": "value", "tag": "top", "rule": GOLD}
    answer = await lin.post("/customer-taggings", json=new)
    assert answer.status_code == 201, answer.text
    rule = answer.json()["id"]
    assert fields_of(await lin.post("/customer-taggings", json=new)) == {"tag": "tagging.taken"}
    await renewed(house)
    for id in ids[:3]:
        assert (await tags_of(lin, id))["top", "rule"] == (rule, 1.0)
    told = (await lin.get("/customer-taggings")).json()
    assert [(it["kind"], it["tagged"], it["added"]) for it in told["items"] if it["enabled"]] == [("rule", 3, 3)]
    assert told["run"]["ended_at"] > told["run"]["started_at"]
    assert not told["run"]["running"]
    assert {it["kind"] for it in told["items"]} == {"rule", *COMPUTATIONS}

    # No longer gold, merged into another, erased: who fits has it, nobody else.
    await lin.put(f"/customers/{ids[0]}/tags", json={"tags": [{"layer": "value", "tag": "top"}]})
    merge = (await lin.post(f"/customers/{ids[3]}/merges", json={"source": ids[1]})).json()["merge"]
    assert (await lin.post("/customer-taggings/run")).status_code == 202
    await renewed(house)
    assert (await tags_of(lin, ids[0])).keys() == {("top", "hand")}
    assert (await tags_of(lin, ids[3])).keys() == {("top", "hand"), ("top", "rule"), ("gold", "hand")}
    async with house.records.read() as connection:
        by_rule = sa.select(t.tag.c.customer).where(t.tag.c.origin == "rule").order_by(t.tag.c.customer)
        assert list((await connection.execute(by_rule)).scalars()) == sorted([ids[2], ids[3]])
    await lin.delete(f"/customers/{ids[3]}/merges/{merge}")
    await lin.post("/customer-taggings/run")
    await renewed(house)
    assert ("top", "rule") in await tags_of(lin, ids[1])
    assert (await tags_of(lin, ids[3])).keys() == {("top", "hand")}

    # Another tag, then off, then removed.
    other = new | {"tag": "best", "version": 1}
    assert (await lin.put(f"/customer-taggings/{rule}", json=other)).json()["version"] == 2
    await renewed(house)
    assert {key[0] for key in await tags_of(lin, ids[2])} == {"gold", "best"}
    await lin.put(f"/customer-taggings/{rule}", json=other | {"version": 2, "enabled": False})
    await renewed(house)
    assert {key[0] for key in await tags_of(lin, ids[2])} == {"gold"}
    assert (await lin.delete(f"/customer-taggings/{rule}")).status_code == 204
    assert code_of(await lin.delete(f"/customer-taggings/{rule}")) == (404, "tagging.unknown")


async def test_computed_from_what_happened(house: House) -> None:
    """Calls as the core decides them, folded into the read model, say who gives up and who serves themselves."""
    lin = await house.user("lin", "supervisor")
    story = Story(house.journal, house.tenant, now=time.time() - 20 * 86_400)
    await story.begin()
    self_served, given_up = "+8613812345670", "+8613812345671"
    for n in range(4):
        await story.calls(f"s{n}", self_served)
        await story.after(60, c.ContactEnds(f"s{n}", "flow"))
        await story.calls(f"g{n}", given_up)
        await story.does(c.EnterQueue(f"g{n}", f"v-g{n}", "sales"))
        await story.after(60, c.ContactEnds(f"g{n}", "customer"))
    await house.projection.catch_up(house.tenant)
    one = await made(lin, "自助", self_served)
    other = await made(lin, "沉默", given_up)
    sources = {}
    for kind, it in COMPUTATIONS.items():
        body = {"kind": kind, "layer": it.layer, "tag": f"c:{kind}", "settings": {"days": 30}}
        answer = await lin.post("/customer-taggings", json=body)
        assert answer.status_code == 201, answer.text
        sources[kind] = answer.json()["id"]
    await renewed(house)
    assert await tags_of(lin, one) == {
        ("c:repeat_caller", "computed"): (sources["repeat_caller"], 1.0),
        ("c:prefers_self_service", "computed"): (sources["prefers_self_service"], 0.833),
    }
    assert await tags_of(lin, other) == {
        ("c:repeat_caller", "computed"): (sources["repeat_caller"], 1.0),
        ("c:abandons_often", "computed"): (sources["abandons_often"], 0.833),
        ("c:silent_dissatisfied", "computed"): (sources["silent_dissatisfied"], 0.938),
    }
    # They come back, and are answered: neither silent nor, with more of the same, abandoning.
    await story.calls("back", given_up)
    await story.served("back")
    await house.projection.catch_up(house.tenant)
    await lin.post("/customer-taggings/run")
    await renewed(house)
    assert {key[0] for key in await tags_of(lin, other)} == {"c:repeat_caller", "c:abandons_often"}
    told = {it["kind"]: it for it in (await lin.get("/customer-taggings")).json()["items"]}
    silent = told["silent_dissatisfied"]
    assert (silent["tagged"], silent["added"], silent["withdrawn"]) == (0, 0, 1)


def test_how_sure() -> None:
    numbers = {"least": 3.0, "share": 0.7, "silent_days": 14.0}
    now, day = 100 * 86_400.0, 86_400.0
    sure = {kind: it.sure for kind, it in COMPUTATIONS.items()}
    assert sure["prefers_people"](Facts(contacts=10, answered=7), numbers, now) == 8 / 12
    assert sure["prefers_people"](Facts(contacts=10, answered=6), numbers, now) is None
    assert sure["prefers_people"](Facts(contacts=2, answered=2), numbers, now) is None
    silent = Facts(contacts=5, bad=3, last_at=now - 20 * day, last_bad_at=now - 20 * day)
    assert sure["silent_dissatisfied"](silent, numbers, now) == 0.875
    for other in (
        silent._replace(bad=2),
        silent._replace(complaints=1),
        silent._replace(last_at=now - 15 * day),
        silent._replace(last_at=now - 2 * day, last_bad_at=now - 2 * day),
    ):
        assert sure["silent_dissatisfied"](other, numbers, now) is None
    assert sure["complained"](Facts(complaints=3), numbers, now) == 1
    assert sure["repeat_caller"](Facts(contacts=2), numbers, now) is None


async def test_one_process_at_a_time_and_none_is_missed(house: House) -> None:
    lin = await house.user("lin", "supervisor")
    id = await made(lin, "n", "13812345670", ("gold",))
    await lin.post("/customer-taggings", json={"layer": "value", "tag": "top", "rule": GOLD})
    async with house.records.write() as connection:
        killed = await renewing.take(connection)
    assert killed is not None
    assert not await house.renewals.do_next(), "somebody holds it"
    assert (await lin.get("/customer-taggings")).json()["run"]["running"]
    # Whoever held it was killed: after a while it is another's turn, and the first, should it live, writes nothing.
    async with house.records.write() as connection:
        await connection.execute(renewal.update().values(held_until=time.time() - 1))
    both = await asyncio.gather(
        house.renewals.do_next(), service.Renewals(house.records, lambda _: "UTC", lambda _: ()).do_next()
    )
    assert sorted(both) == [False, True]
    assert ("top", "rule") in await tags_of(lin, id)
    async with house.records.write() as connection:
        assert not await renewing.hold(connection, killed)
    # Asked for while it is under way: once more after it.
    await lin.post("/customer-taggings/run")
    async with house.records.write() as connection:
        turn = await renewing.take(connection)
        assert turn is not None
        await renewing.ask(connection, turn.tenant)
        await renewing.end(connection, turn)
        assert await renewing.take(connection) is not None
