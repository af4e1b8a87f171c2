"""What happened to a contact in plain words, Chinese and English: of its page and of `qingting explain`.

Events must come in order, from the first: who an assignment is, whether a visit is a consult and how long it waited
stand in events before. Nothing is said of an event that the one beside it tells already.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from . import course_company as company
from .codes import ATTRIBUTES, CAUSES, DESTINATIONS, DONE, MEDIA, OUTCOMES, OVERFLOWS, WHYS, Both
from .relaxing import in_words
from .story import NOTHING, Detail, Easing, Names, Story, gap, visit_of, word_of
from .why import duration

Say = Callable[[Story, float, Detail], Both]


class Told(NamedTuple):
    words: Both
    """Empty where the event beside it says it."""
    agent: str
    """Whose part it is; empty when it is nobody's."""


class Course:
    """Of one contact. Give it every event once."""

    def __init__(self, contact: str, names: Names, site_of: Callable[[str], str]) -> None:
        """`site_of`: where an agent sits; empty where that is not known."""
        self._story = Story(contact, names, site_of)

    def tell(self, at: float, kind: str, detail: Detail) -> Told:
        say = SAY.get(kind)
        words = say(self._story, at, detail) if say is not None else NOTHING
        return Told(words, self._story.agent(detail))


# --- the contact ----------------------------------------------------------------------------------------------------


def arrived(story: Story, _: float, d: Detail) -> Both:
    story.home = d.get("site", "")
    medium = MEDIA.get(d.get("medium", ""), MEDIA["voice"])
    if d.get("callback"):
        n = story.contact.rpartition("~")[2]  # its id is `<callback>~<attempt>`
        return f"回呼客户（第 {n} 次）", f"The customer is called back (attempt {n})"
    if d.get("direction") == "out":
        return "坐席外呼", "An agent dialled out"
    zh, en = story.names("entry-points", d.get("entry", ""))
    return (
        (f"{medium[0]}进入 {zh}", f"{medium[1].capitalize()} came in at {en}")
        if zh
        else (f"{medium[0]}进入", f"{medium[1].capitalize()} came in")
    )


def moved(story: Story, _: float, d: Detail) -> Both:
    via = str(d.get("via", ""))
    zh, en = {"timeout": ("未按键", "no key"), "no_match": ("按键无效", "invalid key")}.get(via, NOTHING)
    if len(via) == 1:
        zh, en = f"按 {via}", f"pressed {via}"
    step = d.get("step") or {}
    node = str(d.get("node", ""))
    return (
        "自助：" + " · ".join(filter(None, (zh, step.get("zh") or node))),
        "Self-service: " + " · ".join(filter(None, (en, step.get("en") or node))),
    )


def language(story: Story, _: float, d: Detail) -> Both:
    zh, en = {"zh": ("中文", "Chinese"), "en": ("英文", "English")}.get(d["language"], (d["language"],) * 2)
    return f"语种改为{zh}", f"Language set to {en}"


def known(story: Story, _: float, d: Detail) -> Both:
    zh, en = [], []
    for name, value in d["attributes"]:
        words = word_of(ATTRIBUTES, name)
        said = f"{value:g}" if isinstance(value, float) else str(value)
        shown = story.names("entry-points", said) if name == "entry" else (said, said)
        zh.append(f"{words[0]} {shown[0]}")
        en.append(f"{words[1]} {shown[1]}")
    return f"已知：{'，'.join(zh)}", f"Known: {', '.join(en)}"


def over(story: Story, _: float, d: Detail) -> Both:
    zh, en = word_of(CAUSES, d["cause"])
    return f"联络结束：{zh}", f"Ended: {en}"


def customer_answered(story: Story, _: float, __: Detail) -> Both:
    return "客户接听", "The customer answered"


# --- waiting --------------------------------------------------------------------------------------------------------


def visit_started(story: Story, at: float, d: Detail) -> Both:
    story.began[d["visit"]] = at
    story.easing[d["visit"]] = Easing(dict(d.get("requires", ())), d.get("prefer", ""))
    if not d.get("queue"):
        return "直接接续", "Connected directly"
    zh, en = story.names("queues", d["queue"])
    zh, en = f"进入队列 {zh}", f"Entered queue {en}"
    waited_s = at - d.get("since", at)
    if waited_s >= 1:
        long = duration(waited_s)
        zh, en = f"{zh}，首次到达保留（{long[0]}前）", f"{en}, first arrival kept ({long[1]} ago)"
    if d.get("prefer"):
        who = story.names("agents", d["prefer"])
        zh, en = f"{zh}，先等 {who[0]}", f"{en}, for {who[1]} first"
    return zh, en


