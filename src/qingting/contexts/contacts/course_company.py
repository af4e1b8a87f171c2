"""Transfer, consult, conference and parties outside in plain words: parts of a contact's course."""

from __future__ import annotations

from .codes import WHYS, Both
from .story import NOTHING, Detail, Easing, Story, gap, word_of
from .why import duration


def transferred(story: Story, _: float, d: Detail) -> Both:
    by = story.names("agents", d["by"])
    if d["how"] == "lost":
        return f"{by[0]} 的连接断开，客户继续排队", f"{by[1]} was lost; the customer is back in the queue"
    how = {
        "blind": ("直接转接", "unheard"),
        "consulted": ("咨询后转接", "after a consult"),
        "conference": ("离开会议", "leaving the conference"),
    }.get(d["how"], (d["how"],) * 2)
    to = ("外线", "outside")
    if d["to"] != "outside":
        to = story.names("agents", d["agent"]) if d["agent"] else story.names("queues", d["queue"])
    if d["to"] == "second_line":
        to = f"二线 {to[0]}", f"the second line, {to[1]}"
    return story.noted(d, f"{by[0]} 转接给{gap(to[0])}（{how[0]}）", f"{by[1]} transferred it to {to[1]} ({how[1]})")


def consulting(story: Story, _: float, d: Detail) -> Both:
    story.consults[d["visit"]] = d["by"]
    story.easing[d["visit"]] = Easing(dict(d.get("requires", ())), "")
    by = story.names("agents", story.agents.get(d["by"], ""))
    if not d["queue"]:
        return story.noted(d, f"{by[0]} 咨询同事", f"{by[1]} asks a colleague")
    queue = story.names("queues", d["queue"])
    return story.noted(d, f"{by[0]} 咨询队列 {queue[0]}", f"{by[1]} asks queue {queue[1]}")


def consult_requeued(story: Story, _: float, d: Detail) -> Both:
    zh, en = word_of(WHYS, d["why"])
    return f"咨询重新排队（{zh}）", f"The consult waits again ({en})"


def consult_answered(story: Story, _: float, d: Detail) -> Both:
    who = story.who(d)
    by = story.names("agents", story.agents.get(story.consults.get(d["visit"], ""), ""))
    return f"{by[0]} 与 {who[0]} 咨询通话", f"{by[1]} talks with {who[1]}"


def consult_joined(story: Story, _: float, d: Detail) -> Both:
    who = story.who(d)
    return f"{who[0]} 加入，会议开始", f"{who[1]} joined: a conference"


def consult_ended(story: Story, _: float, d: Detail) -> Both:
    zh, en = word_of(WHYS, d["why"])
    return f"咨询结束（{zh}）", f"The consult is over ({en})"


def taken_over(story: Story, at: float, d: Detail) -> Both:
    story.consults.pop(d["visit"], None)
    story.began[d["visit"]] = at
    if d["assignment"] in story.agents:
        who = story.who(d)
        return f"客户转由 {who[0]} 接手", f"{who[1]} takes the customer over"
    queue = story.names("queues", d["queue"])
    zh, en = f"客户在 {queue[0]} 等待", f"The customer waits in {queue[1]}"
    if d.get("since") is None:  # of earlier builds
        return zh, en
    long = duration(at - d["since"])
    return f"{zh}，首次到达保留（{long[0]}前）", f"{en}, first arrival kept ({long[1]} ago)"


def party_called(story: Story, _: float, d: Detail) -> Both:
    by = story.names("agents", story.agents.get(d["by"], ""))
    if d["how"] == "transfer":
        return NOTHING  # `ContactTransferred` says so
    return story.noted(d, f"{by[0]} 呼叫外线咨询", f"{by[1]} calls somebody outside")


def party_left(story: Story, _: float, d: Detail) -> Both:
    zh, en = word_of(WHYS, d["why"])
    return f"外线方离开（{zh}）", f"The outside party left ({en})"
