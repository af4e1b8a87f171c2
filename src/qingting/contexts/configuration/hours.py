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
