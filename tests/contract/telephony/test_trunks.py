"""How trunks stand, and which are there: also those that an earlier program has left."""

from __future__ import annotations

from qingting.telephony import port

from ..worlds import World, standing


async def test_a_trunk_that_needs_no_registration_is_ready(world: World) -> None:
    assert (await world.telephony.trunks())["t1"].state == "ready"
    await world.telephony.put_trunk(port.Trunk("t2", "192.0.2.1"))
    assert (await world.telephony.trunks())["t2"] == port.TrunkState("ready")
    await world.telephony.remove_trunk("t2")
    assert "t2" not in await world.telephony.trunks()


async def test_a_host_that_nobody_knows_is_told(world: World) -> None:
    await world.telephony.put_trunk(port.Trunk("t2", "nowhere.invalid"))
    told = await standing(world.telephony, "t2", "unknown_host")
    assert "nowhere.invalid" in told.why
    await world.telephony.ring("o/1", "trunk:t2/13900000000", caller="1", timeout_s=20)
    assert (await world.heard.wait(port.LegEnded)).cause in ("failed", "unreachable")
    await world.telephony.remove_trunk("t2")


async def test_a_registration_is_refused_until_the_secret_is_right(world: World) -> None:
    await world.takes_registration("line9", "the secret")
    line = port.Trunk("t2", "carrier.example", register=True, username="line9", secret="a guess")
    await world.trunk(line)
    assert (await standing(world.telephony, "t2", "refused")).why
    await world.trunk(line._replace(secret="the secret"))
    await standing(world.telephony, "t2", "registered")


async def test_a_trunk_of_an_earlier_program_is_told_and_can_be_removed(world: World) -> None:
    await world.telephony.put_trunk(port.Trunk("tenant.t2", "192.0.2.1"))
    await world.leave()
    await world.come_back()
    assert "tenant.t2" in await world.telephony.trunks()
    await world.telephony.remove_trunk("tenant.t2")
    assert "tenant.t2" not in await world.telephony.trunks()
    await world.leave()
    await world.come_back()
    assert "tenant.t2" not in await world.telephony.trunks()
