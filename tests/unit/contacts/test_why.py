"""Why this agent, on the contact's page: told from the offer alone, in the words of its readers."""

from __future__ import annotations

from typing import Any

import pytest

from qingting.access import PERMISSIONS, Identity
from qingting.contexts.configuration import api as configuration
from qingting.contexts.configuration.schemas import Agent, Queue
from qingting.contexts.contacts.api import in_words
from qingting.core import commands as c

from ..house import House
from .story import Story


@pytest.fixture
async def story(house: House) -> Story:
    who = Identity(house.tenant, "system", "set-up", frozenset(PERMISSIONS))
    for id, name in (("sales", "Sales"), ("service", "Service")):
        await configuration.create(house.configuration, who, "queues", Queue(name=name), id=id)
    for id, name, number in (("lin", "林", "1001"), ("wang", "王", "1002")):
        await configuration.create(house.configuration, who, "agents", Agent(name=name, number=number), id=id)
    story = Story(house.journal, house.tenant)
    await story.begin()
    await story.does(c.PutSkill("vip"))
    await story.does(c.PutQueue("sales", requires=(("vip", 2),), ring_s=15))
    await story.does(c.PutAgent("lin", ("sales", "service"), (("vip", 3),)))
    await story.does(c.PutRule("gold", (c.Condition("grade", "=", "gold"),), 600.0))
    return story


async def offers(house: House, contact: str) -> list[dict[str, Any]]:
    await house.projection.catch_up(house.tenant)
    client = await house.user(f"viewer-{contact}", "supervisor")
    one = (await client.get(f"/contacts/{contact}")).json()
    return [step["detail"] for step in one["timeline"] if step["kind"] == "AssignmentOffered"]


async def test_a_customer_who_finds_somebody_free(house: House, story: Story) -> None:
    await story.ready("lin")
    await story.ready("wang")
    await story.after(12)
    await story.does(c.ContactArrives("c1", "j-c1"))
    await story.does(c.SetAttributes("c1", (("grade", "gold"),)))
    await story.does(c.EnterQueue("c1", "v1", "sales"))
    [offer] = await offers(house, "c1")
    assert offer["why"] == "lin: band 3, idle 12.0 s; w=0.0; p=600; r=gold; f=2; b=3:1,skill:1"
    assert offer["why_words"] == {
        "zh": [
            "客户刚到，没有等待。",
            "按优先级视同早到 10 分钟（规则 gold）。",
            "队列成员中有 2 人空闲。",
            "其中未考虑：1 人技能等级不够。",
            "派给 林：技能 3 级，同级中空闲最久（12 秒）。",
        ],
        "en": [
            "The customer had just come.",
            "By priority it counts as if it had come 10 min earlier (rule gold).",
            "2 agents of the queue were free.",
            "Passed over: 1 lacked a skill that is needed.",
            "林 got it: at level 3, idle longest of those (12 s).",
        ],
    }


async def test_an_agent_who_becomes_free(house: House, story: Story) -> None:
    for contact, queue in (("c1", "service"), ("c2", "sales"), ("c3", "service")):
        await story.does(c.ContactArrives(contact, f"j-{contact}"))
        await story.does(c.EnterQueue(contact, f"v-{contact}", queue))
        await story.after(20)
    await story.ready("wang")
    [offer] = await offers(house, "c1")
    assert offer["why_words"]["en"] == [
        "The customer had waited 1 min since they first came.",
        "王 had just become free for more, and nobody else who could serve it was; this one was next in turn.",
        "Service: 2 waiting.",
        "Sales: 1 waiting; the first is 20 s later in turn.",
    ]
    assert offer["why_words"]["zh"][-2] == "Service：2 个在等。"


@pytest.mark.parametrize(
    ("why", "english"),
    [
        ("a: band 3, idle 12.0 s", ["A got it: at level 3, idle longest of those (12 s)."]),
        ("a: dialled", ["A dialled out; nobody was chosen."]),
        ("a: transferred by b", ["B named A; nobody was chosen."]),
        ("a: consulted by b", ["B asked for A; nobody was chosen."]),
        ("an older rule", []),
        ("", []),
        ("a: band 3, idle 1.2.3 s", []),
        (
            "a: band 0, idle 0.0 s; w=?; f=; b=5:0,skill; n=b; q",
            ["The customer had just come.", "A got it: idle longest (0 s)."],
        ),
        (
            "a: band 2, least_occupied 0.431; f=9; b=2:5,rest:3,far:1; n=b:0.512; k=2…",
            [
                "The customer had just come.",
                "9 agents of the queue were free.",
                "Passed over: 1 sat elsewhere while somebody at the home site was free.",
                "Of those who could: 5 at level 2, 3 others; the highest level comes first.",
                "A got it: at level 2, least occupied today (occupancy 43%).",
                "Next would have been B (occupancy 51%).",
                "2 conversations were parked for it.",
                "There was more to tell than an offer keeps: qingting explain tells the rest.",
            ],
        ),
        (
            "a: band 2, idle 0.0 s; w=5.25; p=-60; s=2; t=2; o=v9:voice:300.0; q=x:4:-7.5:skill,y:1:+0.0",
            [
                "The customer had waited 5.2 s since they first came.",
                "By priority it counts as if it had come 1 min later.",
                "It had waited so long that the requirements were relaxed to step 2.",
                "A had just become free for more, and nobody else who could serve it was; this one was next in turn.",
                "The queue is number 2 in the agent's order of queues.",
                "X: 4 waiting; the first was 7.5 s earlier in turn, but the agent lacked a skill that it needs.",
                "Y: 1 waiting.",
                "A call that had come 5 min earlier waits on: this one is worth more.",
            ],
        ),
    ],
)
def test_offers_of_every_build(why: str, english: list[str]) -> None:
    told = in_words(why, lambda kind, id: id.upper())
    assert told["en"] == english
    assert len(told["zh"]) == len(english)
