"""Which numbers outside may be called, and how often in an hour: counted for all who call, over restarts as well."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from ..contexts.configuration import api as configuration
from ..errors import TooMany
from ..issued import Issued

HOUR_S = 3600.0


class Tolls:
    def __init__(
        self, configuration: configuration.Configuration, dialled: Issued, clock: Callable[[], float] = time.time
    ) -> None:
        """`dialled`: by tenant and destination; what the core refused was no call."""
        self._configuration = configuration
        self._dialled = dialled
        self._clock = clock

    def check(self, tenant: str, number: str, permissions: Iterable[str]) -> str:
        """Nothing is counted. Returns what it is counted under. Raises `dial.not_allowed`, `dial.too_many`."""
        destination = configuration.allowed_destination(self._configuration, tenant, number, permissions)
        counted, now = f"{tenant} {destination.id}", self._clock()
        self._dialled.forget(now)
        if self._dialled.of(counted, now - HOUR_S) >= destination.body.max_per_hour:
            raise TooMany("dial.too_many", "this destination has been called as often as it may be in an hour")
        return counted

    def count(self, tenant: str, number: str, permissions: Iterable[str]) -> Callable[[], None]:
        """One call more; returns how to take that back when there was none. Raises as `check`."""
        counted = self.check(tenant, number, permissions)
        self._dialled.add(counted, self._clock())
        return lambda: self._dialled.take_back(counted)
