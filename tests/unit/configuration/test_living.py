"""The configuration in memory: entries, hours, the core's commands, several processes, the demonstration."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from qingting.access import PERMISSIONS, Identity
from qingting.contexts.configuration import api, demo
from qingting.contexts.configuration import hours as hours_rules
from qingting.contexts.configuration.schemas import (
    Agent,
    Destination,
    EntryPoint,
    Flow,
    Hours,
    Queue,
    Site,
    Skill,
)
from qingting.core.commands import Command, PutBreakLimit, PutDay, PutPolicy, PutQueue, RemoveAgent, RemoveQueue
from qingting.core.engine import Engine
from qingting.errors import NotAllowed, NotFound, Refused

from ..house import FLOW, House

DEMO_FLOW = (Path(__file__).parents[3] / "flows/demo.zh-en.yaml").read_text()


def me(tenant: str) -> Identity:
    return Identity(tenant, "u1", "Ada", frozenset(PERMISSIONS))


async def with_flow(house: House, tenant: str) -> None:
    for queue in ("sales", "service"):
        await api.create(house.configuration, me(tenant), "queues", Queue(name=queue), id=queue)
    await api.create(house.configuration, me(tenant), "flows", Flow(name="Main", text=FLOW), id="main")
    await api.publish(house.configuration, me(tenant), "main", 1)


async def test_the_demonstration_is_made_once_and_whole(house: House) -> None:
    seeded = await demo.seed(house.configuration, house.tenant, DEMO_FLOW)
    assert len(seeded.agents) == 6
    before = house.configuration.of(house.tenant)
    assert await demo.seed(house.configuration, house.tenant, DEMO_FLOW) == seeded
    assert house.configuration.of(house.tenant) == before
    for key, kind in ((demo.NUMBER, "number"), (demo.SHORT_NUMBER, "number"), (demo.WEB_KEY, "web")):
        entry = api.resolve_entry(house.configuration, key, kind=kind)
        assert entry is not None
        assert (entry.tenant, entry.line, entry.flow, entry.version) == (house.tenant, "telecom", "main", 1)
    assert len(house.configuration.of(house.tenant).queues) == 4


async def test_the_core_takes_everything_in_this_order_and_twice(sqlite_house: House) -> None:
    house = sqlite_house
    await demo.seed(house.configuration, house.tenant, DEMO_FLOW)
    commands = api.core_commands_of(house.configuration, house.tenant)
    engine = Engine()
    for command in commands:
        engine.fold(engine.decide(command, 1.0))
    assert set(engine.state.queues) == {"sales", "service", "english", "experts"}
    assert engine.state.agents["a4102"].skills == (("english", 5), ("sales", 4))
    assert [event for command in commands for event in engine.decide(command, 2.0)] == []
    limits = [*engine.state.limits, ("team", "old")]
    assert api.surplus_in_core(
        house.configuration, house.tenant, [*engine.state.queues, "old"], ["gone"], limits=limits
    ) == [RemoveAgent("gone"), PutBreakLimit("team", "old"), PutPolicy("old"), RemoveQueue("old")]


async def test_another_process_sees_the_same_after_a_refresh(house: House) -> None:
    await demo.seed(house.configuration, house.tenant, DEMO_FLOW)
    other = api.Configuration(
        house.records,
        house.configuration.vault,
        check_flow=house.configuration.check_flow,
        audit=house.configuration.audit,
    )
    assert await other.refresh() == {house.tenant}
    assert await other.refresh() == set()
    assert other.of(house.tenant) == house.configuration.of(house.tenant)
    # It writes on what it has not yet read: the change stands on the other's.
    await api.create(house.configuration, me(house.tenant), "sites", Site(name="上海"), id="shanghai")
    await api.create(other, me(house.tenant), "sites", Site(name="广州"), id="guangzhou")
    assert set(other.of(house.tenant).sites) == {"beijing", "chengdu", "shanghai", "guangzhou"}
    assert await house.configuration.refresh() == {house.tenant}
    assert other.of(house.tenant) == house.configuration.of(house.tenant)


async def test_changes_at_once_all_count(house: House) -> None:
    await asyncio.gather(
        *(api.create(house.configuration, me(house.tenant), "sites", Site(name=f"S{n}")) for n in range(20))
    )
    assert house.configuration.of(house.tenant).revision == 20
    assert len(house.configuration.of(house.tenant).sites) == 20


async def test_callers_of_an_area_are_led_to_its_entry(sqlite_house: House) -> None:
    house = sqlite_house
    await with_flow(house, house.tenant)
    for id, localities in {"all": [], "north": ["010"], "guangdong": ["+8675", "0755"]}.items():
        body = EntryPoint(name=id, key="400 800 1234", flow="main", localities=localities)
        await api.create(house.configuration, me(house.tenant), "entry-points", body, id=id)

    def entry(caller: str) -> str:
        found = api.resolve_entry(house.configuration, "+864008001234", caller)
        return found.entry if found else ""

    assert entry("+861088880000") == "north"
    assert entry("+8613800001234") == "north", "a mobile number that Beijing issued"
    assert entry("+8675588880000") == "guangdong"
    assert entry("+8613812345678") == "all"
    assert entry("") == "all"
    assert api.resolve_entry(house.configuration, "+864008009999", "") is None
    assert api.resolve_entry(house.configuration, "+864008001234", "", kind="web") is None


async def test_an_entry_that_is_switched_off_or_has_no_published_flow_takes_nobody(sqlite_house: House) -> None:
    house = sqlite_house
    await with_flow(house, house.tenant)
    body = EntryPoint(name="E", kind="web", key="shop", flow="main", enabled=False)
    await api.create(house.configuration, me(house.tenant), "entry-points", body, id="shop")
    assert api.resolve_entry(house.configuration, "shop", kind="web") is None
    on = body.model_copy(update={"enabled": True})
    await api.replace(house.configuration, me(house.tenant), "entry-points", "shop", 1, on)
    found = api.resolve_entry(house.configuration, "shop", kind="web")
    assert found is not None
    assert found.version == 1
    await api.publish(house.configuration, me(house.tenant), "main", 1)
    found = api.resolve_entry(house.configuration, "shop", kind="web")
    assert found is not None
    assert found.version == 2, "the next caller meets the new version"


def at(text: str, zone: str = "Asia/Shanghai") -> float:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


OFFICE = Hours(
    name="Office",
    weekly={day: [("09:00", "12:00"), ("13:00", "18:00")] for day in ("mon", "tue", "wed", "thu", "fri")},
    calendar="cn",
    closed_dates=["2025-06-03"],
    open_dates=["2025-06-07"],
)


@pytest.mark.parametrize(
    ("when", "state"),
    [
        ("2025-06-04 09:00", "open"),
        ("2025-06-04 08:59", "closed"),
        ("2025-06-04 12:00", "closed"),
        ("2025-06-04 17:59", "open"),
        ("2025-06-08 10:00", "closed"),  # a Sunday
        ("2025-06-03 10:00", "holiday"),  # closed by hand
        ("2025-06-07 10:00", "open"),  # a Saturday opened by hand
        ("2025-10-01 10:00", "holiday"),  # National Day
        ("2025-10-11 10:00", "open"),  # a Saturday that makes up for it
        ("2099-10-01 10:00", "open"),  # a year that nobody has announced: an ordinary Thursday
    ],
)
def test_opening_hours(when: str, state: str) -> None:
    assert hours_rules.state(OFFICE, at(when)) == state


def test_the_next_instant_at_which_hours_may_turn() -> None:
    monday = "2025-06-02"
    for now, turn in (("08:00", "09:00"), ("09:00", "12:00"), ("12:30", "13:00"), ("18:00", "2025-06-03 00:00")):
        text = turn if " " in turn else f"{monday} {turn}"
        assert hours_rules.next_turn(OFFICE, at(f"{monday} {now}")) == at(text)
    night = Hours(name="H", timezone="America/New_York", weekly={"sun": [("01:30", "24:00")]})
    twice = at("2025-11-02 01:30", "America/New_York")
    assert hours_rules.next_turn(night, twice) == twice + 3600, "the clock shows it twice"


def test_hours_follow_their_own_clock() -> None:
    body = Hours(name="H", timezone="America/New_York", weekly={"sun": [("00:00", "24:00")]})
    assert hours_rules.state(body, at("2025-03-09 23:59", "America/New_York")) == "open"
    assert hours_rules.state(body, at("2025-03-09 12:00")) == "closed", "still Saturday there"


async def test_outside_calls_need_a_destination_and_its_permission(sqlite_house: House) -> None:
    house = sqlite_house
    for pattern, permission in {"+86": "desk.dial_out", "+861066": "people.manage", "10086": "desk.dial_out"}.items():
        body = Destination(name=pattern, pattern=pattern, permission=permission)
        await api.create(house.configuration, me(house.tenant), "destinations", body)

    def allowed(number: str, *permissions: str) -> str:
        return api.allowed_destination(house.configuration, house.tenant, number, permissions).body.pattern

    assert allowed("+8613812345678", "desk.dial_out") == "+86"
    assert allowed("10086", "desk.dial_out") == "10086"
    for number, permission in (
        ("+8613812345678", "desk.use"),
        ("+14155552671", "desk.dial_out"),
        ("+861066660000", "desk.dial_out"),
        ("100861", "desk.dial_out"),
    ):
        with pytest.raises(NotAllowed, match=r"dial\.not_allowed"):
            allowed(number, permission)


async def test_the_living_core_has_a_say_in_removals(house: House) -> None:
    """What it refuses stays, with everything that hung on it."""
    asked: list[Any] = []
    configuration = house.configuration

    async def ask(tenant: str, command: Command) -> None:
        asked.append((tenant, command))
        raise Refused("queue.in_use")

    configuration.before_removal = ask
    await api.create(configuration, me(house.tenant), "queues", Queue(name="Sales"), id="sales")
    before = configuration.of(house.tenant)
    with pytest.raises(Refused, match=r"queue\.in_use"):
        await api.remove(configuration, me(house.tenant), "queues", "sales")
    assert asked == [(house.tenant, RemoveQueue("sales"))]
    assert configuration.of(house.tenant) == before
    await api.create(configuration, me(house.tenant), "agents", Agent(name="A", number="1001", queues=["sales"]))
    assert (await configuration.refresh()) == set()


async def test_unknown_things(sqlite_house: House) -> None:
    configuration = sqlite_house.configuration
    with pytest.raises(NotFound, match=r"hours\.unknown"):
        api.hours_state(configuration, "nobody", "x", 0.0)
    with pytest.raises(NotFound, match=r"flow\.unknown"):
        await configuration.flow_text("nobody", "x", 1)
    assert api.core_commands_of(configuration, "nobody") == [PutDay(57_600.0)]
    await api.create(configuration, me(sqlite_house.tenant), "skills", Skill(name="S"), id="s")
    with pytest.raises(Refused, match=r"configuration\.id_taken"):
        await api.create(configuration, me(sqlite_house.tenant), "skills", Skill(name="T"), id="s")


async def test_a_removal_that_cannot_be_kept_is_taken_back_in_the_core(sqlite_house: House) -> None:
    house, heard = sqlite_house, list[api.Changed]()
    configuration = house.configuration
    await api.create(configuration, me(house.tenant), "queues", Queue(name="Sales"), id="sales")
    before = configuration.of(house.tenant)

    def disk_full(connection: sa.Connection) -> None:
        raise OSError("disk full")

    async def core_agrees_then_the_disk_is_full(tenant: str, command: Command) -> None:
        sa.event.listen(house.records.engine.sync_engine, "commit", disk_full)

    async def listen(changed: api.Changed) -> None:
        heard.append(changed)

    configuration.listeners.append(listen)
    configuration.before_removal = core_agrees_then_the_disk_is_full
    with pytest.raises(OSError, match="disk full"):
        await api.remove(configuration, me(house.tenant), "queues", "sales")
    sa.event.remove(house.records.engine.sync_engine, "commit", disk_full)
    assert configuration.of(house.tenant) == before
    assert [(changed.removed, changed.commands) for changed in heard] == [(False, (PutQueue("sales"),))]
    assert await configuration.refresh() == set()


async def test_every_listener_hears_and_the_failure_rises(sqlite_house: House) -> None:
    configuration, heard = sqlite_house.configuration, list[str]()

    async def fail(changed: api.Changed) -> None:
        raise Refused("agent.busy")

    async def listen(changed: api.Changed) -> None:
        heard.append(changed.id)

    configuration.listeners += [fail, listen]
    with pytest.raises(Refused, match=r"agent\.busy"):
        await api.create(configuration, me(sqlite_house.tenant), "sites", Site(name="S"), id="s")
    assert heard == ["s"]
    assert "s" in configuration.of(sqlite_house.tenant).sites


async def test_a_deleted_flows_id_is_not_taken_again(sqlite_house: House) -> None:
    house = sqlite_house
    await with_flow(house, house.tenant)
    await api.remove(house.configuration, me(house.tenant), "flows", "main")
    assert await house.configuration.flow_text(house.tenant, "main", 1) == FLOW, "calls may still be in it"
    with pytest.raises(Refused, match=r"configuration\.id_taken"):
        await api.create(house.configuration, me(house.tenant), "flows", Flow(name="New"), id="main")
    await api.remove(house.configuration, me(house.tenant), "queues", "sales")
