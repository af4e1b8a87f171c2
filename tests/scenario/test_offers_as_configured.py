"""How a queue offers its contacts is what somebody set under Manage, and the desk and the contact's page say why."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx

from qingting.core.values import STRATEGIES
from qingting.runtime import names

from .fake_centre import FakeCentre, done, fake_centre, refused

VIP, LOYAL = "13812340001", "13812340002"
LI, CHEN, WANG = "1196", "2208", "3850"
AUTO = ("X-Qingting-Auto", "1")


class Story:
    def __init__(self, centre: FakeCentre, boss: httpx.AsyncClient) -> None:
        self.centre, self.boss = centre, boss
        self.called = 0

    async def queue(self, **fields: Any) -> None:
        was = (await self.boss.get("/queues/service")).json()
        body = {k: v for k, v in was.items() if k not in ("id", "warnings")}
        answer = await self.boss.put("/queues/service", json=body | fields)
        assert answer.status_code == 200, answer.text

    async def calls(self, number: str = "") -> str:
        """A customer who waits in the service queue, or rings already; what is known of them is told first."""
        centre = self.centre
        self.called += 1
        leg = await centre.caller(number or f"139000{self.called:05}", keys="")
        contact = names.contact_of_leg(leg)
        await centre.until(lambda: centre.room.pops.of(contact).ready)
        for key in "12":
            await centre.until(
                lambda: centre.engine.legs[leg].state == "up" and bool(centre.state.contacts[contact].node)
            )
            before = centre.state.contacts[contact].node
            centre.engine.press(leg, key)
            await centre.until(lambda before=before: centre.state.contacts[contact].node != before)
        await centre.until(lambda: bool(centre.state.contacts[contact].visit))
        return contact

    def offers(self, contact: str) -> dict[str, str]:
        """Assignments that ring, by agent."""
        found = self.centre.state.assignments.values()
        return {it.agent: it.id for it in found if it.contact == contact and it.state == "offered"}

    async def rings(self, contact: str, *agents: str) -> list[str]:
        """Exactly these are rung; their assignments."""
        wanted = {f"a{agent}" for agent in agents}
        await self.centre.until(lambda: set(self.offers(contact)) == wanted)
        return [self.offers(contact)[f"a{agent}"] for agent in agents]

    async def answers(self, assignment: str) -> None:
        self.centre.engine.answer(await self.centre.rings(names.agent_leg(assignment)))
        await self.centre.until(lambda: self.centre.state.assignments[assignment].state == "active")
        await self.centre.recorded(assignment)

    async def leaves(self, contact: str) -> None:
        self.centre.engine.hang_up(self.centre.state.contacts[contact].leg)
        await self.centre.until(lambda: contact not in self.centre.state.contacts or self._over(contact))

    def _over(self, contact: str) -> bool:
        return self.centre.state.contacts[contact].ended > 0

    def desk(self, agent: str, assignment: str) -> dict[str, Any]:
        shown = self.centre.room.desks.of(f"a{agent}").snapshot()["assignments"][assignment]
        assert isinstance(shown, dict)
        return shown

    def on_floor(self, queue: str) -> dict[str, Any]:
        row = self.centre.room.floor.snapshot()["queues"][queue]
        assert isinstance(row, dict)
        return row

    async def told(self, contact: str, *kinds: str) -> list[dict[str, Any]]:
        """What the contact's page tells, once it tells of all these."""
        while True:
            answer = await self.boss.get(f"/contacts/{contact}")
            happened = answer.json()["timeline"] if answer.status_code == 200 else []
            if {it["kind"] for it in happened} >= set(kinds):
                return [it for it in happened if it["kind"] in kinds]
            await asyncio.sleep(0.05)


def at(assignment: str, verb: str) -> str:
    return f"/desk/assignments/{assignment.replace('/', '~')}/{verb}"


async def test_offers_are_as_configured_and_say_why(made_prompts: Path, tmp_path: Path) -> None:
    async with fake_centre(tmp_path, made_prompts) as centre:
        story = Story(centre, await centre.client("boss", "administrator"))
        known = {"name": "周女士", "numbers": [f"+86{VIP}"], "attributes": {"vip": "yes"}}
        assert (await story.boss.post("/customers", json=known)).status_code == 201
        li, chen = await centre.agent(LI), await centre.agent(CHEN)

        await a_loyal_customers_first_call_goes_to_an_excellent_agent(story)
        await several_are_rung_and_one_says_why_not(story, chen)
        await each_strategy_decides_and_is_told(story)
        await two_misses_and_a_phone_that_answers_by_itself(story, li)
        await who_is_cut_off_waits_at_their_place(story, li)


async def a_loyal_customers_first_call_goes_to_an_excellent_agent(story: Story) -> None:
    """Four years a customer, and never talked with a person: two are free, and neither is good enough for half a
    minute. The one who comes now is."""
    known = {"name": "老周", "numbers": [f"+86{LOYAL}"], "since": "2019-05-01"}
    assert (await story.boss.post("/customers", json=known)).status_code == 201
    contact = await story.calls(LOYAL)
    visit = story.centre.state.visits[story.centre.state.contacts[contact].visit]
    assert (visit.state, visit.rules) == ("waiting", ("loyal",))
    wang = await story.centre.agent(WANG)
    (mine,) = await story.rings(contact, WANG)
    assert story.desk(WANG, mine)["worth"] == {"priority_s": 120.0, "rules": ["四年以上老客户首次人工来电"]}
    await story.leaves(contact)
    await done(wang.post("/desk/presence", json={"presence": "offline"}))


