"""What the page tells of transfer, consult, conference, overflow and callback, in both languages."""

from __future__ import annotations

import pytest

from qingting.access import PERMISSIONS, Identity
from qingting.contexts.configuration import api as configuration
from qingting.contexts.configuration.routing import Agent, Queue, Skill
from qingting.contexts.contacts.api import today
from qingting.core import commands as c
from qingting.core.policy import Overflow, Policy
from qingting.runtime.explain.explain import explain

from ..house import House
from .story import Story


@pytest.fixture
async def story(sqlite_house: House) -> Story:
    who = Identity(sqlite_house.tenant, "system", "set-up", frozenset(PERMISSIONS))
    for id, name in (("sales", "Sales"), ("service", "Service")):
        await configuration.create(sqlite_house.configuration, who, "queues", Queue(name=name), id=id)
    for id, name, number in (("lin", "林", "1001"), ("wang", "王", "1002"), ("zhao", "赵", "1003")):
        await configuration.create(sqlite_house.configuration, who, "agents", Agent(name=name, number=number), id=id)
    story = Story(sqlite_house.journal, sqlite_house.tenant)
    await story.begin()
    await story.does(c.PutQueue("service", ring_s=15, wrap_up_s=0, second_line=True))
    await story.does(c.PutAgent("lin", ("sales",)))
    await story.does(c.PutAgent("wang", ("service",)))
    await story.does(c.PutAgent("zhao", ()))
    for agent in ("lin", "wang", "zhao"):
        await story.ready(agent)
    return story


async def told(house: House, contact: str) -> list[tuple[str, str]]:
    await house.projection.catch_up(house.tenant)
    client = await house.user(f"viewer{len(contact)}", "supervisor")
    steps = (await client.get(f"/contacts/{contact}")).json()["timeline"]
    return [(step["words"]["zh"], step["words"]["en"]) for step in steps if step["words"]["en"]]


async def test_consult_conference_transfer(sqlite_house: House, story: Story) -> None:
    await story.does(c.ContactArrives("c1", "j1", entry="main"))
    await story.after(0, c.EnterQueue("c1", "v1", "sales"), c.Accept("v1/1"), c.Connected("v1/1"))
    ask = c.Consult("v1/1", "c1.k1", agent="zhao", notes=c.Notes("refund", "angry", "n1"))
    await story.after(30, ask, c.Decline("c1.k1/1"))
    await story.after(0, c.Consult("v1/1", "c1.k2", "service"), c.Accept("c1.k2/1"), c.Connected("c1.k2/1"))
    await story.after(10, c.Swap("v1/1"), c.Swap("v1/1"), c.Join("v1/1"), c.CompleteTransfer("v1/1"))
    await story.after(20, c.Transfer("c1.k2/1", "v2", "sales", notes=c.Notes("refund")))
    await story.after(5, c.FinishWrapUp("v1/1"), c.Accept("v2/1"), c.Connected("v2/1"))
    await story.after(20, c.ConsultOutside("v2/1", "c1.p1", "ref"), c.PartyEnds("c1.p1", "busy"))
    await story.after(5, c.TransferOutside("v2/1", "c1.p2", "ref"), c.PartyAnswers("c1.p2"))
    await story.after(9, c.PartyEnds("c1.p2"))
    words = await told(sqlite_house, "c1")
    assert [zh for zh, _ in words[1:]] == [
        "进入队列 Sales",
        "派给 林",
        "林 接听",
        "与 林 接通",
        "林 让客户保持",
        "林 咨询同事；特殊需求：退费；情绪：愤怒",
        "咨询派给 赵",
        "赵 拒接（坐席）",
        "咨询结束（拒接）",
        "林 咨询队列 Service",
        "咨询派给 王",
        "王 接听",
        "林 与 王 咨询通话",
        "王 等待中",
        "林 恢复通话",
        "林 让客户保持",
        "王 回到咨询",
        "林 恢复通话",
        "王 加入，会议开始",
        "林 转接给二线 王（离开会议）",
        "林 开始话后处理",
        "客户转由 王 接手",
        "王 转接给 Sales（直接转接）；特殊需求：退费",
        "进入队列 Sales，首次到达保留（1 分钟前）",
        "王 处理完成（不设话后）",
        "林 处理完成（手动完成）",
        "派给 林",
        "林 接听",
        "与 林 接通，等待 5 秒",
        "林 让客户保持",
        "林 呼叫外线咨询",
        "外线方离开（忙）",
        "林 转接给外线（直接转接）",
        "林 开始话后处理",
        "外线方接听",
        "外线方与客户通话",
        "外线方离开（挂断）",
        "联络结束：外线方挂断",
    ]
    async with sqlite_house.records.read() as connection:
        counted = await today(connection, story.tenant, story.now, "Asia/Shanghai")
    assert (counted["sales"].answered, counted["sales"].escalated) == (2, 1)
    english = [en for _, en in words]
    assert "林 transferred it to the second line, 王 (leaving the conference)" in english
    assert "林 asks a colleague; demand: refund; mood: angry" in english
    assert "Entered queue Sales, first arrival kept (1 min ago)" in english


