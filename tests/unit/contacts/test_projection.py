"""The read model against the real core's events: durations, outcomes, counts, and each entry once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from qingting.contexts.contacts import actions, queries, tables
from qingting.contexts.contacts.api import QueueToday, answered_today, counts, forget, held_of, progress, today
from qingting.contexts.contacts.projection import Projection
from qingting.core import commands as c
from qingting.core.engine import Engine
from qingting.records import Records

from ..house import House
from .story import START, Story, gone

ZONE = "Asia/Shanghai"


@pytest.fixture
async def story(house: House) -> Story:
    return await begun(house)


@pytest.fixture
async def sqlite_story(sqlite_house: House) -> Story:
    return await begun(sqlite_house)


async def begun(house: House) -> Story:
    story = Story(house.journal, house.tenant)
    await story.begin()
    return story


async def contact(house: House, id: str) -> dict[str, Any]:
    async with house.records.read() as connection:
        found = await queries.contact(connection, house.tenant, id)
    assert found is not None
    return found


async def everything(records: Records) -> dict[str, list[Any]]:
    async with records.read() as connection:
        return {
            table.name: sorted(map(tuple, await connection.execute(sa.select(table))), key=str)
            for table in (tables.contact, tables.visit, tables.assignment, tables.happening, tables.queue_rules)
        }


async def test_a_call_from_first_to_last_second(house: House, story: Story) -> None:
    await story.calls("c1")
    await story.after(8)
    await story.served("c1", wait_s=10, talk_s=60)
    assert await house.projection.catch_up(house.tenant) == story.seq
    row = await contact(house, "c1")
    assert (row["number"], row["outcome"], row["cause"]) == ("+8613812345678", "answered", "customer")
    assert (row["queue"], row["agent"], row["disposition"]) == ("sales", "lin", "resolved")
    assert (row["wait_s"], row["talk_s"], row["ended_at"] - row["arrived_at"]) == (10, 60, 98)
    async with house.records.read() as connection:
        parts = await queries.parts(connection, house.tenant, "c1")
    [visit] = parts["visits"]
    assert (visit["outcome"], visit["in_target"], visit["short"]) == ("answered", True, False)
    [assignment] = parts["assignments"]
    assert (assignment["state"], assignment["hold_s"], assignment["wrap_up_s"]) == ("done", 20, 12)
    assert "opaque" not in str(parts), "the interpreter's own state is nobody's business"
    assert [e["kind"] for e in parts["events"]][:3] == ["ContactArrived", "DialogueMoved", "DialogueMoved"]


@pytest.mark.parametrize(
    ("wait_s", "cause", "outcome", "short"),
    [(4, "customer", "abandoned", True), (6, "customer", "abandoned", False), (6, "engine_lost", "lost", False)],
)
async def test_nobody_came_in_time(
    sqlite_house: House, sqlite_story: Story, wait_s: float, cause: str, outcome: str, short: bool
) -> None:
    story = sqlite_story
    await story.calls("c1")
    await story.does(c.EnterQueue("c1", "v1", "sales"))
    await story.after(wait_s, c.ContactEnds("c1", cause))
    await sqlite_house.projection.catch_up(story.tenant)
    row = await contact(sqlite_house, "c1")
    assert (row["outcome"], row["wait_s"], row["agent"]) == (outcome, wait_s, "")
    async with sqlite_house.records.read() as connection:
        [visit] = (await queries.parts(connection, story.tenant, "c1"))["visits"]
    assert visit["short"] is short


@pytest.mark.parametrize(("cause", "outcome"), [("flow", "self_service"), ("customer", "left")])
async def test_self_service_alone(sqlite_house: House, sqlite_story: Story, cause: str, outcome: str) -> None:
    await sqlite_story.calls("c1")
    assert (await contact_now(sqlite_house, sqlite_story))["outcome"] == "open"
    await sqlite_story.after(9, c.ContactEnds("c1", cause))
    assert (await contact_now(sqlite_house, sqlite_story))["outcome"] == outcome


async def test_who_leaves_a_message_has_not_served_themselves(sqlite_house: House, sqlite_story: Story) -> None:
    await sqlite_story.calls("c1")
    await sqlite_story.does(c.TakeMessage("m1", "sales", "", "", "c1", "", "m1"))
    await sqlite_story.after(9, c.ContactEnds("c1", "flow"))
    assert (await contact_now(sqlite_house, sqlite_story))["outcome"] == "message"


async def contact_now(house: House, story: Story) -> dict[str, Any]:
    await house.projection.catch_up(story.tenant)
    return await contact(house, "c1")


async def test_an_offer_that_nobody_takes_keeps_the_first_arrival(sqlite_house: House, sqlite_story: Story) -> None:
    story = sqlite_story
    await story.ready("wang")
    await story.calls("c1")
    await story.does(c.EnterQueue("c1", "v1", "sales"))
    await story.after(16)
    await story.ready("lin")
    await story.after(3, c.Accept("v1/2"), c.Connected("v1/2"))
    await story.after(30, c.AgentLeaves("v1/2"))
    row = await contact_now(sqlite_house, story)
    assert (row["wait_s"], row["agent"], row["outcome"]) == (19, "lin", "answered")
    async with sqlite_house.records.read() as connection:
        parts = await queries.parts(connection, story.tenant, "c1")
    assert [(a["agent"], a["state"]) for a in parts["assignments"]] == [("wang", "timed_out"), ("lin", "wrap_up")]
    assert parts["visits"][0]["in_target"] is True


async def test_an_agents_own_call(sqlite_house: House, sqlite_story: Story) -> None:
    story = sqlite_story
    await story.ready("lin")
    await story.does(c.SetPresence("lin", "not_ready", "system", "system"))
    await story.does(c.AgentDials("lin", "c1", "j1", "v1", party="p1", wrap_up_s=0))
    await story.after(5, c.ContactEnds("c1", "customer"))
    row = await contact_now(sqlite_house, story)
    assert (row["direction"], row["outcome"], row["agent"], row["number"]) == ("out", "not_reached", "lin", None)


async def test_the_floors_counts_are_those_of_the_definitions(house: House, story: Story) -> None:
    await story.calls("c1")
    await story.served("c1", wait_s=10)
    await story.calls("c2")
    await story.served("c2", wait_s=25)
    for n, wait_s in enumerate((3, 9)):
        await story.calls(f"gone{n}")
        await story.does(c.EnterQueue(f"gone{n}", f"vg{n}", "sales"))
        await story.after(wait_s, c.ContactEnds(f"gone{n}", "customer"))
    await story.calls("c3")
    await story.does(c.EnterQueue("c3", "v3", "sales"))
    await story.after(7, c.LeaveQueue("v3", "overflow"))
    await story.does(c.EnterQueue("c3", "v3b", "service", since=story.now - 7))
    await story.after(21)
    await house.projection.catch_up(house.tenant)
    async with house.records.read() as connection:
        assert await progress(connection, house.tenant) == story.seq
        assert await today(connection, house.tenant, story.now, ZONE) == {
            "sales": QueueToday(5, 2, 1, 1, 1, 1, 0, 0),
            "service": QueueToday(1, 0, 0, 0, 0, 0, 0, 1),
        }
        assert await answered_today(connection, house.tenant, story.now, ZONE) == {"lin": 2}
        assert await today(connection, house.tenant, story.now + 86_400, ZONE) == {}, "a new day"
        assert await today(connection, house.other, story.now, ZONE) == {}


async def test_how_often_a_customer_called(house: House, story: Story) -> None:
    await story.calls("old")
    await story.after(3 * 86_400)
    await story.calls("now")
    await story.calls("another", number="+8613900001111")
    await house.projection.catch_up(house.tenant)
    async with house.records.read() as connection:
        both = await counts(connection, house.tenant, ["+8613812345678"], story.now, ZONE)
        assert both == (1, 2, story.now, 0)
        others = await counts(connection, house.tenant, ["+8613812345678"], story.now, ZONE, but="now")
        assert others == (0, 1, START, 0)
        assert await counts(connection, house.tenant, [], story.now, ZONE) == (0, 0, None, 0)


async def test_the_same_whether_read_at_once_or_by_and_by(sqlite_house: House, sqlite_story: Story) -> None:
    """And nothing counts twice when what was committed is read again."""
    story, house = sqlite_story, sqlite_house
    for n in range(12):
        await story.calls(f"c{n}")
        await story.served(f"c{n}", wait_s=n)
        if n % 3 == 0:
            await house.projection.catch_up(story.tenant)
    await house.projection.catch_up(story.tenant)
    by_and_by = await everything(house.records)
    assert len(by_and_by["contact"]) == 12
    assert await house.projection.catch_up(story.tenant) == 0
    async with house.records.write() as connection:
        for table in (tables.contact, tables.visit, tables.assignment, tables.happening, tables.progress):
            await connection.execute(sa.delete(table))
    assert await Projection(house.journal, house.records).catch_up(story.tenant) == story.seq
    assert await everything(house.records) == by_and_by


async def test_it_follows_while_calls_come_and_recovers_from_a_lost_database(
    sqlite_house: House, sqlite_story: Story, expected_errors: list[str]
) -> None:
    story, house = sqlite_story, sqlite_house
    expected_errors.append("contacts.projection_failed")
    async with house.records.write() as connection:
        await connection.execute(sa.text("ALTER TABLE contact RENAME TO contact_gone"))
    following = asyncio.create_task(house.projection.run())
    try:
        await story.calls("c1")
        while house.projection.failing != {story.tenant: "OperationalError"}:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        async with house.records.write() as connection:
            await connection.execute(sa.text("ALTER TABLE contact_gone RENAME TO contact"))
        await house.projection.reached(story.tenant, story.seq)
        await story.served("c1")
        await house.projection.reached(story.tenant, story.seq)
        assert (await contact(house, "c1"))["outcome"] == "answered"
        assert house.projection.failing == {}
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)


async def test_who_called_can_be_forgotten_and_the_old_is_deleted(house: House, story: Story) -> None:
    await story.calls("c1")
    await story.served("c1")
    await story.calls("c2", number="+8613900001111")
    await house.projection.catch_up(house.tenant)
    from qingting.access import Identity

    who = Identity(house.tenant, "u", "U", frozenset())
    async with house.records.write() as connection:
        id = await actions.note(connection, who, "c1", "  owes 5 yuan ", assignment="v-c1/1")
        assert await actions.note(connection, who, "c1", "owes nothing", assignment="v-c1/1") == id
        [note] = (await queries.parts(connection, house.tenant, "c1"))["notes"]
        assert note["text"] == "owes nothing"
        await forget(connection, house.tenant, await held_of(connection, house.tenant, ["+8613812345678"]))
        assert (await queries.parts(connection, house.tenant, "c1"))["notes"] == []
    assert (await contact(house, "c1"))["number"] is None
    assert (await contact(house, "c2"))["number"] == "+8613900001111"
    assert await gone(house, "contacts", story.now + 1) == 1, "what goes on stays"
    assert set(await house.journal.personal(house.tenant, ["p-c2"])) == {"p-c2"}
    left = await everything(house.records)
    assert {len(left[name]) for name in ("contact", "contact_visit", "contact_assignment")} == {1, 0}


async def test_what_still_comes_about_a_deleted_contact_is_passed_over(house: House, story: Story) -> None:
    await story.ready("lin")
    await story.calls("c1")
    await story.does(c.EnterQueue("c1", "v1", "sales"))
    await story.after(0, c.Accept("v1/1"), c.Connected("v1/1"), c.ContactEnds("c1", "customer"))
    await house.projection.catch_up(house.tenant)
    assert await gone(house, "contacts", story.now + 1) == 1
    await story.after(1, c.FinishWrapUp("v1/1"))
    await story.calls("c2")
    await house.projection.catch_up(house.tenant)
    assert [row[1] for row in (await everything(house.records))["contact"]] == ["c2"]


def test_every_event_of_the_core_has_its_words() -> None:
    from typing import get_args

    from qingting.contexts.contacts import course, fold
    from qingting.core.events import Event

    beside = set(get_args(fold._BESIDE_THE_CONTACT))
    told = {kind.__name__ for kind in get_args(Event) if kind not in beside} - {"QueuePut"}
    assert told == {*course.SAY, *course.QUIET}
    assert Engine().next_deadline() is None
