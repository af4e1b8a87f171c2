"""Contacts that several served, in the read model: who waited, who talked, what is erased with them."""

from __future__ import annotations

from qingting.contexts.contacts import queries
from qingting.core import commands as c
from qingting.core.commands import Notes
from qingting.journal.port import PersonalData

from ..house import House
from .story import Story, gone


async def begun(house: House) -> Story:
    """A call that waited 10 s and has talked with lin for 60 s; wang is free for `service`."""
    story = Story(house.journal, house.tenant)
    await story.begin()
    await story.calls("c1")
    await story.does(c.EnterQueue("c1", "c1.v1", "sales"))
    await story.after(10)
    await story.ready("lin")
    await story.after(0, c.Accept("c1.v1/1"), c.Connected("c1.v1/1"))
    await story.after(60)
    await story.ready("wang")
    return story


async def test_a_transfer_is_waited_for_anew(sqlite_house: House) -> None:
    house, story = sqlite_house, await begun(sqlite_house)
    notes = Notes("technical", "worried", "n-c1")
    told = PersonalData("n-c1", "text", "routing", {"text": "needs patience", "by": "lin"})
    await story.does(c.Transfer("c1.v1/1", "c1.t1", "service", notes=notes), told)
    await story.after(12, c.Accept("c1.t1/1"), c.Connected("c1.t1/1"))
    await story.after(30)
    number = PersonalData("p-out", "caller", "routing", {"number": "+8613900010001"})
    await story.does(c.TransferOutside("c1.t1/1", "c1.p1", "p-out"), number)
    await story.after(5, c.PartyAnswers("c1.p1"))
    await story.after(50, c.PartyEnds("c1.p1"))
    await story.after(60)
    await house.projection.catch_up(house.tenant)
    async with house.records.read() as connection:
        row = await queries.contact(connection, house.tenant, "c1")
        parts = await queries.parts(connection, house.tenant, "c1")
    assert row is not None
    assert (row["outcome"], row["cause"], row["queue"], row["agent"]) == ("answered", "outside", "service", "wang")
    assert (row["wait_s"], row["talk_s"]) == (22, 90)
    assert [(it["queue"], it["outcome"]) for it in parts["visits"]] == [
        ("sales", "answered"),
        ("service", "answered"),
    ]
    assert [(it["agent"], it["talk_s"]) for it in parts["assignments"]] == [("lin", 60), ("wang", 30)]
    assert "needs patience" not in str(parts)
    assert "13900010001" not in str(parts)
    assert set(await house.journal.personal(house.tenant, ["n-c1", "p-out"])) == {"n-c1", "p-out"}
    assert await gone(house, "contacts", story.now) == 1
    assert not await house.journal.personal(house.tenant, ["p-c1", "n-c1", "p-out"])


async def test_what_is_said_apart_is_no_talk_with_the_customer(sqlite_house: House) -> None:
    house, story = sqlite_house, await begun(sqlite_house)
    await story.does(c.Consult("c1.v1/1", "c1.k1", agent="wang"))
    await story.after(5, c.Accept("c1.k1/1"), c.Connected("c1.k1/1"))
    await story.after(20, c.Swap("c1.v1/1"))
    await story.after(7, c.Join("c1.v1/1"))
    await story.after(10, c.CompleteTransfer("c1.v1/1"))
    await story.after(40, c.AgentLeaves("c1.k1/1"))
    await story.after(60)
    await house.projection.catch_up(house.tenant)
    async with house.records.read() as connection:
        row = await queries.contact(connection, house.tenant, "c1")
        parts = await queries.parts(connection, house.tenant, "c1")
    assert row is not None
    assert (row["outcome"], row["agent"], row["wait_s"]) == ("answered", "wang", 10)
    lin, wang = parts["assignments"]
    assert (lin["talk_s"], lin["hold_s"]) == (77, 25)
    assert (wang["talk_s"], wang["hold_s"]) == (70, 7), "asked, in conference, alone with the customer"
    assert row["talk_s"] == 77 + 40, "of wang's, what came after they took over"
