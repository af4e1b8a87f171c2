"""Who handed a contact on, and who was asked outside, are known to a program that was not there when it happened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from qingting.runtime import names
from qingting.telephony.fake import FakeEngine

from .fake_centre import FakeCentre, done, fake_centre

OUTSIDE = "13900010001"
AWAY = {"presence": "not_ready", "reason": "meeting"}


async def talks(centre: FakeCentre, agent: str, number: str) -> str:
    """The agent and a customer, joined; returns the assignment."""
    await centre.caller(number)
    return await takes(centre, agent)


async def takes(centre: FakeCentre, agent: str) -> str:
    await centre.until(lambda: bool(centre.state.agents[f"a{agent}"].assignments))
    mine = centre.state.agents[f"a{agent}"].assignments[-1]
    centre.engine.answer(await centre.rings(names.agent_leg(mine)))
    await centre.until(lambda: centre.state.assignments[mine].state == "active")
    return mine


def path(assignment: str, what: str) -> str:
    return f"/desk/assignments/{assignment.replace('/', '~')}/{what}"


async def notice(centre: FakeCentre, agent: str) -> tuple[str, dict[str, Any]]:
    """The one that their desk shows."""
    desk = centre.room.desks.of(f"a{agent}")
    await centre.until(lambda: bool(desk.snapshot().get("notices")))
    (found,) = desk.snapshot()["notices"].values()
    return found["code"], found["detail"]


async def test_handed_on_over_a_restart(made_prompts: Path, tmp_path: Path) -> None:
    engine = FakeEngine()
    async with fake_centre(tmp_path, made_prompts, engine) as centre:
        wang = await centre.agent("3850", "outbound")
        given = await talks(centre, "3850", "13812340001")
        contact = centre.state.assignments[given].contact
        body = {"to": {"number": OUTSIDE}, "notes": {"mood": "angry", "note": "be kind"}}
        await done(wang.post(path(given, "transfer"), json=body))
        outside = await centre.rings(OUTSIDE)
        await centre.free("3850")
        assert given not in centre.state.assignments, "the giver is done with it"

    # Nobody takes it outside: it is in its queue again, and who made the transfer is told.
    async with fake_centre(tmp_path, made_prompts, engine) as centre:
        await centre.until(lambda: "voice" in centre.state.agents["a3850"].reachable)
        centre.room.desks.of("a3850")
        await centre.agent("1196")
        await done((await centre.sign_in("u3850")).post("/desk/presence", json=AWAY))
        engine.hang_up(outside, "busy")
        assert await notice(centre, "3850") == ("transfer.returned", {"name": f"+86{OUTSIDE}", "why": "busy"})
        second = await takes(centre, "1196")
        assert centre.state.assignments[second].contact == contact
        # Then they ask somebody outside, with another customer.
        wang = await centre.sign_in("u3850")
        await done(wang.post("/desk/presence", json={"presence": "available"}))
        third = await talks(centre, "3850", "13812340002")
        await done(wang.post(path(third, "consult"), json={"to": {"number": OUTSIDE}}), 201)
        outside = await centre.rings(OUTSIDE)

    # Who has the first one sees from whom it came, with the notes; who asked is told that nobody took it.
    async with fake_centre(tmp_path, made_prompts, engine) as centre:
        desk = centre.room.desks.of("a1196")
        await centre.until(lambda: bool((desk.snapshot()["assignments"][second]["notes"] or {}).get("note")))
        shown = desk.snapshot()["assignments"][second]
        assert shown["transferred_from"] == "王小兰"
        assert shown["notes"] == {"demand": "", "mood": "angry", "note": "be kind", "by": "王小兰"}
        centre.room.desks.of("a3850")
        await centre.until(lambda: "voice" in centre.state.agents["a3850"].reachable)
        engine.hang_up(outside, "busy")
        assert await notice(centre, "3850") == ("party.failed", {"name": f"+86{OUTSIDE}", "why": "busy"})
        it = centre.state.contacts[centre.state.assignments[third].contact]
        assert (it.parties, centre.state.assignments[third].state) == ((), "held"), "the customer stays on hold"
        customer = it.leg
        await centre.until(lambda: engine.hears(customer) == {"music:default"})
        await done((await centre.sign_in("u3850")).post(path(third, "resume")))
        await centre.hears(customer, names.agent_leg(third))
