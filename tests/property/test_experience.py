"""The experience line: smoothing, peak and end, fall; and what a contact is worth, whatever happened in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from qingting.contexts.contacts.api import Experienced
from qingting.contexts.customers.experience import scoring
from qingting.contexts.customers.experience.model import (
    DROP,
    LEAST,
    MEMORY_S,
    MOST,
    NEUTRAL,
    SITUATIONS,
    Point,
    Reason,
    draw,
    means,
)

DAY = 86_400.0
scores = st.none() | st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0])
drawn = st.builds(
    Point,
    at=st.integers(0, 900).map(lambda day: day * DAY),
    id=st.uuids().map(str),
    situation=st.sampled_from(SITUATIONS),
    score=scores,
    confidence=st.sampled_from([0.3, 0.5, 0.7, 1.0]),
    stated=st.booleans(),
    origin=st.just("x"),
    reasons=st.just((Reason("abandoned"),)),
    contact=st.sampled_from(["", "c1", "c2"]),
)
many = st.lists(drawn, max_size=25)


@given(many.flatmap(lambda points: st.tuples(st.just(points), st.permutations(points))))
def test_a_line_is_bounded_knows_no_order_and_marks_peak_and_end(orders: tuple[list[Point], list[Point]]) -> None:
    line, other = (draw(points) for points in orders)
    assert line == other
    assert all(LEAST <= level <= MOST for level in line.levels)
    assert len(line.points) == len(line.levels) <= len(orders[0])
    scored = [it for it in line.points if it.score is not None]
    if not scored:
        assert (line.peak, line.end, line.impression, line.trend, line.level) == (None, None, None, "", NEUTRAL)
        return
    assert line.peak is not None
    assert line.end is not None
    assert line.impression is not None
    end, peak = line.points[line.end], line.points[line.peak]
    assert end is scored[-1]
    assert end.at - peak.at <= MEMORY_S
    strength = abs((peak.score or 0) - NEUTRAL) * peak.confidence
    remembered = [it for it in scored if end.at - it.at <= MEMORY_S]
    assert all(abs((it.score or 0) - NEUTRAL) * it.confidence <= strength for it in remembered)
    assert line.impression == ((peak.score or 0) + (end.score or 0)) / 2
    for one in means(line.points):
        those = [it.score for it in line.points if it.situation == one["situation"] and it.score is not None]
        assert min(those) - 1e-9 <= one["mean"] <= max(those) + 1e-9
        assert one["count"] == len(those)


@given(many)
def test_falling_says_why_and_steady_ones_do_not_fall(points: list[Point]) -> None:
    line = draw(points)
    if line.falling:
        assert line.drop >= DROP
        assert line.level < NEUTRAL
        assert line.since is not None
        assert line.why
        assert min(line.levels[line.since :]) < ([NEUTRAL, *line.levels][line.since])
    else:
        assert line.since is None
        assert not line.why
    if all(it.score is None or it.score >= NEUTRAL for it in points):
        assert not line.falling, "nothing that was well makes a line fall"


@given(many, st.sampled_from([1.0, 2.0, 3.0, 4.0]))
def test_a_better_end_never_makes_a_line_lower(points: list[Point], score: float) -> None:
    end = Point(901 * DAY, "end", "person", score, 1.0, True, "x")
    worse, better = draw([*points, end]), draw([*points, end._replace(score=score + 1)])
    assert better.level > worse.level
    assert worse.falling or not better.falling


def test_what_is_stated_of_a_contact_outranks_what_is_computed_of_it() -> None:
    computed = Point(1.0, "contact:c1:person", "person", 1.5, 0.6, False, "contact", contact="c1")
    said = Point(2.0, "moment:1", "person", 5.0, 1.0, True, "survey", contact="c1")
    assert draw([computed, said]).points == [said]
    assert draw([computed, said._replace(contact="c2")]).points == [computed, said._replace(contact="c2")]
    assert draw([computed, said._replace(score=None)]).points[0] is computed, "nobody said how it was"


def test_one_heavy_fall_is_a_fall_and_one_abandoned_call_of_a_stranger_is_none() -> None:
    bad = Point(1.0, "a", "person", 1.0, 1.0, True, "survey", (Reason("stated"),))
    assert draw([bad]).falling
    assert draw([bad]).why == [("person", Reason("stated"))]
    guess = Point(1.0, "a", "person", 1.5, 0.6, False, "contact", (Reason("abandoned", 40.0),))
    again = guess._replace(at=2.0, id="b")
    assert not draw([guess]).falling
    assert draw([guess, again]).falling
    made_up_for = Point(3.0, "c", "recovery", 5.0, 1.0, True, "recovery")
    assert draw([guess, again, made_up_for]).trend == "rising"


outcomes = st.sampled_from(
    ["answered", "abandoned", "flow_out", "lost", "failed", "self_service", "left", "message", "callback", "open"]
)
contacts = st.builds(
    Experienced,
    id=st.uuids().map(str),
    number=st.just("+8613812345678"),
    at=st.integers(0, 60).map(lambda day: day * DAY),
    ended_at=st.just(0.0),
    direction=st.sampled_from(["in", "out"]),
    line=st.just(""),
    outcome=outcomes,
    disposition=st.sampled_from(["", "ok", "bad", "angry-call"]),
    wait_s=st.integers(0, 900).map(float),
    promise_s=st.sampled_from([0.0, 20.0, 60.0]),
    short=st.booleans(),
    hold_s=st.integers(0, 600).map(float),
    keys=st.integers(0, 20),
    faults=st.integers(0, 9),
    transfers=st.integers(0, 5),
    mood=st.sampled_from(["", "pleased", "calm", "worried", "upset", "angry"]),
    demand=st.sampled_from(["", "complaint", "urgent"]),
).map(lambda it: it._replace(ended_at=it.at + 300.0))
MEANINGS = {"ok": "resolved", "bad": "unresolved", "angry-call": "complaint"}


@given(st.lists(contacts, max_size=6))
def test_every_contact_has_points_within_bounds_with_a_reason_each(some: list[Experienced]) -> None:
    found = scoring.points(some, MEANINGS)
    assert len({it.id for it in found}) == len(found)
    for point in found:
        assert point.score is not None
        assert LEAST <= point.score <= MOST
        assert 0 < point.confidence < 1
        assert not point.stated
        assert point.reasons
        known = {*scoring.BASE, *scoring.WORTH}
        assert all(reason.code in known for reason in point.reasons)


@given(contacts)
def test_what_goes_worse_is_never_worth_more(one: Experienced) -> None:
    def worth(it: Experienced) -> float | None:
        point = scoring.with_person(it, MEANINGS.get(it.disposition, ""), False)
        return None if point is None else point.score

    before = worth(one)
    for worse in (
        one._replace(wait_s=one.wait_s * 2),
        one._replace(transfers=one.transfers + 1),
        one._replace(hold_s=one.hold_s + 200),
        one._replace(demand="complaint"),
    ):
        after = worth(worse)
        assert (before is None) == (after is None)
        if before is not None and after is not None:
            assert after <= before


def test_what_happens_has_its_price() -> None:
    well = Experienced("c1", "+86", 0.0, 300.0, "in", "l", "answered", "", 10.0, 20.0)
    (point,) = scoring.points([well], {})
    assert (point.situation, point.score, point.reasons) == ("person", 4.0, (Reason("answered"),))
    late = well._replace(wait_s=50.0)
    assert scoring.points([late], {})[0].reasons == (Reason("answered"), Reason("waited", 50.0))
    assert [scoring.points([well._replace(wait_s=s)], {})[0].score for s in (20.0, 21.0, 41.0, 81.0, 999.0)] == [
        *(4.0, 3.5, 3.0, 2.5, 2.5)
    ]
    again = well._replace(id="c2", at=3 * DAY, ended_at=3 * DAY + 300)
    assert [it.score for it in scoring.points([well, again], {})] == [4.0, 3.0]
    much_later = again._replace(at=9 * DAY)
    assert [it.score for it in scoring.points([well, much_later], {})] == [4.0, 4.0]
    complaint = scoring.points([well._replace(disposition="x")], {"x": "complaint"})[0]
    assert (complaint.situation, complaint.score, complaint.confidence) == ("complaint", 2.5, 0.7)
    self_served = well._replace(outcome="self_service", keys=3, faults=1)
    assert [(it.situation, it.score) for it in scoring.points([self_served], {})] == [("self_service", 4.0)]
    assert scoring.points([well._replace(outcome="abandoned", short=True)], {}) == []
    assert scoring.points([well._replace(direction="out", outcome="not_reached")], {}) == []
