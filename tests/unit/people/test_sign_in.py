"""Signing in and out over HTTP: right, wrong, too often, run out."""

from __future__ import annotations

import asyncio

import sqlalchemy as sa

from qingting.contexts.people import api, model
from qingting.contexts.people.watching import sweep

from .conftest import PASSWORD, Centre, code_of


async def test_right_password_opens_a_session(centre: Centre) -> None:
    client = await centre.signed_in("Ada")
    shown = (await client.get("/session")).json()
    assert shown["user"]["name"] == "ada"
    assert shown["tenant"] == {"id": centre.tenant, "name": "蜻蜓电信", "timezone": "Asia/Shanghai"}
    assert "people.manage" in shown["user"]["permissions"]
    assert shown["csrf"] == client.headers["X-CSRF-Token"]
    assert shown["now"] == centre.clock.now


async def test_the_cookie_is_for_the_browser_only(centre: Centre) -> None:
    answer = await centre.client().post("/session", json={"name": "ada", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/" in cookie
    token = answer.cookies["qt_session"]
    async with centre.people.records.read() as c:
        kept = (await c.exec_driver_sql("SELECT token_hash FROM sessions")).scalar_one()
    assert token not in kept


async def test_wrong_name_and_wrong_password_sound_the_same(centre: Centre) -> None:
    client = centre.client()
    wrong = await client.post("/session", json={"name": "ada", "password": "not it at all"})
    nobody = await client.post("/session", json={"name": "nobody", "password": PASSWORD})
    assert code_of(wrong) == code_of(nobody) == (401, "sign_in.wrong")
    assert {**wrong.json()["error"], "reference": ""} == {**nobody.json()["error"], "reference": ""}


async def test_people_of_another_tenant_name_it(centre: Centre) -> None:
    assert code_of(await centre.client().post("/session", json={"name": "eve", "password": PASSWORD}))[0] == 401
    client = await centre.signed_in("cicada/eve")
    assert (await client.get("/session")).json()["tenant"]["name"] == "Cicada Ltd"


async def test_guessing_gets_slower_and_slower(centre: Centre) -> None:
    client = centre.client()
    waits = []
    for _ in range(8):
        answer = await client.post("/session", json={"name": "wang", "password": "wrong wrong"})
        while answer.status_code == 429:
            assert answer.json()["error"]["code"] == "sign_in.locked"
            waits.append(int(answer.headers["retry-after"]))
            centre.clock.pass_(waits[-1])
            answer = await client.post("/session", json={"name": "wang", "password": "wrong wrong"})
        assert answer.status_code == 401
    assert waits == [15, 30, 60]


async def test_the_right_password_waits_too_but_other_addresses_do_not(centre: Centre) -> None:
    client = centre.client()
    for _ in range(5):
        await client.post("/session", json={"name": "wang", "password": "wrong wrong"})
    right = {"name": "wang", "password": PASSWORD}
    assert code_of(await client.post("/session", json=right)) == (429, "sign_in.locked")
    assert (await centre.client("203.0.113.9").post("/session", json=right)).status_code == 200
    centre.clock.pass_(15)
    assert (await client.post("/session", json=right)).status_code == 200


async def test_many_guesses_at_once_count_each(centre: Centre) -> None:
    client = centre.client()
    guesses = [client.post("/session", json={"name": "wang", "password": f"wrong {n}"}) for n in range(12)]
    answers = sorted(answer.status_code for answer in await asyncio.gather(*guesses))
    assert answers == [401] * 5 + [429] * 7


async def test_an_administrator_sees_and_lifts_a_lock(centre: Centre) -> None:
    client, ada = centre.client(), await centre.signed_in("ada")
    for _ in range(5):
        await client.post("/session", json={"name": "wang", "password": "wrong wrong"})
    users = {u["name"]: u for u in (await ada.get("/users")).json()["items"]}
    assert users["wang"]["locked_until"] == centre.clock.now + 15
    assert users["lin"]["locked_until"] is None
    assert (await ada.patch(f"/users/{centre.ids['wang']}", json={"locked_until": None})).status_code == 204
    assert (await client.post("/session", json={"name": "wang", "password": PASSWORD})).status_code == 200


async def test_signing_out_ends_it_and_tells_the_sockets(centre: Centre) -> None:
    client = await centre.signed_in("ada")
    cookie = client.cookies["qt_session"]
    assert (await client.delete("/session")).status_code == 204
    assert "qt_session" not in client.cookies
    again = centre.client()
    again.cookies.set("qt_session", cookie)
    assert code_of(await again.get("/session")) == (401, "session.ended")
    [end] = centre.ended
    assert (end.user, end.why) == (centre.ids["ada"], "signed_out")
    assert end.session


async def test_nobody_is_told_to_sign_in_first(centre: Centre) -> None:
    assert code_of(await centre.client().get("/session")) == (401, "session.none")


async def test_an_idle_session_runs_out_a_used_one_goes_on(centre: Centre) -> None:
    client = await centre.signed_in("ada")
    for _ in range(3):
        centre.clock.pass_(model.SESSION_IDLE_S - 1)
        assert (await client.get("/session")).status_code == 200
    centre.clock.pass_(model.SESSION_IDLE_S)
    assert code_of(await client.get("/session")) == (401, "session.ended")


async def test_no_session_outlives_a_shift(centre: Centre) -> None:
    client = await centre.signed_in("ada")
    for _ in range(13):
        centre.clock.pass_(3600)
        assert (await client.get("/session")).status_code == 200
    centre.clock.pass_(3600)
    assert code_of(await client.get("/session")) == (401, "session.ended")


async def waiting_sockets(centre: Centre, count: int) -> None:
    """And none is still looking whether its door stands."""
    pool = centre.people.records.engine.pool
    assert isinstance(pool, sa.QueuePool)
    while sum(len(watches) for watches in centre.people.watches.values()) < count or pool.checkedout():  # noqa: ASYNC110
        await asyncio.sleep(0)


async def test_a_live_socket_keeps_the_session_and_hears_its_end(centre: Centre) -> None:
    client = await centre.signed_in("wang")
    who = await api.identify_session(centre.people, client.cookies["qt_session"], "198.51.100.7")
    waiting = asyncio.create_task(api.until_ended(centre.people, who))
    await waiting_sockets(centre, 1)
    for _ in range(6):
        centre.clock.pass_(model.SESSION_IDLE_S - 1)
        await sweep(centre.people)
    assert not waiting.done()
    centre.clock.pass_(model.SESSION_IDLE_S)
    await sweep(centre.people)
    assert await waiting == "expired"
    assert [(end.session, end.why) for end in centre.ended] == [(who.session, "expired")]
    assert centre.people.watches == {}
    assert await api.until_ended(centre.people, who) == "expired"


async def test_sockets_hear_only_of_their_own_door(centre: Centre) -> None:
    first, second = await centre.signed_in("ada"), await centre.signed_in("ada")
    doors = [
        await api.identify_session(centre.people, client.cookies["qt_session"], "") for client in (first, second)
    ]
    token = (await first.post("/tokens", json={"name": "t", "permissions": ["floor.view"]})).json()
    doors.append(await api.identify_token(centre.people, token["token"], ""))
    waiting = [asyncio.create_task(api.until_ended(centre.people, who)) for who in doors]
    await waiting_sockets(centre, 3)
    change = {"old": PASSWORD, "new": "quite another 9"}
    assert (await first.post("/session/password", json=change)).status_code == 204
    assert await waiting[1] == "password_changed"
    assert not waiting[0].done()
    assert (await first.delete(f"/tokens/{token['id']}")).status_code == 204
    # Whoever was just looking whether the door still stands finds it gone by themselves.
    assert await waiting[2] in ("token_revoked", "expired")
    assert not waiting[0].done()
    assert (await first.delete("/session")).status_code == 204
    assert await waiting[0] == "signed_out"


async def test_what_another_process_ended_is_heard_of_too(centre: Centre) -> None:
    client = await centre.signed_in("wang")
    who = await api.identify_session(centre.people, client.cookies["qt_session"], "")
    waiting = asyncio.create_task(api.until_ended(centre.people, who))
    await waiting_sockets(centre, 1)
    async with centre.people.records.write() as c:
        await c.exec_driver_sql("DELETE FROM sessions")
    await sweep(centre.people)
    assert await waiting == "expired"


async def test_an_eleventh_session_takes_the_place_of_the_one_unseen_longest(centre: Centre) -> None:
    clients = []
    for _ in range(model.SESSIONS_MOST + 1):
        clients.append(await centre.signed_in("ada"))
        centre.clock.pass_(61)
    assert code_of(await clients[0].get("/session")) == (401, "session.ended")
    assert (await clients[1].get("/session")).status_code == 200
    assert [end.why for end in centre.ended] == ["expired"]


async def test_whoever_is_let_go_cannot_come_in(centre: Centre) -> None:
    ada, wang = await centre.signed_in("ada"), await centre.signed_in("wang")
    assert (await ada.patch(f"/users/{centre.ids['wang']}", json={"active": False})).status_code == 204
    assert (await wang.get("/session")).status_code == 401
    again = await centre.client().post("/session", json={"name": "wang", "password": PASSWORD})
    assert code_of(again) == (401, "sign_in.wrong")
    assert [end.why for end in centre.ended] == ["deactivated"]


async def test_a_changing_request_needs_the_csrf_token(centre: Centre) -> None:
    client = await centre.signed_in("ada")
    good = client.headers.pop("X-CSRF-Token")
    assert code_of(await client.delete("/session")) == (403, "csrf.wrong")
    assert code_of(await client.delete("/session", headers={"X-CSRF-Token": "x" * 64})) == (403, "csrf.wrong")
    assert (await client.get("/session")).status_code == 200
    assert (await client.delete("/session", headers={"X-CSRF-Token": good})).status_code == 204


async def test_an_old_hash_is_made_anew_at_sign_in(centre: Centre) -> None:
    centre.people.passwords.close()
    stronger = api.Passwords(time_cost=2, memory_kib=512)
    object.__setattr__(centre.people, "passwords", stronger)
    await centre.signed_in("ada")
    async with centre.people.records.read() as c:
        kept = (await c.exec_driver_sql("SELECT password FROM users WHERE name = 'ada'")).scalar_one()
    assert "m=512,t=2" in kept
    await centre.signed_in("ada")
