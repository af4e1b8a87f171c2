"""Opening hours at an instant: zone data and the Chinese calendar, which `flow.hours` must not read."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog

from ..errors import Invalid
from ..flow.hours import WEEKDAYS, Day, OpeningHours, is_open, minutes
from ..flow.moves import HoursChecked

log = structlog.get_logger(__name__)


def opening_hours(item: dict[str, Any]) -> OpeningHours:
    """From the configuration's form (docs/api.md, `hours`). Raises `Invalid("hours.bad", field=…)`."""
    timezone = str(item.get("timezone") or "Asia/Shanghai")
    try:
        ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as e:
        raise Invalid("hours.bad", f"no time zone {timezone!r}", field="timezone") from e
    weekly = {}
    for name, spans in dict(item.get("weekly") or {}).items():
        if name not in WEEKDAYS:
            raise Invalid("hours.bad", f"no weekday {name!r}", field=f"weekly.{name}")
        try:
            weekly[name] = tuple((minutes(start), minutes(end)) for start, end in spans)
        except (ValueError, TypeError) as e:
            raise Invalid("hours.bad", f"{name}: {e}", field=f"weekly.{name}") from e
    closed, opened = (frozenset(item.get(name) or ()) for name in ("closed_dates", "open_dates"))
    return OpeningHours(timezone, weekly, str(item.get("calendar") or ""), closed, opened)


def check(hours: OpeningHours, now: float) -> HoursChecked:
    """Open or closed at `now` (UTC epoch seconds), and whether a holiday is why."""
    local = datetime.fromtimestamp(now, ZoneInfo(hours.timezone))
    day, minute = local.date(), local.hour * 60 + local.minute
    today, yesterday = (_day(hours.calendar, d) for d in (day, day - timedelta(days=1)))
    holiday = today.holiday or day.isoformat() in hours.closed_dates
    return HoursChecked(is_open(hours, day, minute, today, yesterday), holiday)


@lru_cache(maxsize=64)
def _day(calendar: str, day: date) -> Day:
    if calendar != "cn":
        return Day()
    import chinese_calendar

    try:
        off, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:  # the State Council has not announced that year yet, or it is before 2004
        log.warning("calendar.year_unknown", year=day.year)
        return Day()
    return Day(holiday=off and name is not None, working=not off and day.weekday() >= 5)
