"""What others ask of the state: places, estimates, how people are doing. Nothing here changes anything."""

from __future__ import annotations

from functools import reduce
from heapq import merge
from operator import or_
from typing import NamedTuple

from . import estimating
from .capacity import routability
from .estimating import Estimate
from .model import Agent, Assignment, Queue, State
from .relaxation import Need, need
from .values import Requirements, Skills, merged

AGENT_STATES = (
    "idle", "ringing", "talking", "held", "wrap_up", "not_ready", "not_responding", "unreachable", "offline",
)  # fmt: skip


def waiting(state: State, queue: str) -> list[str]:
    """Visits that wait, in order of rank."""
    lines = [line.waiting(state.at) for line in state.queues[queue].lines.values()]
    return [visit.id for _, visit in merge(*lines, key=lambda place: place[0])]


def place(state: State, id: str) -> int | None:
    """1 is next, within its queue and medium; None for a visit that does not wait."""
    visit = state.visits.get(id)
    if visit is None or visit.state != "waiting":
        return None
    return state.queues[visit.queue].lines[visit.medium].place(visit, state.at)


def estimate(state: State, id: str) -> Estimate | None:
    """How long this visit will still wait; None when nobody can tell."""
    visit = state.visits.get(id)
    return None if visit is None else estimating.estimate(state, visit)


SHOWN = {
    "connecting": "talking",
    "active": "talking",
    "joined": "talking",
    "held": "held",
    "parked": "held",
    "wrap_up": "wrap_up",
    "lapsed": "ringing",
    "offered": "ringing",
}
"""What a floor shows of an assignment's state; of several, what stands first here."""


def agent_state(state: State, agent: Agent) -> str:
    """One of `AGENT_STATES`: what a floor shows."""
    if len(agent.assignments) == 1:
        return SHOWN[state.assignments[agent.assignments[0]].state]
    if agent.assignments:
        states = [state.assignments[id].state for id in agent.assignments]
        return next(shown for of, shown in SHOWN.items() if of in states)
    return "idle" if agent.free else routability(agent)


def free(state: State, queue: str, medium: str = "voice") -> int:
    """Agents of the queue who would take something now."""
    return (state.idle[medium].all & state.queues[queue].members).bit_count()


def answers_itself(state: State, offer: Assignment) -> bool:
    """The offer is accepted for the agent at once."""
    queue = state.queues.get(offer.queue)
    return state.agents[offer.agent].auto_answer or (queue is not None and queue.policy.auto_answer)


def staffing(state: State) -> dict[str, dict[str, int]]:
    """By queue, how many of its agents are in which of `AGENT_STATES`.

    One pass over all agents: some 10 ms at 10,000 agents in 200 queues.
    """
    size = len(state.numbered) // 8 + 1
    sets = {name: bytearray(size) for name in AGENT_STATES}
    for agent in state.agents.values():
        sets[agent_state(state, agent)][agent.number >> 3] |= 1 << (agent.number & 7)
    bits = {name: int.from_bytes(byte, "little") for name, byte in sets.items()}
    return {
        queue.id: {name: (those & queue.members).bit_count() if those else 0 for name, those in bits.items()}
        for queue in state.queues.values()
    }


def earliest(state: State) -> tuple[tuple[float, int, str] | None, str]:
    """The next deadline, and of what: an assignment, waiting visits (`relaxing`), an `alarm`, the `day`."""
    first, kind = state.timers.first(), "assignment"
    other = state.relaxing.first()
    if other is not None and (first is None or other[0] < first[0]):
        first, kind = other, "relaxing"
    other = state.alarms.first()
    if other is not None and (first is None or other[0] < first[0]):
        first, kind = other, "alarm"
    if state.counts_by_day and (first is None or state.day_ends < first[0]):
        first, kind = (state.day_ends, 0, ""), "day"
    return first, kind


def step(state: State, id: str) -> int | None:
    """How many steps of its queue's relaxation a waiting visit has gone; None for one that does not wait."""
    visit = state.visits.get(id)
    if visit is None or visit.state != "waiting":
        return None
    return 0 if visit.prefer_until else state.queues[visit.queue].lines[visit.medium].step(visit, state.at)


def unserved(state: State, queue: str) -> list[tuple[str, ...]]:
    """Skills that visits wait for and that no member has, on duty or not, not even when all is relaxed that will be:
    they would wait for ever. Empty tuple: only the site, or who is excluded, stands in the way."""
    q = state.queues[queue]
    missing = []
    for medium, line in q.lines.items():
        for lane in line.lanes.values():
            at_last = need(lane.wants, line.steps, len(line.steps))
            if not able(state, q, medium, at_last):
                missing.append(tuple(skill for skill, _ in at_last.skills))
    return missing


class Impossible(NamedTuple):
    """Configured, and nobody could ever serve it."""

    queue: str
    rule: str
    """The rule whose skills are too much; empty: the queue's own are."""
    skills: Skills
    site: str = ""
    """Whose contacts these are, where the queue keeps them to their site; others may be served."""


def impossible(state: State) -> list[Impossible]:
    """Queues with members whose requirement, with each rule's beside it, no member can ever meet."""
    found = []
    for q in state.queues.values():
        if not q.members:
            continue
        rules = [rule for rule in state.rules.values() if rule.requires and (not rule.queues or q.id in rule.queues)]
        for name, skills in [("", q.requires), *((rule.id, merged(q.requires, rule.requires)) for rule in rules)]:
            at_last = need(Requirements(skills), q.relax, len(q.relax))
            if not able(state, q, None, at_last):
                found.append(Impossible(q.id, name, at_last.skills))
            elif q.site_rule == "home":
                found += [Impossible(q.id, name, at_last.skills, site) for site in _left_out(state, q, skills)]
    return found


def servable(state: State, queue: str, skills: Skills) -> bool:
    """Whether any member can ever meet these beside the queue's own. True where there is no member, and of a queue or
    skill that is not known: that is told elsewhere."""
    q = state.queues.get(queue)
    if q is None or not q.members or any(skill not in state.skills for skill, _ in skills):
        return True
    return able(state, q, None, need(Requirements(merged(q.requires, skills)), q.relax, len(q.relax)))


def _left_out(state: State, q: Queue, skills: Skills) -> list[str]:
    """Sites whose contacts nobody can ever serve."""
    needs = {site: need(Requirements(skills, site), q.relax, len(q.relax)) for site in state.sites}
    return [site for site, at_last in needs.items() if not able(state, q, None, at_last)]


def able(state: State, queue: Queue, medium: str | None, need: Need) -> bool:
    """Whether any member, on duty or not, has what is needed, and room for it; `medium` None: for anything."""
    those = queue.members
    for skill, level in need.skills:
        those &= state.levels[skill][level]
    if need.sites:
        those &= reduce(or_, [state.sites.get(site, 0) for site in need.sites])
    for id in need.exclude:
        agent = state.agents.get(id)
        if agent is not None:
            those &= ~agent.bit
    if not those:
        return False
    if medium is None:
        return any(those & agent.bit and any(agent.most.values()) for agent in state.agents.values())
    return any(those & agent.bit and agent.most.get(medium) for agent in state.agents.values())


def members_of(state: State, queue: Queue) -> list[Agent]:
    """In the order of their numbers."""
    found, members = [], queue.members
    while members:
        agent = state.numbered[(members & -members).bit_length() - 1]
        assert agent is not None
        found.append(agent)
        members ^= agent.bit
    return found
