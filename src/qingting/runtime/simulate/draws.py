"""All chance of a generated day, from one seed.

Each queue and each agent has its own stream on each day, named by what it is for: whoever changes the staff
of a scenario meets the same callers again, so that two runs differ by what was changed and nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from random import Random

from ...core.commands import Skills
from .scenario import Callers, Distribution, Scenario

Draw = Callable[[], float]


def stream(seed: int, *names: object) -> Random:
    return Random("/".join(map(str, (seed, *names))))


def drawn(of: Distribution | None, random: Random, otherwise: float) -> Draw:
    """Seconds, again and again; `otherwise` where there is no distribution.

    Lognormal by mean m and cv c: sigma² = ln(1 + c²), mu = ln m − sigma²/2. Gamma: shape 1/c², scale m·c².
    """
    if of is None:
        return lambda: otherwise
    mean, cv = of.mean_s, of.cv
    if of.kind == "exponential":
        rate = 1.0 / mean
        return lambda: random.expovariate(rate)
    if of.kind == "lognormal":
        sigma = math.sqrt(math.log1p(cv * cv))
        mu = math.log(mean) - sigma * sigma / 2
        return lambda: random.lognormvariate(mu, sigma)
    if of.kind == "gamma":
        shape, scale = 1 / (cv * cv), mean * cv * cv
        return lambda: random.gammavariate(shape, scale)
    return lambda: mean


def busyness(scenario: Scenario, seed: int, day: int) -> list[float]:
    """Each queue's factor of this day: that of its weekday times a lognormal one with mean 1.

    The lognormal factors of two queues are correlated by `scenario.shared`.
    """
    weekday = (date.fromisoformat(scenario.starts).weekday() + day) % 7
    random = stream(seed, day, "busyness")
    together = random.gauss(0, 1)
    factors = []
    for queue in scenario.queues:
        own = random.gauss(0, 1)
        sigma = math.sqrt(math.log1p(queue.callers.day_cv**2))
        z = math.sqrt(scenario.shared) * together + math.sqrt(1 - scenario.shared) * own
        factors.append(queue.callers.weekdays[weekday] * math.exp(sigma * z - sigma * sigma / 2))
    return factors


@dataclass(slots=True)
class Caller:
    """One who comes, with all that chance has in store for them."""

    at: float
    """Seconds after midnight."""
    of: Callers
    requires: Skills
    priority_s: float
    handle_s: float
    wrap_up_s: float
    patience_s: float
    again_s: float
    """They call again so long after giving up; infinite when they do not."""
    patient: bool = False
    """Waits as long as it takes."""
    asks_after_s: float = math.inf
    """When they have waited so long they ask to be called back."""
    goes_to: str = ""
    """Queue to which the agent hands them on."""
    site: str = ""
    """Where they come in."""


def arrivals(
    random: Random, per_hour: tuple[float, ...], opens_s: float, closes_s: float, factor: float
) -> Iterator[float]:
    """Instants of a Poisson stream whose rate changes by parts of the day: unit exponentials, stretched."""
    part_s = (closes_s - opens_s) / len(per_hour)
    part, at, rate = 0, opens_s, per_hour[0] * factor / 3600
    ends = opens_s + part_s
    need = random.expovariate(1.0)
    while True:
        room = (ends - at) * rate
        if need <= room and rate > 0:
            at += need / rate
            yield at
            need = random.expovariate(1.0)
            continue
        need -= room
        part += 1
        if part == len(per_hour):
            return
        at, rate = ends, per_hour[part] * factor / 3600
        ends = opens_s + (part + 1) * part_s


def callers(scenario: Scenario, of: Callers, seed: int, day: int, factor: float) -> Iterator[Caller]:
    """Of one queue on one day (0 is the first), in order; `factor` is how busy it is."""
    when = stream(seed, day, of.queue, "arrivals")
    random = stream(seed, day, of.queue, "callers")
    handle = drawn(of.handle, random, 0.0)
    wrap_up = drawn(of.wrap_up, random, 0.0)
    patience = drawn(of.patience, random, math.inf)
    again = drawn(Distribution("exponential", of.redial_after_s), random, math.inf)
    later, where = stream(seed, day, of.queue, "later"), stream(seed, day, of.queue, "sites")
    for at in arrivals(when, of.per_hour, scenario.opens_s, scenario.closes_s, factor):
        # Each caller draws the same number of times, whatever comes of it.
        which, stays, calls_again = random.random(), random.random() < of.patient, random.random() < of.redial
        requires: Skills = ()
        priority_s = 0.0
        for wish in of.wishes:
            which -= wish.share
            if which < 0:
                requires, priority_s = wish.requires, wish.priority_s
                break
        caller = Caller(at, of, requires, priority_s, handle(), wrap_up(), patience(), again(), stays)
        if of.callback is not None and later.random() < of.callback.share:
            caller.asks_after_s = of.callback.after_s
        if of.hand_on is not None and later.random() < of.hand_on.share:
            caller.goes_to = of.hand_on.to
        if of.sites:
            caller.site = _one_of(of.sites, where.random())
        if stays:
            caller.patience_s = math.inf
        if not calls_again:
            caller.again_s = math.inf
        yield caller


def _one_of(shares: Sequence[tuple[str, float]], which: float) -> str:
    for name, share in shares:
        which -= share
        if which < 0:
            return name
    return ""


def handed_on(to: Callers, random: Random) -> Caller:
    """Who comes to a queue by transfer is as its own callers are."""
    handle, wrap_up = drawn(to.handle, random, 0.0), drawn(to.wrap_up, random, 0.0)
    return Caller(0.0, to, (), 0.0, handle(), wrap_up(), drawn(to.patience, random, math.inf)(), math.inf)


def once_more(caller: Caller, random: Random) -> Caller:
    """The same matter, another patience."""
    of = caller.of
    patience_s = drawn(of.patience, random, math.inf)()
    again_s = random.expovariate(1 / of.redial_after_s)
    return replace(caller, patience_s=patience_s, again_s=again_s if random.random() < of.redial else math.inf)
