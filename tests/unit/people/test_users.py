"""Users, invitations and who may change whom, over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from .conftest import PASSWORD, Centre, code_of, make_user


async def users_of(client: Any) -> dict[str, dict[str, Any]]:
    return {user["name"]: user for user in (await client.get("/users")).json()["items"]}


async def test_a_created_user_has_to_choose_a_password_first(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    answer = await ada.post("/users", json={"name": "zhao", "roles": ["agent"], "display_name": "赵六"})
    assert answer.status_code == 201
    once = answer.json()["password"]
    zhao = await centre.signed_in("zhao", once)
    shown = (await zhao.get("/session")).json()["user"]
    assert (shown["display_name"], shown["must_change_password"], shown["permissions"]) == ("赵六", True, [])
    change = {"old": once, "new": "my own words 8"}
    assert (await zhao.post("/session/password", json=change)).status_code == 204
    shown = (await zhao.get("/session")).json()["user"]
    assert shown["must_change_password"] is False
    assert "desk.use" in shown["permissions"]
    assert code_of(await centre.client().post("/session", json={"name": "zhao", "password": once}))[0] == 401


async def test_the_list_goes_on_page_by_page(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    for n in range(5):
        await make_user(centre, f"agent{n}", ["agent"])
    names, cursor = [], ""
    while True:
        page = (await ada.get("/users", params={"limit": 3, "cursor": cursor})).json()
        names += [user["name"] for user in page["items"]]
        assert page["total"] == 8
        if not page["next"]:
            break
        cursor = page["next"]
    assert sorted(names) == sorted({"ada", "wang", "lin", *(f"agent{n}" for n in range(5))})


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [("name", "WANG", "name.taken"), ("mail", "Wang@Example.com", "mail.taken"), ("agent", "ag-1", "agent.taken")],
)
async def test_what_somebody_else_has_is_taken(centre: Centre, field: str, value: str, code: str) -> None:
    ada = await centre.signed_in("ada")
    await ada.patch(f"/users/{centre.ids['wang']}", json={"agent": "ag-1"})
    answer = await ada.post("/users", json={"name": "new", "roles": ["agent"], field: value})
    assert code_of(answer) == (409, code)
    eve = await centre.signed_in("cicada/eve")
    assert (await eve.post("/users", json={"name": "new", "roles": ["agent"], field: value})).status_code == 201


async def test_several_without_mail_or_agent_are_fine(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    for n in range(3):
        assert (await ada.post("/users", json={"name": f"n{n}", "roles": ["agent"]})).status_code == 201


async def test_changes_are_seen_and_take_effect(centre: Centre) -> None:
    ada, wang = await centre.signed_in("ada"), await centre.signed_in("wang")
    change = {"display_name": "王伟", "roles": ["supervisor"], "lines": ["l-1"], "agent": "ag-7", "language": "en"}
    assert (await ada.patch(f"/users/{centre.ids['wang']}", json=change)).status_code == 204
    assert {k: v for k, v in (await users_of(ada))["wang"].items() if k in change} == change
    shown = (await wang.get("/session")).json()["user"]
    assert "floor.view" in shown["permissions"]
    assert [end.why for end in centre.ended] == ["permissions_changed"]
    who = await centre.signed_in("wang")
    assert (await who.patch("/session/user", json={"display_name": "小王", "language": "zh"})).status_code == 204
    assert (await users_of(ada))["wang"]["display_name"] == "小王"


async def test_one_who_manages_people_always_remains(centre: Centre) -> None:
    ada, id = await centre.signed_in("ada"), centre.ids["ada"]
    for change in ({"roles": ["agent"]}, {"lines": ["l-1"]}):
        assert code_of(await ada.patch(f"/users/{id}", json=change)) == (409, "people.last_administrator")
    assert code_of(await ada.patch(f"/users/{id}", json={"active": False})) == (409, "people.not_yourself")
    second = await make_user(centre, "bo", ["administrator"])
    assert (await ada.patch(f"/users/{id}", json={"roles": ["agent"]})).status_code == 204
    assert (await ada.get("/users")).status_code == 403
    bo = await centre.signed_in("bo")
    assert code_of(await bo.patch(f"/users/{second}", json={"roles": []})) == (409, "people.last_administrator")


async def test_nobody_gives_more_than_they_have(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    made = await ada.post("/tokens", json={"name": "hr", "permissions": ["people.manage", "desk.use"]})
    hr = centre.client(token=made.json()["token"])
    assert code_of(await hr.post("/users", json={"name": "x", "roles": ["administrator"]})) == (
        403,
        "people.beyond_own",
    )
    assert code_of(await hr.patch(f"/users/{centre.ids['wang']}", json={"roles": ["agent"]}))[0] == 403
    assert code_of(await hr.patch(f"/users/{centre.ids['ada']}", json={"active": False}))[0] == 403
    assert code_of(await hr.post(f"/users/{centre.ids['ada']}/link"))[0] == 403
    assert code_of(await hr.delete(f"/users/{centre.ids['ada']}/second-factor"))[0] == 403
    assert (await hr.post("/users", json={"name": "x", "roles": []})).status_code == 201
    await make_user(centre, "scoped", ["administrator"], lines=("l-1",))
    scoped = await centre.signed_in("scoped")
    assert code_of(await scoped.post("/users", json={"name": "y", "roles": ["agent"]}))[0] == 403
    assert code_of(await scoped.post("/users", json={"name": "y", "roles": ["agent"], "lines": ["l-2"]}))[0] == 403
    assert (await scoped.post("/users", json={"name": "y", "roles": ["agent"], "lines": ["l-1"]})).status_code == 201


async def test_only_who_manages_people_may(centre: Centre) -> None:
    for name in ("wang", "lin"):
        client = await centre.signed_in(name)
        for method, path in (("GET", "/users"), ("POST", "/users"), ("POST", "/invitations"), ("GET", "/roles")):
            answer = await client.request(method, path, json={"name": "x"} if method == "POST" else None)
            assert code_of(answer) == (403, "permission.missing")
        assert (await client.get("/tokens")).status_code == 403
        assert (await client.get("/audit")).status_code == 403


async def test_without_mail_the_link_is_shown_and_works_once(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    answer = await ada.post(
        "/invitations",
        json={
            "name": "qian",
            "display_name": "钱七",
            "mail": "qian@example.com",
            "roles": ["agent"],
            "lines": ["l-1"],
        },
    )
    assert answer.status_code == 201
    assert (await users_of(ada))["qian"]["invited"] is True
    page, _, token = answer.json()["link"].partition("#")
    assert page == "http://localhost:8000/invitation"
    guest = centre.client()
    shown = await guest.post("/invitation/show", json={"token": token})
    assert shown.json() == {
        "name": "qian", "display_name": "钱七", "mail": "qian@example.com", "language": "zh", "tenant": "蜻蜓电信",
    }  # fmt: skip
    weak = await guest.post("/invitation/accept", json={"token": token, "password": "1234567890"})
    assert code_of(weak) == (422, "password.weak")
    accept = {"password": PASSWORD, "display_name": "小钱", "language": "en"}
    assert (await guest.post("/invitation/accept", json={"token": token} | accept)).status_code == 204
    assert code_of(await guest.post("/invitation/accept", json={"token": token} | accept)) == (404, "link.unknown")
    assert code_of(await guest.post("/invitation/show", json={"token": token})) == (404, "link.unknown")
    shown = (await (await centre.signed_in("qian")).get("/session")).json()["user"]
    assert (shown["display_name"], shown["language"], shown["lines"]) == ("小钱", "en", ["l-1"])


async def test_an_invitation_gets_too_old_and_can_be_renewed(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    made = (await ada.post("/invitations", json={"name": "sun", "roles": ["agent"]})).json()
    centre.clock.pass_(7 * 86400)
    old = made["link"].partition("#")[2]
    assert code_of(await centre.client().post("/invitation/show", json={"token": old})) == (404, "link.unknown")
    ada = await centre.signed_in("ada")
    renewed = (await ada.post(f"/users/{made['id']}/link")).json()
    new = renewed["link"].partition("#")[2]
    assert new != old
    assert (await centre.client().post("/invitation/show", json={"token": new})).json()["name"] == "sun"
    assert code_of(await centre.client().post("/session", json={"name": "sun", "password": PASSWORD}))[0] == 401


async def test_two_who_accept_at_once_one_wins(centre: Centre) -> None:
    import asyncio

    ada = await centre.signed_in("ada")
    made = (await ada.post("/invitations", json={"name": "li", "roles": ["agent"]})).json()
    token = made["link"].partition("#")[2]
    both = [
        centre.client().post("/invitation/accept", json={"token": token, "password": f"choice number {n}"})
        for n in "ab"
    ]
    assert sorted(answer.status_code for answer in await asyncio.gather(*both)) == [204, 404]


async def test_roles_say_what_they_hold(centre: Centre) -> None:
    roles = {
        r["role"]: r["permissions"] for r in (await (await centre.signed_in("ada")).get("/roles")).json()["items"]
    }
    assert "desk.use" in roles["agent"]
    assert "people.manage" in roles["administrator"]
