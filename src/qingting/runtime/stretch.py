"""A stretch of the journal by entry numbers, or by instants in the tenant's time zone."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from ..errors import Invalid
from ..journal.port import Journal
from .fold import ROUTING

SEQ = re.compile(r"\d{1,15}")


class Stretch(NamedTuple):
    first: int
    last: int
    """Less than `first` when nothing lies between."""
    since: float | None
    """Where it was given as an instant."""
    until: float | None


async def stretch(journal: Journal, tenant: str, first: str, last: str, zone: ZoneInfo) -> Stretch:
    """Each a number of an entry, an instant such as `2026-03-02T09:00` or a date; a date as `last` is that day's end.
    Empty: from the beginning, to the end. Raises `Invalid("replay.bad_instant" | "replay.bad_order")`."""
    newest = await journal.last_seq(tenant, ROUTING)
    since = None if SEQ.fullmatch(first) or not first else instant(first, zone)
    until = None if SEQ.fullmatch(last) or not last else instant(last, zone, end=True)
    begins = max(1, int(first or 1)) if since is None else await entry_at(journal, tenant, since, newest)
    ends = min(int(last or newest), newest) if until is None else await entry_at(journal, tenant, until, newest) - 1
    if ends < begins:
        raise Invalid("replay.bad_order", "nothing was recorded between these: the journal is silent there")
    return Stretch(begins, ends, since, until)


def instant(text: str, zone: ZoneInfo, end: bool = False) -> float:
    """UTC epoch seconds; of a time that the clock shows twice, the first."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            day = date.fromisoformat(text) + timedelta(days=1 if end else 0)
            at = datetime(day.year, day.month, day.day, tzinfo=zone)
        else:
            at = datetime.fromisoformat(text)
            at = at if at.tzinfo is not None else at.replace(tzinfo=zone)
        return at.timestamp()
    except (ValueError, OverflowError):
        raise Invalid(
            "replay.bad_instant", f"{text[:40]!r} is no entry number, and no instant such as 2026-03-02T09:00"
        ) from None


async def entry_at(journal: Journal, tenant: str, at: float, newest: int) -> int:
    """The first entry from this instant on, or the one after the newest. The journal's instants never go back."""
    low, high = 1, newest + 1
    while low < high:
        middle = (low + high) // 2
        async for entry in journal.read(tenant, ROUTING, middle - 1, middle):
            if entry.occurred < at:
                low = middle + 1
            else:
                high = middle
    return low
