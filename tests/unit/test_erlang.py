"""The formulas against tables, against each other, and against their limits."""

from __future__ import annotations

import math

import pytest

from qingting.erlang import erlang_a, erlang_b, erlang_c


def test_c_of_a_small_line() -> None:
    waiting = erlang_c(200, 180, 14, within_s=20)
    assert round(waiting.waits, 4) == 0.1741
    assert round(waiting.asa_s, 2) == 7.84
    assert round(waiting.within * 100, 2) == 88.84
    assert waiting.occupancy == pytest.approx(10 / 14)
    assert waiting.abandoned == 0


def test_a_of_a_large_line() -> None:
    waiting = erlang_a(3600, 300, 180, 300, within_s=20)
    assert round(waiting.abandoned * 100, 3) == 2.595
    assert round(waiting.within * 100, 2) == 91.73


def test_b_of_printed_tables() -> None:
    assert erlang_b(0, 5) == 1
    assert erlang_b(1, 1) == 0.5
    assert round(erlang_b(10, 4.461), 3) == 0.010  # 1 % of 10 lines carry 4.461 erlangs
    assert round(erlang_b(100, 84.064), 3) == 0.010


def test_one_agent_is_the_textbook_queue() -> None:
    """M/M/1: P(wait) = ρ, mean wait ρ·h/(1 − ρ)."""
    waiting = erlang_c(15, 120, 1, within_s=60)
    assert waiting.waits == pytest.approx(0.5)
    assert waiting.asa_s == pytest.approx(120)
    assert waiting.within == pytest.approx(1 - 0.5 * math.exp(-0.25))


def test_endless_patience_is_c() -> None:
    c, a = erlang_c(200, 180, 14), erlang_a(200, 180, 1e9, 14)
    assert a.waits == pytest.approx(c.waits, rel=1e-6)
    assert a.asa_s == pytest.approx(c.asa_s, rel=1e-6)
    assert a.within == pytest.approx(c.within, rel=1e-6)


@pytest.mark.parametrize("agents", [1, 40, 70, 100, 130, 400])
def test_who_gives_up_waited_as_long_as_patience_says(agents: int) -> None:
    """Exponential patience p: abandoned share = mean wait of all / p; and what is served keeps agents busy."""
    waiting = erlang_a(2000, 180, 120, agents)
    assert 0 <= waiting.abandoned < 1
    assert waiting.abandoned >= 1 - agents / 100 - 1e-9
    assert 0 <= waiting.within <= 1
    assert 0 < waiting.occupancy <= 1


def test_sizes_that_make_no_sense() -> None:
    with pytest.raises(ValueError, match="too much"):
        erlang_c(200, 180, 10)
    for bad in ((-1, 180, 5), (10, 0, 5), (10, 180, 0)):
        with pytest.raises(ValueError, match="needs"):
            erlang_c(*bad)
    with pytest.raises(ValueError, match="patience"):
        erlang_a(10, 180, 0, 5)
    with pytest.raises(ValueError, match="negative"):
        erlang_b(-1, 1)
