"""What random callers' walks through a real flow count for, against a slow and obvious reading of the definitions."""

from __future__ import annotations

from functools import reduce

from hypothesis import given, settings
from hypothesis import strategies as st

from qingting.contexts.selfservice.graph import arrows_of, kinds_of
from qingting.contexts.selfservice.model import Figures, Move, Totals, Walk, added, count, stays

from ..unit.selfservice.walked import document, walk

DOCUMENT = document()
KINDS = kinds_of(DOCUMENT)
SILENT = {"queue", "transfer", "hours", "branch", "set", "call", "end", "goal"}
IN_PLACE = {"timeout", "no_match", "wrong", "no_number", "circle", "restart", "tone", "recorded", "limit"}

OUTCOMES = ["silence", "found", "failed", "missing", "done", "refused"]
ANSWERS = st.lists(st.sampled_from([*"1225907349", *OUTCOMES]), max_size=30)


@st.composite
def walks(draw: st.DrawFn) -> Walk:
    told, end = walk(DOCUMENT, draw(ANSWERS))
    at, found = 1000.0, []
    for some in told:
        at += draw(st.sampled_from([0.0, 0.5, 4.0, 30.0]))
        found += [Move(at, it.node, it.via) for it in some]
    over = at + draw(st.sampled_from([0.0, 3.0]))
    if end == "queued":
        return Walk(
            found, [at, over + 60, over + 90], at, draw(st.sampled_from(["answered", "abandoned", "flow_out"]))
        )
    return Walk(found, [over], None, "self_service" if end == "done" else draw(st.sampled_from(["left", "message"])))


@given(walks())
@settings(max_examples=150)
def test_a_walk_counts_as_defined(walked: Walk) -> None:
    counted = count(walked, KINDS)
    for node in {it.node for it in walked.moves}:
        assert counted.nodes[node]._asdict() == slowly(walked, node)._asdict(), node
    assert set(counted.nodes) == {it.node for it in walked.moves}
    t = counted.totals
    reached = [it for it in walked.moves if KINDS[it.node].goal]
    assert t.contacts == 1 == t.contained + t.handed + t.lost + t.later + t.finished
    assert t.queries + t.transactions == len(reached)
    assert t.contained == (bool(reached) and walked.queued_at is None)
    assert t.partly == (bool(reached) and walked.queued_at is not None)
    assert t.lost == (walked.outcome == "left" and not reached)
    first, last = walked.moves[0].at, walked.queued_at if walked.queued_at is not None else walked.pauses[-1]
    assert t.seconds == last - first
    assert t.seconds_before_person == (t.seconds if walked.queued_at is not None else 0)


@given(st.lists(walks(), min_size=1, max_size=8))
@settings(max_examples=40)
def test_sums_hold_together(many: list[Walk]) -> None:
    counts = [count(each, KINDS) for each in many]
    total = reduce(added, (it.totals for it in counts), Totals())
    nodes: dict[str, Figures] = {}
    ways: dict[tuple[str, str], int] = {}
    for each in counts:
        for node, figures in each.nodes.items():
            nodes[node] = added(nodes.get(node, Figures()), figures)
        for way, times in each.ways.items():
            ways[way.source, way.target] = ways.get((way.source, way.target), 0) + times
    assert nodes[DOCUMENT.start].contacts == total.contacts == len(many)
    assert abs(sum(it.seconds for it in nodes.values()) - total.seconds) < 1e-6
    assert sum(it.to_person for it in nodes.values()) == total.handed
    assert sum(it.hung_up for it in nodes.values()) == total.lost
    assert nodes.get("content", Figures()).rated == total.rated
    for node, it in nodes.items():
        came = sum(n for (_, target), n in ways.items() if target == node)
        assert it.contacts <= it.visits <= came
        assert max(it.succeeded, it.looped, it.to_person, it.hung_up) <= it.contacts
    drawn = {(it.source, it.target) for name, node in DOCUMENT.nodes.items() for it in arrows_of(name, node)}
    assert {(a, b) for a, b in ways if a and a != b} <= drawn


def slowly(walked: Walk, node: str) -> Figures:
    """Definition by definition, each from the whole walk."""
    moves = list(walked.moves)
    comings = [
        n for n, it in enumerate(moves) if n == 0 or it.node != moves[n - 1].node or it.via not in IN_PLACE
    ]  # fmt: skip
    here = [n for n in comings if moves[n].node == node]
    first = min(here)
    left_here = [it.via for n, it in enumerate(moves) if n and moves[n - 1].node == node]
    missed = sum(via in {"timeout", "no_match", "wrong", "no_number"} for via in left_here)
    circled = any(it.node == node and it.via == "circle" for it in moves)
    goals = [n for n, it in enumerate(moves) if KINDS[it.node].goal]
    handed = walked.queued_at is not None
    spoken = [it.node for it in moves if KINDS[it.node].kind not in SILENT]
    rated = [
        int(it.via)
        for n, it in enumerate(moves)
        if n > first and moves[n - 1].node == "content" and it.via in {"1", "2", "3", "4", "5"}
    ]
    seconds = stays(walked)
    return Figures(
        contacts=1,
        visits=len(here),
        seconds=sum(long for it, long in zip(moves, seconds, strict=True) if it.node == node),
        hops_before=len([n for n in comings if n < first]),
        seconds_before=sum(seconds[:first]),
        succeeded=any(n >= first for n in goals),
        looped=circled or len(here) >= 3 or missed >= 2,
        missed=missed,
        to_person=handed and spoken[-1] == node,
        hung_up=not handed and not goals and walked.outcome == "left" and moves[-1].node == node,
        failures=sum(via in {"failed", "uncertain", "not_sent", "trouble"} for via in left_here),
        rated=len(rated),
        content=sum(it >= 4 for it in rated),
    )
