"""Days and intervals of a tenant's time zone, in instants."""

from __future__ import annotations

import datetime as dt
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from qingting.errors import Invalid

DAYS_MOST = 400
QUARTERS_MOST = 31
"""Days that may be asked for by less than a day."""

Interval = Literal["quarter", "half", "hour", "day", "week", "month"]
_MINUTES = {"quarter": 15, "half": 30, "hour": 60}


class Period(NamedTuple):
    """From `since` to before `until`, UTC epoch seconds."""

    since: int
    until: int
    zone: ZoneInfo

    def of(self, at: float, interval: Interval) -> str:
        """What an interval is called: its first day, with less than a day its local minute."""
        local = dt.datetime.fromtimestamp(at, self.zone)
        if (minutes := _MINUTES.get(interval)) is not None:
            return local.replace(minute=local.minute // minutes * minutes).strftime("%Y-%m-%dT%H:%M")
        return self.of_day(local.date(), interval)

    def of_day(self, day: dt.date, interval: Interval) -> str:
        """Where a day is all that is known, less than a day is called by it."""
        if interval == "week":
            day -= dt.timedelta(days=day.weekday())
        return (day.replace(day=1) if interval == "month" else day).isoformat()

    @property
    def days(self) -> tuple[str, str]:
        """The first and the last, as they are written."""
        return day_of(self.since, self.zone), day_of(self.until - 1, self.zone)


def day_of(at: float, zone: ZoneInfo) -> str:
    return dt.datetime.fromtimestamp(at, zone).date().isoformat()


def midnight(day: dt.date, zone: ZoneInfo) -> int:
    return int(dt.datetime.combine(day, dt.time(), zone).timestamp())


def period(first: dt.date, last: dt.date, zone: str, interval: Interval = "day") -> Period:
    """Both days in it. Raises `Invalid("request.invalid")`."""
    most = QUARTERS_MOST if interval in _MINUTES else DAYS_MOST
    days = (last - first).days + 1
    if not 1 <= days <= most or not 2000 <= first.year <= 2200:
        raise Invalid("request.invalid", fields={"to": "period.bad"}, most=most)
    here = ZoneInfo(zone)
    return Period(midnight(first, here), midnight(last + dt.timedelta(days=1), here), here)
