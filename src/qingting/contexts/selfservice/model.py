"""What one caller's way through a flow counts for, node by node: rules, pure.

A *walk* is all that one contact did in self-service, told once the contact is over. Definitions, with name and
version, stand in docs/guides/metrics.md (`containment@1`, `node@1`); a change of any is a new version there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

MISSES = frozenset({"timeout", "no_match", "wrong", "no_number"})
"""`via` of who gave no answer, or none that fits. Where there is a way on after too many, it leads there as well."""
IN_PLACE = MISSES | {"circle", "restart", "moved", "tone", "recorded", "limit"}
"""`via` that may bring a caller to the node where they are: it is said again, or goes on there."""
FAILURES = frozenset({"failed", "uncertain", "not_sent", "trouble"})
"""`via` of what did not work: another system, a letter, the voice."""
SILENT = frozenset({"queue", "transfer", "hours", "branch", "set", "call", "end", "goal"})
"""Kinds of nodes where a caller neither hears nor does anything of self-service: nobody leaves it from there."""
LOOP = 3
"""So many comings to a node are a circle; one miss less than that at it as well."""
CONTENT = 0.8
"""Share of the scale from which a rating is one of a content caller: 4 of 5."""


class Kind(NamedTuple):
    """Of a node, as far as counting asks."""

    kind: str
    """As it is written: `say`, `menu`, `ask`, `survey`, `queue` …"""
    goal: str = ""
    """Of a goal: `query` or `transaction`."""
    scale: int = 0
    """Of a survey."""


UNKNOWN = Kind("")


class Move(NamedTuple):
    at: float
    node: str
    via: str


class Walk(NamedTuple):
    moves: Sequence[Move]
    """In order; at least one."""
    pauses: Sequence[float]
    """Instants, in order, at which self-service was over for the time being: a queue was entered, somebody answered,
    the contact ended."""
    queued_at: float | None
    """When a queue was entered first."""
    outcome: str
    """The contact's, as `contacts` has it: `left` is a caller who hung up."""


class Totals(NamedTuple):
    """Of walks through one flow. Each contact is one of `contained`, `handed`, `lost`, `later` and `finished`."""

    contacts: int = 0
    contained: int = 0
    """Reached a goal and were not handed over."""
    handed: int = 0
    """Entered a queue, or were transferred."""
    partly: int = 0
    """Of these, reached a goal before."""
    lost: int = 0
    """Hung up without a goal."""
    later: int = 0
    """Left a message or asked for a callback, without a goal."""
    finished: int = 0
    """The flow ended the call, without a goal."""
    queries: int = 0
    transactions: int = 0
    seconds: float = 0.0
    """In self-service: neither waiting nor with a person."""
    seconds_before_person: float = 0.0
    """Of `handed`, until then."""
    looped: int = 0
    """Went in a circle at some node."""
    rated: int = 0
    content: int = 0


class Figures(NamedTuple):
    """Of one node."""

    contacts: int = 0
    visits: int = 0
    """Comings; a contact may come several times."""
    seconds: float = 0.0
    hops_before: int = 0
    """Of each contact, nodes passed before it came first."""
    seconds_before: float = 0.0
    succeeded: int = 0
    """Contacts that reached a goal here or later."""
    looped: int = 0
    missed: int = 0
    """Silences and wrong answers."""
    to_person: int = 0
    """Contacts that left self-service from here for a person."""
    hung_up: int = 0
    """Contacts lost here."""
    failures: int = 0
    rated: int = 0
    """Ratings given here (a survey), or later by those who had come here."""
    content: int = 0


T = TypeVar("T", Totals, Figures)


def added(one: T, other: T) -> T:
    return type(one)._make(map(sum, zip(one, other, strict=True)))


class Way(NamedTuple):
    source: str
    """Empty: it began there."""
    target: str
    via: str


class Count(NamedTuple):
    """What one walk adds."""

    totals: Totals
    nodes: Mapping[str, Figures]
    ways: Mapping[Way, int]


def stays(walk: Walk) -> list[float]:
    """Seconds at each move's node: until the next move, or until self-service paused."""
    found, pauses, n = [], walk.pauses, 0
    for move, until in zip(walk.moves, [*(it.at for it in walk.moves[1:]), float("inf")], strict=True):
        while n < len(pauses) and pauses[n] < move.at:
            n += 1
        end = min(until, pauses[n] if n < len(pauses) else until)
        found.append(max(0.0, end - move.at) if end != float("inf") else 0.0)
    return found


