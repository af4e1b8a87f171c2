"""From counts to the figures of metrics.md, each under its name, and how far they would differ on other days."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Any

from . import hours, measures
from .hours import Hours
from .measures import Row
from .scenario import Scenario

Formula = Callable[[Row], float | None]


def service_level(row: Row) -> float | None:
    """The default: of the decided visits, short abandons and flow-outs apart."""
    return ratio(row.answered_in, row.answered + row.abandoned + row.overdue)


def of_all_offered(row: Row) -> float | None:
    return ratio(row.answered_in, row.offered)


DEFINITIONS: dict[str, tuple[str, Formula]] = {
    "service_level": ("answered within T / (answered + abandoned); short abandons, flow-outs apart", service_level),
    "of_all_offered": ("answered within T / offered (Cisco: abandons counted against)", of_all_offered),
    "genesys_like": (
        "answered within T / (answered + all who abandoned, short or not)",
        lambda r: ratio(r.answered_in, r.answered + r.abandoned + r.short),
    ),
    "amazon_like": (
        "left the queue within T, in whatever way / offered",
        lambda r: ratio(r.answered_in + r.abandoned_in + r.flow_out_in, r.offered),
    ),
    "asterisk": ("answered within T / answered", lambda r: ratio(r.answered_in, r.answered)),
    "asterisk_2": (
        "(answered + abandoned, both within T) / (answered + abandoned)",
        lambda r: ratio(r.answered_in + r.abandoned_in, r.answered + r.abandoned + r.short),
    ),
    "cisco_ignored": (
        "answered within T / (offered - abandoned within T)",
        lambda r: ratio(r.answered_in, r.offered - r.abandoned_in),
    ),
    "cisco_for": (
        "(answered + abandoned, both within T) / offered",
        lambda r: ratio(r.answered_in + r.abandoned_in, r.offered),
    ),
}
"""Service level by the name of its definition: words, formula."""


def ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def percentile(row: Row, share: float) -> float | None:
    """The wait that so large a share of the answered did not exceed."""
    waits = sorted(row.waits)
    return waits[min(len(waits) - 1, max(0, math.ceil(len(waits) * share) - 1))] if waits else None


def occupancy(of: Hours) -> float | None:
    return ratio(of.busy, of.busy + of.idle)


def utilisation(of: Hours) -> float | None:
    return ratio(of.busy, of.signed_in)


def figures(row: Row) -> dict[str, Any]:
    """Everything about visits, for JSON. None where there is nothing to divide by."""
    return {
        "offered": row.offered,
        "queued": row.queued,
        "answered": row.answered,
        "answered_in_target": row.answered_in,
        "abandoned": row.abandoned,
        "short_abandoned": row.short,
        "flow_out": row.flow_out,
        "failed": row.failed,
        "overflowed": row.overflowed,
        "callbacks": row.callbacks,
        "called_back": row.called_back,
        "across_sites": row.across,
        "escalated": row.escalated,
        "escalation": rounded(ratio(row.escalated, row.answered), 4),
        "handled": row.handled,
        "service_level": rounded(service_level(row), 4),
        "service_level_by_definition": {name: rounded(formula(row), 4) for name, (_, formula) in DEFINITIONS.items()},
        "answer_rate": rounded(ratio(row.answered, row.offered), 4),
        "abandonment": rounded(ratio(row.abandoned, row.offered), 4),
        "queued_share": rounded(ratio(row.queued, row.offered), 4),
        "asa_s": rounded(ratio(row.wait, row.answered), 2),
        "wait_p50_s": rounded(percentile(row, 0.5), 1),
        "wait_p90_s": rounded(percentile(row, 0.9), 1),
        "wait_max_s": rounded(max(row.waits, default=None), 1),
        "aht_s": rounded(ratio(row.talk + row.hold + row.wrap_up, row.handled), 1),
        "att_s": rounded(ratio(row.talk, row.handled), 1),
        "acw_s": rounded(ratio(row.wrap_up, row.handled), 1),
        "ring_no_answer": rounded(ratio(row.missed, row.offers), 4),
    }


def hours_figures(of: Hours) -> dict[str, Any]:
    return {
        "signed_in_h": rounded(of.signed_in / 3600, 2),
        "busy_h": rounded(of.busy / 3600, 2),
        "idle_h": rounded(of.idle / 3600, 2),
        "ringing_h": rounded(of.ringing / 3600, 2),
        "not_ready_h": {reason: rounded(seconds / 3600, 2) for reason, seconds in sorted(of.away.items())},
        "occupancy": rounded(occupancy(of), 4),
        "utilisation": rounded(utilisation(of), 4),
    }


def rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


# --- how sure ----------------------------------------------------------------------------------------------

T_95 = (12.71, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131)
"""Student's t, two-sided 95 %, by degrees of freedom from 1; beyond, 1.96 + 2.5 / degrees is within 0.01."""


