"""The words of `qingting explain`: Chinese, English."""

from __future__ import annotations

Both = tuple[str, str]

PHRASES: dict[str, Both] = {
    "contact": (
        "联络 {contact}：{medium}，{at} 进入 {entry}",
        "Contact {contact}: {medium}, arrived {at} at {entry}",
    ),
    "outcome": ("最后一次排队：{outcome}，等待 {waited}", "Last visit: {outcome}, after waiting {waited}"),
    "no_offers": ("没有派给过任何坐席。", "It was never offered to anybody."),
    "offer": (
        "第 {n}/{of} 次派单，队列 {queue}，条目 {seq}（{command}）：",
        "Offer {n} of {of}, queue {queue}, entry {seq} ({command}):",
    ),
    "place": (
        "排位：{waiting} 个等待中的第 {place} 个，已等 {waited}",
        "Place: {place} of {waiting} waiting, {waited} since first arrival",
    ),
    "worth": ("优先：共值 {seconds} 秒 = {parts}", "Worth: {seconds} s in all = {parts}"),
    "by_queue": ("队列 {seconds}", "queue {seconds}"),
    "by_rule": ("规则 {rule} {seconds}", "rule {rule} {seconds}"),
    "otherwise": ("流程或转接 {seconds}", "flow or transfer {seconds}"),
    "by_relaxing": ("等待所得 {seconds}", "gained by waiting {seconds}"),
    "by_boost": ("队列未达标 {seconds}", "queue behind its target {seconds}"),
    "known": ("已知：{known}", "Known of it: {known}"),
    "needs": ("要求：{needs}", "Needs: {needs}"),
    "needs_less": (
        "要求：原为 {asked}；等待后放宽为 {needs}",
        "Needs: {asked} at first; {needs} after so long a wait",
    ),
    "nothing": ("无技能要求", "no skill"),
    "sites": ("限职场：{sites}", "Sites: {sites} only"),
    "exclude": ("不派给：{agents}", "Not for: {agents}"),
    "prefer": ("指定坐席：{agent}", "Prefers: {agent}"),
    "next_step": (
        "再等 {left} 放宽到第 {step}/{of} 步",
        "{left} later it would have been relaxed to step {step} of {of}",
    ),
    "members": ("队列成员 {members} 人：", "Members of the queue: {members}"),
    "candidates": ("可派者，按顺序（{strategy}）：", "Who could have it, in order ({strategy}):"),
    "idle": ("空闲 {idle}", "idle {idle}"),
    "occupied": ("占用率 {share}", "occupancy {share}"),
    "today": ("今天 {n} 个", "{n} today"),
    "others": ("该坐席各队列中同时在等的：", "Also waiting in this agent's queues:"),
    "earlier": (
        "{visit}  {queue}，{medium}，已等 {waited}，早轮到 {by}{why}",
        "{visit}  {queue}, {medium}, waited {waited}, {by} earlier in turn{why}",
    ),
    "later": (
        "{visit}  {queue}，{medium}，已等 {waited}，晚轮到 {by}{why}",
        "{visit}  {queue}, {medium}, waited {waited}, {by} later in turn{why}",
    ),
    "folded": (
        "为此应用了 {folded} 个条目（快照至条目 {snapshot}）。",
        "{folded} entries folded for this (after a snapshot of entry {snapshot}).",
    ),
}
STRATEGIES: dict[str, Both] = {
    "longest_idle": ("技能等级高者先，同级空闲最久者先", "highest level, then longest idle"),
    "least_occupied": ("技能等级高者先，同级今天占用最少者先", "highest level, then least occupied today"),
    "fewest_contacts": ("技能等级高者先，同级今天接得最少者先", "highest level, then fewest contacts today"),
    "fair_round": ("技能等级高者先，同级轮流", "highest level, then in turn"),
    "best_fit": ("技能富余最少者先，再空闲最久者先", "least skill to spare, then longest idle"),
}
CLASSES: dict[str, Both] = {
    "candidate": ("空闲且可接", "free and able"),
    "preference": ("让位于指定坐席", "stood back for the preferred agent"),
    "far": ("让位于客户所属职场", "stood back for the home site"),
    "parking": ("要先搁置会话", "would have had to park a conversation"),
    "excluded": ("空闲，但不得接它", "free, but may not have it"),
    "site": ("空闲，但在其他职场", "free, but at another site"),
    "skill": ("空闲，但 {skill} 不到 {level} 级", "free, but {skill} below {level}"),
    "medium": ("不接这种渠道，或已达并发上限", "not for this medium, or full"),
    "ringing": ("振铃中", "ringing"),
    "talking": ("通话中", "talking"),
    "held": ("保持中", "on hold"),
    "wrap_up": ("话后处理", "wrapping up"),
    "draining": ("处理完后切换", "draining"),
    "not_responding": ("未应答，暂停派单", "set aside after a missed offer"),
    "unreachable": ("话机未就绪", "phone not there"),
    "not_ready": ("置忙", "not ready"),
    "offline": ("离线", "offline"),
}
WHY_NOT: dict[str, Both] = {
    "skill": ("技能等级不够", "but the agent lacks a skill"),
    "site": ("不在要求的职场", "but the agent sits elsewhere"),
    "excluded": ("该坐席不得接", "but not for this agent"),
    "taken": ("刚刚已派出", "but was given out just before"),
}
