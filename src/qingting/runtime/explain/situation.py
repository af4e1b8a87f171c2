"""How things stood at an offer: the visit, everybody in its queue, everything else that waited for the agent.

Read off the state that the journal leaves just before the offer, by plain looking and sorting: an offer is explained
by other means than it was made by. Durations are seconds.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from ...core.capacity import routability
from ...core.explaining import why_not
from ...core.model import Agent, Queue, State, Visit
from ...core.reading import agent_state, members_of
from ...core.relaxation import Need, bonus, need, reached
from ...core.values import Skills

BEST = 10
"""Candidates that are told one by one."""
NAMED = 5
"""Agents of a class who are told by name."""
OTHERS = 10
"""Visits told that also waited for the agent."""


@dataclass(frozen=True)
class Class:
    """Members of the queue who are alike in why they did not get it; `candidate` for those who could."""

    why: str
    detail: str
    """The skill and level that was missing, the reason of not ready."""
    count: int
    agents: list[str]
    """The first few."""


@dataclass(frozen=True)
class Candidate:
    agent: str
    levels: Skills
    """Theirs, of the skills needed."""
    idle_s: float
    occupied: float
    """Share of work in the time on duty today, as of when they last became free."""
    today: int
    """Contacts accepted today."""


@dataclass(frozen=True)
class Other:
    """First of its lane, in one of the agent's queues."""

    visit: str
    queue: str
    medium: str
    waited_s: float
    later_s: float
    """So much later in turn than the one picked; negative: earlier."""
    rank: int
    """The agent's rank for the queue."""
    why_not: str
    """`skill`, `site`, `excluded`, `taken`; empty when it was simply not its turn."""


@dataclass(frozen=True)
class Situation:
    """At one offer, from the queue's side and the agent's."""

    queue: str
    medium: str
    strategy: str
    waited_s: float
    """Since first arrival."""
    waiting: int
    """Visits in this queue and medium, this one among them."""
    place: int
    rank_s: float
    """What the visit was worth in all, in seconds: priority, relaxation, the boost of a queue behind its target."""
    relaxed_s: float
    boost_s: float
    step: int
    steps: int
    next_step_s: float | None
    """Until the next step of relaxation would have come."""
    asked: Skills
    """Before relaxation."""
    needs: Skills
    sites: tuple[str, ...]
    """Of which the agent must be; none: any."""
    exclude: tuple[str, ...]
    prefer: str
    attributes: dict[str, str | float]
    """What was known of the contact: codes and numbers."""
    members: int
    classes: list[Class]
    candidates: list[Candidate] = field(default_factory=list)
    others: list[Other] = field(default_factory=list)


def situation(state: State, visit: Visit, agent: Agent, now: float, looked: bool) -> Situation:
    """`visit` waits in a queue, `agent` has not been given it yet. `looked`: it was the visit that looked for an
    agent, at the step that its waiting time says; else it had been at its step for a while."""
    queue = state.queues[visit.queue]
    line = queue.lines[visit.medium]
    step = 0 if visit.prefer_until else _step(queue, visit, now, looked)
    asked = need(visit.wants, queue.relax, step)
    relaxed_s = bonus(queue.relax, step)
    members = members_of(state, queue)
    reasons = {member.id: _why_not(state, visit, asked, member) for member in members}
    able = [member for member in members if reasons[member.id][0] == "candidate"]
    able, reasons = _nearest(state, visit, able, reasons)
    able.sort(key=lambda member: _order(queue, asked, member))
    rank = visit.rank - relaxed_s - queue.boost
    own = visit.rank - relaxed_s, visit.seq
    keys = {own} | {key for key, _ in line.waiting(now)}
    return Situation(
        queue=queue.id,
        medium=visit.medium,
        strategy=queue.strategy,
        waited_s=now - visit.since,
        waiting=len(keys),
        place=1 + sum(key < own for key in keys),
        rank_s=visit.priority_s + relaxed_s + queue.boost,
        relaxed_s=relaxed_s,
        boost_s=queue.boost,
        step=step,
        steps=len(queue.relax),
        next_step_s=visit.since + queue.relax[step].after_s - now if step < len(queue.relax) else None,
        asked=visit.wants.skills,
        needs=asked.skills,
        sites=asked.sites,
        exclude=asked.exclude,
        prefer=visit.prefer,
        attributes=dict(state.contacts[visit.contact].attributes),
        members=len(members),
        classes=_classes(reasons),
        candidates=[_candidate(asked, member, now) for member in able[:BEST]],
        others=_others(agent, visit, rank, now),
    )


