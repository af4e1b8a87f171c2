"""Who fits whom: the best agent for a visit, the best visit for an agent.

Between decisions no visit waits while an agent is free who may serve it; so only what a decision itself sets
free, or sends to wait, can fit anew, and only that is looked at. A decision sets at most one agent free, or
sends visits of one medium to wait, never both; nothing here changes state.

An agent is chosen by band, the least of their levels over the skills required, highest first, and within a
band by who has been idle longest; without requirements there is one band.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from .capacity import room
from .commands import Skills
from .events import AssignmentOffered
from .model import LEVELS, Agent, Queue, State, Visit
from .waiting import Place


def best_agent(state: State, queue: str, medium: str, requires: Skills, full: int = 0) -> tuple[Agent, int] | None:
    """Agent and band (0 when nothing is required); None when nobody is free who fits. `full` are left out."""
    idle = state.idle[medium]
    fit = idle.all & state.queues[queue].members
    if full:
        fit &= ~full
    if not fit:
        return None
    if not requires:
        agent = idle.first(fit)
        return (agent, 0) if agent is not None else None
    least = min([level for _, level in requires])
    for band in range(LEVELS[-1], least - 1, -1):
        able = fit
        for skill, level in requires:
            able &= state.levels[skill][level if level > band else band]
        if able:
            agent = idle.first(able)
            return (agent, band) if agent is not None else None
    return None


def best_visit(
    state: State, queues: Iterable[Queue], level: dict[str, int], medium: str, taken: Collection[str] = ()
) -> Visit | None:
    """Least rank first over these queues, of what these skills may serve; none of the visits taken."""
    best: Place | None = None
    for queue in queues:
        line = queue.lines[medium]
        if line.heads and (best is None or line.heads[0] < best):
            best = line.best(level, best, taken)
    return state.visits[best[2]] if best is not None else None


def fill(
    state: State,
    now: float,
    agent: Agent,
    media: Iterable[tuple[str, int]],
    idle_since: float,
    queues: Sequence[Queue] | None = None,
    level: dict[str, int] | None = None,
) -> list[AssignmentOffered]:
    """Offers for an agent with room for so many of each medium, until nothing fits.

    `queues` and `level` stand in for the agent's own where this decision is about to change them.
    """
    offers: list[AssignmentOffered] = []
    queues = agent.serves if queues is None else queues
    level = agent.level if level is None else level
    taken: set[str] = set()
    for medium, most in media:
        for _ in range(most):
            visit = best_visit(state, queues, level, medium, taken)
            if visit is None:
                break
            taken.add(visit.id)
            band = min([level[skill] for skill, _ in visit.requires], default=0)
            offers.append(
                _offer(state, now, visit.id, visit.offers, visit.contact, visit.queue, agent, band, idle_since)
            )
    return offers


def place_again(state: State, now: float, visits: Sequence[Visit], without: Agent) -> list[AssignmentOffered]:
    """Offers for visits that must wait again, to anyone but the agent who did not take them."""
    offers: list[AssignmentOffered] = []
    given: dict[str, int] = {}
    full = without.bit
    for visit in sorted(visits, key=lambda visit: (visit.rank, visit.seq)):
        found = best_agent(state, visit.queue, visit.medium, visit.requires, full)
        if found is not None:
            agent, band = found
            given[agent.id] = given.get(agent.id, 0) + 1
            if given[agent.id] >= room(agent, visit.medium):
                full |= agent.bit
            offers.append(
                _offer(state, now, visit.id, visit.offers, visit.contact, visit.queue, agent, band, agent.idle_since)
            )
    return offers


def place_new(
    state: State, now: float, visit: str, contact: str, queue: str, medium: str, requires: Skills
) -> list[AssignmentOffered]:
    """The offer for a visit that enters in this decision, if anyone is free for it."""
    found = best_agent(state, queue, medium, requires)
    if found is None:
        return []
    agent, band = found
    return [_offer(state, now, visit, 0, contact, queue, agent, band, agent.idle_since)]


def _offer(
    state: State,
    now: float,
    visit: str,
    offers: int,
    contact: str,
    queue: str,
    agent: Agent,
    band: int,
    idle_since: float,
) -> AssignmentOffered:
    why = f"{agent.id}: band {band}, idle {now - idle_since:.1f} s"
    until = now + state.queues[queue].ring_s
    return AssignmentOffered(now, f"{visit}/{offers + 1}", visit, contact, agent.id, until, why)
