"""What customers ask for on their page, what those who work on it see, and breaks with limits, all through HTTP."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from qingting.contexts.contacts import tables
from qingting.core import commands as c
from qingting.runtime import names
from qingting.runtime.fold import ROUTING, fold

from .fake_centre import FakeCentre, done, fake_centre, refused

ANNA, BO = "+8613812340001", "+8613812340002"
PAGE = {"entry": "demo", "language": "zh"}


@pytest.fixture
async def centre(tmp_path: Path, made_prompts: Path) -> AsyncIterator[FakeCentre]:
    async with fake_centre(tmp_path, made_prompts) as it:
        yield it


async def test_callbacks_messages_and_breaks(centre: FakeCentre) -> None:
    await asked_for_on_the_page(centre)
    boss = await centre.client("boss", "supervisor")
    await worked_on(centre, boss)
    li = await centre.agent("1196")
    await from_the_desk(centre, li)
    await forgotten(centre, boss)
    await breaks(centre, li, boss)


async def asked_for_on_the_page(centre: FakeCentre) -> None:
    page = centre.nobody()
    assert await done(page.get("/public/entries/demo/later"), 200) == {"why": "nobody", "wait_s": None}
    assert await refused(page.get("/public/entries/nowhere/later")) == (404, "entry.unknown")
    at = centre.room.live.now() + 7200
    await done(page.post("/public/callbacks", json={**PAGE, "number": ANNA, "at": at, "note": "账单不对"}))
    await done(
        page.post("/public/callbacks", json={**PAGE, "number": "138 1234 0001"})
    )  # that they asked before is not told
    (back,) = centre.state.callbacks.values()
    assert (back.due, back.queue, back.language) == (at, "service", "zh")
    for number, code in (
        ("+14155552671", (403, "dial.not_allowed")),
        ("110", (422, "dial.bad_number")),
        ("anna@example", (422, "dial.bad_number")),
    ):
        assert await refused(page.post("/public/callbacks", json={**PAGE, "number": number})) == code, number
    assert await refused(page.post("/public/callbacks", json={**PAGE, "number": BO, "at": 1e12})) == (
        422,
        "request.invalid",
    )
    assert await refused(page.post("/public/callbacks", json={**PAGE, "number": BO})) == (429, "rate.exceeded")
    await done(page.post("/public/messages", json={**PAGE, "number": BO, "text": "请回电"}))
    await done(page.post("/public/messages", json={**PAGE, "number": ANNA, "text": "x" * 1000}))
    assert len(centre.state.messages) == 2


async def worked_on(centre: FakeCentre, boss: httpx.AsyncClient) -> None:
    looker = await centre.client("looker", "quality")
    assert await refused(looker.get("/callbacks")) == (403, "permission.missing")
    (shown,) = (await done(boss.get("/callbacks"), 200))["items"]
    assert (shown["number"], shown["note"], shown["state"], shown["queue_name"]) == (
        ANNA,
        "账单不对",
        "scheduled",
        "客服",
    )
    first, second = (await done(boss.get("/messages"), 200))["items"]
    assert (first["number"], first["text"]) == (BO, "请回电")
    await done(boss.post(f"/messages/{second['id']}/close", json={"how": "spam"}))
    assert await refused(boss.post(f"/messages/{second['id']}/close", json={"how": "spam"})) == (
        404,
        "message.unknown",
    )
    await seen_to_by_one(centre, boss, first["id"])
    called = (await done(boss.post(f"/messages/{first['id']}/callback"), 201))["callback"]
    assert not centre.state.messages
    await done(boss.delete(f"/callbacks/{shown['id']}"))
    assert await refused(boss.delete(f"/callbacks/{shown['id']}")) == (404, "callback.unknown")
    await centre.until(lambda: centre.state.callbacks[called].made == 1)
    (waiting,) = (await done(boss.get("/callbacks"), 200))["items"]
    assert (waiting["state"], waiting["place"], waiting["note"]) == ("waiting", 1, "请回电")


async def seen_to_by_one(centre: FakeCentre, boss: httpx.AsyncClient, message: str) -> None:
    """Taken by an agent, over a restart; a supervisor may have it instead; who signs out or goes offline loses it."""
    path = f"/messages/{message}/claim"
    wu = await centre.client("wu", "agent", agent="a3850")
    zhao = await centre.client("zhao", "agent")
    await done(wu.post(path, json={}))
    known = await fold(centre.house.journal, centre.room.tenant, ROUTING)
    assert known.engine.state.messages[message] == centre.state.messages[message], "as after a restart"

    async def claim(who: httpx.AsyncClient) -> tuple[str, bool] | None:
        (shown,) = (await done(who.get("/messages"), 200))["items"]
        return (shown["claim"]["name"], shown["claim"]["mine"]) if shown["claim"] else None

    assert (await claim(wu), await claim(zhao)) == (("wu", True), ("wu", False))
    for ask in (
        zhao.post(path, json={}),
        zhao.delete(path),
        zhao.post(f"/messages/{message}/close", json={"how": "spam"}),
        zhao.post(f"/messages/{message}/callback"),
    ):
        answer = await ask
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "message.claimed")
        assert answer.json()["error"]["detail"]["name"] == "wu"
    assert await refused(zhao.post(path, json={"over": True})) == (403, "permission.missing")
    await done(boss.post(path, json={"over": True}))
    assert await claim(boss) == ("boss", True)
    await done(boss.delete(path))
    await done(zhao.post(path, json={}))
    await done(zhao.delete("/session"))
    await centre.until(lambda: not centre.state.messages[message].by)
    await done(wu.post("/desk/presence", json={"presence": "not_ready", "reason": "break"}))
    await done(wu.post(path, json={}))
    await done(wu.post("/desk/presence", json={"presence": "offline"}))
    await centre.until(lambda: not centre.state.messages[message].by)
    ada = await centre.client("ada", "administrator")
    told = (await done(ada.get("/audit", params={"action": "message."}), 200))["items"]
    assert [(it["user_name"], it["action"].removeprefix("message."), bool(it["detail"])) for it in told] == [
        ("wu", "claimed", False),
        ("zhao", "claimed", False),
        ("boss", "released", False),
        ("boss", "claimed", True),
        ("wu", "claimed", False),
        ("boss", "closed", True),
    ]


async def from_the_desk(centre: FakeCentre, li: httpx.AsyncClient) -> None:
    """Bo's message has become a callback; while talking, the agent promises one more."""
    (back,) = centre.state.callbacks.values()
    desk = await centre.rings(f"a-{back.contact}")
    board = centre.room.desks.of("a1196")
    board.refresh()
    centre.engine.answer(desk)
    bo = await centre.rings(BO.removeprefix("+86"))
    centre.engine.answer(bo)
    await centre.skip_words(bo, lambda: centre.engine.hears(bo) == {f"leg:{desk}"})
    await centre.recorded(back.contact)
    (mine,) = centre.state.agents["a1196"].assignments

    def shown() -> dict[str, object]:
        board.refresh()
        item = board.get("assignments", mine) or {}
        return dict(item.get("callback") or {})

    await centre.until(lambda: shown().get("note") == "请回电")
    assert (shown()["id"], shown()["attempt"]) == (back.id, 1)
    path = f"/desk/assignments/{mine.replace('/', '~')}/callback"
    later = centre.room.live.now() + 3600
    promised = (await done(li.post(path, json={"at": later, "first": "customer", "note": "明天"}), 201))["callback"]
    assert (centre.state.callbacks[promised].first, centre.state.callbacks[promised].due) == ("customer", later)
    assert await refused(li.post(path, json={})) == (409, "callback.exists")
    wang = await centre.client("wang", "agent", agent="a2047")
    assert await refused(wang.post(path, json={})) == (404, "assignment.unknown"), "only one's own"
    centre.engine.hang_up(bo)
    await centre.free("1196")
    await done(li.delete(f"/callbacks/{promised}"))


