"""API tokens: a part of what their maker may, for as long as the maker may."""

from __future__ import annotations

from .conftest import Centre, code_of, make_user


async def test_a_token_may_what_it_was_given(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    made = await ada.post("/tokens", json={"name": "wallboard", "permissions": ["people.manage"]})
    token = made.json()["token"]
    assert token.startswith("qt_")
    machine = centre.client(token=token)
    assert (await machine.get("/users")).status_code == 200
    assert code_of(await machine.get("/audit")) == (403, "permission.missing")
    listed = (await ada.get("/tokens")).json()["items"]
    assert [(t["name"], t["permissions"], t["user_name"]) for t in listed] == [
        ("wallboard", ["people.manage"], "Ada")
    ]
    assert listed[0]["last_used"] == centre.clock.now
    assert "token" not in listed[0]
    assert token not in str(listed)


async def test_not_more_than_the_maker(centre: Centre) -> None:
    await make_user(centre, "eng", ["engineer"])
    eng = await centre.signed_in("eng")
    assert code_of(await eng.post("/tokens", json={"name": "x", "permissions": ["people.manage"]})) == (
        403,
        "people.beyond_own",
    )
    assert code_of(await eng.post("/tokens", json={"name": "x", "permissions": ["no.such"]}))[0] == 403
    assert code_of(await eng.post("/tokens", json={"name": "x", "permissions": []}))[0] == 422
    past = {"name": "x", "permissions": ["audit.view"], "expires_at": centre.clock.now}
    assert code_of(await eng.post("/tokens", json=past)) == (422, "token.expired")


async def test_it_shrinks_and_ends_with_its_maker(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    id = await make_user(centre, "eng", ["engineer"])
    eng = await centre.signed_in("eng")
    token = (await eng.post("/tokens", json={"name": "x", "permissions": ["audit.view"]})).json()["token"]
    machine = centre.client(token=token)
    assert (await machine.get("/audit")).status_code == 200
    await ada.patch(f"/users/{id}", json={"roles": ["agent"]})
    assert code_of(await machine.get("/audit")) == (403, "permission.missing")
    await ada.patch(f"/users/{id}", json={"active": False})
    assert code_of(await machine.get("/audit")) == (401, "token.wrong")


async def test_it_runs_out_or_is_taken_back(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    body = {"name": "x", "permissions": ["audit.view"], "expires_at": centre.clock.now + 60}
    short = centre.client(token=(await ada.post("/tokens", json=body)).json()["token"])
    made = (await ada.post("/tokens", json={"name": "y", "permissions": ["audit.view"]})).json()
    long = centre.client(token=made["token"])
    assert (await short.get("/audit")).status_code == 200
    centre.clock.pass_(60)
    assert code_of(await short.get("/audit")) == (401, "token.wrong")
    assert (await long.get("/audit")).status_code == 200
    assert (await ada.delete(f"/tokens/{made['id']}")).status_code == 204
    assert (await ada.delete(f"/tokens/{made['id']}")).status_code == 204
    assert code_of(await long.get("/audit")) == (401, "token.wrong")
    assert [(end.token, end.why) for end in centre.ended] == [(made["id"], "token_revoked")]


async def test_some_things_a_person_does_themselves(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    token = (await ada.post("/tokens", json={"name": "x", "permissions": ["audit.view"]})).json()["token"]
    machine = centre.client(token=token)
    assert (await machine.get("/session")).json()["csrf"] == ""
    for method, path, body in (
        ("DELETE", "/session", None),
        ("PATCH", "/session/user", {"language": "en"}),
        ("POST", "/session/password", {"old": "a", "new": "b"}),
        ("POST", "/session/second-factor", None),
        ("POST", "/session/second-factor/confirm", {"code": "123456"}),
        ("DELETE", "/session/second-factor", {"password": "a"}),
    ):
        assert code_of(await machine.request(method, path, json=body)) == (403, "session.needed")
