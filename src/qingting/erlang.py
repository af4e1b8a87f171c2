"""Erlang's formulas for one queue with agents who are all alike: how long callers wait, how many give up.

Calls come at random at an even rate, conversations last exponentially long. With `a = calls · handle` the load
(in erlangs) and n agents:

- Erlang B, all agents busy and nobody may wait: B(0) = 1, B(k) = a·B(k−1) / (k + a·B(k−1)).
- Erlang C, everyone waits as long as it takes (a < n): C = n·B / (n − a·(1 − B)), the mean wait C·h/(n − a),
  and P(wait > t) = C·exp(−(n − a)·t/h).
  Source of both: A. K. Erlang (1917), "Solution of some problems in the theory of probabilities of significance in
  automatic telephone exchanges"; the recursion in R. B. Cooper, "Introduction to Queueing Theory", 1981, ch. 3.
- Erlang A, everyone gives up after an exponentially long time with mean p (C. Palm, 1946; M/M/n+M). The wait that a
  caller of endless patience would have has a jump at 0 and the density
  λ·π·exp(λ·H(x) − n·x/h), where H(x) = p·(1 − exp(−x/p)) and π is the probability of n − 1 busy.
  Source: F. Baccelli, G. Hebuterne, "On queues with impatient customers", 1981; S. Zeltyn, A. Mandelbaum, "Call
  centers with impatient customers: many-server asymptotics of the M/M/n+G queue", 2005, section 2.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

STEPS = 4000
"""Of each numerical integral (Simpson's rule): errors below 1e-9 for centres of any size tried."""


class Waiting(NamedTuple):
    """What one queue comes to, in shares of all callers and seconds."""

    waits: float
    """Share who find nobody free."""
    asa_s: float
    """Mean wait of the answered, those answered at once included."""
    within: float
    """Share of all callers who are answered within the asked time."""
    abandoned: float
    occupancy: float


def erlang_b(agents: int, erlangs: float) -> float:
    """Share of callers turned away where nobody may wait. Raises `ValueError` on a negative size."""
    if agents < 0 or erlangs < 0:
        raise ValueError("neither agents nor load can be negative")
    blocked = 1.0
    for k in range(1, agents + 1):
        blocked = erlangs * blocked / (k + erlangs * blocked)
    return blocked


def erlang_c(per_hour: float, handle_s: float, agents: int, within_s: float = 20.0) -> Waiting:
    """Everyone waits. Raises `ValueError` where the queue would grow for ever (load of `agents` erlangs or more)."""
    a = _load(per_hour, handle_s, agents)
    if a >= agents:
        raise ValueError(f"{a:g} erlangs are too much for {agents} agents who let nobody give up")
    blocked = erlang_b(agents, a)
    waits = agents * blocked / (agents - a * (1 - blocked))
    spare = (agents - a) / handle_s
    return Waiting(waits, waits / spare, 1 - waits * math.exp(-spare * within_s), 0.0, a / agents)


def erlang_a(per_hour: float, handle_s: float, patience_s: float, agents: int, within_s: float = 20.0) -> Waiting:
    """Callers give up after `patience_s` on average. Raises `ValueError` on sizes that make no sense."""
    a = _load(per_hour, handle_s, agents)
    if patience_s <= 0 or not a:
        raise ValueError("patience and load are more than nothing")
    calls, frees = per_hour / 3600, agents / handle_s

    def exponent(x: float) -> float:
        return -calls * patience_s * math.expm1(-x / patience_s) - frees * x

    # The exponent rises while more come and stay than are served, then falls for ever.
    peak = exponent(patience_s * math.log(calls / frees)) if calls > frees else 0.0
    end = max(within_s, handle_s)
    while exponent(end) > peak - 50:
        end *= 1.5

    def integral(of: Callable[[float], float], first: float, last: float) -> float:
        return _simpson(lambda x: math.exp(exponent(x) - peak) * of(x), first, last)

    def over_all(of: Callable[[float], float]) -> float:
        return integral(of, 0.0, within_s) + integral(of, within_s, end)

    def stays(x: float) -> float:
        return math.exp(-x / patience_s)

    # π·exp(peak), from: fewer than n busy (π / B(n−1)) and all busy (λ·π·∫) make one.
    waiting = over_all(lambda x: 1.0)
    scaled = calls / (math.exp(-peak) / erlang_b(agents - 1, a) + calls * waiting)
    waits = scaled * waiting
    abandoned = scaled * over_all(lambda x: 1 - stays(x))
    within = 1 - waits + scaled * integral(stays, 0.0, within_s)
    asa_s = scaled * over_all(lambda x: x * stays(x)) / (1 - abandoned)
    return Waiting(waits, asa_s, within, abandoned, a * (1 - abandoned) / agents)


def _load(per_hour: float, handle_s: float, agents: int) -> float:
    if per_hour < 0 or handle_s <= 0 or agents < 1:
        raise ValueError("a queue needs calls, a handle time and an agent")
    return per_hour * handle_s / 3600


def _simpson(of: Callable[[float], float], first: float, last: float) -> float:
    step = (last - first) / STEPS
    inner = sum((4 if k % 2 else 2) * of(first + k * step) for k in range(1, STEPS))
    return (of(first) + inner + of(last)) * step / 3