def requeued(story: Story, _: float, d: Detail) -> Both:
    zh, en = word_of(WHYS, d["why"])
    return f"重新排队（{zh}）", f"Queued again ({en})"


def revalued(story: Story, _: float, d: Detail) -> Both:
    if (known := story.easing.get(d["visit"])) is not None:
        story.easing[d["visit"]] = known._replace(needs=dict(d.get("requires", ())))
    rules = d.get("rules") or ()
    if not rules:
        return "排位重新计算", "Priority worked out anew"
    zh, en = zip(*(story.names("rules", rule) for rule in rules), strict=True)
    return f"排位重新计算：规则 {'、'.join(zh)}", f"Priority worked out anew: rule {', '.join(en)}"


def relaxed(story: Story, _: float, d: Detail) -> Both:
    known = story.easing.get(d["visit"])
    if known is None:
        return NOTHING
    if d["after_s"] == known.after_s:  # no further step: the time of the agent they preferred is over
        who = story.names("agents", known.prefer)
        return (f"不再只等 {who[0]}", f"Waits for {who[1]} alone no longer") if known.prefer else NOTHING
    story.easing[d["visit"]] = known._replace(after_s=d["after_s"])
    easier = in_words(d, known.needs, story.names)
    if not easier:
        return NOTHING
    long = duration(d["after_s"])
    zh, en = "；".join(zh for zh, _ in easier), "; ".join(en for _, en in easier)
    return f"等待满 {long[0]}，要求放宽：{zh}", f"Relaxed after {long[1]}: {en}"


def visit_ended(story: Story, _: float, d: Detail) -> Both:
    story.began.pop(d["visit"], None)
    if d["outcome"] == "answered":
        return NOTHING
    zh, en = word_of(OUTCOMES, d["outcome"])
    return f"离开队列（{zh}）", f"Left the queue ({en})"


def overflowed(story: Story, _: float, d: Detail) -> Both:
    queue, why, to = (
        story.names("queues", d["queue"]),
        word_of(OVERFLOWS, d["when"]),
        word_of(DESTINATIONS, d["to"]),
    )
    where = NOTHING
    if d["to"] in ("queue", "site") and d["target"]:
        name = story.names("queues", d["target"])
        where = f" {name[0]}", f" {name[1]}"
    return (
        f"{queue[0]} 溢出（{why[0]}），转{to[0]}{where[0]}",
        f"{queue[1]} overflowed ({why[1]}), on to {to[1]}{where[1]}",
    )


def callback(story: Story, at: float, d: Detail) -> Both:
    if d["due"] > at + 1:
        long = duration(d["due"] - at)
        return f"登记回呼，{long[0]}后", f"A callback was asked for, in {long[1]}"
    return "登记回呼，保留排队位置", "A callback was asked for; the place in the queue is kept"


def message(story: Story, _: float, d: Detail) -> Both:
    if d.get("recording"):
        return "提示音后留言", "Spoke a message after the tone"
    return "留言登记", "Left a message"


# --- an agent's part ------------------------------------------------------------------------------------------------


def offered(story: Story, _: float, d: Detail) -> Both:
    story.agents[d["assignment"]] = d["agent"]
    zh, en = story.names("agents", d["agent"])
    if not d["until"]:
        return f"{zh} 拨出", f"{en} dialled"
    if d["visit"] in story.consults:
        zh, en = f"咨询派给 {zh}", f"Consult offered to {en}"
    else:
        zh, en = f"派给 {zh}", f"Offered to {en}"
    if site := story.elsewhere(d["agent"]):
        home = story.names("sites", story.home)
        zh, en = f"{zh}（跨职场：{home[0]} → {site[0]}）", f"{en} (across sites: {home[1]} → {site[1]})"
    return (f"{zh}（自动接听）", f"{en} (answered automatically)") if d.get("auto") else (zh, en)


def connected(story: Story, at: float, d: Detail) -> Both:
    visit = visit_of(d["assignment"])
    if visit in story.consults:
        return NOTHING
    zh, en = story.who(d)
    zh, en = f"与 {zh} 接通", f"Connected with {en}"
    if site := story.elsewhere(story.agent(d)):
        zh, en = f"{zh}（由{gap(site[0])}接待）", f"{en}, served from {site[1]}"
    began = story.began.pop(visit, None)
    if began is not None and at - began >= 1:
        long = duration(at - began)
        zh, en = f"{zh}，等待 {long[0]}", f"{en} after waiting {long[1]}"
    return zh, en


