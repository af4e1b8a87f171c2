"""The results drawn: one SVG that needs nothing else, alone or in a page of HTML.

A figure for all queues together and one for each: callers, service level and waits by time of day; beside all of
them, what the agents did.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape

from . import results as r
from .hours import Hours
from .measures import Row
from .results import Results
from .text import report

WIDTH, LEFT, RIGHT, HEIGHT, GAP, HEAD = 920, 62, 14, 104, 36, 60
FIGURES = 50
"""Queues that get a figure of their own."""

STYLE = """
svg{font:12px system-ui,sans-serif;background:#fff;color:#222} text{fill:currentColor}
.title{font-size:16px;font-weight:600}.label{font-weight:600}.axis{stroke:currentColor;stroke-opacity:.15}
.tick{fill-opacity:.65;font-size:11px}.answered,.busy{fill:#2f7d5b}.abandoned{fill:#c8553d}.out,.ringing{fill:#d9a441}
.idle{fill:#8fb8de}.away{fill:#b9b9b9}.line{fill:none;stroke:#2b5d9b;stroke-width:2}.second{stroke:#c8553d}
.target{stroke:#c8553d;stroke-dasharray:5 4}
@media (prefers-color-scheme:dark){svg{background:#15181c;color:#e6e6e6}}
""".strip()

PAGE_STYLE = """
body{margin:2rem auto;max-width:960px;padding:0 1rem;font:15px system-ui,sans-serif}
pre{overflow-x:auto;font-size:12px;line-height:1.35}figure{margin:2rem 0}svg{width:100%;height:auto}
@media (prefers-color-scheme:dark){body{background:#15181c;color:#e6e6e6}}
""".strip()

Value = float | None


def draw(of: Results, html: bool) -> str:
    """A page, or one SVG."""
    figures = [_Figure(of, "", alone=not html)]
    if len(of.scenario.queues) > 1:
        figures += [_Figure(of, queue.name, alone=False) for queue in of.scenario.queues[:FIGURES]]
    if not html:
        return _svg(figures)
    name = escape(of.scenario.name)
    drawn = "\n".join(f"<figure>{_svg([figure])}</figure>" for figure in figures)
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{name}</title>\n'
        f'<meta name="viewport" content="width=device-width"><style>{PAGE_STYLE}</style></head>\n'
        f"<body><h1>{name}</h1>\n{drawn}\n<pre>{escape(report(of))}</pre>\n</body></html>\n"
    )


def _svg(figures: Sequence[_Figure]) -> str:
    at, body = 0.0, []
    for figure in figures:
        body.append(f'<g transform="translate(0 {at:g})">{figure.drawn}</g>')
        at += figure.height
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {at:g}" role="img">'
        f"<style>{STYLE}</style>{''.join(body)}</svg>"
    )


class _Figure:
    """Panels one below the other, over the same hours."""

    def __init__(self, of: Results, queue: str, alone: bool) -> None:
        self._of = of
        self._every = of.intervals() or [0]
        self._first, self._past = self._every[0], self._every[-1] + 1
        self._parts: list[str] = []
        self._y = float(HEAD)
        self._text(LEFT, 24, queue or (of.scenario.name if alone else "All queues"), "title")
        rows = [of.at(i, queue) for i in self._every]
        self._callers(rows)
        self._service_level(rows, queue)
        self._waits(rows)
        if any(row.overflowed or row.callbacks or row.escalated for row in rows):
            self._sent_on(rows)
        if not queue:
            self._agents()
        self.height = self._y
        self.drawn = "".join(self._parts)

    # --- panels ------------------------------------------------------------------------------------------

    def _callers(self, rows: list[Row]) -> None:
        days = self._of.days
        stacks = [
            [row.answered / days, (row.abandoned + row.short) / days, (row.flow_out + row.failed) / days]
            for row in rows
        ]
        names = ("answered", "abandoned", "out")
        self._bars(f"Callers by {self._of.scenario.interval_s / 60:g} minutes, on an average day", names, stacks)
        self._legend((("answered", "answered"), ("abandoned", "abandoned"), ("out", "flow-out, failed")))
        self._next()

    def _sent_on(self, rows: list[Row]) -> None:
        days = self._of.days
        stacks = [[row.callbacks / days, row.overflowed / days, row.escalated / days] for row in rows]
        names = ("idle", "out", "abandoned")
        self._bars("Sent on, on an average day", names, stacks)
        self._legend((("idle", "callbacks"), ("out", "overflow"), ("abandoned", "second line")))
        self._next()

    def _service_level(self, rows: list[Row], queue: str) -> None:
        self._frame("Service level", 1.0, lambda value: f"{value:.0%}")
        self._line([r.service_level(row) for row in rows], 1.0, "line")
        targets = {q.service_level_target for q in self._of.scenario.queues if queue in ("", q.name)}
        for target in targets:
            y = self._up(target, 1.0)
            self._parts.append(f'<line class="target" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:g}" y2="{y:g}"/>')
        self._next()

    def _waits(self, rows: list[Row]) -> None:
        mean = [r.ratio(row.wait, row.answered) for row in rows]
        most = [r.percentile(row, 0.9) for row in rows]
        top = _round_up(max([value for value in (*mean, *most) if value is not None], default=1.0))
        self._frame("Wait of the answered, seconds: mean (ASA), and what nine in ten did not exceed", top, _plain)
        self._line(mean, top, "line")
        self._line(most, top, "line second")
        self._next()

    def _agents(self) -> None:
        per = self._of.scenario.interval_s * self._of.days
        every = [self._of.hours.get(i, Hours()) for i in self._every]
        stacks = [[h.busy / per, h.ringing / per, h.idle / per, sum(h.away.values()) / per] for h in every]
        self._bars("Agents signed in, on an average day", ("busy", "ringing", "idle", "away"), stacks)
        self._legend((("busy", "busy"), ("ringing", "ringing"), ("idle", "idle"), ("away", "not ready")))
        self._next()

    # --- drawing -----------------------------------------------------------------------------------------

    def _x(self, interval: float) -> float:
        return LEFT + (interval - self._first) / (self._past - self._first) * (WIDTH - LEFT - RIGHT)

    def _up(self, value: float, top: float) -> float:
        return self._y + HEIGHT * (1 - min(value, top) / top)

    def _text(self, x: float, y: float, words: str, of: str, anchor: str = "start") -> None:
        self._parts.append(f'<text class="{of}" x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(words)}</text>')

    def _frame(self, title: str, top: float, words: Callable[[float], str]) -> None:
        self._text(LEFT, self._y - 8, title, "label")
        for part in (0.0, 0.5, 1.0):
            y = self._up(part * top, top)
            self._parts.append(f'<line class="axis" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:g}" y2="{y:g}"/>')
            self._text(LEFT - 6, y + 4, words(part * top), "tick", "end")
        every = max(1, round(3600 / self._of.scenario.interval_s))
        every *= max(1, math.ceil((self._past - self._first) / every / 14))
        for interval in range(self._first, self._past + 1):
            if interval % every == 0:
                self._text(self._x(interval), self._y + HEIGHT + 14, self._of.clock(interval), "tick", "middle")

    def _bars(self, title: str, names: Sequence[str], stacks: list[list[float]]) -> None:
        top = _round_up(max(map(sum, stacks), default=1.0))
        self._frame(title, top, _plain)
        for interval, stack in zip(self._every, stacks, strict=True):
            x, past, at = self._x(interval), self._x(interval + 1), 0.0
            for name, value in zip(names, stack, strict=True):
                if value > 0:
                    y, below = self._up(at + value, top), self._up(at, top)
                    self._parts.append(
                        f'<rect class="{name}" x="{x + 0.5:.1f}" y="{y:.1f}" width="{max(past - x - 1, 0.5):.1f}" '
                        f'height="{below - y:.1f}"/>'
                    )
                at += value

    def _line(self, values: Sequence[Value], top: float, of: str) -> None:
        points: list[str] = []
        pen = "M"
        for interval, value in zip(self._every, values, strict=True):
            if value is None:
                pen = "M"
                continue
            points.append(f"{pen}{self._x(interval + 0.5):.1f} {self._up(value, top):.1f}")
            pen = "L"
        if points:
            self._parts.append(f'<path class="{of}" d="{"".join(points)}"/>')

    def _legend(self, entries: Sequence[tuple[str, str]]) -> None:
        x = float(WIDTH - RIGHT)
        for of, words in reversed(entries):
            x -= 7 * len(words) + 26
            self._parts.append(f'<rect class="{of}" x="{x:g}" y="{self._y - 18:g}" width="10" height="10"/>')
            self._text(x + 14, self._y - 9, words, "tick")

    def _next(self) -> None:
        self._y += HEIGHT + GAP + 14


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"


def _round_up(value: float) -> float:
    """To a number that reads well on an axis."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 4, 5, 10) if step * power >= value * 0.999)
