"""A company to look at: 蜻蜓电信, with queues, people, hours, a number and a web page to call.

Safe to run again: what is there already stays as it is. No users and no passwords: those are made by whoever
starts the centre, with the agents returned here.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from qingting.access import PERMISSIONS, Identity

from . import actions, versions
from .fields import Body, Day, Texts
from .live import Configuration
from .policy import Breaks, Overflow
from .routing import Agent, Condition, Media, Queue, Rule, Site, Skill, Step, Team
from .schemas import Destination, Disposition, EntryPoint, Flow, Hours, Line, Reason, Settings, Trunk

CODE = "demo"
"""What stands before `/` at sign-in: for whoever makes the tenant."""
COMPANY = "蜻蜓电信"
NUMBER = "+861088880000"
SHORT_NUMBER = "10080"
WEB_KEY = "demo"

_WORKDAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri")

_REASONS = {
    "break": ("小休", "Break"),
    "meal": ("用餐", "Meal"),
    "training": ("培训", "Training"),
    "meeting": ("会议", "Meeting"),
    "back-office": ("处理工单", "Back office"),
}
_DISPOSITIONS: dict[str, tuple[str, str, Literal["", "resolved", "unresolved", "complaint"]]] = {
    "resolved": ("已解决", "Resolved", "resolved"),
    "follow-up": ("需跟进", "Follow-up needed", "unresolved"),
    "complaint": ("投诉", "Complaint", "complaint"),
    "order": ("办理业务", "Order taken", "resolved"),
    "wrong-number": ("错号或无声", "Wrong number or silence", ""),
}
_SKILLS = {
    "english": Skill(name="英语 English", kind="language"),
    "sales": Skill(name="销售"),
    "billing": Skill(name="账务"),
    "technical": Skill(name="技术支持"),
    "second-line": Skill(name="二线专家", kind="grade"),
    "top-service": Skill(name="金牌服务", kind="grade"),
}
_AGENTS: tuple[tuple[str, str, str, list[str], dict[str, int], bool], ...] = (
    ("3850", "王小兰", "beijing", ["sales", "service"], {"sales": 5, "billing": 3, "top-service": 4}, True),
    ("1196", "李明", "beijing", ["service", "experts"], {"billing": 5, "technical": 3, "second-line": 3}, False),
    ("2047", "张伟", "beijing", ["sales"], {"sales": 3}, False),
    ("2208", "陈静", "beijing", ["service", "english"], {"english": 4, "billing": 4, "technical": 2}, False),
    ("4102", "Emma Liu", "chengdu", ["english", "sales"], {"english": 5, "sales": 4}, True),
    ("1003", "赵强", "chengdu", ["service", "experts"], {"technical": 5, "second-line": 5, "top-service": 3}, False),
)
_ENGLISH_AT_EASE = Step(after_s=60, lower={"english": 2}, priority_s=30)
"""After a minute a lower level of English is better than more waiting."""
_BREAKS = Breaks(reasons=["break", "meal"], most=2)
_TEAMS = {"north": Team(name="北京一组", breaks=_BREAKS), "south": Team(name="成都一组", breaks=_BREAKS)}
_TEAM_OF = {"beijing": "north", "chengdu": "south"}
_RULES = {
    "vip": Rule(
        name="VIP 绿色通道",
        when=[Condition(attribute="vip", value="yes")],
        priority_s=300,
    ),
    "loyal": Rule(
        name="四年以上老客户首次人工来电",
        when=[
            Condition(attribute="years", operator=">=", value=4),
            Condition(attribute="answered_year", value=0),
        ],
        priority_s=120,
        requires={"top-service": 3},
        queues=["service"],
    ),
}
_MEDIA = Media(
    load=4, weights={"voice": 4, "chat": 1, "mail": 2}, interrupts={"voice": ["mail", "chat"], "chat": ["mail"]}
)
"""One call, or as much text as weighs no more; a call parks the text that is open."""


class Seeded(NamedTuple):
    tenant: str
    name: str
    agents: list[tuple[str, str, str]]
    """(id, number, name)."""


async def seed(configuration: Configuration, tenant: str, flow_text: str) -> Seeded:
    """Fill the tenant of this id. `flow_text` is the demonstration flow.

    It may name the queues `sales`, `service`, `english` and the hours `office`.
    """
    who = Identity(tenant, "system", "set-up", frozenset(PERMISSIONS), via="set-up")
    await configuration.refresh()
    items = _items(flow_text)
    dialled = next(n for n, (kind, _, _) in enumerate(items) if kind == "entry-points")
    await _put(configuration, who, items[:dialled])
    for id, flow in configuration.of(tenant).flows.items():
        if id not in configuration.of(tenant).published:  # entry points ask for one that is
            await versions.publish(configuration, who, id, flow.version)
    await _put(configuration, who, items[dialled:])
    if configuration.of(tenant).settings.version == 0:
        settings = Settings(company_name=COMPANY, media=_MEDIA)
        await actions.replace(configuration, who, "settings", "settings", 0, settings)
    agents = configuration.of(tenant).agents
    return Seeded(tenant, COMPANY, [(a.id, a.body.number, a.name) for a in agents.values()])


async def _put(configuration: Configuration, who: Identity, items: list[tuple[str, str, Body]]) -> None:
    """What is not there yet, in one transaction."""
    there = configuration.of(who.tenant)
    missing = [it for it in items if it[1] not in there.of(it[0])]
    if not missing:
        return
    async with configuration.change(who) as change:
        for kind, id, body in missing:
            await actions.create_within(configuration, change, kind, body, id=id)


def _items(flow_text: str) -> list[tuple[str, str, Body]]:
    title = Texts(zh="致电蜻蜓电信", en="Call Qingting Telecom")
    dispositions = list(_DISPOSITIONS)
    queue: dict[str, Any] = {"line": "telecom", "dispositions": dispositions, "extend_wrap_up_s": 60}
    return [
        ("lines", "telecom", Line(name="蜻蜓电信")),
        ("sites", "beijing", Site(name="北京")),
        ("sites", "chengdu", Site(name="成都")),
        *(("skills", id, skill) for id, skill in _SKILLS.items()),
        *(("reasons", id, Reason(name=zh, names=Texts(zh=zh, en=en))) for id, (zh, en) in _REASONS.items()),
        *(
            ("dispositions", id, Disposition(name=zh, names=Texts(zh=zh, en=en), meaning=meaning))
            for id, (zh, en, meaning) in _DISPOSITIONS.items()
        ),
        ("queues", "sales", Queue(name="销售", requires={"sales": 1}, **queue)),
        # Two sites feel like one: the caller's own first, any other at once. Who came for an excellent agent has
        # anybody after half a minute.
        (
            "queues",
            "service",
            Queue(
                name="客服",
                site_rule="near",
                relax=[Step(after_s=30, lower={"top-service": 0}), Step(after_s=120, priority_s=60)],
                **queue,
            ),
        ),
        # Who finds nobody at ease in English for five minutes is served by somebody.
        (
            "queues",
            "english",
            Queue(
                name="English desk",
                requires={"english": 3},
                relax=[_ENGLISH_AT_EASE],
                overflow=[
                    Overflow(when="closed", target="service"),
                    Overflow(when="waited", limit=300, target="service"),
                ],
                **queue,
            ),
        ),
        (
            "queues",
            "experts",
            Queue(name="二线专家", requires={"second-line": 3}, strategy="least_occupied", second_line=True, **queue),
        ),
        *(("teams", id, team) for id, team in _TEAMS.items()),
        *(("rules", id, rule) for id, rule in _RULES.items()),
        *(
            (
                "agents",
                f"a{number}",
                Agent(
                    name=name,
                    number=number,
                    team=_TEAM_OF[site],
                    site=site,
                    queues=queues,
                    ranks={"experts": 2} if "experts" in queues else {},
                    skills=skills,
                    capacity={"voice": 1, "chat": 3, "mail": 2},
                    dial_out=dial_out,
                ),
            )
            for number, name, site, queues, skills, dial_out in _AGENTS
        ),
        (
            "hours",
            "office",
            Hours(name="营业时间", weekly={day: [("00:00", "24:00")] for day in _WORKDAYS}, calendar="cn"),
        ),
        ("flows", "main", Flow(name="总机 Main menu", text=flow_text)),
        ("entry-points", "number", EntryPoint(name="总机号码", key=NUMBER, line="telecom", flow="main", title=title)),
        (
            "entry-points",
            "short",
            EntryPoint(name="短号", key=SHORT_NUMBER, line="telecom", flow="main", title=title),
        ),
        (
            "entry-points",
            "web",
            EntryPoint(name="网页来电", kind="web", key=WEB_KEY, line="telecom", flow="main", title=title),
        ),
        (
            "trunks",
            "local",
            Trunk(
                name="本机软电话 Softphones on this machine",
                host="127.0.0.1",
                port=5090,
                addresses=["127.0.0.1/32"],
                caller_number=NUMBER,
                number_format="plus",
            ),
        ),
        ("destinations", "inland", Destination(name="国内电话", pattern="+86", max_per_hour=200)),
    ]
