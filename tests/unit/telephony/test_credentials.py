"""Anonymous web calls: what is issued, for how long, how often, and what is left of it afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from qingting.errors import Invalid, TooMany
from qingting.telephony import port
from qingting.telephony.asterisk.endpoints import of_endpoint
from qingting.telephony.credentials import Limits, WebCredentials, entry_of
from qingting.telephony.fake import FakeEngine
from qingting.telephony.port import EngineUnavailable

LIMITS = Limits(lifetime_s=600, open_per_source=2, per_source=3, window_s=3600, open_in_all=4)


class Clock:
    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
async def credentials(engine: FakeEngine, clock: Clock) -> WebCredentials:
    telephony = engine.telephony()
    await telephony.start(lambda event: None)
    return WebCredentials(telephony, LIMITS, clock, key=b"k")


async def test_a_credential_registers_and_is_vouched_for(engine: FakeEngine, credentials: WebCredentials) -> None:
    issued = await credentials.issue("售后-sales", "192.0.2.1")
    endpoint = engine.endpoints[issued.endpoint]
    assert engine.register(issued.endpoint, issued.secret)
    assert endpoint.kind == "browser"
    kind, _, id = endpoint.owner.partition(":")
    assert kind == "web"
    assert entry_of(id) == issued.entry == "售后-sales"
    holder = credentials.holder(issued.token)
    assert holder is not None
    assert holder == (id, "售后-sales", issued.expires_at)
    assert issued.secret not in issued.token  # addresses are seen by more eyes than secrets
    strangers = ["guess", "", issued.token[:-1], "0" + issued.token, id, f"{id}.", "a.b.c.d", "é.é.é.é", "x" * 10_000]
    assert [credentials.holder(token) for token in strangers] == [None] * len(strangers)
    assert credentials.refused == {"web_call.bad_token": len(strangers)}


async def test_it_ends(engine: FakeEngine, credentials: WebCredentials, clock: Clock) -> None:
    issued = await credentials.issue("sales", "192.0.2.1")
    clock.now += LIMITS.lifetime_s
    await credentials.expire()
    holder = credentials.holder(issued.token)
    assert holder is not None
    assert holder.expires_at <= clock.now
    assert issued.endpoint not in engine.endpoints
    assert not engine.register(issued.endpoint, issued.secret)


async def test_a_source_gets_a_few_and_refusals_are_counted(credentials: WebCredentials, clock: Clock) -> None:
    for _ in range(2):
        await credentials.issue("sales", "192.0.2.1")
    with pytest.raises(TooMany) as refused:
        await credentials.issue("sales", "192.0.2.1")
    assert refused.value.code == "web_call.too_many"
    await credentials.issue("sales", "192.0.2.2")
    clock.now += LIMITS.lifetime_s
    await credentials.issue("sales", "192.0.2.1")
    with pytest.raises(TooMany):
        await credentials.issue("sales", "192.0.2.1")  # the fourth within the hour
    assert credentials.refused == {"web_call.too_many": 2}
    clock.now += LIMITS.window_s
    await credentials.issue("sales", "192.0.2.1")


async def test_a_restart_forgives_nobody_and_knows_its_tokens(
    engine: FakeEngine, clock: Clock, tmp_path: Path
) -> None:
    telephony = engine.telephony()
    await telephony.start(lambda event: None)

    def begin() -> WebCredentials:
        return WebCredentials(telephony, LIMITS, clock, key=b"k", counts=tmp_path / "counts")

    before = begin()
    first = await before.issue("sales", "192.0.2.1")
    clock.now += LIMITS.lifetime_s
    await before.issue("sales", "192.0.2.1")
    with (tmp_path / "counts").open("a") as out:
        out.write("17000")  # the machine stopped here
    again = begin()
    assert again.holder(first.token) is not None
    await again.issue("sales", "192.0.2.1")
    with pytest.raises(TooMany):
        await begin().issue("sales", "192.0.2.1")  # open_per_source: two at once, and three within the hour
    assert "192.0.2.1" not in (tmp_path / "counts").read_text()
    clock.now += LIMITS.window_s
    for n in range(150):
        clock.now += LIMITS.window_s
        await begin().issue("sales", f"192.0.2.{n}")
    kept = begin()
    for n in range(250):
        clock.now += LIMITS.window_s
        await kept.issue("sales", f"192.0.2.{n % 250}")
    assert len((tmp_path / "counts").read_text().splitlines()) < 120  # it stays small


async def test_a_file_that_cannot_be_written_stops_no_call(engine: FakeEngine, clock: Clock, tmp_path: Path) -> None:
    telephony = engine.telephony()
    await telephony.start(lambda event: None)
    credentials = WebCredentials(telephony, LIMITS, clock, key=b"k", counts=tmp_path)
    for _ in range(2):
        await credentials.issue("sales", "192.0.2.1")
    with pytest.raises(TooMany):
        await credentials.issue("sales", "192.0.2.1")


async def test_there_is_a_limit_for_all(credentials: WebCredentials) -> None:
    for n in range(4):
        await credentials.issue("sales", f"192.0.2.{n}")
    with pytest.raises(TooMany) as refused:
        await credentials.issue("sales", "192.0.2.9")
    assert refused.value.code == "web_call.all_taken"


async def test_it_is_pushed_again_to_another_engine(engine: FakeEngine, credentials: WebCredentials) -> None:
    issued = await credentials.issue("sales", "192.0.2.1")
    engine.kill()
    engine.revive()
    await credentials.restore(restarted=True)
    assert engine.register(issued.endpoint, issued.secret)


async def test_what_an_earlier_run_left_is_removed_when_it_has_ended(
    engine: FakeEngine, credentials: WebCredentials, clock: Clock
) -> None:
    ended = await credentials.issue("sales", "192.0.2.1")
    clock.now += 300
    lives = await credentials.issue("sales", "192.0.2.2")
    for issued in (ended, lives):
        assert engine.register(issued.endpoint, issued.secret)
    telephony = engine.telephony()
    await telephony.start(lambda event: None)
    clock.now += 301
    await WebCredentials(telephony, LIMITS, clock, key=b"k").restore(restarted=False)
    assert set(engine.endpoints) == {lives.endpoint}


async def test_an_engine_that_is_away_is_told_and_costs_no_place(
    engine: FakeEngine, credentials: WebCredentials
) -> None:
    engine.fail("put_endpoint", EngineUnavailable("away"), times=5)
    for _ in range(5):
        with pytest.raises(EngineUnavailable):
            await credentials.issue("sales", "192.0.2.1")
    assert not engine.endpoints
    await credentials.issue("sales", "192.0.2.1")


@pytest.mark.parametrize("entry", ["", "x" * 61])
async def test_entries_are_bounded(credentials: WebCredentials, entry: str) -> None:
    with pytest.raises(Invalid):
        await credentials.issue(entry, "192.0.2.1")


@pytest.mark.parametrize("id", ["", "a.b", "1.2.%", "1.2.3.4", "1.2._w"])
def test_what_is_no_credential_reaches_nothing(id: str) -> None:
    assert entry_of(id) is None


def test_names_of_the_port_stay_within_what_the_engine_takes() -> None:
    endpoint = port.Endpoint("web-1-2", "s", "browser", "web:" + "x" * 120)
    assert {it.kind for it in of_endpoint(endpoint)} == {"auth", "aor", "endpoint"}
