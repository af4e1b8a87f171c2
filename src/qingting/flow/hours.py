"""Opening hours as data, judged at a local instant that is handed in. Pure: no clock, no zone data.

A statutory holiday is closed, whatever the week says; a make-up working day (调休上班) is open as its weekday
is, or as the first weekday that has hours when its own has none. `closed_dates` and `open_dates` win over both.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import NamedTuple

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Spans = tuple[tuple[int, int], ...]
"""Minutes after midnight: from, to. `to` not after `from` means past midnight, into the next day."""


class OpeningHours(NamedTuple):
    timezone: str
    weekly: Mapping[str, Spans]
    calendar: str = ""
    """`cn`: Chinese statutory holidays and make-up days; empty: none."""
    closed_dates: frozenset[str] = frozenset()
    """ISO dates."""
    open_dates: frozenset[str] = frozenset()


class Day(NamedTuple):
    """What the calendar says of a date."""

    holiday: bool = False
    working: bool = False
    """A make-up working day."""


def minutes(text: str) -> int:
    """`09:30` → 570; up to `24:00`. Raises ValueError."""
    hour, _, minute = text.partition(":")
    if not (hour.isascii() and hour.isdigit() and minute.isascii() and minute.isdigit() and len(minute) == 2):
        raise ValueError(f"{text!r} is no time of day")
    value = int(hour) * 60 + int(minute)
    if int(minute) > 59 or value > 24 * 60:
        raise ValueError(f"{text!r} is no time of day")
    return value


def spans_of(hours: OpeningHours, day: date, says: Day) -> Spans:
    """The hours of one date."""
    week = [hours.weekly.get(name, ()) for name in WEEKDAYS]
    own = week[day.weekday()]
    usual = own or next((spans for spans in week if spans), ())
    if day.isoformat() in hours.closed_dates:
        return ()
    if day.isoformat() in hours.open_dates or says.working:
        return usual
    return () if says.holiday else own


def is_open(hours: OpeningHours, day: date, minute: int, today: Day, yesterday: Day) -> bool:
    """At `minute` of the local `day`; `today` and `yesterday` are what the calendar says of the two dates."""
    if any(start <= minute and (minute < end or end <= start) for start, end in spans_of(hours, day, today)):
        return True
    late = spans_of(hours, day - timedelta(days=1), yesterday)
    return any(end <= start and minute < end for start, end in late)