def count(walk: Walk, kinds: Mapping[str, Kind]) -> Count:
    """`kinds` by node; of a flow that nobody can read any more it is empty, and nothing is a goal."""
    moves, seconds = walk.moves, stays(walk)
    kind = [kinds.get(move.node, UNKNOWN) for move in moves]
    goals = [n for n, it in enumerate(kind) if it.goal]
    last_goal = goals[-1] if goals else -1
    handed = walk.queued_at is not None or kind[-1].kind == "transfer"
    first: dict[str, int] = {}
    visits: dict[str, int] = {}
    missed: dict[str, int] = {}
    failures: dict[str, int] = {}
    circled: set[str] = set()
    ways: dict[Way, int] = {}
    hops = [0] * len(moves)
    """Comings before this one."""
    before = ""
    for n, move in enumerate(moves):
        came = move.node != before or move.via not in IN_PLACE
        hops[n] = hops[n - 1] + 1 if came and n else hops[n - 1] if n else 0
        if came:
            visits[move.node] = visits.get(move.node, 0) + 1
        first.setdefault(move.node, n)
        if before and move.via in MISSES:
            missed[before] = missed.get(before, 0) + 1
        if before and move.via in FAILURES:
            failures[before] = failures.get(before, 0) + 1
        if move.via == "circle":
            circled.add(move.node)
        way = Way(before, move.node, move.via)
        ways[way] = ways.get(way, 0) + 1
        before = move.node
    looped = {it for it in first if it in circled or visits.get(it, 0) >= LOOP or missed.get(it, 0) >= LOOP - 1}
    ratings = list(_ratings(moves, kind))
    until_first = _running(seconds)
    left_from = _left_from(walk, kind) if handed else -1
    lost = walk.outcome == "left" and not handed and not goals
    nodes: dict[str, Figures] = {}
    for node, n in first.items():
        given = [it for it in ratings if first[node] <= it.move and (kind[n].kind != "survey" or it.node == node)]
        nodes[node] = Figures(
            contacts=1,
            visits=visits[node],
            seconds=0.0,
            hops_before=hops[n],
            seconds_before=until_first[n],
            succeeded=int(last_goal >= n),
            looped=int(node in looped),
            missed=missed.get(node, 0),
            to_person=int(left_from >= 0 and moves[left_from].node == node),
            hung_up=int(lost and moves[-1].node == node),
            failures=failures.get(node, 0),
            rated=len(given),
            content=sum(it.content for it in given),
        )
    for move, long in zip(moves, seconds, strict=True):
        nodes[move.node] = nodes[move.node]._replace(seconds=nodes[move.node].seconds + long)
    contained = bool(goals) and not handed
    later = walk.outcome in ("message", "callback") and not handed and not goals
    totals = Totals(
        contacts=1,
        contained=int(contained),
        handed=int(handed),
        partly=int(handed and bool(goals)),
        lost=int(lost),
        later=int(later),
        finished=int(not (contained or handed or lost or later)),
        queries=sum(kind[n].goal == "query" for n in goals),
        transactions=sum(kind[n].goal == "transaction" for n in goals),
        seconds=sum(seconds),
        seconds_before_person=_before_person(walk, seconds) if handed else 0.0,
        looped=int(bool(looped)),
        rated=len(ratings),
        content=sum(it.content for it in ratings),
    )
    return Count(totals, nodes, ways)


class _Rating(NamedTuple):
    node: str
    move: int
    """At which they were asked."""
    content: bool


def _ratings(moves: Sequence[Move], kind: Sequence[Kind]) -> Iterator[_Rating]:
    """A survey's answer is the key that leads on from it; key 0 is a person, and none."""
    for n, move in enumerate(moves[1:], 1):
        asked = kind[n - 1]
        if asked.kind == "survey" and asked.scale and move.via.isdecimal() and 0 < int(move.via) <= asked.scale:
            yield _Rating(moves[n - 1].node, n - 1, int(move.via) >= CONTENT * asked.scale)


def _left_from(walk: Walk, kind: Sequence[Kind]) -> int:
    """The last move before the queue at whose node they heard or did something; else the last before it."""
    until = [n for n, move in enumerate(walk.moves) if walk.queued_at is None or move.at <= walk.queued_at]
    spoken = [n for n in until if kind[n].kind not in SILENT]
    return (spoken or until or [0])[-1]


def _before_person(walk: Walk, seconds: Sequence[float]) -> float:
    if walk.queued_at is None:
        return sum(seconds)
    return sum(long for move, long in zip(walk.moves, seconds, strict=True) if move.at <= walk.queued_at)


def _running(seconds: Iterable[float]) -> list[float]:
    """What came before each."""
    found, total = [], 0.0
    for each in seconds:
        found.append(total)
        total += each
    return found
