"""Why this agent got this visit: compact in the offer, in plain words for people.

An offer's `why` is at most 300 bytes: who in which band (`best_fit`: with which surplus), then fields, `;` between
them, the rest left out where it would be too long (`explain` folds the journal for more):

    li: band 3, idle 12.0 s; w=40.2; p=600; r=vip; s=1; f=34; b=3:2,rest:17,skill:12,far:3; n=wang:8

    w  seconds since first arrival          p  seconds of priority           r  rules that brought some of them
    s  step of relaxation                   k  conversations parked for it

and when the visit looked for an agent:

    f  members of the queue who were free
    b  of these: how many in the band of the one chosen, in lower bands, and passed over before: for want of `skill`,
       for the `site`, `excluded`, as they would have to park something (`parking`), `far` from its home site, as
       the preferred agent was there (`preference`)
    n  who it would have been instead, of the same band, with their whole seconds idle (or what the strategy counts)

or, when the agent looked for a visit:

    t  the agent's rank for the queue, where there are others
    q  in how many of the agent's queues (and media) somebody waits, then for the first three: how many wait, and by
       how many whole seconds the first of them comes later in turn than the one picked; where it would have been
       first, why not: `skill`, `site`, `excluded`, `taken` (picked just before)
    o  in these, a visit that came before this one and is worth less, with its medium and by how many seconds
"""

from __future__ import annotations

from typing import NamedTuple

from .choosing import Choice
from .events import VisitStarted
from .model import Agent, Queue, Visit
from .picking import Pick, may_serve_head
from .waiting import Lane

CLASSES = 3
"""So many of the agent's queues are told of."""
MOST = 300
"""Bytes of an offer's `why`."""


def agent_chosen(
    now: float, visit: Visit | VisitStarted, queue: Queue, step: int, choice: Choice, parked: int
) -> str:
    agent, band, others, many, alike, free, passed, skilled = choice
    longest_idle = queue.strategy == "longest_idle"
    if longest_idle:
        why = f"{agent.id}: band {band}, idle {now - agent.idle_since:.1f} s"
    else:
        word = "surplus" if queue.strategy == "best_fit" and skilled else "band"
        why = f"{agent.id}: {word} {band}, {queue.strategy} {_measure(now, queue, agent)}"
    if now > visit.since or visit.priority_s or parked:
        why += _of_visit(now, visit, step, parked)
    rest = f",rest:{many - alike}" if many > alike else ""
    for reason, n in passed:
        rest += f",{reason}:{n}"
    why = f"{why}; f={free}; b={band}:{alike}{rest}"
    for other in others:
        measure = int(now - other.idle_since) if longest_idle else _measure(now, queue, other)
        why = f"{why}; n={other.id}:{measure}"
    return why if len(why) <= MOST and why.isascii() else within(why)


def visit_picked(now: float, agent: Agent, idle_since: float, pick: Pick, parked: int) -> str:
    visit, _, tier, best, step, band, seen = pick
    why = f"{agent.id}: band {band}, idle {now - idle_since:.1f} s{_of_visit(now, visit, step, parked)}"
    if len(agent.tiers) > 1:
        why += f"; t={tier}"
    if visit.priority_s > 0 or best < visit.rank:
        passed = _worth_less(agent, pick)
        if passed is not None:
            why += f"; o={passed.id}:{passed.medium}:{visit.since - passed.since:.1f}"
    why += f"; q={len(seen)}"
    for rank, line in seen[:CLASSES]:
        later, queue = int(rank - best), line.queue
        if later < 0:
            why += f",{queue.id}:{queue.waiting}:{later}:{why_not(agent, line.order[0])}"
        else:
            why += f",{queue.id}:{queue.waiting}:{later}"
    return why if len(why) <= MOST and why.isascii() else within(why)


def _worth_less(agent: Agent, pick: Pick) -> Visit | None:
    """The first to arrive of those who come later in turn, though they came before."""
    found: Lane | None = None
    first = pick.visit.since
    for _, line in pick.seen[:CLASSES]:
        for lane in line.order[:2] if line.order[0] is pick.visit.lane else line.order[:1]:
            if lane.since < first and may_serve_head(agent, lane):
                found, first = lane, lane.since
    return None if found is None else found.places[0][2]


def _of_visit(now: float, visit: Visit | VisitStarted, step: int, parked: int) -> str:
    said = f"; w={now - visit.since:.1f}"
    if visit.priority_s:
        said += f"; p={visit.priority_s:g}"
    if visit.rules:
        said += f"; r={','.join(visit.rules)}"
    if step:
        said += f"; s={step}"
    if parked:
        said += f"; k={parked}"
    return said


def _measure(now: float, queue: Queue, agent: Agent) -> str:
    if queue.strategy == "least_occupied":
        return f"{agent.occupied:.3f}"
    if queue.strategy == "fewest_contacts":
        return str(agent.today)
    return str(int(now - agent.idle_since))


def why_not(agent: Agent, lane: Lane) -> str:
    asked, level = lane.need, agent.level
    for skill, least in asked.skills:
        if level.get(skill, 0) < least:
            return "skill"
    if asked.sites and agent.site not in asked.sites:
        return "site"
    return "excluded" if agent.id in asked.exclude else "taken"


def within(why: str) -> str:
    """Cut after the last part that is whole, when it is too long."""
    data = why.encode()
    if len(data) <= MOST:
        return why
    cut = data[: MOST - 3].decode(errors="ignore")
    return cut[: max(cut.rfind(";"), cut.rfind(","))] + "…"


# --- reading it again -------------------------------------------------------------------------------------


class Why(NamedTuple):
    """An offer's `why`, taken apart."""

    said: str
    """The first part: who, band, idle."""
    fields: dict[str, list[list[str]]]
    """By letter: parts of parts, as they were written."""
    whole: bool
    """Nothing was cut."""


def parse(why: str) -> Why:
    """Also of offers of earlier builds, which said the first part alone."""
    whole = not why.endswith("…")
    said, *parts = why.removesuffix("…").split("; ")
    fields = {}
    for part in parts:
        letter, equals, value = part.partition("=")
        if equals:
            fields[letter] = [piece.split(":") for piece in value.split(",")]
    return Why(said, fields, whole)
