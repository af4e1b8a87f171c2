"""Customers in bulk: found again, changed, made, and the same when told twice. On both databases."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa

from qingting.contexts.customers import api
from qingting.contexts.customers.api import Consented, Known, Record, Tagged
from qingting.contexts.customers.merging import merge
from qingting.contexts.customers.model import Related, normalised, problems
from qingting.contexts.customers.relations import Type, keep_type
from qingting.migrate import every_table
from qingting.records import Records

T = "t1"
PHONE = "+8613812345678"


def phone(number: str = PHONE, level: str = "claimed") -> Known:
    return Known("phone", number, level)


async def upsert(records: Records, *told: Record) -> list[api.Upserted]:
    async with records.write() as connection:
        return await api.upsert(connection, T, told)


async def rows(records: Records, table: str) -> list[dict[str, object]]:
    async with records.read() as connection:
        found = await connection.execute(sa.select(every_table().tables[table]))
        return [dict(row) for row in found.mappings()]


async def test_told_twice_is_told_once(records: Records) -> None:
    told = [
        Record(
            external_id=f"E{i}",
            name="陈  伟" if i % 2 else "Zoë O’Neill",
            identities=[phone(f"+86139000{i:05d}"), Known("mail", f"{i}@example.com")],
            tags=[Tagged("value", "gold", 0.5)],
            addresses=["北京市朝阳区 1 号"],
            consents=[Consented("marketing", "sms", False, 1000.0, "form 7")],
            fields={"colour": "red"},
        )
        for i in range(50)
    ]
    first = await upsert(records, *told)
    assert {it.outcome for it in first} == {"new"}
    before = {table: await rows(records, table) for table in ("customer", "customer_identity", "customer_tag")}
    again = await upsert(records, *told)
    assert [it.id for it in again] == [it.id for it in first]
    assert {it.outcome for it in again} == {"same"}
    assert before == {table: await rows(records, table) for table in before}
    assert {row["name_key"] for row in before["customer"]} == {"陈伟", "zoëoneill"}
    assert len(await rows(records, "customer_consent")) == len(await rows(records, "customer_address")) == 50
    outbox = await rows(records, "outbox")
    assert len(outbox) == 1, "what is the same is not told"
    told[0].name, told[1].note = "", "VIP"
    changed = await upsert(records, *told)
    assert [it.outcome for it in changed[:3]] == ["changed", "changed", "same"]


async def test_who_is_known_by_a_number_takes_the_external_id(records: Records) -> None:
    async with records.write() as connection:
        caller = await api.remember(connection, T, PHONE)
    (one,) = await upsert(records, Record(external_id="A", name="A", identities=[phone()]))
    assert one == api.Upserted(caller.id, "changed")
    # Somebody with another key shares the number: they are two, and the one who is surer of it is found by it.
    (two,) = await upsert(records, Record(external_id="B", name="B", identities=[phone()]))
    assert two.outcome == "new" != one.id
    async with records.read() as connection:
        assert (await api.by_numbers(connection, T, [PHONE]))[PHONE].id == caller.id
    await upsert(records, Record(external_id="B", identities=[phone(level="proven")]))
    async with records.read() as connection:
        found = (await api.by_numbers(connection, T, [PHONE]))[PHONE]
        assert (found.id, found.name) == (two.id, "B")
    # A record without a key is of whoever is found.
    (three,) = await upsert(records, Record(identities=[phone()], name="B"))
    assert three == api.Upserted(two.id, "same", shared=True), "the number is of both"


async def test_one_customer_twice_in_a_batch(records: Records) -> None:
    told = [Record(external_id="A", name="1"), Record(external_id="A", name="2"), Record(identities=[phone()])]
    told += [Record(identities=[phone()], name="3")]
    done = await upsert(records, *told)
    assert done[0].id == done[1].id != done[2].id == done[3].id
    assert sorted(str(row["name"]) for row in await rows(records, "customer")) == ["2", "3"]
    assert [it.outcome for it in await upsert(records, told[1], told[3])] == ["same", "same"]


async def test_what_records_say_together_is_known(records: Records) -> None:
    """Merged, and told what they say as one, nothing changes; what is otherwise goes to the record that was named."""
    liu = Record("A", name="", identities=[phone()], fields={"plan": "A"}, addresses=["x 1"])
    same = Record("B", name="Liu", identities=[Known("mail", "l@example.com")], tags=[Tagged("value", "gold")])
    a, b = await upsert(records, liu, same)
    async with records.write() as connection:
        await merge(connection, T, b.id, a.id, "mei", "")
    as_one = replace(
        liu, name="Liu", identities=[*liu.identities, *same.identities], tags=same.tags, addresses=["x 1"]
    )
    assert [it.outcome for it in await upsert(records, as_one, replace(as_one, external_id="B"))] == ["same"] * 2
    told = await upsert(records, replace(as_one, name="Liu Fang"), Record(name="B", identities=same.identities))
    assert [(it.id, it.outcome) for it in told] == [(a.id, "changed")] * 2, "who has no key is who stands for all"
    names = {row["id"]: row["name"] for row in await rows(records, "customer")}
    assert names == {a.id: "B", b.id: "Liu"}


async def test_consent_at_some_time_is_told_when_it_is_otherwise(records: Records) -> None:
    def said(given: bool, at: float = 0.0) -> Record:
        return Record("A", consents=[Consented("marketing", "sms", given, at, "form")])

    outcomes = [
        (await upsert(records, it))[0].outcome for it in (said(True, 5.0), said(True), said(False), said(False))
    ]
    assert outcomes == ["new", "same", "changed", "same"]
    assert len(await rows(records, "customer_consent")) == 2


async def test_relations_lead_to_who_is_known(records: Records) -> None:
    async with records.write() as connection:
        await keep_type(connection, T, Type("employs", {}, {}))
        await keep_type(connection, T, Type("owns", {}, {}, "thing"))
    told = Record("A", relations=[Related("employs", other="B"), Related("owns", thing="car")])
    (alone,) = await upsert(records, told)
    assert (alone.outcome, alone.why) == ("refused", "relation.unknown_other")
    b, both = await upsert(records, Record("B"), told)
    assert (b.outcome, both.outcome) == ("new", "new")
    assert [it.outcome for it in await upsert(records, told)] == ["same"]
    itself = Record("A", relations=[Related("employs", other="A")])
    assert [it.why for it in await upsert(records, itself)] == ["relation.itself"]
    found = await rows(records, "customer_relation")
    assert {(row["customer"], row["type"], row["other"], row["thing"]) for row in found} == {
        (both.id, "employs", b.id, ""),
        (both.id, "owns", None, "car"),
    }


SPELLINGS = """13812345678; 138 1234 5678 ;138-1234-5678;+86 138 1234 5678;+86-138-1234-5678;0086138 12345678;
+8613812345678;8613812345678;(+86)13812345678;+86 (138) 1234-5678;138.1234.5678;138 12345678;1381234 5678;
１３８１２３４５６７８;＋８６１３８１２３４５６７８;138–1234–5678;138—1234—5678;138\u00a01234\u00a05678;\t13812345678\n;86-138-1234-5678"""


@pytest.mark.parametrize("spelling", SPELLINGS.split(";"))
def test_a_number_in_twenty_spellings(spelling: str) -> None:
    assert normalised("phone", spelling) == PHONE


@pytest.mark.parametrize("bad", ["", "12", "not a number", "+999999999999999", "1" * 300, "=1+1"])
def test_what_is_no_number(bad: str) -> None:
    assert normalised("phone", bad) is None


def test_what_no_rule_accepts() -> None:
    record = Record(
        name="x" * 501,
        kind="cat",
        language="xx-yy-zz-aa",
        born="1990-02-30",
        identities=[Known("phone", "138"), Known("mail", "a@b"), Known("fax", "1"), phone(level="sure")],
        tags=[Tagged("colour", "x")],
        addresses=["", "x" * 501],
        consents=[Consented("Bad Purpose", "sms", True, 1.0), Consented("marketing", "pigeon", True, 1.0)],
    )
    assert problems(record) == {
        "name": "string_too_long",
        "kind": "kind.bad",
        "language": "language.bad",
        "born": "day.bad",
        "identities.0": "number.bad",
        "identities.1": "mail.bad",
        "identities.2": "identity.bad",
        "identities.3": "level.bad",
        "tags.0": "tag.bad",
        "addresses.0": "string_too_long",
        "addresses.1": "string_too_long",
        "consents.0": "purpose.bad",
        "consents.1": "medium.bad",
    }
    assert problems(Record(name="nobody")) == {"external_id": "record.nobody"}
    assert problems(Record(external_id="1", name="<b>\u202eمرحبا</b> 👩‍👩‍👧" * 20)) == {}
