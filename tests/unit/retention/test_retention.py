"""What is old goes by its kind's term, what is held back stays, and all of it is on record: over the application."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.contexts.contacts import tables as contacts
from qingting.contexts.customers import tables as customers
from qingting.contexts.retention import runs, service, tables
from qingting.contexts.retention.api import Kind, Old, Page, Position, Retention, Tell
from qingting.contexts.webhooks.tables import delivery
from qingting.core import commands as c
from qingting.journal.port import PersonalData
from qingting.runtime import names

from ..contacts.story import START, Story
from ..house import House, code_of, fields_of

DAY_S = 86_400.0
ANNA, BO, CHEN = "+8613800000001", "+8613800000002", "+8613800000003"


async def settle(admin: Any, **days: int) -> None:
    settings = (await admin.get("/settings")).json()
    settings["retention"] |= days
    wanted = {name: settings[name] for name in settings if name not in ("id", "state", "changed_at", "changed_by")}
    answer = await admin.put("/settings", json=wanted)
    assert answer.status_code == 200, answer.text


def at(house: House, instant: float) -> None:
    house.retention._now = lambda: instant


async def ids(house: House, table: sa.Table) -> set[str]:
    async with house.records.read() as connection:
        return set((await connection.execute(sa.select(table.c.id).where(table.c.tenant == house.tenant))).scalars())


async def told(admin: Any) -> dict[str, Any]:
    """By kind."""
    answer = await admin.get("/retention")
    assert answer.status_code == 200, answer.text
    return {it["kind"]: it for it in answer.json()["kinds"]}


async def test_what_is_old_goes_and_what_is_held_back_stays(house: House) -> None:
    admin = await house.user("lin", "administrator")
    story = Story(house.journal, house.tenant)
    await story.begin()
    for contact, number in (("c1", ANNA), ("c2", BO), ("c3", CHEN)):
        await story.calls(contact, number)
        await story.after(5, c.ContactEnds(contact, "customer"))
    await house.projection.catch_up(house.tenant)
    people = {}
    for name, number in (("Anna", ANNA), ("Bo", BO), ("Dora", "+8613800000004")):
        people[name] = (await admin.post("/customers", json={"name": name, "numbers": [number]})).json()["id"]
    await admin.post(f"/customers/{people['Anna']}/notes", json={"text": "owes 5 yuan"})
    kept = {"kind": "customer", "target": people["Anna"], "reason": "case 2026-114"}
    assert code_of(await admin.post("/retention/holds", json=kept | {"target": "x"})) == (404, "customer.unknown")
    hold = (await admin.post("/retention/holds", json=kept)).json()["id"]
    assert code_of(await admin.post("/retention/holds", json=kept)) == (409, "hold.exists")
    await admin.post("/retention/holds", json=kept | {"kind": "contact", "target": "c3"})

    assert fields_of(await admin.put("/settings", json={"version": 0, "retention": {"audit_days": 30}}))
    await settle(admin, contacts_days=30, notes_days=30, customers_days=60, callers_days=10)
    seen = (await admin.get("/retention/preview", params={"kind": "contacts", "days": 1})).json()
    assert seen == {"count": 1, "held": 2, "more": False}, "c2; Anna's c1 and c3 are held"
    assert code_of(await admin.get("/retention/preview", params={"kind": "x", "days": 1})) == (
        404,
        "retention.unknown",
    )

    began = story.now
    at(house, began + 20 * DAY_S)
    assert await house.retention.keep(house.tenant)
    assert await ids(house, contacts.contact) == {"c1", "c2", "c3"}
    shown = {it["id"]: it["number"] for it in (await admin.get("/contacts")).json()["items"]}
    assert shown == {"c1": ANNA, "c2": "", "c3": CHEN}, "c2 is of nobody now"
    assert set(await house.journal.personal(house.tenant, ["p-c1", "p-c2", "p-c3"])) == {"p-c1", "p-c3"}
    assert not await house.retention.keep(house.tenant), "not due"

    at(house, began + 200 * DAY_S)
    await admin.post("/customers", json={"name": "Eve", "numbers": ["+8613800000005"]})
    async with house.records.write() as connection:
        new = customers.customer.update().where(customers.customer.c.name == "Eve")
        await connection.execute(new.values(changed_at=began + 199 * DAY_S))
    assert (await admin.post("/retention/runs")).status_code == 202
    assert await house.retention.keep(house.tenant)
    assert await ids(house, contacts.contact) == {"c1", "c3"}
    names = {it["name"] for it in (await admin.get("/customers")).json()["items"]}
    assert names == {"Anna", "Eve"}, "Bo and Dora have not been heard of; Eve was changed yesterday"
    assert len(await ids(house, customers.note)) == 1
    last = {kind: it["last"] for kind, it in (await told(admin)).items() if it["last"]}
    assert {kind: (it["erased"], it["held"]) for kind, it in last.items()} == {
        "callers": (1, 2), "contacts": (1, 2), "customers": (2, 1), "self_service_detail": (1, 0),
    }  # fmt: skip
    logged = {it["target"]: it["detail"]["erased"] for it in await house.audited("retention.erased")}
    assert logged == {"callers": 1, "contacts": 1, "customers": 2, "self_service_detail": 1}

    held = (await admin.get("/retention/holds")).json()
    assert [(it["target"], it["reason"]) for it in held["items"]] == [
        ("c3", "case 2026-114"), (people["Anna"], "case 2026-114"),
    ]  # fmt: skip
    assert (await admin.delete(f"/retention/holds/{hold}")).status_code == 204
    assert code_of(await admin.delete(f"/retention/holds/{hold}")) == (404, "hold.unknown")
    await admin.post("/retention/runs")
    assert await house.retention.keep(house.tenant)
    assert await ids(house, contacts.contact) == {"c3"}
    assert {it["name"] for it in (await admin.get("/customers")).json()["items"]} == {"Eve"}
    pages = (await admin.get("/retention/runs", params={"limit": 2})).json()
    assert len(pages["items"]) == 2
    rest = (await admin.get("/retention/runs", params={"limit": 50, "cursor": pages["next"]})).json()["items"]
    assert not {it["id"] for it in rest} & {it["id"] for it in pages["items"]}
    eve = await house.user("eve", "administrator", tenant=house.other)
    assert (await eve.get("/retention/runs")).json()["items"] == []
    assert code_of(await (await house.user("su", "supervisor")).get("/retention")) == (403, "permission.missing")
    at(house, began + 3000 * DAY_S)
    assert await house.retention.keep(house.tenant)
    left = {(it["action"], it["target"]) for it in await house.audited("")}
    erased = {("retention.erased", "audit"), ("retention.erased", "self_service")}
    assert left == {("hold.placed", "c3")} | erased, "the audit log has an end as well"


async def messages(house: House, admin: Any, many: int) -> None:
    """That were heard long ago."""
    new = {"name": "CRM", "url": "https://example.com/hook", "kinds": ["customer.created"]}
    hook = (await admin.post("/webhooks", json=new)).json()["id"]
    row = {
        "tenant": house.tenant,
        "webhook": hook,
        "kind": "customer.created",
        "data": {},
        "state": "sent",
        "at": 1.0,
    }
    rows = [row | {"id": f"msg-{n:04d}", "due": 1.0, "attempts": []} for n in range(many)]
    async with house.records.write() as connection:
        await connection.execute(delivery.insert(), rows)


async def test_one_process_at_a_time_and_what_died_is_finished(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "AT_ONCE", 10)
    admin = await house.user("lin", "administrator")
    await messages(house, admin, 95)
    whole = house.retention
    (kind,) = (it for it in whole.kinds.values() if it.code == "webhook_messages")
    batches = 0

    async def dies(tenant: str, ids: Sequence[str], tell: Tell) -> None:
        nonlocal batches
        batches += 1
        if batches == 4:
            raise asyncio.CancelledError  # as far as the others can tell
        await kind.erase(tenant, ids, tell)

    def process(kinds: Sequence[Kind]) -> Retention:
        return Retention(
            house.records, kinds, whole._days, whole._tenants, whole.holds._covers, whole._audit, whole._system,
            lambda: whole._now(),
        )  # fmt: skip

    with pytest.raises(asyncio.CancelledError):
        await process([kind._replace(erase=dies)]).keep(house.tenant)
    shown = (await told(admin))["webhook_messages"]["last"]
    assert (shown["erased"], shown["ended_at"]) == (30, None)
    assert (await admin.get("/retention")).json()["running"]
    one, two = process([kind]), process([kind])
    assert not await one.keep(house.tenant), "its turn is not over"
    at(house, time.time() + runs.LEASE_S + service.EVERY_S)
    assert sorted(await asyncio.gather(one.keep(house.tenant), two.keep(house.tenant))) == [False, True]
    after = (await told(admin))["webhook_messages"]["last"]
    assert (after["id"], after["erased"], after["ended_at"] is not None) == (shown["id"], 95, True)
    async with house.records.read() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(delivery)) == 0


async def test_who_has_lost_the_turn_takes_nothing_more(house: House) -> None:
    admin = await house.user("lin", "administrator")
    await messages(house, admin, 5)
    (kind,) = (it for it in house.retention.kinds.values() if it.code == "webhook_messages")

    async def slow(tenant: str, ids: Sequence[str], tell: Tell) -> None:
        async with house.records.write() as connection:
            await connection.execute(tables.turn.update().values(holder="another"))
        await kind.erase(tenant, ids, tell)

    house.retention.kinds = {kind.code: kind._replace(erase=slow)}
    assert not await house.retention.keep(house.tenant)
    async with house.records.read() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(delivery)) == 5


class TestOneThatFails:
    @pytest.fixture
    def expected_errors(self) -> list[str]:
        return ["retention.failed"]

    async def test_is_told_and_the_others_go_on(self, sqlite_house: House) -> None:
        house = sqlite_house
        admin = await house.user("lin", "administrator")
        await messages(house, admin, 5)

        async def find(
            connection: AsyncConnection, tenant: str, before: float, after: Position | None, limit: int
        ) -> Page:
            return Page([Old("x")], None)

        async def erase(tenant: str, ids: Sequence[str], tell: Tell) -> None:
            raise OSError("/secret/path")

        broken = Kind("recordings", "recordings_days", find, erase)
        house.retention.kinds = {"recordings": broken} | house.retention.kinds
        assert await house.retention.keep(house.tenant)
        shown = await told(admin)
        assert shown["recordings"]["last"]["trouble"] == "OSError"
        assert shown["webhook_messages"]["last"]["erased"] == 5
        next_at = (await admin.get("/retention")).json()["next_at"]
        assert next_at < time.time() + service.EVERY_S / 2, "tried again before long"


async def test_what_self_service_remembers_has_a_term_of_its_own(sqlite_house: House) -> None:
    house = sqlite_house
    admin = await house.user("lin", "administrator")
    story = Story(house.journal, house.tenant)
    await story.begin()
    for contact in ("c1", "c2"):
        await story.calls(contact, ANNA)
        ref = names.remembered(contact)
        values = PersonalData(ref, "dialogue", "self-service", {"values": {"account": "6225"}})
        await story.does(c.DialogueMoves(contact, "main", 1, "look", "given", "{}", ref), values)
        await story.does(c.DialogueMoves(contact, "main", 1, "told", "found", "{}"))
    await story.after(5, c.ContactEnds("c1", "customer"))
    await house.projection.catch_up(house.tenant)
    await settle(admin, dialogues_days=30)
    at(house, START + 31 * DAY_S)
    await house.retention.keep(house.tenant)
    left = await house.journal.personal(house.tenant, [names.remembered("c1"), names.remembered("c2")])
    assert list(left) == [names.remembered("c2")], "who is on the line is remembered"
    assert (await told(admin))["dialogues"]["last"]["erased"] == 1
    assert await ids(house, contacts.contact) == {"c1", "c2"}
