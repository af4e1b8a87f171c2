"""Who did what is written down, found again, and names no secret."""

from __future__ import annotations

from pathlib import Path

from qingting.records import Records

from ..plans import plans
from .conftest import PASSWORD, Centre, make_centre


async def test_what_people_do_is_found_newest_first(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    centre.clock.pass_(10)
    await ada.patch(f"/users/{centre.ids['wang']}", json={"roles": ["supervisor"]})
    centre.clock.pass_(10)
    await centre.client("203.0.113.5").post("/session", json={"name": "wang", "password": "wrong wrong"})
    entries = (await ada.get("/audit")).json()["items"]
    assert [entry["action"] for entry in entries[:3]] == ["session.refused", "user.changed", "session.started"]
    refused, changed, started = entries[:3]
    assert (refused["user_name"], refused["address"], refused["detail"]) == ("Wang", "203.0.113.5", {"why": "wrong"})
    assert (changed["user"], changed["target"]) == (centre.ids["ada"], centre.ids["wang"])
    assert changed["detail"]["roles"] == ["supervisor"]
    assert started["via"] == "session"
    assert started["at"] == centre.clock.now - 20


async def test_filters_and_pages(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    start = centre.clock.now
    for language in ("en", "zh", "en"):
        centre.clock.pass_(10)
        await ada.patch(f"/users/{centre.ids['wang']}", json={"language": language})

    async def found(**params: str | float) -> list[str]:
        seen, cursor = [], ""
        while True:
            page = (await ada.get("/audit", params={**params, "limit": 2, "cursor": cursor})).json()
            seen += [entry["action"] for entry in page["items"]]
            if not page["next"]:
                return seen
            cursor = page["next"]

    assert await found(action="user.changed") == ["user.changed"] * 3
    assert await found(action="session.") == ["session.started"]
    assert await found(user=centre.ids["wang"]) == []
    assert await found(**{"from": start + 15, "to": start + 30}) == ["user.changed"]
    assert len(await found()) == 3 + 1 + 3
    assert await found(action="user_changed") == []
    for right in (False, True, False):
        password = PASSWORD if right else "wrong wrong"
        await centre.client("203.0.113.5").post("/session", json={"name": "wang", "password": password})
    both = ["session.refused", "session.started", "session.refused", "session.started"]
    assert await found(action="session.") == both
    assert await found(action="session.", user=centre.ids["ada"]) == both[-1:]
    assert await found(action="session.", to=start + 25) == both[-1:]
    assert await found(action="recording.") == []


async def test_what_is_rare_is_not_looked_for_among_all(sqlite_records: Records, tmp_path: Path) -> None:
    centre = await make_centre(sqlite_records, tmp_path)
    ada = await centre.signed_in("ada")
    async with plans(sqlite_records) as asked:
        for rare in ({"action": "session."}, {"action": "session.started"}, {"user": centre.ids["ada"]}):
            assert len((await ada.get("/audit", params=rare)).json()["items"]) == 1
    entries = [it for it in asked if "audit.detail" in it.statement]
    assert len(entries) == 2  # of a group with one action it is asked as of that action
    assert [walk for it in entries for walk in it.walks] == []


async def test_tokens_are_named_and_no_secret_is(centre: Centre) -> None:
    ada = await centre.signed_in("ada")
    made = (await ada.post("/tokens", json={"name": "x", "permissions": ["people.manage", "audit.view"]})).json()
    machine = centre.client(token=made["token"])
    created = (await machine.post("/users", json={"name": "new", "roles": []})).json()
    answer = await machine.get("/audit")
    assert answer.json()["items"][0]["via"] == f"token:{made['id']}"
    for secret in (made["token"], created["password"], PASSWORD):
        assert secret not in answer.text
