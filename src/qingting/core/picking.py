"""Which of the waiting visits for an agent with room. Nothing here changes state.

Least key first: the agent's own rank for the queue; then the visit's rank (first arrival less all it is worth: its
priority, what waiting has brought, the boost of a queue behind its target); then the order of entering. Media are
compared alike: an important mail goes before an earlier call.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from math import inf
from operator import itemgetter
from typing import NamedTuple

from .model import Agent, Queue, State, Visit
from .relaxation import Need, bonus, need
from .values import Skills
from .waiting import Front, Lane, Line, behind


class Pick(NamedTuple):
    visit: Visit
    queue: Queue
    tier: int
    """The agent's rank for the queue."""
    rank: float
    step: int
    band: int
    """The agent's, 0 where nothing is needed."""
    seen: list[Front]
    """Rank of the first that waits, by queue and medium of the same tier, least first; the agent may serve it or
    not."""


_rank = itemgetter(0)


def pick(state: State, agent: Agent, media: Iterable[str], taken: Collection[str], now: float) -> Pick | None:
    """The first of what this agent may serve in these media; none of the visits taken."""
    best = None
    for tier, lines in agent.lines:
        best = _first(agent, tier, lines, media, taken, now)
        if best is not None:
            break
    if agent.id in state.awaited:
        best = _of_those_who_wait_for(state, agent, media, taken, best)
    return best


def _first(
    agent: Agent,
    tier: int,
    lines: Mapping[str, Iterable[Line]],
    media: Iterable[str],
    taken: Collection[str],
    now: float,
) -> Pick | None:
    meets, site, id = agent.meets, agent.site, agent.id
    best_rank, best_seq = inf, 0
    best_lane: Lane | None = None
    best_queue: Queue | None = None
    follows: tuple[Visit, int, Need] | None = None
    seen: list[Front] = []
    for medium in media:
        for line in lines[medium]:
            front = line.front
            if front is not None:
                seen.append(front)
    if not seen:
        return None
    seen.sort(key=_rank)
    for first, line in seen:
        if first > best_rank:
            break
        queue = line.queue
        boost = queue.boost
        for (rank, seq), lane in zip(line.heads, line.order, strict=False):
            rank -= boost
            if rank > best_rank or (rank == best_rank and seq > best_seq):
                break
            if lane.asks & meets != lane.asks:
                continue
            if lane.choosy and not _among(lane.need, site, id):
                continue
            if not taken or lane.places[0][2].id not in taken:
                best_rank, best_seq, best_lane, best_queue, follows = rank, seq, lane, queue, None
                break
            after = _after(line, lane, agent, taken, now)
            if after is not None:
                rank = after[0].rank - bonus(line.steps, after[1]) - boost
                if (rank, after[0].seq) < (best_rank, best_seq):
                    best_rank, best_seq, best_queue, follows = rank, after[0].seq, queue, after
    if best_queue is None:
        return None
    if follows is not None:
        visit, step, asked = follows
        return Pick(visit, best_queue, tier, best_rank, step, band(agent.level, asked.skills), seen)
    assert best_lane is not None
    of = band(agent.level, best_lane.need.skills)
    return Pick(best_lane.places[0][2], best_queue, tier, best_rank, best_lane.step, of, seen)


def _after(
    line: Line, lane: Lane, agent: Agent, taken: Collection[str], now: float
) -> tuple[Visit, int, Need] | None:
    """The first of a lane who is not taken, if this agent may serve it: others need what it needs, or more."""
    step = lane.step
    head = lane.places[0][2]
    for _, _, visit in lane.places:
        if visit is not head:
            step = behind(line.steps, head, visit, now)
        if visit.id not in taken:
            asked = need(lane.wants, line.steps, step)
            return (visit, step, asked) if may_serve(agent, asked) else None
    return None


def _of_those_who_wait_for(
    state: State, agent: Agent, media: Iterable[str], taken: Collection[str], best: Pick | None
) -> Pick | None:
    ranks = dict(agent.ranks)
    for rank, seq, visit in state.awaited[agent.id]:
        if visit.id in taken or visit.medium not in media or visit.queue not in agent.queues:
            continue
        asked = need(visit.wants, (), 0)
        if not may_serve(agent, asked):
            continue
        queue, tier = state.queues[visit.queue], ranks.get(visit.queue, 1)
        key = (tier, rank - queue.boost, seq)
        if best is None or key < (best.tier, best.rank, best.visit.seq):
            best = Pick(
                visit,
                queue,
                tier,
                rank - queue.boost,
                0,
                band(agent.level, asked.skills),
                [] if best is None else best.seen,
            )
    return best


def band(level: dict[str, int], skills: Skills) -> int:
    """The least level over these."""
    least = 9
    for skill, _ in skills:
        if level[skill] < least:
            least = level[skill]
    return least if skills else 0


def _among(asked: Need, site: str, agent: str) -> bool:
    return not ((asked.sites and site not in asked.sites) or agent in asked.exclude)


def may_serve_head(agent: Agent, lane: Lane) -> bool:
    """As `may_serve`, of the lane's head."""
    if lane.asks & agent.meets != lane.asks:
        return False
    return not lane.choosy or _among(lane.need, agent.site, agent.id)


def may_serve(agent: Agent, asked: Need) -> bool:
    """Whether the agent has what is needed; not whether they are in the queue, or free."""
    if not _among(asked, agent.site, agent.id):
        return False
    level = agent.level
    return all(level.get(skill, 0) >= least for skill, least in asked.skills)