async def forgotten(centre: FakeCentre, boss: httpx.AsyncClient) -> None:
    """Bo, who has talked with an agent, is to be called back once more, and stands among the customers."""
    await centre.ask_back("b-bo", BO.removeprefix("+86"), at=centre.room.live.now() + 3600)
    bo = (await done(boss.post("/customers", json={"name": "Bo", "numbers": [BO]}), 201))["id"]
    head = await centre.client("head", "administrator")
    assert await refused(boss.post("/erasures", json={"customer": bo})) == (403, "permission.missing")
    assert await refused(head.post("/erasures", json={})) == (422, "request.invalid")
    assert await refused(head.post("/erasures", json={"numbers": ["anna@example"]})) == (422, "request.invalid")
    assert await refused(head.post("/erasures", json={"customer": "nobody"})) == (404, "customer.unknown")
    erased = await done(head.post("/erasures", json={"customer": bo, "recordings": True}), 200)
    assert (erased["contacts"], erased["recordings"]) == (1, 1)
    assert "b-bo" not in centre.state.callbacks
    assert await refused(boss.get(f"/customers/{bo}")) == (404, "customer.unknown")
    known = await everybody(centre)
    assert known, "Anna still is"
    assert BO not in known.values()
    (shown,) = (await done(boss.get("/contacts"), 200))["items"]
    assert (shown["number"], shown["erased"], shown["recording"]) == ("", True, "none")
    whole = await done(boss.get(f"/contacts/{shown['id']}"), 200)
    assert whole["timeline"]
    (entry,) = (await done(head.get("/audit", params={"action": "customer.erased"}), 200))["items"]
    assert (entry["target"], entry["detail"]) == (bo, erased)
    again = await done(head.post("/erasures", json={"numbers": [BO]}), 200)
    assert set(again.values()) == {0}


