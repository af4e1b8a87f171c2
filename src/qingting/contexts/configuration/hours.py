"""Is it open now: weekly hours, public holidays with their make-up days, dates set by hand."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Literal
from zoneinfo import ZoneInfo

import chinese_calendar

from .schemas import Day, Hours

State = Literal["open", "closed", "holiday"]
_DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def state(hours: Hours, at: float) -> State:
    """`holiday`: closed all day by the calendar or by a closed date, whatever the weekday."""
    local = dt.datetime.fromtimestamp(at, ZoneInfo(hours.timezone))
    day = local.date()
    text = day.isoformat()
    spans = hours.weekly.get(_DAYS[day.weekday()], [])
    if text in hours.closed_dates:
        return "holiday"
    if text in hours.open_dates or (hours.calendar == "cn" and _cn(day) == "work"):
        spans = spans or hours.weekly.get("mon", [])
    elif hours.calendar == "cn" and _cn(day) == "holiday":
        return "holiday"
    clock = f"{local:%H:%M}"
    return "open" if any(start <= clock < end for start, end in spans) else "closed"


def next_turn(hours: Hours, at: float) -> float:
    """The next instant, after `at`, at which it may open or close: an edge of any span, or midnight."""
    zone = ZoneInfo(hours.timezone)
    today = dt.datetime.fromtimestamp(at, zone).date()
    edges = {edge for spans in hours.weekly.values() for span in spans for edge in span if edge != "24:00"}
    # An hour that the clock shows twice has its edges twice.
    instants = [
        dt.datetime.combine(today, dt.time.fromisoformat(edge), zone).replace(fold=fold).timestamp()
        for edge in edges
        for fold in (0, 1)
    ]
    midnight = dt.datetime.combine(today + dt.timedelta(days=1), dt.time(), zone).timestamp()
    return min([instant for instant in instants if instant > at], default=midnight)


@cache
def _cn(day: dt.date) -> Literal["", "work", "holiday"]:
    """What the State Council's calendar makes of a day: a working weekend, a public holiday, or nothing special."""
    try:
        holiday, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:  # a year that was not announced yet: an ordinary day
        return ""
    if holiday and name:
        return "holiday"
    return "work" if not holiday and day.weekday() >= 5 else ""