async def several_are_rung_and_one_says_why_not(story: Story, chen: httpx.AsyncClient) -> None:
    await story.queue(at_once=2)
    contact = await story.calls(VIP)
    one, two = await story.rings(contact, LI, CHEN)
    assert story.desk(LI, one)["worth"] == {"priority_s": 300.0, "rules": ["VIP 绿色通道"]}
    assert (await chen.post(at(two, "decline"), json={"reason": "tired"})).status_code == 422
    assert await refused(chen.post(at(one, "decline"))) == (404, "assignment.unknown"), "another's"
    await done(chen.post(at(two, "decline"), json={"reason": "not_mine"}))
    await story.rings(contact, LI)
    await story.answers(one)
    offer, _, declined = await story.told(contact, "AssignmentOffered", "AssignmentDeclined")
    assert "按优先级视同早到 5 分钟（规则 VIP 绿色通道）。" in offer["detail"]["why_words"]["zh"]
    assert declined["words"] == {"zh": "陈静 拒接（不属于我的业务）", "en": "陈静 declined (not their field)"}
    assert story.centre.state.agents[f"a{CHEN}"].set_aside == "declined"
    await story.leaves(contact)
    await story.centre.free(LI)
    await done(chen.post("/desk/presence", json={"presence": "available"}))


async def each_strategy_decides_and_is_told(story: Story) -> None:
    """Whose turn it is stands in the offer, by the queue's own measure."""
    words = {
        "longest_idle": "空闲最久", "least_occupied": "今天占用最少", "fewest_contacts": "今天接得最少",
        "fair_round": "轮到", "best_fit": "技能最贴合",
    }  # fmt: skip
    for strategy in STRATEGIES:
        await story.queue(strategy=strategy, at_once=1)
        contact = await story.calls()
        [offer] = await story.told(contact, "AssignmentOffered")
        assert any(words[strategy] in sentence for sentence in offer["detail"]["why_words"]["zh"]), offer
        if strategy == "fewest_contacts":
            assert offer["detail"]["agent"] == f"a{CHEN}", "the other had one today"
        await story.leaves(contact)
    assert words.keys() == set(STRATEGIES)


async def two_misses_and_a_phone_that_answers_by_itself(story: Story, li: httpx.AsyncClient) -> None:
    """One miss of two costs nothing but the turn; the second sets the agent aside, until they say available."""
    centre = story.centre
    chen = await centre.sign_in(f"u{CHEN}")
    await done(chen.post("/desk/presence", json={"presence": "offline"}))
    await story.queue(strategy="longest_idle", misses=2, penalty_s=0, ring_s=3)
    contact = await story.calls()
    agent = centre.state.agents[f"a{LI}"]
    (first,) = await story.rings(contact, LI)
    await centre.until(lambda: agent.misses == 1 and f"a{LI}" in story.offers(contact))
    assert story.offers(contact)[f"a{LI}"] != first
    await centre.until(lambda: agent.set_aside == "ring_no_answer")
    assert centre.state.visits[centre.state.contacts[contact].visit].state == "waiting"
    await story.queue(ring_s=15, auto_answer=True)
    await done(li.post("/desk/presence", json={"presence": "available"}))
    (third,) = await story.rings(contact, LI)
    forced = {"presence": "not_ready", "reason": "meeting", "force": True}
    await done(story.boss.post(f"/floor/agents/a{LI}/presence", json=forced))
    await story.rings(contact)
    declined = (await story.told(contact, "AssignmentDeclined"))[-1]
    assert declined["words"]["zh"] == "李明 拒接（班长改变状态）"
    await done(li.post("/desk/presence", json={"presence": "available"}))
    (third,) = await story.rings(contact, LI)
    assert AUTO in centre.engine.legs[await centre.rings(names.agent_leg(third))].headers
    assert story.desk(LI, third)["auto"] is True
    await story.answers(third)
    await done(li.post(at(third, "transfer"), json={"to": {"queue": "experts"}, "notes": {"mood": "upset"}}))
    await centre.until(lambda: story.on_floor("service")["escalated"] == 1)
    assert story.on_floor("service")["answered"] == 2, "one of two went to the second line"
    await story.leaves(contact)


async def who_is_cut_off_waits_at_their_place(story: Story, li: httpx.AsyncClient) -> None:
    """Wrap-up is extended once; then the line of an agent breaks, and the customer comes back to the queue."""
    centre = story.centre
    (mine,) = centre.state.agents[f"a{LI}"].assignments
    limit = centre.state.assignments[mine].until
    assert story.desk(LI, mine)["extendable"]
    await done(li.post(at(mine, "extend_wrap_up")))
    assert centre.state.assignments[mine].until == limit + 60
    assert await refused(li.post(at(mine, "extend_wrap_up"))) == (409, "wrap_up.extended")
    await centre.free(LI)

    await story.queue(requeue_lost=True, auto_answer=False)
    contact = await story.calls()
    (one,) = await story.rings(contact, LI)
    await story.answers(one)
    since = centre.state.visits[centre.state.contacts[contact].visit].since
    centre.engine.end(names.agent_leg(one), "lost")
    await centre.until(lambda: centre.state.contacts[contact].visit.endswith("~2"))
    again = centre.state.visits[centre.state.contacts[contact].visit]
    assert (again.queue, again.since) == ("service", since)
    customer = centre.state.contacts[contact].leg
    await centre.until(lambda: centre.engine.hears(customer) == {"music:default"})