async def everybody(centre: FakeCentre) -> dict[str, str]:
    """Who the journal's erasable table still knows: reference -> number, or words. All are held by somebody."""
    with sqlite3.connect(centre.house.config.journal_path) as db:
        refs = [row[0] for row in db.execute("SELECT ref FROM personal")]
    async with centre.house.records.read() as connection:
        held = set((await connection.execute(sa.select(tables.reference.c.ref))).scalars())
    assert set(refs) == held
    found = await centre.house.journal.personal(centre.room.tenant, refs)
    return {ref: str(data.value.get("number") or data.value.get("text")) for ref, data in found.items()}


async def breaks(centre: FakeCentre, li: httpx.AsyncClient, boss: httpx.AsyncClient) -> None:
    """One of the team at a time."""
    for agent in ("a1196", "a2208"):
        await centre.submit(c.PutProfile(agent, team="day"))
    await centre.submit(c.PutBreakLimit("team", "day", ("break",), 1))
    chen = await centre.agent("2208")
    now = centre.room.live.now()
    soon, later = {"reason": "break", "start": 0, "length_s": 60}, now + 1800
    mine = (await done(li.post("/desk/breaks", json=soon), 201))["id"]
    assert await refused(chen.post("/desk/breaks", json=soon)) == (409, "break.full")
    planned = (await done(chen.post("/desk/breaks", json={**soon, "start": later}), 201))["id"]
    assert await refused(li.delete(f"/desk/breaks/{planned}")) == (404, "break.unknown"), "only one's own"
    told = await done(chen.get("/desk/breaks", params={"reason": "break", "length_s": 60, "hours": 1}), 200)
    assert [it["id"] for it in told["mine"]] == [planned]
    assert told["slots"][0]["why"] == "break.full"
    assert "" in {it["why"] for it in told["slots"]}
    desk = centre.room.desks.of("a1196")
    await centre.until(lambda: centre.state.agents["a1196"].presence == "not_ready")
    await centre.until(lambda: any(collection == "notices" for collection, _ in desk))
    (notice,) = (desk.get(*key) for key in desk if key[0] == "notices")
    assert notice is not None
    assert (notice["code"], notice["detail"]["reason"]) == ("break.began", "break")
    assert 0 < notice["detail"]["until"] - now <= 60 + 10
    presence = {"presence": "not_ready", "reason": "break"}
    assert await refused(chen.post("/desk/presence", json=presence)) == (409, "break.full")
    floor = centre.room.floor

    def away() -> list[str]:
        floor.refresh()
        return list((floor.get("breaks", "team day") or {"names": []})["names"])

    await centre.until(lambda: away() == ["李明"])
    await done(boss.post("/floor/agents/a2208/presence", json={**presence, "force": True}))
    await done(li.delete(f"/desk/breaks/{mine}"))
    await done(li.post("/desk/presence", json={"presence": "available"}))
    assert centre.state.agents["a2208"].reason == "break"


def test_ids_of_attempts_are_names_of_files() -> None:
    assert names.recording("b1~2.v1~2/1") == "r-b1_2-v1_2-1"
