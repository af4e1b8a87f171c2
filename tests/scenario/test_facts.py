"""What is known of a caller when their dialogue begins decides its way; what it remembers goes with them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from qingting.runtime import names
from qingting.runtime.remembering import remembered

from ..patience import PATIENCE_S
from .fake_centre import FakeCentre, done, fake_centre, refused

NUMBER = "95599"
FLOW = """
languages: [zh, en]
person: service
start: who
nodes:
  who:
    branch:
      - {when: vip and calls_today > 1, to: again}
      - {when: vip, to: gold}
      - {when: customer_address != null, to: at_home}
      - {when: customer_language == 'en', to: english}
      - {when: customer != null, to: known}
      - {when: caller != null, to: stranger}
      - {to: withheld}
  again: {menu: {say: {zh: "您今天第{calls_today:number}次来电。", en: "{calls_today:number}"}, keys: {1: account}}}
  gold: {menu: {say: {zh: "尊敬的{customer_name}，您好。", en: "Dear {customer_name}."}, keys: {1: account}}}
  at_home: {menu: {say: {zh: "{customer_address}", en: "{customer_address}"}, keys: {1: account}}}
  english: {menu: {say: [{only: en, text: Good day.}], keys: {1: account}}}
  known: {menu: {say: {zh: 您好。, en: Hello.}, keys: {1: account}}}
  stranger: {menu: {say: {zh: 欢迎您。, en: Welcome.}, keys: {1: account}}}
  withheld: {menu: {say: {zh: 欢迎来电。, en: Welcome to us.}, keys: {1: account}}}
  account: {ask: {say: {zh: 请输入账号。, en: Your account.}, as: digits, into: account, next: bye}}
  bye: {menu: {say: {zh: 请按1。, en: Press 1.}, keys: {1: end}}}
  end: {hangup: {say: {standard: goodbye}}}
"""


@pytest.fixture
async def centre(tmp_path: Path, made_prompts: Path) -> AsyncIterator[FakeCentre]:
    async with fake_centre(tmp_path, made_prompts) as it:
        yield it


async def prepared(centre: FakeCentre) -> httpx.AsyncClient:
    head = await centre.client("head", "administrator")
    await done(head.post("/flows", json={"id": "facts", "name": "Facts", "text": FLOW}), 201)
    await done(head.post("/flows/facts/publish", json={"version": 1}), 200)
    await done(head.post("/entry-points", json={"name": "Facts", "key": NUMBER, "flow": "facts"}), 201)
    settings = await done(head.get("/settings"), 200)
    await done(head.put("/settings", json={"version": settings["version"], "vip_tags": ["金卡"]}), 200)
    return head


async def calls(centre: FakeCentre, number: str, node: str) -> tuple[str, str]:
    """Until they are there: (leg, contact)."""
    leg = centre.engine.arrive(NUMBER, number, source=f"trunk:{centre.room.tenant}.local")
    contact = names.contact_of_leg(leg)
    await at(centre, contact, node)
    return leg, contact


async def at(centre: FakeCentre, contact: str, node: str) -> None:
    seen: list[str] = []

    def there() -> bool:
        if (known := centre.state.contacts.get(contact)) is not None and known.node not in seen:
            seen.append(known.node)
        return seen[-1:] == [node]

    try:
        await centre.until(there)
    except TimeoutError:
        raise AssertionError(f"they are not at {node}: {seen}") from None


async def over(centre: FakeCentre, head: httpx.AsyncClient, leg: str, contact: str) -> None:
    """They hang up, and it is on the pages."""
    centre.engine.hang_up(leg)
    async with asyncio.timeout(PATIENCE_S):
        while (found := await head.get(f"/contacts/{contact}")).status_code != 200 or not found.json()["ended_at"]:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_who_calls_decides_the_way(centre: FakeCentre) -> None:
    head = await prepared(centre)

    async def customer(n: int, **told: Any) -> str:
        made = await done(head.post("/customers", json={"name": f"C{n}", **told}), 201)
        return str(made["id"])

    gold = await customer(1, numbers=["+8613977770001"], language="en")
    await done(head.put(f"/customers/{gold}/tags", json={"tags": [{"layer": "value", "tag": "金卡"}]}), 200)
    await customer(2, numbers=["+8613977770002"], language="en", addresses=["北京市"])
    proven = {"kind": "phone", "value": "+8613977770003", "level": "confirmed"}
    await customer(3, identities=[proven], language="en", addresses=["北京市"])
    await customer(4, numbers=["+8613977770004"])
    for number, node in (
        ("13977770001", "gold"),
        ("13977770001", "again"),  # they called before
        ("13977770002", "english"),  # whoever shows this number does not hear where its customer lives
        ("13977770003", "at_home"),
        ("13977770004", "known"),
        ("13977770005", "stranger"),
        ("", "withheld"),
    ):
        leg, contact = await calls(centre, number, node)
        await over(centre, head, leg, contact)


async def test_what_a_dialogue_remembers_is_theirs_to_have_and_goes_with_them(centre: FakeCentre) -> None:
    head = await prepared(centre)
    told = {"name": "欧阳琥珀", "numbers": ["+8613977770001"]}
    id = (await done(head.post("/customers", json=told), 201))["id"]
    other = (await done(head.post("/customers", json={"name": "O", "numbers": ["+8613977770002"]}), 201))["id"]
    contacts = []
    for number, account in (("13977770001", "735192"), ("13977770002", "846203")):
        leg, contact = await calls(centre, number, "known")
        centre.engine.press(leg, "1")
        await at(centre, contact, "account")
        for key in f"{account}#":
            centre.engine.press(leg, key)
        await at(centre, contact, "bye")
        await over(centre, head, leg, contact)
        contacts.append(contact)
    mine, theirs = contacts

    export = await done(head.get(f"/customers/{id}/export"), 200)
    (kept,) = export["dialogues"]
    assert (kept["contact"], kept["at"] > 0) == (mine, True)
    assert kept["values"]["account"] == "735192"
    assert kept["values"]["caller"] == "+8613977770001"
    assert "846203" not in str(export), "what another one said is another one's"
    assert "735192" in (await head.get(f"/contacts/{mine}")).text

    await done(head.post("/erasures", json={"customer": id, "recordings": False}), 200)
    assert await refused(head.get(f"/customers/{id}/export")) == (404, "customer.unknown")
    journal = centre.house.journal
    assert set(await remembered(journal, centre.room.tenant, contacts)) == {theirs}
    files = await asyncio.to_thread(lambda: [it for it in centre.house.config.data.rglob("*") if it.is_file()])
    assert [it.name for it in files if b"735192" in await asyncio.to_thread(it.read_bytes)] == []
    assert "735192" not in (await head.get(f"/contacts/{mine}")).text
    (kept,) = (await done(head.get(f"/customers/{other}/export"), 200))["dialogues"]
    assert kept["values"]["account"] == "846203"
