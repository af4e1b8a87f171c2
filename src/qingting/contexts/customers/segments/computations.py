"""Tags computed from what customers had to do with the centre: what each goes by, when it says yes, and how sure.

All are judged from the same few facts of a stretch of time (`facts.py`). How sure is stated here and nowhere else:

- of what is simply counted 1;
- of a habit, k of n times, (k + 1) / (n + 2), which is Laplace's rule of succession: how likely the next time is the
  same, when nothing was known before;
- of dissatisfaction, 1 − 0.5ᵇ after b bad contacts: each alone leaves it open as by the toss of a coin.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple


class Facts(NamedTuple):
    """Of one customer's contacts to the centre in the last days."""

    contacts: int = 0
    self_served: int = 0
    answered: int = 0
    abandoned: int = 0
    bad: int = 0
    """Abandoned, handed on too often, or waited too long: by the settings."""
    complaints: int = 0
    """By disposition."""
    last_at: float = 0.0
    last_bad_at: float = 0.0


class Setting(NamedTuple):
    default: float
    least: float
    most: float


Numbers = Mapping[str, float]
DAYS = Setting(90, 1, 365)
"""All computations look back so many."""


class Computation(NamedTuple):
    layer: str
    """Where its tag stands unless somebody moves it."""
    settings: dict[str, Setting]
    sure: Callable[[Facts, Numbers, float], float | None]
    """Of facts, settings and the instant; None: not so."""
    by_disposition: bool = False
    """Goes by dispositions: those named in its settings, else those that mean a complaint."""


def habit(k: int, n: int) -> float:
    return (k + 1) / (n + 2)


def _repeat(it: Facts, by: Numbers, now: float) -> float | None:
    return 1.0 if it.contacts >= by["least"] else None


def _of_all(times: Callable[[Facts], int]) -> Callable[[Facts, Numbers, float], float | None]:
    def sure(it: Facts, by: Numbers, now: float) -> float | None:
        often = it.contacts >= by["least"] and times(it) >= by["share"] * it.contacts
        return habit(times(it), it.contacts) if often else None

    return sure


def _silent(it: Facts, by: Numbers, now: float) -> float | None:
    gone = it.last_at <= it.last_bad_at <= now - by["silent_days"] * 86_400
    return 1 - 0.5**it.bad if it.bad >= by["least"] and gone and not it.complaints else None


def _complained(it: Facts, by: Numbers, now: float) -> float | None:
    return 1.0 if it.complaints >= by["least"] else None


SHARE = Setting(0.7, 0.5, 1)
COMPUTATIONS: dict[str, Computation] = {
    "repeat_caller": Computation(
        "preference", {"days": DAYS._replace(default=7), "least": Setting(3, 2, 100)}, _repeat
    ),
    "prefers_self_service": Computation(
        "preference", {"days": DAYS, "least": Setting(3, 1, 100), "share": SHARE}, _of_all(lambda it: it.self_served)
    ),
    "prefers_people": Computation(
        "preference", {"days": DAYS, "least": Setting(3, 1, 100), "share": SHARE}, _of_all(lambda it: it.answered)
    ),
    "abandons_often": Computation(
        "preference",
        {"days": DAYS, "least": Setting(3, 1, 100), "share": SHARE._replace(default=0.5, least=0.1)},
        _of_all(lambda it: it.abandoned),
    ),
    "silent_dissatisfied": Computation(
        "value",
        {
            "days": DAYS,
            "least": Setting(2, 1, 20),
            "silent_days": Setting(14, 0, 365),
            "waited_s": Setting(300, 10, 86_400),
            "transfers": Setting(2, 1, 20),
        },
        _silent,
        by_disposition=True,
    ),
    "complained": Computation(
        "value", {"days": DAYS._replace(default=365), "least": Setting(1, 1, 100)}, _complained, by_disposition=True
    ),
}  # fmt: skip
