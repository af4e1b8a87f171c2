"""What happened to a contact in plain words, Chinese and English: of its page and of `qingting explain`.

Events must come in order, from the first: who an assignment is, whether a visit is a consult and how long it waited
stand in events before. Nothing is said of an event that the one beside it tells already.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from .codes import CAUSES, DEMANDS, DESTINATIONS, DONE, MEDIA, MOODS, OUTCOMES, OVERFLOWS, WHYS, Both
from .relaxing import in_words
from .why import duration

Names = Callable[[str, str], Both]
"""(kind, id) → what it is called in Chinese and English; kinds as in the configuration."""
Detail = Mapping[str, Any]
"""Fields of an event by name."""
NOTHING: Both = ("", "")


class Told(NamedTuple):
    words: Both
    """Empty where the event beside it says it."""
    agent: str
    """Whose part it is; empty when it is nobody's."""


class Easing(NamedTuple):
    needs: Mapping[str, int]
    """Skills and levels."""
    prefer: str
    """The agent for whom it waits first."""
    after_s: float = 0.0
    """Of the latest step of relaxation that was told."""


class Course:
    """Of one contact. Give it every event once."""

    def __init__(self, contact: str, names: Names, site_of: Callable[[str], str]) -> None:
        """`site_of`: where an agent sits; empty where that is not known."""
        self._contact, self._names, self._site_of = contact, names, site_of
        self._home = ""
        """Site of the contact."""
        self._agents: dict[str, str] = {}
        """By assignment."""
        self._began: dict[str, float] = {}
        """Visits that wait, and since when."""
        self._consults: dict[str, str] = {}
        """Visits beside the customer's, and whose assignment asked for them."""
        self._easing: dict[str, Easing] = {}
        """Visits that began, and what waiting may make easier for them."""

    def tell(self, at: float, kind: str, detail: Detail) -> Told:
        say = SAY.get(kind)
        words = say(self, at, detail) if say is not None else NOTHING
        return Told(words, self._agent(detail))

    # --- the contact -------------------------------------------------------------------------------------

    def _arrived(self, _: float, d: Detail) -> Both:
        self._home = d.get("site", "")
        medium = MEDIA.get(d.get("medium", ""), MEDIA["voice"])
        if d.get("callback"):
            n = self._contact.rpartition("~")[2]  # its id is `<callback>~<attempt>`
            return f"回呼客户（第 {n} 次）", f"The customer is called back (attempt {n})"
        if d.get("direction") == "out":
            return "坐席外呼", "An agent dialled out"
        zh, en = self._names("entry-points", d.get("entry", ""))
        return (
            (f"{medium[0]}进入 {zh}", f"{medium[1].capitalize()} came in at {en}")
            if zh
            else (f"{medium[0]}进入", f"{medium[1].capitalize()} came in")
        )

    def _moved(self, _: float, d: Detail) -> Both:
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

    def _language(self, _: float, d: Detail) -> Both:
        zh, en = {"zh": ("中文", "Chinese"), "en": ("英文", "English")}.get(d["language"], (d["language"],) * 2)
        return f"语种改为{zh}", f"Language set to {en}"

    def _known(self, _: float, d: Detail) -> Both:
        known = [
            f"{name}={value:g}" if isinstance(value, float) else f"{name}={value}" for name, value in d["attributes"]
        ]
        return f"已知：{'，'.join(known)}", f"Known: {', '.join(known)}"

    def _over(self, _: float, d: Detail) -> Both:
        zh, en = _code(CAUSES, d["cause"])
        return f"联络结束：{zh}", f"Ended: {en}"

    def _customer_answered(self, _: float, __: Detail) -> Both:
        return "客户接听", "The customer answered"

    # --- waiting -----------------------------------------------------------------------------------------

    def _visit_started(self, at: float, d: Detail) -> Both:
        self._began[d["visit"]] = at
        self._easing[d["visit"]] = Easing(dict(d.get("requires", ())), d.get("prefer", ""))
        if not d.get("queue"):
            return "直接接续", "Connected directly"
        zh, en = self._names("queues", d["queue"])
        zh, en = f"进入队列 {zh}", f"Entered queue {en}"
        waited_s = at - d.get("since", at)
        if waited_s >= 1:
            long = duration(waited_s)
            zh, en = f"{zh}，首次到达保留（{long[0]}前）", f"{en}, first arrival kept ({long[1]} ago)"
        if d.get("prefer"):
            who = self._names("agents", d["prefer"])
            zh, en = f"{zh}，先等 {who[0]}", f"{en}, for {who[1]} first"
        return zh, en

    def _requeued(self, _: float, d: Detail) -> Both:
        zh, en = _code(WHYS, d["why"])
        return f"重新排队（{zh}）", f"Queued again ({en})"

    def _revalued(self, _: float, d: Detail) -> Both:
        if (known := self._easing.get(d["visit"])) is not None:
            self._easing[d["visit"]] = known._replace(needs=dict(d.get("requires", ())))
        rules = d.get("rules") or ()
        if not rules:
            return "排位重新计算", "Priority worked out anew"
        return f"排位重新计算：规则 {'、'.join(rules)}", f"Priority worked out anew: rule {', '.join(rules)}"

    def _relaxed(self, _: float, d: Detail) -> Both:
        known = self._easing.get(d["visit"])
        if known is None:
            return NOTHING
        if d["after_s"] == known.after_s:  # no further step: the time of the agent they preferred is over
            who = self._names("agents", known.prefer)
            return (f"不再只等 {who[0]}", f"Waits for {who[1]} alone no longer") if known.prefer else NOTHING
        self._easing[d["visit"]] = known._replace(after_s=d["after_s"])
        easier = in_words(d, known.needs, self._names)
        if not easier:
            return NOTHING
        long = duration(d["after_s"])
        zh, en = "；".join(zh for zh, _ in easier), "; ".join(en for _, en in easier)
        return f"等待满 {long[0]}，要求放宽：{zh}", f"Relaxed after {long[1]}: {en}"

    def _visit_ended(self, _: float, d: Detail) -> Both:
        self._began.pop(d["visit"], None)
        if d["outcome"] == "answered":
            return NOTHING
        zh, en = _code(OUTCOMES, d["outcome"])
        return f"离开队列（{zh}）", f"Left the queue ({en})"

    def _overflowed(self, _: float, d: Detail) -> Both:
        queue, why, to = self._names("queues", d["queue"]), _code(OVERFLOWS, d["when"]), _code(DESTINATIONS, d["to"])
        where = NOTHING
        if d["to"] in ("queue", "site") and d["target"]:
            name = self._names("queues", d["target"])
            where = f" {name[0]}", f" {name[1]}"
        return (
            f"{queue[0]} 溢出（{why[0]}），转{to[0]}{where[0]}",
            f"{queue[1]} overflowed ({why[1]}), on to {to[1]}{where[1]}",
        )

    def _callback(self, at: float, d: Detail) -> Both:
        if d["due"] > at + 1:
            long = duration(d["due"] - at)
            return f"登记回呼，{long[0]}后", f"A callback was asked for, in {long[1]}"
        return "登记回呼，保留排队位置", "A callback was asked for; the place in the queue is kept"

    def _message(self, _: float, d: Detail) -> Both:
        if d.get("recording"):
            return "提示音后留言", "Spoke a message after the tone"
        return "留言登记", "Left a message"

    # --- an agent's part ---------------------------------------------------------------------------------

    def _offered(self, _: float, d: Detail) -> Both:
        self._agents[d["assignment"]] = d["agent"]
        zh, en = self._names("agents", d["agent"])
        if not d["until"]:
            return f"{zh} 拨出", f"{en} dialled"
        if d["visit"] in self._consults:
            zh, en = f"咨询派给 {zh}", f"Consult offered to {en}"
        else:
            zh, en = f"派给 {zh}", f"Offered to {en}"
        if site := self._elsewhere(d["agent"]):
            home = self._names("sites", self._home)
            zh, en = f"{zh}（跨职场：{home[0]} → {site[0]}）", f"{en} (across sites: {home[1]} → {site[1]})"
        return (f"{zh}（自动接听）", f"{en} (answered automatically)") if d.get("auto") else (zh, en)

    def _connected(self, at: float, d: Detail) -> Both:
        visit = _visit_of(d["assignment"])
        if visit in self._consults:
            return NOTHING
        zh, en = self._who(d)
        zh, en = f"与 {zh} 接通", f"Connected with {en}"
        if site := self._elsewhere(self._agent(d)):
            zh, en = f"{zh}（由{_gap(site[0])}接待）", f"{en}, served from {site[1]}"
        began = self._began.pop(visit, None)
        if began is not None and at - began >= 1:
            long = duration(at - began)
            zh, en = f"{zh}，等待 {long[0]}", f"{en} after waiting {long[1]}"
        return zh, en

    def _held(self, _: float, d: Detail) -> Both:
        who = self._who(d)
        if _visit_of(d["assignment"]) in self._consults:
            return f"{who[0]} 等待中", f"{who[1]} waits in the consult"
        return f"{who[0]} 让客户保持", f"{who[1]} put the customer on hold"

    def _resumed(self, _: float, d: Detail) -> Both:
        who = self._who(d)
        if _visit_of(d["assignment"]) in self._consults:
            return f"{who[0]} 回到咨询", f"{who[1]} is back in the consult"
        return f"{who[0]} 恢复通话", f"{who[1]} is back with the customer"

    def _wrapping_up(self, at: float, d: Detail) -> Both:
        zh, en = self._who(d)
        return (f"{zh} 开始话后处理", f"{en} began wrap-up") if d["until"] > at else NOTHING

    def _extended(self, at: float, d: Detail) -> Both:
        who, long = self._who(d), duration(max(0.0, d["until"] - at))
        return f"{who[0]} 延长话后处理，还有 {long[0]}", f"{who[1]} extended wrap-up: {long[1]} left"

    def _done(self, _: float, d: Detail) -> Both:
        who, how = self._who(d), _code(DONE, d["how"])
        return f"{who[0]} 处理完成（{how[0]}）", f"{who[1]} is done ({how[1]})"

    def _disposed(self, _: float, d: Detail) -> Both:
        zh, en = self._names("dispositions", d["disposition"])
        return f"小结：{zh}", f"Disposition: {en}"

    # --- transfer, consult, conference -------------------------------------------------------------------

    def _transferred(self, _: float, d: Detail) -> Both:
        by = self._names("agents", d["by"])
        if d["how"] == "lost":
            return f"{by[0]} 的连接断开，客户继续排队", f"{by[1]} was lost; the customer is back in the queue"
        how = {
            "blind": ("直接转接", "unheard"),
            "consulted": ("咨询后转接", "after a consult"),
            "conference": ("离开会议", "leaving the conference"),
        }.get(d["how"], (d["how"],) * 2)
        to = ("外线", "outside")
        if d["to"] != "outside":
            to = self._names("agents", d["agent"]) if d["agent"] else self._names("queues", d["queue"])
        if d["to"] == "second_line":
            to = f"二线 {to[0]}", f"the second line, {to[1]}"
        return self._noted(
            d, f"{by[0]} 转接给{_gap(to[0])}（{how[0]}）", f"{by[1]} transferred it to {to[1]} ({how[1]})"
        )

    def _consulting(self, _: float, d: Detail) -> Both:
        self._consults[d["visit"]] = d["by"]
        self._easing[d["visit"]] = Easing(dict(d.get("requires", ())), "")
        by = self._names("agents", self._agents.get(d["by"], ""))
        if not d["queue"]:
            return self._noted(d, f"{by[0]} 咨询同事", f"{by[1]} asks a colleague")
        queue = self._names("queues", d["queue"])
        return self._noted(d, f"{by[0]} 咨询队列 {queue[0]}", f"{by[1]} asks queue {queue[1]}")

    def _consult_requeued(self, _: float, d: Detail) -> Both:
        zh, en = _code(WHYS, d["why"])
        return f"咨询重新排队（{zh}）", f"The consult waits again ({en})"

    def _consult_answered(self, _: float, d: Detail) -> Both:
        who = self._who(d)
        by = self._names("agents", self._agents.get(self._consults.get(d["visit"], ""), ""))
        return f"{by[0]} 与 {who[0]} 咨询通话", f"{by[1]} talks with {who[1]}"

    def _consult_joined(self, _: float, d: Detail) -> Both:
        who = self._who(d)
        return f"{who[0]} 加入，会议开始", f"{who[1]} joined: a conference"

    def _consult_ended(self, _: float, d: Detail) -> Both:
        zh, en = _code(WHYS, d["why"])
        return f"咨询结束（{zh}）", f"The consult is over ({en})"

    def _taken_over(self, at: float, d: Detail) -> Both:
        self._consults.pop(d["visit"], None)
        self._began[d["visit"]] = at
        if d["assignment"] in self._agents:
            who = self._who(d)
            return f"客户转由 {who[0]} 接手", f"{who[1]} takes the customer over"
        queue = self._names("queues", d["queue"])
        return f"客户在 {queue[0]} 等待", f"The customer waits in {queue[1]}"

    def _party_called(self, _: float, d: Detail) -> Both:
        by = self._names("agents", self._agents.get(d["by"], ""))
        if d["how"] == "transfer":
            return NOTHING  # `ContactTransferred` says so
        return self._noted(d, f"{by[0]} 呼叫外线咨询", f"{by[1]} calls somebody outside")

    def _party_left(self, _: float, d: Detail) -> Both:
        zh, en = _code(WHYS, d["why"])
        return f"外线方离开（{zh}）", f"The outside party left ({en})"

    def _elsewhere(self, agent: str) -> Both | None:
        """The agent's site, where the contact has another."""
        site = self._site_of(agent)
        return self._names("sites", site) if self._home and site not in ("", self._home) else None

    # --- words -------------------------------------------------------------------------------------------

    def _agent(self, d: Detail) -> str:
        return self._agents.get(d.get("assignment", ""), "")

    def _who(self, d: Detail) -> Both:
        return self._names("agents", self._agent(d))

    def _noted(self, d: Detail, zh: str, en: str) -> Both:
        demand, mood = (*(d.get("notes") or ("", "", "")),)[:2]
        if demand:
            words = _code(DEMANDS, demand)
            zh, en = f"{zh}；特殊需求：{words[0]}", f"{en}; demand: {words[1]}"
        if mood:
            words = _code(MOODS, mood)
            zh, en = f"{zh}；情绪：{words[0]}", f"{en}; mood: {words[1]}"
        return zh, en


