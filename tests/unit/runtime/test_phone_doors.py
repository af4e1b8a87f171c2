"""Whose browser phone may register: as long as the door stands by which its holder came in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from qingting.access import Identity
from qingting.contexts.configuration import api as configuration
from qingting.contexts.people import api as people_api
from qingting.contexts.people import sessions
from qingting.contexts.people.actions import change_user, create_api_token, revoke_api_token
from qingting.contexts.people.watching import sweep
from qingting.errors import NotSignedIn
from qingting.records import Records
from qingting.runtime.flow_tools import read_flow
from qingting.runtime.phone_doors import PhoneDoors
from qingting.runtime.phones import AgentPhones
from qingting.telephony.fake import FakeEngine
from qingting.telephony.port import Endpoint, EngineUnavailable
from tests.unit.people.conftest import PASSWORD, Centre, make_centre, make_user

AGENT = "a-3850"


@dataclass
class Place:
    centre: Centre
    engine: FakeEngine
    phones: AgentPhones
    doors: PhoneDoors
    user: str

    async def sign_in(self) -> Identity:
        signed = await sessions.sign_in(self.centre.people, "mei", PASSWORD, None, address="192.0.2.1", device="test")
        return signed.identity

    def registers(self, endpoint: Endpoint) -> bool:
        return self.engine.register(endpoint.name, endpoint.secret)


async def begin(centre: Centre, engine: FakeEngine, user: str) -> Place:
    """As a program that starts: it knows nobody's phone."""
    telephony = engine.telephony()
    await telephony.start(lambda event: None)
    people = centre.people
    settings = configuration.Configuration(
        people.records, people.vault, check_flow=configuration.checker(read_flow), audit=people_api.record_audit
    )
    phones = AgentPhones(telephony, settings, b"k")
    people.listeners.clear()
    return Place(centre, engine, phones, PhoneDoors(people, phones), user)


@pytest.fixture
async def place(records: Records, tmp_path: Path) -> AsyncIterator[Place]:
    centre = await make_centre(records, tmp_path)
    user = await make_user(centre, "mei", ["agent"], agent=AGENT)
    yield await begin(centre, FakeEngine(), user)
    centre.people.passwords.close()


async def test_signing_out_takes_the_phone_back_and_another_device_keeps_its_own(place: Place) -> None:
    first, second = await place.sign_in(), await place.sign_in()
    old = await place.doors.issue(first)
    new = await place.doors.issue(second)
    assert not place.registers(old)
    await sessions.sign_out(place.centre.people, first)
    assert place.registers(new)  # the one who left held a secret that was void already
    await sessions.sign_out(place.centre.people, second)
    assert not place.registers(new)
    assert not place.engine.endpoints


async def test_an_open_session_elsewhere_does_not_keep_a_secret_of_who_left(place: Place) -> None:
    await place.sign_in()
    leaves = await place.sign_in()
    endpoint = await place.doors.issue(leaves)
    await sessions.sign_out(place.centre.people, leaves)
    assert not place.registers(endpoint)


@pytest.mark.parametrize("changes", [{"active": False}, {"roles": ["quality"]}, {"agent": ""}])
async def test_let_go_or_without_the_right_or_no_agent(place: Place, changes: dict[str, object]) -> None:
    endpoint = await place.doors.issue(await place.sign_in())
    by = people_api.system(place.centre.tenant)
    await change_user(place.centre.people, by, place.user, dict(changes))
    assert not place.registers(endpoint)


async def test_other_rights_that_leave_the_desk_leave_the_phone(place: Place) -> None:
    endpoint = await place.doors.issue(await place.sign_in())
    by = people_api.system(place.centre.tenant)
    await change_user(place.centre.people, by, place.user, {"roles": ["agent", "outbound"]})
    assert place.registers(endpoint)


async def test_a_session_that_runs_out(place: Place) -> None:
    endpoint = await place.doors.issue(await place.sign_in())
    place.centre.clock.pass_(15 * 3600)
    await sweep(place.centre.people)
    assert not place.registers(endpoint)


async def test_a_token_that_is_taken_back(place: Place) -> None:
    who = await place.sign_in()
    people = place.centre.people
    id, token = await create_api_token(people, who, "dialler", ["desk.use"], None)
    endpoint = await place.doors.issue(await sessions.identify_token(people, token, "192.0.2.1"))
    await revoke_api_token(people, who, id)
    assert not place.registers(endpoint)


async def test_who_went_while_it_was_made_holds_nothing(place: Place) -> None:
    who = await place.sign_in()
    await sessions.sign_out(place.centre.people, who)
    with pytest.raises(NotSignedIn):
        await place.doors.issue(who)
    assert not place.engine.endpoints


async def test_phones_of_an_earlier_run(place: Place) -> None:
    who = await place.sign_in()
    endpoint = await place.doors.issue(who)
    assert place.registers(endpoint)
    after = await begin(place.centre, place.engine, place.user)
    after.phones._owners[endpoint.name] = (place.centre.tenant, AGENT)
    await after.phones.restore(place.engine.registered, restarted=False)
    assert place.registers(endpoint)  # the session is open: the browser goes on as it is
    await sessions.sign_out(place.centre.people, who)
    assert not place.registers(endpoint)


async def test_who_left_while_the_program_was_away(place: Place) -> None:
    who = await place.sign_in()
    endpoint = await place.doors.issue(who)
    assert place.registers(endpoint)
    place.centre.people.listeners.clear()
    await sessions.sign_out(place.centre.people, who)  # as the command line does, in a process of its own
    after = await begin(place.centre, place.engine, place.user)
    after.phones._owners[endpoint.name] = (place.centre.tenant, AGENT)
    await after.phones.restore(set(place.engine.registered), restarted=False)
    assert not place.registers(endpoint)


async def test_with_the_engine_away_it_is_taken_back_when_it_returns(place: Place) -> None:
    who = await place.sign_in()
    endpoint = await place.doors.issue(who)
    place.engine.fail("remove_endpoint", EngineUnavailable("away"), times=1)
    await sessions.sign_out(place.centre.people, who)
    assert place.registers(endpoint)
    await place.phones.restore(set(), restarted=False)
    assert not place.registers(endpoint)
