"""Customers over the real application, on both databases."""

from __future__ import annotations

import pytest

from qingting.contexts.customers import api
from qingting.errors import Invalid

from ..contacts.story import Story
from ..house import House, code_of, fields_of

NUMBER = "+8613812345678"


async def test_made_found_and_changed(house: House) -> None:
    lin = await house.user("lin", "supervisor")
    made = await lin.post("/customers", json={"name": "刘女士", "numbers": ["138 1234 5678"], "note": "VIP"})
    assert made.status_code == 201, made.text
    customer = made.json()
    assert (customer["numbers"], customer["version"], customer["calls_year"]) == ([NUMBER], 1, 0)
    assert (await lin.get("/customers", params={"number": NUMBER})).json()["items"] == [customer]
    assert (await lin.get("/customers", params={"number": "13900001111"})).json()["items"] == []
    changed = {"name": "刘女士", "numbers": ["01088880000", "13812345678"], "note": "", "version": 1}
    answer = (await lin.put(f"/customers/{customer['id']}", json=changed)).json()
    assert (answer["numbers"], answer["version"]) == (["+861088880000", NUMBER], 2)
    assert code_of(await lin.put(f"/customers/{customer['id']}", json=changed)) == (409, "changed_meanwhile")
    assert {a["action"] for a in await house.audited("customer.")} == {
        "customer.create",
        "customer.viewed",
        "customer.change",
    }
    assert "刘女士" not in str(await house.audited("customer.")), "the audit log outlives the customer's data"


async def test_what_no_rule_accepts(house: House) -> None:
    lin = await house.user("lin", "supervisor")
    await lin.post("/customers", json={"name": "A", "numbers": [NUMBER]})
    assert fields_of(await lin.post("/customers", json={"numbers": [NUMBER]})) == {"numbers": "number.taken"}
    assert fields_of(await lin.post("/customers", json={"numbers": ["+861088880000", "12"]})) == {
        "numbers.1": "number.bad"
    }
    assert fields_of(await lin.post("/customers", json={"name": "x" * 81})) == {"name": "string_too_long"}
    assert code_of(await lin.get("/customers/none")) == (404, "customer.unknown")
    answer = await lin.put("/customers/none", json={"version": 1, "name": "A"})
    assert code_of(answer) == (404, "customer.unknown")


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


async def test_the_pop_of_a_number(house: House) -> None:
    async with house.records.write() as connection:
        assert await api.pop(connection, house.tenant, NUMBER) is None
        made = await api.remember(connection, house.tenant, NUMBER, "刘女士")
        assert await api.remember(connection, house.tenant, NUMBER, "王先生") == made
        assert await api.pop(connection, house.tenant, NUMBER) == made
        assert await api.pop(connection, house.other, NUMBER) is None
        with pytest.raises(Invalid):
            await api.create(connection, house.tenant, "王先生", [NUMBER])


async def test_the_calls_of_a_customer_are_counted(house: House) -> None:
    import time

    story = Story(house.journal, house.tenant, now=time.time() - 40 * 86_400)
    await story.begin()
    await story.calls("c1", number=NUMBER)
    await house.projection.catch_up(house.tenant)
    lin = await house.user("lin", "supervisor")
    customer = (await lin.post("/customers", json={"name": "A", "numbers": [NUMBER]})).json()
    assert (customer["calls_today"], customer["calls_year"]) == (0, 1)
    assert customer["last_contact_at"] == pytest.approx(story.now)
