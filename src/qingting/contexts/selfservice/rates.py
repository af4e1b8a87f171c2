"""Figures that people read, of sums: definitions `containment@1` and `node@1` of docs/guides/metrics.md, pure."""

from __future__ import annotations

from typing import Any, NamedTuple

from .model import Figures, Totals

DEFINITIONS = {"containment": "containment@1", "containment_all": "containment_all@1", "node": "node@1"}


class Cost(NamedTuple):
    """What a contact with an agent costs the tenant; 0: nobody has said."""

    each: float
    currency: str


def of_flow(sums: Totals, cost: Cost) -> dict[str, Any]:
    """With None for what nothing can be said of."""
    return {
        **sums._asdict(),
        "containment": ratio(sums.contained, sums.contained + sums.handed),
        "containment_all": ratio(sums.contacts - sums.handed, sums.contacts),
        "satisfaction": ratio(sums.content, sums.rated),
        "seconds_mean": ratio(sums.seconds, sums.contacts),
        "before_person_mean": ratio(sums.seconds_before_person, sums.handed),
        "loop_rate": ratio(sums.looped, sums.contacts),
        "saved": round(sums.contained * cost.each, 2) if cost.each else None,
    }


def of_node(sums: Figures, callers: int) -> dict[str, Any]:
    """`callers`: of the flow, in the same time."""
    return {
        **sums._asdict(),
        "arrival_rate": ratio(sums.contacts, callers),
        "success_rate": ratio(sums.succeeded, sums.contacts),
        "hops_mean": ratio(sums.hops_before, sums.contacts),
        "before_mean": ratio(sums.seconds_before, sums.contacts),
        "seconds_mean": ratio(sums.seconds, sums.visits),
        "loop_rate": ratio(sums.looped, sums.contacts),
        "person_rate": ratio(sums.to_person, sums.contacts),
        "lost_rate": ratio(sums.hung_up, sums.contacts),
        "failure_rate": ratio(sums.failures, sums.visits),
        "satisfaction": ratio(sums.content, sums.rated),
    }


def weakness(sums: Figures, callers: int) -> float:
    """How many of the flow's callers it does badly by, as a share of them: lost here, gone in circles here, or met
    with something that did not work. A node where few come is no great matter, however bad."""
    if not callers:
        return 0.0
    return min(1.0, (sums.hung_up + sums.looped + min(sums.failures, sums.contacts)) / callers)


def ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None