def interval(values: list[float]) -> tuple[float, float] | None:
    """Mean of independent days and half the width of its 95 % confidence interval; None from a single day."""
    if len(values) < 2:
        return None
    degrees = len(values) - 1
    t = T_95[degrees - 1] if degrees <= len(T_95) else 1.96 + 2.5 / degrees
    return fmean(values), t * stdev(values) / math.sqrt(len(values))


# --- all of it ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Results:
    scenario: Scenario
    seed: int
    days: int
    contacts: int
    seconds: float
    """How long the run took."""
    rows: dict[tuple[str, int], Row]
    by_day: list[dict[str, Row]]
    hours: dict[int, Hours]
    groups: dict[str, Hours]
    refused: dict[str, int]

    def queue(self, name: str) -> Row:
        return measures.together(row for (queue, _), row in self.rows.items() if queue == name)

    def at(self, interval: int, queue: str = "") -> Row:
        """One queue's interval, or that of all queues."""
        return measures.together(row for (name, i), row in self.rows.items() if i == interval and queue in ("", name))

    def total(self) -> Row:
        return measures.together(self.rows.values())

    def intervals(self) -> list[int]:
        return sorted({i for _, i in self.rows} | set(self.hours))

    def all_hours(self) -> Hours:
        return hours.together(self.hours.values())

    def over_days(self, formula: Formula, queue: str = "") -> list[float]:
        """A figure of each day in which it can be told."""
        days = (measures.together(row for name, row in day.items() if queue in ("", name)) for day in self.by_day)
        return [value for value in map(formula, days) if value is not None]

    def clock(self, interval: int) -> str:
        minutes = int(interval * self.scenario.interval_s / 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"

    def json(self) -> dict[str, Any]:
        return {
            "scenario": self.scenario.name,
            "seed": self.seed,
            "days": self.days,
            "agents": self.scenario.agents,
            "contacts": self.contacts,
            "interval_s": self.scenario.interval_s,
            "definitions": {name: words for name, (words, _) in DEFINITIONS.items()},
            "total": figures(self.total()),
            "agents_time": hours_figures(self.all_hours()),
            "over_days": self._spread(),
            "queues": {
                queue.name: {
                    "service_level_s": queue.service_level_s,
                    "service_level_target": queue.service_level_target,
                    **figures(self.queue(queue.name)),
                    "intervals": [
                        {"at": self.clock(i), **figures(self.rows[queue.name, i])}
                        for i in self.intervals()
                        if (queue.name, i) in self.rows
                    ],
                }
                for queue in self.scenario.queues
            },
            "groups": {name: hours_figures(of) for name, of in self.groups.items()},
            "intervals": [
                {"at": self.clock(i), **figures(self.at(i)), **hours_figures(self.hours.get(i, Hours()))}
                for i in self.intervals()
            ],
            "refused": self.refused,
        }

    def _spread(self) -> dict[str, Any]:
        result = {}
        for name, formula in SPREAD.items():
            values = self.over_days(formula)
            sure = interval(values)
            result[name] = {
                "least": rounded(min(values, default=None), 4),
                "most": rounded(max(values, default=None), 4),
                "mean": rounded(sure[0], 4) if sure else None,
                "ci95": rounded(sure[1], 4) if sure else None,
            }
        return result


SPREAD: dict[str, Formula] = {
    "service_level": service_level,
    "of_all_offered": of_all_offered,
    "queued_share": lambda row: ratio(row.queued, row.offered),
    "asa_s": lambda row: ratio(row.wait, row.answered),
    "abandonment": lambda row: ratio(row.abandoned, row.offered),
}
