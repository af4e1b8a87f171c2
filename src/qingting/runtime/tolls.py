"""Which numbers outside may be called, and how often in an hour: counted for all who call in this process."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable

from ..contexts.configuration import api as configuration
from ..errors import TooMany

HOUR_S = 3600.0


class Tolls:
    def __init__(self, configuration: configuration.Configuration) -> None:
        self._configuration = configuration
        self._dialled: dict[tuple[str, str], deque[float]] = {}
        """By tenant and destination: when it was called in the last hour. What the core refused was no call."""

    def check(self, tenant: str, number: str, permissions: Iterable[str]) -> deque[float]:
        """Nothing is counted. Raises `dial.not_allowed`, `dial.too_many`."""
        destination = configuration.allowed_destination(self._configuration, tenant, number, permissions)
        dialled, now = self._dialled.setdefault((tenant, destination.id), deque()), time.monotonic()
        while dialled and now - dialled[0] > HOUR_S:
            dialled.popleft()
        if len(dialled) >= destination.body.max_per_hour:
            raise TooMany("dial.too_many", "this destination has been called as often as it may be in an hour")
        return dialled

    def count(self, tenant: str, number: str, permissions: Iterable[str]) -> Callable[[], None]:
        """One call more; returns how to take that back when there was none. Raises as `check`."""
        dialled, now = self.check(tenant, number, permissions), time.monotonic()
        dialled.append(now)
        return lambda: dialled.remove(now)
