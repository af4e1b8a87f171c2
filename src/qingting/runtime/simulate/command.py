"""`qingting simulate`: a file in, words or JSON out, a chart beside them."""

from __future__ import annotations

import gc
import json
import sys
import time
from pathlib import Path

from ...errors import Invalid
from .chart import draw
from .document import read_scenario
from .play import Progress
from .run import run
from .scenario import DAYS_MOST, Scenario
from .text import report

SIZE_LIMIT = 1024 * 1024
"""Bytes of a scenario."""
SHOW_AFTER_S, SHOW_EVERY_S = 2.0, 0.5


def simulate(
    path: Path, *, seed: int | None = None, days: int | None = None, as_json: bool = False, chart: Path | None = None
) -> str:
    """What to print. Raises `Invalid` with all problems of the scenario, or of what was asked for beside it."""
    if chart is not None and chart.suffix not in (".html", ".svg"):
        raise Invalid("chart.format", f"a chart is drawn as .html or .svg, not {chart.suffix or 'nothing'}")
    if seed is not None and not 0 <= seed <= 2**53:
        raise Invalid("scenario.bad_seed", "a seed is a whole number from 0 to 2^53")
    if days is not None and not 1 <= days <= DAYS_MOST:
        raise Invalid("scenario.bad_days", f"days are 1 to {DAYS_MOST}")
    scenario = load(path)
    gc.set_threshold(50_000, 50, 100)
    progress = _progress(days or scenario.days)
    results = run(scenario, seed=seed, days=days, progress=progress)
    if progress is not None:
        sys.stderr.write("\r" + " " * 78 + "\r")
    if chart is not None:
        try:
            chart.write_text(draw(results, html=chart.suffix == ".html"), encoding="utf-8")
        except OSError as e:
            raise Invalid("chart.unwritable", f"the chart cannot be written to {chart}: {e.strerror}") from e
    return json.dumps(results.json(), ensure_ascii=False) if as_json else report(results)


def load(path: Path) -> Scenario:
    try:
        with path.open("rb") as file:
            data = file.read(SIZE_LIMIT + 1)
        text = data.decode()
    except OSError as e:
        raise Invalid("scenario.unreadable", f"{path} cannot be read: {e.strerror}") from e
    except UnicodeDecodeError as e:
        raise Invalid("scenario.unreadable", f"{path} is not a text in UTF-8") from e
    return read_scenario(text)


def _progress(days: int) -> Progress | None:
    """On a terminal, one line that is written over again and again."""
    if not sys.stderr.isatty():
        return None
    began = time.monotonic()
    shown = began + SHOW_AFTER_S - SHOW_EVERY_S

    def show(day: int, second: float, contacts: int) -> None:
        nonlocal shown
        now = time.monotonic()
        if now < shown + SHOW_EVERY_S:
            return
        shown = now
        clock = f"{int(second) // 3600:02}:{int(second) // 60 % 60:02}"
        done = (day + second / 86_400) / days
        words = f"day {day + 1} of {days}, {clock}, {contacts:,} contacts, {now - began:.0f} s, {done:.0%}"
        sys.stderr.write(f"\r{words:<78}")
        sys.stderr.flush()

    return show
