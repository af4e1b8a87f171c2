"""From statements on simulated days to the few numbers of `core/fitted.py`.

Each quantile is a linear quantile regression of ln(wait + 5) on the signals: the coefficients with the least pinball
loss, found by majorising and minimising (D. R. Hunter, K. Lange, "Quantile regression via an MM algorithm", 2000).
Quantiles do not mind a scale, so what holds for the logarithm holds for the wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import numpy as np
from numpy.typing import NDArray

from ...core.estimating import SHORT_S
from .drawn import drawn_centre
from .play import Play
from .waits import Statement, Waits

Numbers = NDArray[np.float64]

EACH = 300
"""Statements of a day that count, of those at entering and of those later on: no day outweighs the others."""
ROUNDS = 200
CLOSE = 1e-4
"""Residuals closer to nothing than this weigh as if they were this large."""


def day(seed: int) -> list[Statement]:
    """One day of the drawn centre of this seed."""
    play = Play(drawn_centre(seed))
    waits = Waits(play)
    play.run_day()
    random = Random(seed)
    kept: list[Statement] = []
    for first in (True, False):
        of = [s for s in waits.statements if s.first is first]
        kept += random.sample(of, min(EACH, len(of)))
    return kept


def fit(statements: Sequence[Statement], share: float) -> list[float]:
    """Coefficients of the signals for this quantile."""
    signals = np.array([s.signals for s in statements])
    waits = np.log(np.array([s.wait_s for s in statements]) + SHORT_S)
    return [float(value) for value in _quantile(signals, waits, share)]


def _quantile(x: Numbers, y: Numbers, share: float) -> Numbers:
    found = np.linalg.lstsq(x, y, rcond=None)[0]
    drift = (2 * share - 1) * x.sum(axis=0)
    for _ in range(ROUNDS):
        weights = 1 / (CLOSE + np.abs(y - x @ found))
        weighted = x * weights[:, None]
        better = np.linalg.solve(weighted.T @ x, weighted.T @ y + drift)
        moved = float(np.abs(better - found).max())
        found = better
        if moved < 1e-6:
            break
    return np.asarray(found, dtype=np.float64)
