"""Who may open customers and not see numbers: no door of theirs tells one, and who has seen whom is on record."""

from __future__ import annotations

import re
from typing import Any

import httpx

from qingting.core import commands as c

from ..contacts.story import Story
from ..house import House, code_of, fields_of
from .bringing import Bringer, at_work

ONE, TWO, BOOK = "+8613977771234", "+8613877775678", "+8613677779012"
MAIL = "wangxiaoming@example.com"
LETTERS = ("wangxi", "xiaoming")


def digits(number: str) -> set[str]:
    """Any five of its digits in a row."""
    own = number.removeprefix("+86")
    return {own[n : n + 5] for n in range(len(own) - 4)}


TOLD = digits(ONE) | digits(TWO) | digits(BOOK) | set(LETTERS)


async def limited(house: House, admin: httpx.AsyncClient, *permissions: str) -> httpx.AsyncClient:
    made = await admin.post("/tokens", json={"name": "limited", "permissions": permissions})
    assert made.status_code == 201, made.text
    client = house.client()
    client.headers["Authorization"] = f"Bearer {made.json()['token']}"
    return client


async def someone(house: House, admin: httpx.AsyncClient) -> str:
    story = Story(house.journal, house.tenant)
    await story.begin()
    await story.calls("c1", ONE)
    await story.after(5, c.ContactEnds("c1", "customer"))
    await house.projection.catch_up(house.tenant)
    identities = [{"kind": "mail", "value": MAIL}, {"kind": "openid", "value": "wangxiaoming-o1"}]
    new: dict[str, Any] = {"name": "Wang", "numbers": [ONE], "identities": identities}
    id = str((await admin.post("/customers", json=new)).json()["id"])
    twin = (await admin.post("/customers", json={"name": "Wang", "numbers": [ONE, TWO], "shared": True})).json()["id"]
    third = (await admin.post("/customers", json={"name": "W.", "numbers": [TWO], "shared": True})).json()["id"]
    assert (await admin.post(f"/customers/{id}/merges", json={"source": third})).status_code == 201
    assert (await admin.post(f"/customers/{id}/book", json={"name": "妈妈", "value": BOOK})).status_code == 201
    lived = {"situation": "person", "score": 1}
    assert (await admin.post(f"/customers/{twin}/experience", json=lived)).status_code == 201
    return id


async def test_no_door_tells_a_number(sqlite_house: House) -> None:
    house = sqlite_house
    admin = await house.user("lin", "administrator")
    id = await someone(house, admin)
    looker = await limited(house, admin, "customers.view", "customers.export", "contacts.view")
    paths = [path for path, methods in house.app.openapi()["paths"].items() if "get" in methods]
    doors = [path.removeprefix("/api/v1") for path in paths if re.search(r"/(customer|contacts|recover)", path)]
    answered, seen = 0, False
    for door in doors:
        path = re.sub(r"\{\w+\}", "c1" if door.startswith("/contacts") else id, door)
        answer = await looker.get(path)
        assert answer.status_code < 500, (path, answer.text)
        text = re.sub(r"\d+\.\d+", "", answer.text)  # an instant has many digits, a number no point
        assert not [told for told in TOLD if told in text], path
        answered += answer.status_code == 200
        whole = await admin.get(path)
        seen = seen or ONE in whole.text
    assert answered >= 12, "most doors answer"
    assert seen, "who may see numbers does"
    for asked in ("1234", "71234", "*1234"):
        assert code_of(await looker.get("/customers", params={"number": asked})) == (422, "request.invalid"), asked
        assert not (await looker.get("/customers", params={"q": asked})).json()["items"], "nor by what is typed"
    found = (await looker.get("/customers", params={"number": ONE})).json()["items"]
    assert {it["name"] for it in found} == {"Wang"}, "who knows a whole number may ask whose it is"


async def test_who_has_seen_whom(sqlite_house: House) -> None:
    house = sqlite_house
    admin = await house.user("lin", "administrator")
    wang = await house.user("wang", "supervisor")
    made = [(await admin.post("/customers", json={"name": name})).json()["id"] for name in ("Anna", "Bo")]
    await wang.get("/customers", params={"q": "anna"})
    await wang.get(f"/customers/{made[1]}")
    for id, action in zip(made, ("customers.listed", "customer.viewed"), strict=True):
        told = (await admin.get("/audit", params={"about": id})).json()["items"]
        assert [(it["user_name"], it["action"]) for it in told] == [("Wang", action), ("Lin", "customer.create")]
    (listed,) = await house.audited("customers.listed")
    assert listed["detail"] == {"count": 1, "by": ["q"], "customers": [made[0]]}


async def test_what_is_masked_comes_in_nowhere(sqlite_house: House) -> None:
    """A file that somebody took out who may not see numbers, brought in by somebody who may; and the same by hand."""
    house = sqlite_house
    admin = await house.user("lin", "administrator")
    id = await someone(house, admin)
    looker = await limited(house, admin, "customers.view", "customers.export")
    content = (await looker.get("/customer-export", params={"head": "en"})).content
    lin = Bringer(admin)
    async with at_work(house.imports):
        told = await lin.upload(content)
        told = await lin.check(told["id"], told["file"]["guess"])
        assert (told["new"], told["changed"], told["bad"]) == (0, 0, 2), told
        assert told["faults"] == {"identity.masked": 2}
    body = {"kind": "mail", "value": "wa***@example.com"}
    bad = await admin.post("/customers", json={"numbers": ["+86139****1234"], "identities": [body]})
    assert fields_of(bad) == {"numbers.0": "identity.masked"}
    assert fields_of(await admin.post("/customers", json={"identities": [body]})) == {
        "identities.0": "identity.masked"
    }
    answer = await admin.post(f"/customers/{id}/book", json={"name": "x"} | body)
    assert fields_of(answer) == {"value": "identity.masked"}
