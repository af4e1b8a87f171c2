"""What the calendar says: queues open and close by their hours, days begin by the tenant's clock, in summer as well.

The core is told when it happens, and once more after each start.
"""

from __future__ import annotations

import asyncio

from ..contexts.configuration import api as configuration
from ..core import commands as c
from .live import Live

LOOK_AT_CLOCK_S = 60.0
"""Longest sleep, so that a corrected clock is noticed."""
CLOCKS_CHANGE_S = 3600.0
"""Where nobody has hours: the clock must be put forward or back before the next day begins."""


class Opening:
    def __init__(self, live: Live, configuration: configuration.Configuration) -> None:
        self._live = live
        self._configuration = configuration
        self._timer: asyncio.TimerHandle | None = None

    def follow(self) -> None:
        """From now on; also called when hours, or whose they are, have changed, or the core was loaded anew."""
        self.stop()
        at = self._live.now()
        starts_s = configuration.day_starts(self._configuration, self._live.tenant, at)
        if starts_s != self._live.engine.state.day_starts:
            self._live.post(c.PutDay(starts_s), "hours")
        queues = self._live.engine.state.queues
        for id, open in configuration.open_queues(self._configuration, self._live.tenant, at).items():
            if id in queues and queues[id].open is not open:
                self._live.post(c.SetHours(id, open), "hours")
        turn = configuration.hours_turn(self._configuration, self._live.tenant, at)
        delay = min(max(turn - at, 0.001), LOOK_AT_CLOCK_S) if turn is not None else CLOCKS_CHANGE_S
        self._timer = asyncio.get_running_loop().call_later(delay, self.follow)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