def _step(queue: Queue, visit: Visit, now: float, looked: bool) -> int:
    if looked or visit.lane is None:  # without a lane it rings at somebody else at the same time
        return reached(queue.relax, visit.since, now)
    return queue.lines[visit.medium].step(visit, now)


def _why_not(state: State, visit: Visit, asked: Need, agent: Agent) -> tuple[str, str]:
    if visit.medium not in agent.free:
        why = routability(agent)
        if why == "busy":
            return agent_state(state, agent), ""
        if why == "routable":
            return "medium", visit.medium
        return why, agent.reason if why == "not_ready" else ""
    for skill, least in asked.skills:
        if agent.level.get(skill, 0) < least:
            return "skill", f"{skill} {least}"
    if asked.sites and agent.site not in asked.sites:
        return "site", agent.site
    return ("excluded", "") if agent.id in asked.exclude else ("candidate", "")


def _nearest(
    state: State, visit: Visit, able: list[Agent], reasons: dict[str, tuple[str, str]]
) -> tuple[list[Agent], dict[str, tuple[str, str]]]:
    """Those who come first of all who could: preferred, with nothing to park, at the home site."""
    for why, first in (
        ("preference", lambda member: member.id == visit.prefer),
        ("parking", lambda member: visit.medium not in member.parking),
        ("far", lambda member: visit.home and member.site == visit.home),
    ):
        chosen = [member for member in able if first(member)]
        if chosen and len(chosen) < len(able):
            reasons |= {member.id: (why, "") for member in able if member not in chosen}
            able = chosen
    return able, reasons


def _order(queue: Queue, asked: Need, agent: Agent) -> tuple[float, ...]:
    """Least first: by band (or surplus), by what the strategy counts, by who has been idle longest."""
    band = -min((agent.level[skill] for skill, _ in asked.skills), default=0)
    match queue.strategy:
        case "best_fit":
            return sum(agent.level[skill] - least for skill, least in asked.skills), agent.idle_seq
        case "least_occupied":
            return band, agent.occupied, agent.idle_seq
        case "fewest_contacts":
            return band, agent.today, agent.idle_seq
        case "fair_round":
            return band, agent.number <= queue.last, agent.number
        case _:
            return band, agent.idle_seq


def _candidate(asked: Need, agent: Agent, now: float) -> Candidate:
    levels = tuple([(skill, agent.level[skill]) for skill, _ in asked.skills])
    return Candidate(agent.id, levels, now - agent.idle_since, agent.occupied, agent.today)


ORDER = (
    "candidate", "preference", "far", "parking", "excluded", "site", "skill", "medium", "ringing", "talking", "held",
    "wrap_up", "draining", "not_responding", "unreachable", "not_ready", "offline",
)  # fmt: skip
"""Of classes: who came closest first."""


def _classes(reasons: dict[str, tuple[str, str]]) -> list[Class]:
    counts = Counter(reasons.values())
    agents = {reason: [id for id, of in reasons.items() if of == reason][:NAMED] for reason in counts}
    found = [Class(why, detail, n, agents[why, detail]) for (why, detail), n in counts.items()]
    return sorted(found, key=lambda c: (ORDER.index(c.why), -c.count, c.detail))


def _others(agent: Agent, picked: Visit, rank: float, now: float) -> list[Other]:
    found = []
    for tier, queues in agent.tiers:
        for queue in queues:
            for medium in agent.free:
                line = queue.lines[medium]
                for (of_head, _), lane in zip(line.heads, line.order, strict=True):
                    head = lane.places[0][2]
                    later_s = of_head - queue.boost - rank
                    if head is not picked:
                        why = why_not(agent, lane)
                        why = "" if why == "taken" and later_s >= 0 else why
                        found.append(Other(head.id, queue.id, medium, now - head.since, later_s, tier, why))
    return sorted(found, key=lambda other: (other.rank, other.later_s))[:OTHERS]