def _visit_of(assignment: str) -> str:
    return assignment.rpartition("/")[0]


def _code(words: Mapping[str, Both], code: str) -> Both:
    """A code that nobody knows stands for itself."""
    return words.get(code, (code, code))


def _gap(words: str) -> str:
    """A space before what begins with a Latin letter or a digit."""
    return f" {words}" if words[:1].isascii() else words


def _plain(zh: str, en: str) -> Callable[[Course, float, Detail], Both]:
    return lambda _, __, ___: (zh, en)


def _theirs(zh: str, en: str) -> Callable[[Course, float, Detail], Both]:
    """Of an agent, `{who}`, and why, `{why}`."""

    def say(course: Course, _: float, d: Detail) -> Both:
        who, why = course._who(d), _code(WHYS, d.get("why", ""))
        return zh.format(who=who[0], why=why[0]), en.format(who=who[1], why=why[1])

    return say


QUIET = ("VisitAnswered", "AssignmentLapsed")
"""`AssignmentConnected` and `AssignmentWithdrawn` say so."""
SAY: dict[str, Callable[[Course, float, Detail], Both]] = {
    "ContactArrived": Course._arrived,
    "DialogueMoved": Course._moved,
    "LanguageSet": Course._language,
    "AttributesSet": Course._known,
    "ContactEnded": Course._over,
    "CustomerAnswered": Course._customer_answered,
    "VisitStarted": Course._visit_started,
    "VisitRequeued": Course._requeued,
    "VisitRevalued": Course._revalued,
    "VisitsRelaxed": Course._relaxed,
    "VisitEnded": Course._visit_ended,
    "Overflowed": Course._overflowed,
    "CallbackRequested": Course._callback,
    "MessageTaken": Course._message,
    "AssignmentOffered": Course._offered,
    "AssignmentAccepted": _theirs("{who} 接听", "{who} answered"),
    "AssignmentDeclined": _theirs("{who} 拒接（{why}）", "{who} declined ({why})"),
    "AssignmentTimedOut": _theirs("{who} 未应答", "{who} did not answer"),
    "AssignmentWithdrawn": _theirs("收回给 {who} 的派单（{why}）", "Taken back from {who} ({why})"),
    "AssignmentConnected": Course._connected,
    "AssignmentHeld": Course._held,
    "AssignmentResumed": Course._resumed,
    "AssignmentParked": _theirs("{who} 搁置会话", "{who} parked it"),
    "AssignmentUnparked": _theirs("{who} 取回会话", "{who} is back at it"),
    "ConnectionLost": _theirs("{who} 的连接断开，先保留", "{who} lost the connection; it is kept for a while"),
    "ConnectionBack": _theirs("{who} 的连接恢复", "{who} is connected again"),
    "WrapUpStarted": Course._wrapping_up,
    "WrapUpExtended": Course._extended,
    "DispositionSet": Course._disposed,
    "RecordingPaused": _plain("暂停录音", "Recording paused"),
    "RecordingResumed": _plain("继续录音", "Recording goes on"),
    "AssignmentDone": Course._done,
    "ContactTransferred": Course._transferred,
    "ConsultStarted": Course._consulting,
    "ConsultRequeued": Course._consult_requeued,
    "ConsultAnswered": Course._consult_answered,
    "ConsultJoined": Course._consult_joined,
    "ConsultEnded": Course._consult_ended,
    "VisitTakenOver": Course._taken_over,
    "PartyCalled": Course._party_called,
    "PartyAnswered": _plain("外线方接听", "The outside party answered"),
    "PartyHeld": _plain("外线方保持中", "The outside party is on hold"),
    "PartyResumed": _plain("外线方恢复通话", "The outside party is back from hold"),
    "PartyJoined": _plain("外线方与客户通话", "The outside party talks with the customer"),
    "PartyLeft": Course._party_left,
}
