"""What is said about waits is as often true as it says, on days that nobody fitted anything to.

Eighty centres of which no two are alike: 2 to 8 queues, 3 to 12 skills, 10 to 80 agents, patience of one and a half
to twenty minutes. `core/fitted.py` was made of others (seeds up to 240).
"""

from __future__ import annotations

from statistics import quantiles

import pytest

from qingting.core import fitted
from qingting.runtime.simulate.fitting import day
from qingting.runtime.simulate.waits import Statement, by_queue_length, held, pinball

DAYS = range(1001, 1081)


@pytest.fixture(scope="module")
def days() -> list[list[Statement]]:
    assert "seeds 1 to 240" in (fitted.__doc__ or ""), "fitted on other days than these"
    return [day(seed) for seed in DAYS]


def off(statements: list[Statement]) -> tuple[float, float, str]:
    """How far the worst decile of queue length is off, of P50 and of P90; and all of them in words."""
    parts = by_queue_length(statements)
    assert len(parts) >= 7, "short queues are equally long: their deciles fall together"
    told = "\n".join(f"up to {p.longest}: {p.statements} P50 {p.p50:.3f} P90 {p.p90:.3f}" for p in parts)
    return max(abs(p.p50 - 0.5) for p in parts), max(abs(p.p90 - 0.9) for p in parts), told


@pytest.mark.timeout(900)
def test_what_is_said_at_entering_holds_in_every_decile_of_queue_length(days: list[list[Statement]]) -> None:
    statements = [s for of in days for s in of if s.first]
    assert len(statements) > 8000
    p50, p90, told = off(statements)
    assert p50 <= 0.05, told
    assert p90 <= 0.03, told


def test_what_is_said_each_minute_later_holds(days: list[list[Statement]]) -> None:
    """What one caller hears hangs together, so that deciles are less sure; the whole is not."""
    statements = [s for of in days for s in of if not s.first]
    p50, p90, told = off(statements)
    assert p50 <= 0.10, told
    assert p90 <= 0.05, told
    whole = held(statements)
    assert abs(whole.p50 - 0.5) <= 0.03
    assert abs(whole.p90 - 0.9) <= 0.02


def test_better_than_the_best_constant_that_hindsight_finds(days: list[list[Statement]]) -> None:
    """Blind to the queue, the best one could say in a queue on a day is that day's own quantile of its waits."""
    loss = {True: {0.5: 0.0, 0.9: 0.0}, False: {0.5: 0.0, 0.9: 0.0}}
    for of in days:
        for queue in {s.queue for s in of}:
            statements = [s for s in of if s.queue == queue and s.first]
            if len(statements) < 2:
                continue
            cuts = quantiles([s.wait_s for s in statements], n=10, method="inclusive")
            for share, constant in ((0.5, cuts[4]), (0.9, cuts[8])):
                for s in statements:
                    said = s.said.p50_s if share == 0.5 else s.said.p90_s
                    loss[True][share] += pinball(share, said, s.wait_s)
                    loss[False][share] += pinball(share, constant, s.wait_s)
    assert loss[True][0.5] < 0.7 * loss[False][0.5]
    assert loss[True][0.9] < 0.7 * loss[False][0.9]
