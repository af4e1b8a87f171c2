"""A customer comes to whom they had last, and never to whom they are not to have again."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from qingting.contexts.contacts.tables import contact as contacts
from qingting.runtime import names

from .fake_centre import FakeCentre, fake_centre

ANNA, BO = "13812340001", "13812340002"


async def talks(centre: FakeCentre, number: str) -> str:
    """The agent who has them; both are done with it."""
    leg = await centre.caller(number)
    contact = names.contact_of_leg(leg)
    await centre.until(lambda: any(it.contact == contact for it in centre.state.assignments.values()))
    (mine,) = (it for it in centre.state.assignments.values() if it.contact == contact)
    centre.engine.answer(await centre.rings(names.agent_leg(mine.id)))
    await centre.until(lambda: mine.state == "active")
    centre.engine.hang_up(leg)
    await centre.until(lambda: mine.state == "wrap_up")
    await centre.free(mine.agent.removeprefix("a"))
    known = sa.select(contacts.c.agent).where(contacts.c.id == contact, contacts.c.outcome == "answered")
    found = ""
    while not found:  # the read model follows
        async with centre.house.records.read() as connection:
            found = await connection.scalar(known) or ""
    return mine.agent


async def test_whom_they_had_last_and_whom_they_avoid(made_prompts: Path, tmp_path: Path) -> None:
    async with fake_centre(tmp_path, made_prompts) as centre:
        boss = await centre.client("boss", "administrator")
        service = (await boss.get("/queues/service")).json()
        service.pop("warnings")
        service.pop("id")
        answer = await boss.put("/queues/service", json={**service, "last_agent_s": 60})
        assert answer.status_code == 200, answer.text
        await centre.agent("1196")
        assert await talks(centre, ANNA) == "a1196"
        await centre.agent("3850")
        assert await talks(centre, BO) == "a1196", "who has been idle longest"
        assert await talks(centre, BO) == "a1196", "whom he had last, though another has been idle for longer"
        assert await talks(centre, ANNA) == "a1196"

        # Anna complained of them.
        body = {"name": "Anna", "numbers": [f"+86{ANNA}"], "attributes": {"avoid": 1196}}
        assert (await boss.post("/customers", json=body)).status_code == 201
        assert await talks(centre, ANNA) == "a3850"
        assert await talks(centre, BO) == "a1196"

        # Whom he had last is talking: he waits for them a minute, though somebody else is free.
        await centre.caller(BO)
        await centre.rings("a")
        contact = names.contact_of_leg(await centre.caller(BO))
        await centre.until(lambda: bool(centre.state.contacts[contact].visit))
        visit = centre.state.visits[centre.state.contacts[contact].visit]
        assert (visit.state, visit.prefer) == ("waiting", "a1196")
        assert 0 < visit.prefer_until - visit.entered <= 60
