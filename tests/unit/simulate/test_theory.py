"""Single queues agree with Erlang's formulas, as far as chance lets them.

Each day is a replication of its own. What chance brought of calls and of talk is known beside what is expected of
them, so its share in a day's figure is taken out (control variates, by least squares); the mean over days and
Student's t then give an interval at 99 %. The formula must lie inside, and the interval must be narrow enough to
mean something.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np

from qingting.erlang import erlang_a, erlang_c
from qingting.runtime.simulate import measures
from qingting.runtime.simulate.command import load
from qingting.runtime.simulate.measures import Row
from qingting.runtime.simulate.results import Results
from qingting.runtime.simulate.run import run

SCENARIOS = Path(__file__).parents[3] / "scenarios"
T_99 = {9: 3.250, 17: 2.898}
"""Student's t, two-sided 99 %, by degrees of freedom: days less three."""


def agrees(results: Results, formula: Callable[[Row], float], theory: float, width: float) -> None:
    """`width`: the widest half interval that still says something, relative to the theory."""
    scenario = results.scenario
    callers = scenario.queues[0].callers
    expected = callers.per_hour[0] * (scenario.closes_s - scenario.opens_s - scenario.warm_up_s) / 3600
    days = [measures.together(day.values()) for day in results.by_day]
    controls = [[1, row.offered / expected - 1, row.talk / row.handled / callers.handle.mean_s - 1] for row in days]
    design, seen = np.array(controls), np.array([formula(row) for row in days])
    fitted, *_ = np.linalg.lstsq(design, seen, rcond=None)
    freedom = len(days) - design.shape[1]
    variance = np.sum((seen - design @ fitted) ** 2) / freedom * np.linalg.inv(design.T @ design)[0, 0]
    mean, half = fitted[0], T_99[freedom] * math.sqrt(variance)
    assert half <= width * theory, f"± {half:.4g} around {mean:.4g} says nothing of {theory:.4g}"
    assert abs(mean - theory) <= half, f"{mean:.4g} ± {half:.2g} does not hold {theory:.4g}"


def test_erlang_c() -> None:
    results = run(load(SCENARIOS / "erlang-c.yaml"))
    theory = erlang_c(200, 180, 14, within_s=20)
    total = results.total()
    assert total.answered == total.offered > 55_000
    agrees(results, lambda row: row.queued / row.offered, theory.waits, 0.12)
    agrees(results, lambda row: row.wait / row.answered, theory.asa_s, 0.3)
    agrees(results, lambda row: row.answered_in / row.offered, theory.within, 0.025)


def test_erlang_a() -> None:
    results = run(load(SCENARIOS / "erlang-a.yaml"))
    theory = erlang_a(3600, 300, 180, 300, within_s=20)
    assert results.total().offered > 90_000
    agrees(results, lambda row: row.abandoned / row.offered, theory.abandoned, 0.15)
    agrees(results, lambda row: row.answered_in / row.offered, theory.within, 0.025)
    agrees(results, lambda row: row.wait / row.answered, theory.asa_s, 0.15)
    agrees(results, lambda row: row.queued / row.offered, theory.waits, 0.12)
