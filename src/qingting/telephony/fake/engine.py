"""The fake engine with the world behind it: tests speak for the far parties, look at what a party hears, break verbs.

`FakeEngine.telephony()` is a program's connection to it, and as with the real one, calls outlive that.
"""

from __future__ import annotations

import time

from qingting.telephony import port

from .switch import Line, Switch
from .verbs import FakeTelephony


class FakeEngine(Switch):
    def telephony(self) -> FakeTelephony:
        return FakeTelephony(self)

    # --- what far parties and their phones do -------------------------------------------------------------

    def lead(self, trunk: str, to: FakeEngine, their_trunk: str) -> None:
        """A trunk between two engines: what is rung by ours arrives there by theirs, and the other way round."""
        self.lines[trunk], to.lines[their_trunk] = Line(to, their_trunk), Line(self, trunk)

    def ringing(self, leg: str) -> None:
        self.leg(leg).state = "ringing"
        self.tell(port.LegRinging(time.time(), leg))

    def press(self, leg: str, key: str) -> None:
        self.leg(leg)
        self.tell(port.KeyPressed(time.time(), leg, key))

    def hang_up(self, leg: str, cause: str = "") -> None:
        """The far party hangs up, or turns down (`busy`, `rejected`) what rings."""
        found = self.leg(leg)
        self.end(leg, cause or ("hangup" if found.state == "up" else "cancelled" if found.incoming else "rejected"))

    def speak(self, leg: str, hertz: float) -> None:
        self.leg(leg).speaks = hertz
        self.mark()

    def recorded(self, leg: str) -> bool:
        """Whether a tape of it runs."""
        return any(holder == leg for holder, _ in self._tapes.values())

    def falls_silent(self, leg: str) -> None:
        """For so long that a recording that waits for it ends."""
        for recording, (holder, _) in list(self._tapes.items()):
            if holder == leg and recording in self._quiet:
                self.end_tape(recording)

    def register(self, endpoint: str, secret: str) -> bool:
        known = self.endpoints.get(endpoint)
        if known is None or known.secret != secret:
            why = "wrong_secret" if known else "unknown_source"
            self.tell(port.SourcesRefused(time.time(), why, 1))
            return False
        if endpoint not in self.registered:
            self.registered.add(endpoint)
            self.tell(port.EndpointChanged(time.time(), endpoint, True))
        return True

    def unregister(self, endpoint: str) -> None:
        if endpoint in self.registered:
            self.registered.discard(endpoint)
            self.tell(port.EndpointChanged(time.time(), endpoint, False))

    # --- faults -------------------------------------------------------------------------------------------

    def fail(self, verb: str, error: Exception, times: int = 1) -> None:
        """The failpoint of that name (a verb of the port) raises `error` so many times."""
        self._failures.setdefault(verb, []).extend([error] * times)

    def kill(self) -> None:
        """As `kill -9` of the engine: calls, registrations and what was pushed are gone."""
        self.running = self._met = False
        for found in self.legs.values():
            found.ended = "lost"
            if found.timer is not None:
                found.timer.cancel()
        self.gone.update(self.legs)
        for playing in self._playbacks.values():
            playing.timer.cancel()
        for _, tape in self._tapes.values():
            tape.close()
        for store in (self.legs, self.bridges, self.endpoints, self.trunks, self._playbacks, self._tapes):
            store.clear()
        self.registered.clear()
        self._kept.clear()
        self._reached.clear()
        self.sites_changed()
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.hear(port.EngineDown(time.time(), "killed"))
            self._waiting = connection

    def revive(self) -> None:
        """Started again; the program that was connected finds it."""
        self.running = True
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self.attach(waiting)
