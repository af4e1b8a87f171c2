"""The experience line: points of satisfaction in order, smoothed, with peak, end and fall. Pure.

A point is worth 1 (bad) to 5 (good) and stands in one of nine key situations of three phases. From the points follow

- **the level**: begins at `NEUTRAL`, and each point draws it nearer by `PULL` times its confidence,
  `level += PULL * confidence * (score - level)` (exponential smoothing: what was long ago fades, what is only guessed
  moves less than what was said);
- **peak and end** (Kahneman's rule: an experience is remembered by its most intense moment and by how it ended): the
  peak is the point farthest from `NEUTRAL`, times its confidence, within `MEMORY_S` of the end; the last of equals.
  The impression is the mean of both scores;
- **falling**: within the last `LOOK_BACK` points of `RECENT_S` the level came down by `DROP` or more, and ends below
  `NEUTRAL`; **rising**: it went up by as much, and ends above.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

PHASES: Mapping[str, tuple[str, ...]] = {
    "before": ("product", "publicity", "business"),
    "during": ("self_service", "person", "complaint"),
    "after": ("recovery", "data", "mystery"),
}
SITUATIONS = tuple(situation for those in PHASES.values() for situation in those)
PHASE_OF = {situation: phase for phase, those in PHASES.items() for situation in those}

LEAST, MOST, NEUTRAL = 1.0, 5.0, 3.0
PULL = 0.5
DROP = 0.5
LOOK_BACK = 6
RECENT_S = 180 * 86_400.0
MEMORY_S = 365 * 86_400.0
REASONS_TOLD = 6


class Reason(NamedTuple):
    """Why a point is worth what it is: a code, and how much of it where that can be counted."""

    code: str
    amount: float | None = None


class Point(NamedTuple):
    at: float
    """Instant, UTC epoch seconds."""
    id: str
    """Of one point, for good: its source and the id within it."""
    situation: str
    """Of `SITUATIONS`."""
    score: float | None
    """`LEAST` to `MOST`; None: that it happened is known, not how it was. Such a point moves nothing."""
    confidence: float
    """Over 0, to 1."""
    stated: bool
    """Somebody said so, else it is computed."""
    origin: str
    """Where it comes from: `contact`, or as it was stated (`survey`, `desk`, `mystery` …)."""
    reasons: tuple[Reason, ...] = ()
    contact: str = ""
    line: str = ""
    """Business line; empty: of none."""
    note: str = ""
    user: str = ""


class Line(NamedTuple):
    points: list[Point]
    """In order; computed ones only where nothing was stated of the same contact and situation."""
    levels: list[float]
    """After each point."""
    peak: int | None
    """Place among the points, as `end`; None when no point has a score."""
    end: int | None
    impression: float | None
    """Mean of peak and end."""
    trend: str
    """`falling`, `rising`, `steady`, or empty when there is no score."""
    drop: float
    """By how much the level came down from its highest of late; 0 when it did not."""
    since: int | None
    """Place of the first point after that highest: where the fall began; None unless it falls."""

    @property
    def level(self) -> float:
        return self.levels[-1] if self.levels else NEUTRAL

    @property
    def falling(self) -> bool:
        return self.trend == "falling"

    @property
    def why(self) -> list[tuple[str, Reason]]:
        """What pulled it down: (situation, reason) of the falling points, the last first."""
        found: dict[tuple[str, str], tuple[str, Reason]] = {}
        if self.since is not None:
            before = [NEUTRAL, *self.levels]
            for place in range(len(self.points) - 1, self.since - 1, -1):
                point = self.points[place]
                if point.score is not None and self.levels[place] < before[place]:
                    for reason in point.reasons or (Reason("stated"),):
                        found.setdefault((point.situation, reason.code), (point.situation, reason))
        return list(found.values())[:REASONS_TOLD]


def draw(points: Iterable[Point]) -> Line:
    ordered = sorted(_outranked(points), key=lambda it: (it.at, it.id))
    levels, level = [], NEUTRAL
    for point in ordered:
        if point.score is not None:
            level += PULL * point.confidence * (point.score - level)
        levels.append(level)
    scored = [place for place, point in enumerate(ordered) if point.score is not None]
    if not scored:
        return Line(ordered, levels, None, None, None, "", 0.0, None)
    end = scored[-1]
    peak = max(
        (place for place in scored if ordered[place].at >= ordered[end].at - MEMORY_S),
        key=lambda place: (_intensity(ordered[place]), place),
    )
    impression = (_score(ordered[peak]) + _score(ordered[end])) / 2
    recent = [place for place in scored[-LOOK_BACK:] if ordered[place].at >= ordered[end].at - RECENT_S]
    # Where it stood before the first of them counts: one heavy fall is a fall.
    start = recent[0] - 1
    before = [(levels[start] if start >= 0 else NEUTRAL, start), *((levels[place], place) for place in recent)]
    high, where = max(before)
    low = min(before)[0]
    now = levels[end]
    drop = high - now
    trend, since = "steady", None
    if drop >= DROP and now < NEUTRAL:
        trend, since = "falling", next(place for place in scored if place > where)
    elif now - low >= DROP and now > NEUTRAL:
        trend = "rising"
    return Line(ordered, levels, peak, end, impression, trend, drop, since)


def means(points: Sequence[Point]) -> list[dict[str, Any]]:
    """Of each situation that has a score: `{situation, phase, mean, count}`, the mean weighted by confidence."""
    found = []
    for situation in SITUATIONS:
        those = [it for it in points if it.situation == situation and it.score is not None]
        if those:
            weight = sum(it.confidence for it in those)
            mean = sum(_score(it) * it.confidence for it in those) / weight
            one = {"situation": situation, "phase": PHASE_OF[situation], "mean": mean, "count": len(those)}
            found.append(one)
    return found


def _outranked(points: Iterable[Point]) -> list[Point]:
    """What was stated of a contact's situation stands in place of what was computed of it."""
    every = list({it.id: it for it in points}.values())
    said = {(it.contact, it.situation) for it in every if it.stated and it.contact and it.score is not None}
    return [it for it in every if it.stated or (it.contact, it.situation) not in said]


def _intensity(point: Point) -> float:
    return abs(_score(point) - NEUTRAL) * point.confidence


def _score(point: Point) -> float:
    return NEUTRAL if point.score is None else point.score
