"""Which of the free agents for a visit. Nothing here changes state.

Free agents of the queue who have what the visit needs at its step are told apart by, in this order:

1. the agent whom the visit prefers;
2. those who would not have to park anything for it;
3. those of its home site, where the queue asks for it;
4. their band, highest first: the least of their levels over the skills needed (no skill needed: one band);
5. the queue's strategy, and within it who has been idle longest:

   `longest_idle`     nothing else
   `least_occupied`   least share of their time on duty today that was work, as of when they last became free
   `fewest_contacts`  fewest contacts accepted today
   `fair_round`       next in the round after whom the queue chose last, in the order of their configuration
   `best_fit`         instead of bands: least `sum(level - least level needed)` over the skills needed, so that who
                      can do more is kept for those who need more
"""

from __future__ import annotations

from typing import NamedTuple

from .index import bands
from .model import LEVELS, Agent, Bands, Queue, State
from .relaxation import Need

SHOWN = 2
"""So many of the best are told apart: the one chosen, and who it would have been."""


class Choice(NamedTuple):
    agent: Agent
    band: int
    """Their surplus, where the strategy is `best_fit`; 0 where nothing is needed."""
    next: list[Agent]
    """Whom it would have been instead, of the same band."""
    many: int
    """How many were left when it came to their skills."""
    alike: int
    """How many of those are in the same band."""
    free: int
    """Members who are free."""
    passed: list[tuple[str, int]]
    """How many of them were passed over, by why: `skill`, `site`, `excluded`, `parking`, `far`, `preference`."""
    skilled: bool
    """Something is needed."""


def choose(
    state: State, queue: Queue, medium: str, need: Need, home: str, prefer: str, full: int, parking: dict[str, int]
) -> Choice | None:
    """None when nobody is free who may serve it. `full`: agents who are left out, `parking`: who would have to park
    something, as bits."""
    left = state.idle[medium].all & queue.members
    if full:
        left ^= left & full
    if not left:
        return None
    free = many = left.bit_count()
    passed: list[tuple[str, int]] = []
    if need.skills:
        known = queue.bands.get(need.skills) or bands(state, queue, need.skills)
        left &= known.able
        if not left:
            return None
        able = left.bit_count()
        if able != many:
            passed.append(("skill", many - able))
            many = able
    if need.sites:
        there = 0
        for site in need.sites:
            there |= state.sites.get(site, 0)
        many, left = _less(many, left, left & there, "site", passed)
    if need.exclude:
        may = left
        for id in need.exclude:
            agent = state.agents.get(id)
            if agent is not None:
                may ^= may & agent.bit
        many, left = _less(many, left, may, "excluded", passed)
    if not left:
        return None
    if prefer:
        agent = state.agents.get(prefer)
        if agent is not None and left & agent.bit:
            many, left = _less(many, left, agent.bit, "preference", passed)
    if parking[medium]:
        would_park = left & parking[medium]
        if would_park and would_park != left:
            many, left = _less(many, left, left ^ would_park, "parking", passed)
    if home:
        near = left & state.sites.get(home, 0)
        if near:
            many, left = _less(many, left, near, "far", passed)
    if not need.skills:
        best, of = _in_order(state, queue, medium, left, many), (0, many)
    elif queue.strategy == "best_fit":
        best, of = _fitting(state, medium, left, need)
    else:
        best, of = _by_band(state, queue, medium, left, known)
    return Choice(best[0], of[0], best[1:], many, of[1], free, passed, bool(need.skills))


def _less(many: int, left: int, still: int, why: str, passed: list[tuple[str, int]]) -> tuple[int, int]:
    """How many are left and who; those who are not any more are told."""
    if still == left:
        return many, left
    n = still.bit_count()
    passed.append((why, many - n))
    return n, still


def _by_band(state: State, queue: Queue, medium: str, left: int, known: Bands) -> tuple[list[Agent], tuple[int, int]]:
    for band, those in known.each:
        here = left & those
        if here:
            n = here.bit_count()
            return _in_order(state, queue, medium, here, n), (band, n)
    raise AssertionError("whoever is able has a band")


def _fitting(state: State, medium: str, left: int, need: Need) -> tuple[list[Agent], tuple[int, int]]:
    """Those with each sum of surplus, from those with each surplus of each skill."""
    by_surplus = {0: left}
    for skill, least in need.skills:
        levels = state.levels[skill]
        more: dict[int, int] = {}
        for surplus, those in by_surplus.items():
            for level in range(least, LEVELS.stop):
                exactly = those & levels[level]
                if level + 1 < LEVELS.stop:
                    exactly ^= exactly & levels[level + 1]
                if exactly:
                    more[surplus + level - least] = more.get(surplus + level - least, 0) | exactly
        by_surplus = more
    surplus = min(by_surplus)
    n = by_surplus[surplus].bit_count()
    return state.idle[medium].firsts(by_surplus[surplus], n, SHOWN), (surplus, n)


def _in_order(state: State, queue: Queue, medium: str, among: int, many: int) -> list[Agent]:
    """The first of these by the queue's strategy."""
    if queue.strategy == "fair_round":
        return _round(state, queue, among)
    if state.counts_by_day:
        return state.orders[medium].get(queue.strategy, state.idle[medium]).firsts(among, many, SHOWN)
    return state.idle[medium].firsts(among, many, SHOWN)


def _round(state: State, queue: Queue, among: int) -> list[Agent]:
    """Numbers after the last one, then from the beginning."""
    found: list[Agent] = []
    after = among >> queue.last + 1 << queue.last + 1
    for those in (after, among ^ after):
        while those and len(found) < SHOWN:
            first = those & -those
            agent = state.numbered[first.bit_length() - 1]
            assert agent is not None
            found.append(agent)
            those ^= first
    return found