async def test_overflow_and_callback(sqlite_house: House, story: Story) -> None:
    await story.does(c.PutPolicy("sales", Policy(overflow=(Overflow("waited", 60.0, target="service"),))))
    await story.does(c.SetPresence("lin", "offline"))
    await story.does(c.SetPresence("wang", "offline"))
    await story.does(c.ContactArrives("c1", "j1", entry="main"))
    await story.does(c.EnterQueue("c1", "v1", "sales"))
    await story.after(75)
    await story.does(c.RequestCallback("b1", "p-c1", "k1", of="c1"))
    await story.after(2, c.ContactEnds("c1", "flow"))
    words = await told(sqlite_house, "c1")
    assert [zh for zh, _ in words[2:]] == [
        "Sales 溢出（等待超时），转队列 Service",
        "离开队列（转出）",
        "进入队列 Service，首次到达保留（1 分钟前）",
        "登记回呼，保留排队位置",
        "离开队列（转出）",
        "联络结束：流程结束",
    ]
    assert words[2][1] == "Sales overflowed (waited too long), on to queue Service"
    await story.ready("wang")
    await story.after(0, c.Accept("b1~1.v1/1"), c.CustomerAnswers("b1~1"), c.Connected("b1~1.v1/1"))
    words = await told(sqlite_house, "b1~1")
    assert words[0] == ("回呼客户（第 1 次）", "The customer is called back (attempt 1)")
    assert ("客户接听", "The customer answered") in words
    assert "k1" not in str(words)


async def test_what_waiting_made_easier(sqlite_house: House, story: Story) -> None:
    who = Identity(sqlite_house.tenant, "system", "set-up", frozenset(PERMISSIONS))
    for id, name in (("en", "英语"), ("it", "电脑")):
        await configuration.create(sqlite_house.configuration, who, "skills", Skill(name=name), id=id)
        await story.does(c.PutSkill(id))
    steps = (
        c.Relaxation(20.0, (("en", 2), ("it", 1))),
        c.Relaxation(60.0, (("en", 0),), ("*",), 30.0, anyone=True),
    )
    await story.does(c.PutQueue("sales", ring_s=15, relax=steps))
    await story.does(c.PutAgent("lin", ("sales",), (("en", 4),)))
    await story.does(c.ContactArrives("c0", "j0", entry="main"))
    await story.after(0, c.EnterQueue("c0", "v0", "sales"), c.Accept("v0/1"), c.Connected("v0/1"))
    await story.does(c.ContactArrives("c1", "j1", entry="main"))
    wants = c.Requirements((("en", 4),), prefer="lin", prefer_s=10.0)
    await story.does(c.EnterQueue("c1", "v1", "sales", wants=wants))
    await story.after(90)
    words = await told(sqlite_house, "c1")
    assert words[2:] == [
        ("不再只等 林", "Waits for 林 alone no longer"),
        ("等待满 20 秒，要求放宽：英语 2 级即可", "Relaxed after 20 s: 英语 2 is enough"),
        (
            "等待满 1 分钟，要求放宽：不再要求 英语；各职场均可；提前 30 秒；不再排除坐席",
            "Relaxed after 1 min: 英语 is not needed; agents of all sites; 30 s earlier; nobody is excluded any more",
        ),
    ]
    explained = await explain(story.journal, story.tenant, "c1", lambda kind, id: (id, id))
    assert [step.zh for step in explained.steps if step.kind == "VisitsRelaxed"] == [
        "不再只等 lin",
        "等待满 20 秒，要求放宽：en 2 级即可",
        "等待满 1 分钟，要求放宽：不再要求 en；各职场均可；提前 30 秒；不再排除坐席",
    ]
