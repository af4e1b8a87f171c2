"""Why this agent got this visit: compact in the offer, in plain words for people.

An offer's `why` is at most 300 bytes: who in which band, then fields, `;` between them, the rest left out where it
would be too long (`explain` folds the journal for more):

    li: band 3, idle 12.0 s; w=40.2; p=600; r=vip; s=1; f=34; x=skill:12,far:3; b=5:0,3:7; n=wang:4.2,zhao:3.1

    w  seconds since first arrival          p  seconds of priority           r  rules that brought some of them
    s  step of relaxation                   k  conversations parked for it

and when the visit looked for an agent:

    f  members of the queue who were free   x  how many of them were passed over, by why
    b  how many were left, by band (`best_fit`: by surplus)
    n  whom it would have been instead, with their seconds idle (or what the strategy counts)

or, when the agent looked for a visit:

    t  the agent's rank for the queue, where there are others
    q  by queue of the agent, how many wait, and by how many seconds the first of them comes later in turn than the
       one picked; where it would have been first, why not: `skill`, `site`, `excluded`, `taken`
       (picked just before)
    o  a visit that came before this one and is worth less, with its medium and the seconds by which it came before
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from .choosing import Choice
from .model import Agent, Queue, Visit
from .picking import Pick
from .waiting import Lane

MOST = 300
"""Bytes of an offer's `why`."""


def agent_chosen(now: float, visit: Visit, queue: Queue, step: int, choice: Choice, parked: int) -> str:
    agent = choice.agent
    why = f"{agent.id}: band {choice.band}, idle {now - agent.idle_since:.1f} s"
    if queue.strategy != "longest_idle":
        why += f", {queue.strategy} {_measure(now, queue, agent)}"
    why += f"{_of_visit(now, visit, step, parked)}; f={choice.free}"
    if choice.passed:
        why += "; x=" + ",".join([f"{reason}:{n}" for reason, n in choice.passed])
    if len(choice.bands) > 1 or choice.band:
        why += "; b=" + ",".join([f"{band}:{n}" for band, n in choice.bands])
    if choice.next:
        why += "; n=" + ",".join([f"{other.id}:{_measure(now, queue, other)}" for other in choice.next])
    return within(why)


def visit_picked(now: float, agent: Agent, idle_since: float, media: Collection[str], pick: Pick, parked: int) -> str:
    visit, level = pick.visit, agent.level
    band = min([level[skill] for skill, _ in pick.need.skills], default=0)
    why = f"{agent.id}: band {band}, idle {now - idle_since:.1f} s{_of_visit(now, visit, pick.step, parked)}"
    classes: list[str] = []
    passed: Visit | None = None
    for tier, queues in agent.tiers:
        for queue in queues:
            for medium in media:
                line = queue.lines[medium]
                if not line.heads:
                    continue
                later = line.heads[0][0] - queue.boost - pick.rank
                said = f"{queue.id}:{queue.waiting}:{later:+.1f}"
                if later < 0 and tier <= pick.tier:
                    said += f":{_why_not(agent, line.order[0])}"
                else:
                    head = line.order[0].places[0][2]
                    if head is visit and len(line.order) > 1:
                        head = line.order[1].places[0][2]
                    if head.since < visit.since and (passed is None or head.since < passed.since):
                        passed = head
                classes.append(said)
    if len(agent.tiers) > 1:
        why += f"; t={pick.tier}"
    if passed is not None:
        why += f"; o={passed.id}:{passed.medium}:{visit.since - passed.since:.1f}"
    return within(f"{why}; q={','.join(classes)}")


def _of_visit(now: float, visit: Visit, step: int, parked: int) -> str:
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
    return f"{now - agent.idle_since:.1f}"


def _why_not(agent: Agent, lane: Lane) -> str:
    asked = lane.need
    if any(agent.level.get(skill, 0) < least for skill, least in asked.skills):
        return "skill"
    if asked.sites and agent.site not in asked.sites:
        return "site"
    return "excluded" if agent.id in asked.exclude else "taken"


def within(why: str) -> str:
    """Cut after the last part that is whole, when it is too long."""
    if len(why) <= MOST and why.isascii():
        return why
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