def held(story: Story, _: float, d: Detail) -> Both:
    who = story.who(d)
    if visit_of(d["assignment"]) in story.consults:
        return f"{who[0]} 等待中", f"{who[1]} waits in the consult"
    return f"{who[0]} 让客户保持", f"{who[1]} put the customer on hold"


def resumed(story: Story, _: float, d: Detail) -> Both:
    who = story.who(d)
    if visit_of(d["assignment"]) in story.consults:
        return f"{who[0]} 回到咨询", f"{who[1]} is back in the consult"
    return f"{who[0]} 恢复通话", f"{who[1]} is back with the customer"


def wrapping_up(story: Story, at: float, d: Detail) -> Both:
    zh, en = story.who(d)
    return (f"{zh} 开始话后处理", f"{en} began wrap-up") if d["until"] > at else NOTHING


def extended(story: Story, at: float, d: Detail) -> Both:
    who, long = story.who(d), duration(max(0.0, d["until"] - at))
    return f"{who[0]} 延长话后处理，还有 {long[0]}", f"{who[1]} extended wrap-up: {long[1]} left"


def done(story: Story, _: float, d: Detail) -> Both:
    who, how = story.who(d), word_of(DONE, d["how"])
    return f"{who[0]} 处理完成（{how[0]}）", f"{who[1]} is done ({how[1]})"


def disposed(story: Story, _: float, d: Detail) -> Both:
    zh, en = story.names("dispositions", d["disposition"])
    return f"小结：{zh}", f"Disposition: {en}"


# --- all of them ---------------------------------------------------------------------------------------------------


def _plain(zh: str, en: str) -> Say:
    return lambda _, __, ___: (zh, en)


def _theirs(zh: str, en: str) -> Say:
    """Of an agent, `{who}`, and why, `{why}`."""

    def say(story: Story, _: float, d: Detail) -> Both:
        who, why = story.who(d), word_of(WHYS, d.get("why", ""))
        return zh.format(who=who[0], why=why[0]), en.format(who=who[1], why=why[1])

    return say


QUIET = ("VisitAnswered", "AssignmentLapsed")
"""`AssignmentConnected` and `AssignmentWithdrawn` say so."""
SAY: dict[str, Say] = {
    "ContactArrived": arrived,
    "DialogueMoved": moved,
    "LanguageSet": language,
    "AttributesSet": known,
    "ContactEnded": over,
    "CustomerAnswered": customer_answered,
    "VisitStarted": visit_started,
    "VisitRequeued": requeued,
    "VisitRevalued": revalued,
    "VisitsRelaxed": relaxed,
    "VisitEnded": visit_ended,
    "Overflowed": overflowed,
    "CallbackRequested": callback,
    "MessageTaken": message,
    "AssignmentOffered": offered,
    "AssignmentAccepted": _theirs("{who} 接听", "{who} answered"),
    "AssignmentDeclined": _theirs("{who} 拒接（{why}）", "{who} declined ({why})"),
    "AssignmentTimedOut": _theirs("{who} 未应答", "{who} did not answer"),
    "AssignmentWithdrawn": _theirs("收回给 {who} 的派单（{why}）", "Taken back from {who} ({why})"),
    "AssignmentConnected": connected,
    "AssignmentHeld": held,
    "AssignmentResumed": resumed,
    "AssignmentParked": _theirs("{who} 搁置会话", "{who} parked it"),
    "AssignmentUnparked": _theirs("{who} 取回会话", "{who} is back at it"),
    "ConnectionLost": _theirs("{who} 的连接断开，先保留", "{who} lost the connection; it is kept for a while"),
    "ConnectionBack": _theirs("{who} 的连接恢复", "{who} is connected again"),
    "WrapUpStarted": wrapping_up,
    "WrapUpExtended": extended,
    "DispositionSet": disposed,
    "RecordingPaused": _plain("暂停录音", "Recording paused"),
    "RecordingResumed": _plain("继续录音", "Recording goes on"),
    "AssignmentDone": done,
    "ContactTransferred": company.transferred,
    "ConsultStarted": company.consulting,
    "ConsultRequeued": company.consult_requeued,
    "ConsultAnswered": company.consult_answered,
    "ConsultJoined": company.consult_joined,
    "ConsultEnded": company.consult_ended,
    "VisitTakenOver": company.taken_over,
    "PartyCalled": company.party_called,
    "PartyAnswered": _plain("外线方接听", "The outside party answered"),
    "PartyHeld": _plain("外线方保持中", "The outside party is on hold"),
    "PartyResumed": _plain("外线方恢复通话", "The outside party is back from hold"),
    "PartyJoined": _plain("外线方与客户通话", "The outside party talks with the customer"),
    "PartyLeft": company.party_left,
}
