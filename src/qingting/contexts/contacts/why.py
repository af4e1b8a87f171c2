"""An offer's `why` in plain words, Chinese and English: why this agent, why this customer, why now.

Made of the offer's own text alone (`core.explaining` tells what it holds), so that a page needs no journal. What an
offer of an earlier build, or one that was cut, does not say is left out; a text that nobody knows gives no words.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from qingting.core.explaining import Why, parse

Named = Callable[[str, str], str]
"""(kind, id) → what people call it; kinds as in the configuration: `agents`, `queues`, `rules`."""
Words = dict[str, list[str]]
"""By language (`zh`, `en`), sentence by sentence."""
LANGUAGES = ("zh", "en")

_SAID = re.compile(
    r"(?P<agent>.+): (?:band|surplus) (?P<band>\d+)"
    r"(?:, idle (?P<idle>\d+\.\d+) s)?(?:, (?P<by>(?!idle)\w+) (?P<measure>\d+(?:\.\d+)?))?"
)
_OTHERWISE = re.compile(r"(?P<agent>.+): (?P<how>dialled|transferred by|consulted by)(?: (?P<by>.+))?")
_BY_NAME = {
    "dialled": ("{agent} 自己拨出，不经派单。", "{agent} dialled out; nobody was chosen."),
    "transferred by": ("{by} 指名转给 {agent}，不经派单。", "{by} named {agent}; nobody was chosen."),
    "consulted by": ("{by} 指名咨询 {agent}，不经派单。", "{by} asked for {agent}; nobody was chosen."),
}
_AT_ONCE_S = 1.0

MEDIA = {
    "voice": ("电话", "a call"),
    "chat": ("在线聊天", "a chat"),
    "mail": ("邮件", "a mail"),
    "sms": ("短信", "a text message"),
    "social": ("社交媒体消息", "a social message"),
}
PASSED = {
    "skill": ("{n} 人技能等级不够", "{n} lacked a skill that is needed"),
    "site": ("{n} 人在其他职场", "{n} sat at other sites"),
    "excluded": ("{n} 人不得接这次联络", "{n} may not have this contact"),
    "preference": ("{n} 人让位于指定的坐席", "{n} stood back for the agent whom it prefers"),
    "parking": ("{n} 人要先搁置手上的会话", "{n} would have had to park a conversation"),
    "far": ("{n} 人不在客户所属职场", "{n} sat elsewhere while somebody at the home site was free"),
}
WHY_NOT = {
    "skill": ("技能等级不够", "lacked a skill that it needs"),
    "site": ("不在要求的职场", "sits at another site"),
    "excluded": ("不得接它", "may not have it"),
    "taken": ("刚刚已派出", "had just been given it"),
}


def in_words(why: str, named: Named) -> Words:
    """Empty lists where the text is none that a build of ours wrote."""
    read = parse(why)
    said = _SAID.fullmatch(read.said)
    if said is None:
        return _by_name(read.said, named)
    words: Words = {language: [] for language in LANGUAGES}

    def say(zh: str, en: str) -> None:
        words["zh"].append(zh)
        words["en"].append(en)

    _waited(read, named, say)
    if "q" in read.fields:
        _visit_picked(read, said, named, say)
    else:
        _agent_chosen(read, said, named, say)
    if parked := _number(read, "k"):
        say(
            f"为此搁置了 {parked:.0f} 个会话。",
            f"{_many(parked, 'conversation was', 'conversations were')} parked for it.",
        )
    if not read.whole:
        say(
            "依据太长，未能全部记下；qingting explain 可还原全部。",
            "There was more to tell than an offer keeps: qingting explain tells the rest.",
        )
    return words


def chosen(why: str) -> bool:
    """Whether the core chose: nobody named the agent, nor did the agent dial."""
    return _OTHERWISE.fullmatch(why) is None


def _by_name(said: str, named: Named) -> Words:
    found = _OTHERWISE.fullmatch(said)
    if found is None:
        return {language: [] for language in LANGUAGES}
    agent, by = named("agents", found["agent"]), named("agents", found["by"] or "")
    zh, en = _BY_NAME[found["how"]]
    return {"zh": [zh.format(agent=agent, by=by)], "en": [en.format(agent=agent, by=by)]}


# --- the visit -------------------------------------------------------------------------------------------


def _waited(read: Why, named: Named, say: Callable[[str, str], None]) -> None:
    waited = _number(read, "w")
    if waited is None and "f" in read.fields:
        waited = 0.0
    if waited is not None:
        if waited < _AT_ONCE_S:
            say("客户刚到，没有等待。", "The customer had just come.")
        else:
            zh, en = duration(waited)
            say(f"客户从首次进队算起已等 {zh}。", f"The customer had waited {en} since they first came.")
    priority = _number(read, "p")
    if priority:
        zh, en = duration(abs(priority))
        rules = [named("rules", part[0]) for part in read.fields.get("r", [])]
        by_zh = f"（规则 {'、'.join(rules)}）" if rules else ""
        by_en = f" (rule {', '.join(rules)})" if rules else ""
        if priority > 0:
            say(f"按优先级视同早到 {zh}{by_zh}。", f"By priority it counts as if it had come {en} earlier{by_en}.")
        else:
            say(f"按优先级视同晚到 {zh}{by_zh}。", f"By priority it counts as if it had come {en} later{by_en}.")
    step = _number(read, "s")
    if step:
        say(
            f"等待已久，要求已放宽到第 {step:.0f} 步。",
            f"It had waited so long that the requirements were relaxed to step {step:.0f}.",
        )


# --- it looked for an agent ------------------------------------------------------------------------------


def _agent_chosen(read: Why, said: re.Match[str], named: Named, say: Callable[[str, str], None]) -> None:
    free = _number(read, "f")
    if free is not None:
        say(
            f"队列成员中有 {free:.0f} 人空闲。",
            f"{_many(free, 'agent of the queue was', 'agents of the queue were')} free.",
        )
    passed = _passed(read)
    if passed:
        zh = "，".join(PASSED[reason][0].format(n=n) for reason, n in passed)
        en = ", ".join(PASSED[reason][1].format(n=n) for reason, n in passed)
        say(f"其中未考虑：{zh}。", f"Passed over: {en}.")
    _bands(read, said, say)
    _chosen(read, said, named, say)
    others = [(named("agents", part[0]), part[1]) for part in read.fields.get("n", []) if len(part) == 2]
    if others:
        shown = [(name, _measured(said["by"], measure)) for name, measure in others]
        zh = "，".join(f"{name}（{measure[0]}）" for name, measure in shown)
        en = ", ".join(f"{name} ({measure[1]})" for name, measure in shown)
        say(f"其次是：{zh}。", f"Next would have been {en}.")


def _bands(read: Why, said: re.Match[str], say: Callable[[str, str], None]) -> None:
    bands = [(part[0], part[1]) for part in read.fields.get("b", []) if len(part) == 2 and part[0] not in PASSED]
    if len(bands) < 2:
        return
    fit = said["by"] == "best_fit"

    def told(band: str, n: str) -> tuple[str, str]:
        if band == "rest":
            return f"其余 {n} 人", f"{n} others"
        return (
            (f"富余 {band} 级 {n} 人", f"{n} with {band} to spare")
            if fit
            else (f"{band} 级 {n} 人", f"{n} at level {band}")
        )

    shown = [told(*one) for one in bands]
    zh, en = "，".join(words[0] for words in shown), ", ".join(words[1] for words in shown)
    if fit:
        say(
            f"能接的人按技能富余：{zh}；富余少者先派。",
            f"Of those who could, by skill levels: {en}; least to spare first.",
        )
    else:
        say(f"能接的人按技能等级：{zh}；高者先派。", f"Of those who could: {en}; the highest level comes first.")


def _chosen(read: Why, said: re.Match[str], named: Named, say: Callable[[str, str], None]) -> None:
    agent, by = named("agents", said["agent"]), said["by"] or "longest_idle"
    zh_band, en_band = (
        (f"技能 {said['band']} 级，", f"at level {said['band']}, ") if said["band"] != "0" else ("", "")
    )
    if any(reason == "preference" for reason, _ in _passed(read)):
        say(f"{agent}：这次联络指定的坐席。", f"{agent} is the agent whom this contact prefers.")
        return
    if by == "longest_idle":
        zh_idle, en_idle = duration(float(said["idle"] or 0.0))
        say(
            f"派给 {agent}：{zh_band}{'同级中' if zh_band else ''}空闲最久（{zh_idle}）。",
            f"{agent} got it: {en_band}idle longest{' of those' if en_band else ''} ({en_idle}).",
        )
        return
    zh_measure, en_measure = _measured(by, said["measure"])
    zh, en = {
        "least_occupied": (f"今天占用最少（{zh_measure}）", f"least occupied today ({en_measure})"),
        "fewest_contacts": (f"今天接得最少（{zh_measure}）", f"fewest contacts today ({en_measure})"),
        "fair_round": ("轮到", "next in the round"),
        "best_fit": ("技能最贴合", "closest fit of skills"),
    }.get(by, (by, by))
    say(f"派给 {agent}：{zh_band}{zh}。", f"{agent} got it: {en_band}{en}.")


def _passed(read: Why) -> list[tuple[str, str]]:
    """How many were passed over, by why."""
    return [(part[0], part[1]) for part in read.fields.get("b", []) if len(part) == 2 and part[0] in PASSED]


def _measured(by: str | None, measure: str) -> tuple[str, str]:
    """What a strategy counts of an agent."""
    try:
        value = float(measure)
    except ValueError:
        return measure, measure
    if by == "least_occupied":
        return f"占用率 {value:.0%}", f"occupancy {value:.0%}"
    if by == "fewest_contacts":
        return f"今天 {value:.0f} 个", f"{_many(value, 'contact', 'contacts')} today"
    zh, en = duration(value)
    return f"空闲 {zh}", f"idle {en}"


# --- the agent looked for a visit ------------------------------------------------------------------------


def _visit_picked(read: Why, said: re.Match[str], named: Named, say: Callable[[str, str], None]) -> None:
    agent = named("agents", said["agent"])
    say(
        f"{agent} 刚可接新的联络，此前没有能接它的人空闲；轮到的就是它。",
        f"{agent} had just become free for more, and nobody else who could serve it was; this one was next in turn.",
    )
    if tier := _number(read, "t"):
        say(
            f"这个队列在该坐席的顺序中排第 {tier:.0f}。",
            f"The queue is number {tier:.0f} in the agent's order of queues.",
        )
    for part in read.fields["q"]:
        _queue(part, named, say)
    for part in read.fields.get("o", []):
        if len(part) == 3 and part[1] in MEDIA and (earlier := _float(part[2])) is not None:
            zh, en = duration(earlier)
            say(
                f"有一个{MEDIA[part[1]][0]}早到 {zh}，但排在后面：按优先级这一个更靠前。",
                f"{MEDIA[part[1]][1].capitalize()} that had come {en} earlier waits on: this one is worth more.",
            )


def _queue(part: list[str], named: Named, say: Callable[[str, str], None]) -> None:
    """How many wait in one of the agent's queues, and where the first of them stands."""
    later = _float(part[2]) if len(part) >= 3 else None
    if later is None:
        return
    queue, waiting = named("queues", part[0]), part[1]
    zh, en = duration(abs(later))
    if len(part) == 4 and part[3] in WHY_NOT:
        not_zh, not_en = WHY_NOT[part[3]]
        say(
            f"{queue}：{waiting} 个在等；最前的早轮到 {zh}，但该坐席{not_zh}。",
            f"{queue}: {waiting} waiting; the first was {en} earlier in turn, but the agent {not_en}.",
        )
    elif later > 0:
        say(
            f"{queue}：{waiting} 个在等；最前的晚轮到 {zh}。",
            f"{queue}: {waiting} waiting; the first is {en} later in turn.",
        )
    else:
        say(f"{queue}：{waiting} 个在等。", f"{queue}: {waiting} waiting.")


# --- words -----------------------------------------------------------------------------------------------


def duration(seconds: float) -> tuple[str, str]:
    """As people say it, in Chinese and English."""
    if seconds < 10:
        short = f"{seconds:.1f}".removesuffix(".0")
        return f"{short} 秒", f"{short} s"
    whole = round(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    if hours:
        return f"{hours} 小时 {minutes} 分", f"{hours} h {minutes} min"
    if minutes:
        return (
            (f"{minutes} 分 {rest} 秒", f"{minutes} min {rest} s") if rest else (f"{minutes} 分钟", f"{minutes} min")
        )
    return f"{rest} 秒", f"{rest} s"


def _many(n: float, one: str, more: str) -> str:
    return f"{n:.0f} {one if n == 1 else more}"


def _number(read: Why, letter: str) -> float | None:
    found = read.fields.get(letter)
    return _float(found[0][0]) if found and found[0] else None


def _float(text: str) -> float | None:
    """None for what is no number: a page shows what it can of any text."""
    return float(text) if re.fullmatch(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", text) else None
