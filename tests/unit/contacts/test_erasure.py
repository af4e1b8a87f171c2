"""Who holds what is known of people, and that it goes: with the last who holds it, or because somebody asks."""

from __future__ import annotations

from typing import get_args

import sqlalchemy as sa

from qingting.access import Identity
from qingting.contexts.contacts import actions, queries, tables
from qingting.contexts.contacts.api import forget, held_of
from qingting.contexts.contacts.references import HELD
from qingting.core import commands as c
from qingting.core.commands import Notes
from qingting.core.events import Event
from qingting.journal.port import PersonalData

from ..house import House
from .story import Story, gone

ANNA, BO, CHEN = "+8613800000001", "+8613800000002", "+8613800000003"


def caller(ref: str, number: str) -> PersonalData:
    return PersonalData(ref, "caller", "routing", {"number": number})


def text(ref: str) -> PersonalData:
    return PersonalData(ref, "text", "routing", {"text": "..."})


async def known(house: House, *refs: str) -> set[str]:
    return set(await house.journal.personal(house.tenant, refs))


def test_every_event_that_points_to_personal_data_is_known() -> None:
    of_a_party = {"PartyAnswered", "PartyHeld", "PartyResumed", "PartyJoined", "PartyLeft"}  # its id
    for event in get_args(Event):
        if event.__name__ not in of_a_party and {"party", "ref", "note", "notes"} & set(event._fields):
            assert event in HELD, event.__name__


async def test_all_that_is_held_of_a_person_is_found_and_erased(house: House) -> None:
    story = await a_day_of_anna(house)
    everything = {"p-c1", "n-c1", "bo", "p-c2", "anna-called", "web", "p-m1", "n-m1", "of-chen"}
    assert await known(house, *everything) == everything
    async with house.records.write() as connection:
        held = await held_of(connection, house.tenant, [ANNA])
    assert held.contacts == {"c1"}
    assert held.others == {"b1", "m1"}
    assert held.refs == {"p-c1", "n-c1", "bo", "anna-called", "web", "p-m1", "n-m1"}
    assert await house.journal.erase(house.tenant, sorted(held.refs)) == 7
    async with house.records.write() as connection:
        await forget(connection, house.tenant, held)
        row = await queries.contact(connection, house.tenant, "c1")
        parts = await queries.parts(connection, house.tenant, "c1")
        left = (await connection.execute(sa.select(tables.reference.c.ref))).scalars().all()
        again = await held_of(connection, house.tenant, [ANNA])
    assert row is not None
    assert (row["number"], row["withheld"], parts["notes"]) == (None, False, [])
    assert parts["events"], "what happened stays, of nobody"
    assert await known(house, *everything) == {"p-c2", "of-chen"} == set(left)
    assert again == (frozenset(), frozenset(), frozenset())
    await story.after(1)
    client = await house.user("looker", "supervisor")
    shown = (await client.get("/contacts")).json()["items"]
    assert [(it["id"], it["number"], it["erased"]) for it in shown] == [("c2", CHEN, False), ("c1", "", True)]


async def a_day_of_anna(house: House) -> Story:
    """She calls, is handed on with words and to Bo outside; an agent asks her about Chen; she writes on the web."""
    story = Story(house.journal, house.tenant)
    await story.begin()
    for agent in ("lin", "wang"):
        await story.ready(agent)
    await story.calls("c1", ANNA)
    await story.does(c.EnterQueue("c1", "c1.v1", "sales"))
    await story.after(0, c.Accept("c1.v1/1"), c.Connected("c1.v1/1"))
    await story.does(c.Consult("c1.v1/1", "c1.k1", agent="wang", notes=Notes(note="n-c1")), text("n-c1"))
    await story.after(0, c.EndConsult("c1.k1"))
    await story.does(c.TransferOutside("c1.v1/1", "c1.p1", "bo", Notes(note="n-c1")), caller("bo", BO))
    await story.after(5, c.PartyEnds("c1.p1", "busy"), c.ContactEnds("c1", "customer"))
    await story.after(60)
    await story.calls("c2", CHEN)
    await story.does(c.EnterQueue("c2", "c2.v1", "sales"))
    mine = next(iter(story.engine.state.assignments))
    await story.after(0, c.Accept(mine), c.Connected(mine))
    await story.does(c.ConsultOutside(mine, "c2.p1", "anna-called"), caller("anna-called", ANNA))
    await story.does(c.RequestCallback("b1", "web", "k1", queue="sales", at=story.now + 900), caller("web", ANNA))
    later = c.RequestCallback("b2", "of-chen", "k2", queue="sales", at=story.now + 900)
    await story.does(later, caller("of-chen", CHEN))
    await story.does(c.TakeMessage("m1", "sales", "p-m1", "n-m1"), caller("p-m1", ANNA), text("n-m1"))
    await house.projection.catch_up(house.tenant)
    async with house.records.write() as connection:
        await actions.note(connection, Identity(house.tenant, "u", "U", frozenset()), "c1", "owes 5 yuan")
    return story


async def test_it_goes_with_the_last_who_holds_it(house: House) -> None:
    story = Story(house.journal, house.tenant)
    await story.begin()
    await story.does(c.RequestCallback("b1", "anna", "k1", queue="sales", retry_s=900), caller("anna", ANNA))
    await story.does(c.RequestCallback("b2", "bo", "k2", queue="sales", at=story.now + 100), caller("bo", BO))
    await story.does(c.TakeMessage("m1", "sales", "p-m1", "n-m1"), caller("p-m1", CHEN), text("n-m1"))
    await story.does(c.TakeMessage("m2", "sales", "p-m2", "n-m2"), caller("p-m2", CHEN), text("n-m2"))
    await story.does(c.CloseMessage("m1", "u1", "answered"))
    await story.does(c.CancelCallback("b2"))
    await story.after(1, c.ContactEnds("b1~1", "no_answer"))
    await story.after(60)
    await house.projection.catch_up(house.tenant)
    before = story.now
    assert await gone(house, "contacts", before) == 1, "the attempt"
    assert await gone(house, "requests", before) == 2, "b2 and m1"
    assert await known(house, "anna", "bo", "p-m1", "n-m1", "p-m2", "n-m2") == {"anna", "p-m2", "n-m2"}
    await story.does(c.CancelCallback("b1"))
    await story.does(c.CloseMessage("m2", "u1", "answered"))
    await house.projection.catch_up(house.tenant)
    assert await gone(house, "requests", before) == 0, "over only now"
    assert await gone(house, "requests", story.now + 1) == 2
    assert await known(house, "anna", "p-m2", "n-m2") == set()
