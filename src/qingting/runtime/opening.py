"""Queues open and close by their hours: the core is told when it happens, and once more after each start."""

from __future__ import annotations

import asyncio

from ..contexts.configuration import api as configuration
from ..core import commands as c
from .live import Live

LOOK_AT_CLOCK_S = 60.0
"""Longest sleep, so that a corrected clock is noticed."""


class Opening:
    def __init__(self, live: Live, configuration: configuration.Configuration) -> None:
        self._live = live
        self._configuration = configuration
        self._timer: asyncio.TimerHandle | None = None

    def follow(self) -> None:
        """From now on; also called when hours, or whose they are, have changed, or the core was loaded anew."""
        self.stop()
        at = self._live.now()
        queues = self._live.engine.state.queues
        for id, open in configuration.open_queues(self._configuration, self._live.tenant, at).items():
            if id in queues and queues[id].open is not open:
                self._live.post(c.SetHours(id, open), "hours")
        turn = configuration.hours_turn(self._configuration, self._live.tenant, at)
        if turn is not None:
            delay = min(max(turn - at, 0.001), LOOK_AT_CLOCK_S)
            self._timer = asyncio.get_running_loop().call_later(delay, self.follow)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
