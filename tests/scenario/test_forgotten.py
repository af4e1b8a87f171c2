"""Somebody asks to be forgotten: no table, no file of the centre knows them, nor a backup that is restored."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from qingting import migrate
from qingting.backup import backup, restore
from qingting.config import Config
from qingting.contexts.people import api as people
from qingting.contexts.recordings.tables import recordings
from qingting.contexts.retention.tables import erasure
from qingting.core import commands as c
from qingting.core.commands import Notes
from qingting.journal.port import PersonalData
from qingting.records import Records
from qingting.runtime import names

from ..patience import PATIENCE_S
from .fake_centre import FakeCentre, done, fake_centre, refused

ONE, TWO, DIALLED = "+8613977770001", "+8613977770002", "+8613977770003"
NAME = "欧阳琥珀QUIL"
TOKENS = ("13977770001", "13977770002", "13977770003", "欧阳琥珀", "QUIL", "quil")
"""Each mark of theirs has one of these in it; made-up ids have no U, I, L or O."""


@pytest.fixture
async def centre(tmp_path: Path, made_prompts: Path) -> AsyncIterator[FakeCentre]:
    async with fake_centre(tmp_path, made_prompts) as it:
        yield it


async def test_nothing_is_left_of_whom_one_forgets(centre: FakeCentre, tmp_path: Path) -> None:
    head = await centre.client("head", "administrator")
    one, two, other = await everything_about_them(centre, head)
    data, url = centre.house.config.data, centre.house.records.url
    assert len(await places(data, url)) > 12, "each place has a mark of theirs"
    await asyncio.to_thread(backup, centre.house.config, tmp_path / "backups" / "before")

    hold = {"kind": "customer", "target": two, "reason": "case 7"}
    held = (await done(head.post("/retention/holds", json=hold), 201))["id"]
    ask = {"customer": two, "recordings": True}
    assert await refused(head.post("/erasures", json=ask)) == (409, "erasure.held")
    await done(head.delete(f"/retention/holds/{held}"))
    erased = await done(head.post("/erasures", json=ask), 200)
    assert (erased["records"], erased["files"], erased["recordings"]) == (2, 1, 1)
    assert erased["contacts"] == 1
    assert erased["callbacks"] == 2
    assert await places(data, url) == set()

    assert await refused(head.get(f"/customers/{one}")) == (404, "customer.unknown")
    assert (await done(head.get(f"/customers/{other}/book"), 200))["items"] == []
    assert (await done(head.get("/customers", params={"number": ONE}), 200))["items"] == []
    leg = await centre.caller(ONE.removeprefix("+86"))
    again = (await done(head.post("/customers", json={"name": "Who calls", "numbers": [ONE]}), 201))["id"]
    assert again not in (one, two)
    centre.engine.hang_up(leg)
    await centre.until(lambda: not centre.state.contacts)

    await asyncio.to_thread(backup, centre.house.config, tmp_path / "backups" / "after")
    elsewhere = Config(data=tmp_path / "elsewhere")
    told = await asyncio.to_thread(restore, tmp_path / "backups" / "before", elsewhere)
    assert told.erased == 1
    assert await places(elsewhere.data, elsewhere.effective_records_url) == set()
    alone = tmp_path / "alone" / "before"
    await asyncio.to_thread(lambda: (alone.parent.mkdir(), (tmp_path / "backups" / "before").rename(alone)))
    third = Config(data=tmp_path / "third")
    told = await asyncio.to_thread(lambda: restore(alone, third, erasures=data))
    assert (told.erased, await places(third.data, third.effective_records_url)) == (1, set())


async def test_what_a_process_that_died_has_begun_is_finished(centre: FakeCentre) -> None:
    head = await centre.client("head", "administrator")
    id = (await done(head.post("/customers", json={"name": NAME, "numbers": [ONE]}), 201))["id"]
    row = {"tenant": centre.room.tenant, "id": "er-1", "at": 1.0, "user_id": "u", "customers": [id]}
    lists: dict[str, Any] = {"contacts": [], "others": [], "refs": [], "recordings": False}
    async with centre.house.records.write() as connection:
        await connection.execute(erasure.insert().values(**row, **lists))
    assert await centre.house.erasure.finish_left(people.system, 2.0) == 1
    assert await refused(head.get(f"/customers/{id}")) == (404, "customer.unknown")
    assert await centre.house.erasure.finish_left(people.system, 2.0) == 0
    (entry,) = (await done(head.get("/audit", params={"action": "customer.erased"}), 200))["items"]
    assert (entry["target"], entry["user"]) == (id, "u")


async def test_what_a_conversation_that_goes_on_leaves_is_erased_at_its_end(
    tmp_path: Path, made_prompts: Path
) -> None:
    """Nobody has to ask twice, and a restart in between forgets nothing."""
    async with fake_centre(tmp_path, made_prompts) as centre:
        head = await centre.client("head", "administrator")
        id = (await done(head.post("/customers", json={"name": NAME, "numbers": [ONE]}), 201))["id"]
        await centre.agent("1196")
        contact, caller = await talks(centre)
        erased = await done(head.post("/erasures", json={"customer": id, "recordings": True}), 200)
        assert (erased["contacts"], erased["recordings"]) == (1, 0)
        assert await places(centre.house.config.data, centre.house.records.url) == set()
        await asks_outside(centre, contact)
        assert "table personal" in await places(centre.house.config.data, centre.house.records.url)
        engine = centre.engine
    async with fake_centre(tmp_path, made_prompts, engine) as centre:
        assert await recordings_left(centre) == 1
        engine.hang_up(caller)
        await centre.free("1196")
        await centre.until(lambda: not centre.state.contacts)
        async with asyncio.timeout(PATIENCE_S):
            data, url = centre.house.config.data, centre.house.records.url
            while (await recordings_left(centre), await places(data, url)) != (0, set()):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        again = await centre.sign_in("head")
        (entry,) = (await done(again.get("/audit", params={"action": "customer.erased_rest"}), 200))["items"]
        assert (entry["target"], entry["detail"]["recordings"]) == (id, 1)


async def recordings_left(centre: FakeCentre) -> int:
    async with centre.house.records.read() as connection:
        return await connection.scalar(sa.select(sa.func.count()).select_from(recordings)) or 0


async def everything_about_them(centre: FakeCentre, head: httpx.AsyncClient) -> tuple[str, str, str]:
    """Two records that are one person, and somebody who knows them."""
    hook = {"name": "CRM", "url": "https://crm.invalid/", "kinds": ["customer.created", "customer.changed"]}
    await done(head.post("/webhooks", json=hook), 201)
    field = {"id": "pet", "version": 0, "names": {"zh": "宠物", "en": "Pet"}, "type": "text", "searchable": True}
    await done(head.put("/customer-fields", json=field), 200)
    kind = {"id": "owns", "version": 0, "names": {"zh": "拥有", "en": "owns"}, "back": {"zh": "属于", "en": "of"}}
    await done(head.put("/customer-relation-types", json=kind | {"target": "thing"}), 200)
    first = {
        "name": NAME, "numbers": [ONE], "external_id": "QUIL-1", "note": "QUIL note", "addresses": ["QUIL road 1"],
        "identities": [{"kind": "mail", "value": "quil@example.com"}, {"kind": "openid", "value": "oQUIL"}],
        "fields": {"pet": "QUIL the cat"},
    }  # fmt: skip
    one = (await done(head.post("/customers", json=first), 201))["id"]
    two = (await done(head.post("/customers", json={"name": f"{NAME} 2", "numbers": [TWO]}), 201))["id"]
    other = (await done(head.post("/customers", json={"name": "Somebody else"}), 201))["id"]
    await done(head.post(f"/customers/{one}/merges", json={"source": two, "why": "QUIL twice"}), 201)
    await done(head.post(f"/customers/{two}/notes", json={"text": "QUIL likes tea"}), 201)
    await done(head.post(f"/customers/{two}/book", json={"name": "QUIL's wife", "value": DIALLED}), 201)
    await done(head.post(f"/customers/{other}/book", json={"name": NAME, "value": TWO}), 201)
    said = {"purpose": "marketing", "medium": "sms", "given": True, "how": "QUIL said so"}
    await done(head.post(f"/customers/{one}/consents", json=said), 201)
    await done(head.post(f"/customers/{one}/relations", json={"type": "owns", "thing": "QUIL phone"}), 201)
    await done(head.put(f"/customers/{one}/tags", json={"tags": [{"layer": "value", "tag": "QUIL"}]}), 200)
    lived = {"situation": "person", "score": 2, "note": "QUIL was cross"}
    await done(head.post(f"/customers/{one}/experience", json=lived), 201)

    page, ask = centre.nobody(), {"entry": "demo", "language": "zh"}
    at = centre.room.live.now() + 7200
    await done(page.post("/public/callbacks", json={**ask, "number": ONE, "at": at, "note": "QUIL asks"}))
    await done(page.post("/public/messages", json={**ask, "number": TWO, "text": "QUIL writes"}))
    await a_call(centre)
    rows = f"客户编号,姓名,手机号\r\nQUIL-1,{NAME},{ONE}\r\nQUIL-2,{NAME},12\r\n".encode("gb18030")
    made = await done(head.post("/customer-imports", json={"name": "a.csv", "size": len(rows)}), 201)
    path = f"/customer-imports/{made['id']}"
    await done(head.put(f"{path}/content", params={"offset": 0}, content=rows), 200)
    for _ in range(6000):
        if (await done(head.get(path), 200))["state"] == "ready":
            break
        await asyncio.sleep(0.01)
    else:
        raise AssertionError("the file was never looked at")
    return one, two, other


async def a_call(centre: FakeCentre) -> None:
    """They call, their agent asks somebody outside about them, with words for whom they ask; all is recorded."""
    await centre.agent("1196")
    contact, caller = await talks(centre)
    await asks_outside(centre, contact)
    centre.engine.hang_up(caller)
    await centre.free("1196")
    await centre.until(lambda: not centre.state.contacts)


async def talks(centre: FakeCentre) -> tuple[str, str]:
    """They call and 1196 answers; (contact, the caller's leg)."""
    caller = await centre.caller(ONE.removeprefix("+86"))
    await centre.until(lambda: bool(centre.state.agents["a1196"].assignments))
    (mine,) = centre.state.agents["a1196"].assignments
    desk = await centre.rings(names.agent_leg(mine))
    centre.engine.answer(desk)
    await centre.skip_words(caller, lambda: centre.engine.hears(caller) == {f"leg:{desk}"})
    (contact,) = centre.state.contacts
    await centre.recorded(contact)
    return contact, caller


async def asks_outside(centre: FakeCentre, contact: str) -> None:
    (mine,) = centre.state.agents["a1196"].assignments
    known = [
        PersonalData("r-out", "caller", "routing", {"number": DIALLED}),
        PersonalData("r-note", "text", "routing", {"text": "QUIL owes 5 yuan"}),
    ]
    asks = c.ConsultOutside(mine, f"{contact}.p1", "r-out", notes=Notes(note="r-note"))
    await centre.room.live.submit(asks, personal=known)


async def places(data: Path, records_url: str) -> set[str]:
    """Tables and files in which a mark of theirs is found, byte by byte; of free pages and logs as well."""
    found = set()
    records = Records(records_url)
    async with records.read() as connection:
        for table in migrate.every_table().sorted_tables:
            for row in await connection.execute(sa.select(table)):
                if any(token in repr(tuple(row)) for token in TOKENS):
                    found.add(f"table {table.name}")
    await records.close()
    with closing(sqlite3.connect(f"file:{data / 'journal.db'}?mode=ro", uri=True)) as journal:
        for (value,) in journal.execute("SELECT value FROM personal"):
            if any(token.encode() in value for token in TOKENS):
                found.add("table personal")
    wanted = [spelt for token in TOKENS for spelt in (token.encode(), token.encode("gb18030"), _escaped(token))]
    return found | await asyncio.to_thread(_files, data, wanted)


def _files(data: Path, wanted: Sequence[bytes]) -> set[str]:
    found = set()
    for file in data.rglob("*"):
        if file.is_file() and not file.is_symlink():
            content = file.read_bytes()
            if any(token in content for token in wanted):
                found.add(str(file.relative_to(data)))
    return found


def _escaped(token: str) -> bytes:
    """As JSON writes it."""
    return token.encode("unicode_escape")
