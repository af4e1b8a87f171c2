"""What is said about waits is as often true as it says, on days that nobody fitted anything to.

Twenty centres of which no two are alike: 2 to 8 queues, 3 to 12 skills, 10 to 80 agents, patience of one and a half
to twenty minutes. `core/fitted.py` was made of others (seeds up to 240). So few days leave room for chance, which is
allowed for by the standard error; `python -m bench.waits --promise` takes so many that there is hardly any.
"""

from __future__ import annotations

import pytest

from qingting.core import fitted
from qingting.runtime.simulate.fitting import day
from qingting.runtime.simulate.waits import Statement, by_queue_length, held, losses

DAYS = range(1001, 1021)
Days = list[list[Statement]]


@pytest.fixture(scope="module")
def days() -> Days:
    assert "seeds 1 to 240" in (fitted.__doc__ or ""), "fitted on other days than these"
    return [day(seed) for seed in DAYS]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("first", [True, False], ids=["at entering", "each minute later"])
def test_what_is_said_holds_in_every_part_of_queue_length(days: Days, first: bool) -> None:
    said = [[s for s in of if s.first is first] for of in days]
    parts = by_queue_length(said, 5)
    assert len(parts) >= 4, "short queues are equally long: their parts fall together"
    for part in parts:
        assert abs(part.p50 - 0.5) <= 0.05 + 2 * part.p50_error, parts
        assert abs(part.p90 - 0.9) <= 0.03 + 2 * part.p90_error, parts
    whole = held(said)
    assert whole.statements > 2000
    assert abs(whole.p50 - 0.5) <= 0.05, whole
    assert abs(whole.p90 - 0.9) <= 0.03, whole


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_better_than_the_best_constant_that_hindsight_finds(days: Days, share: float) -> None:
    found = losses([[s for s in of if s.first] for of in days], share)
    assert found.said < 0.75 * found.constant
