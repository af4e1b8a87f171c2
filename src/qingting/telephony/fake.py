"""A voice engine inside this process, for tests, simulations and demonstrations without telephones.

It passes the contract suite that the real one passes. `FakeEngine` is the engine with the world behind it:
tests speak for the far parties (`arrive`, `answer`, `press`, `hang_up`, `register` …), look at what a party
hears, break verbs by name (`fail`) and kill it. `FakeEngine.telephony()` is a program's connection to it, and
as with the real one, calls outlive that.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from . import port
from .fake_tape import Tape, length_s
from .port import EngineUnavailable, LegGone, Listener


@dataclass
class FakeLeg:
    id: str
    incoming: bool
    state: str
    arrival: port.LegArrived | None = None
    target: str = ""
    caller: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    music: bool = False
    early_with: str = ""
    playing: list[str] = field(default_factory=list)
    speaks: float = 0.0
    """What the party says, as a tone in hertz; 0 is silence."""
    timer: asyncio.TimerHandle | None = None
    ended: str = ""


@dataclass
class FakePlayback:
    leg: str
    media: tuple[str, ...]
    lengths: tuple[float, ...]
    began: float
    timer: asyncio.TimerHandle

    def now(self) -> str:
        """Which of the files is heard at this moment."""
        since = time.monotonic() - self.began
        for name, until in zip(self.media, itertools.accumulate(self.lengths), strict=True):
            if since < until:
                return name
        return self.media[-1]


class FakeEngine:
    def __init__(self) -> None:
        self.legs: dict[str, FakeLeg] = {}
        self.gone: dict[str, FakeLeg] = {}
        """Legs that have ended, with how."""
        self.bridges: dict[str, set[str]] = {}
        self.endpoints: dict[str, port.Endpoint] = {}
        self.trunks: dict[str, port.Trunk] = {}
        self.registered: set[str] = set()
        self.asked: list[tuple[str, ...]] = []
        """Every verb with its first argument, in order."""
        self.running = True
        self._numbers = itertools.count(1)
        self._met = False
        self._connection: FakeTelephony | None = None
        self._waiting: FakeTelephony | None = None
        self._kept: list[FakeLeg] = []
        self._playbacks: dict[str, FakePlayback] = {}
        self._tapes: dict[str, tuple[str, Tape]] = {}
        self._failures: dict[str, list[Exception]] = {}

    def telephony(self) -> FakeTelephony:
        return FakeTelephony(self)

    # --- what far parties and their phones do -------------------------------------------------------------

    def arrive(self, dialled: str, caller: str = "", source: str = "trunk:t1", asserted: str = "") -> str:
        """Somebody calls; returns the leg. Without a program it is kept by the fallback until one connects."""
        id = f"fake-{next(self._numbers)}"
        now = time.time()
        leg = FakeLeg(id, True, "down", port.LegArrived(now, id, dialled, caller, source, asserted, 0.0))
        self.legs[id] = leg
        if self._connection is None:
            leg.state, leg.music = "up", True
            self._kept.append(leg)
        else:
            assert leg.arrival is not None
            self.tell(leg.arrival)
        return id

    def ringing(self, leg: str) -> None:
        self.leg(leg).state = "ringing"
        self.tell(port.LegRinging(time.time(), leg))

    def answer(self, leg: str) -> None:
        found = self.leg(leg)
        if found.timer is not None:
            found.timer.cancel()
        found.state = "up"
        self.tell(port.LegAnswered(time.time(), leg))

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

    def hears(self, leg: str) -> set[str]:
        """`music`, `play:<path>`, `leg:<id>`: all that reaches this party now."""
        found = self.leg(leg)
        heard = {"music"} if found.music else set()
        for playback in found.playing[:1]:
            heard.add(f"play:{self._playbacks[playback].now()}")
        for members in self.bridges.values():
            if leg in members:
                heard |= {f"leg:{other}" for other in members if other != leg}
        return heard

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
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.listener(port.EngineDown(time.time(), "killed"))
            self._waiting = connection

    def revive(self) -> None:
        """Started again; the program that was connected finds it."""
        self.running = True
        waiting, self._waiting = self._waiting, None
        if waiting is not None:
            self.attach(waiting)

    # --- for the connection -------------------------------------------------------------------------------

    def attach(self, connection: FakeTelephony) -> None:
        restarted, self._met, self._connection = not self._met, True, connection
        kept, self._kept = self._kept, []
        legs = tuple(
            port.LegState(leg.id, leg.state, leg.incoming, leg.arrival)
            for leg in self.legs.values()
            if leg not in kept
        )
        bridges = tuple((bridge, tuple(sorted(members))) for bridge, members in self.bridges.items())
        self.tell(port.EngineUp(time.time(), restarted, legs, bridges))
        for leg in kept:
            if leg.id in self.legs and leg.arrival is not None:
                leg.music = False
                now = time.time()
                leg.arrival = leg.arrival._replace(at=now, waited_s=now - leg.arrival.at)
                self.tell(leg.arrival)

    def detach(self, connection: FakeTelephony) -> None:
        if self._connection is connection:
            self._connection = None

    def tell(self, event: port.TelephonyEvent) -> None:
        """In order, on the loop, after what is running now."""
        connection = self._connection
        if connection is not None:
            asyncio.get_running_loop().call_soon(connection.hear, event)

    def enter(self, verb: str, subject: str) -> None:
        self.asked.append((verb, subject))
        if failures := self._failures.get(verb):
            raise failures.pop(0)

    def end(self, leg: str, cause: str) -> None:
        found = self.legs.pop(leg)
        found.ended = cause
        self.gone[leg] = found
        if found.timer is not None:
            found.timer.cancel()
        for playback in found.playing.copy():
            self.end_playback(playback, False)
        for bridge, members in list(self.bridges.items()):
            members.discard(leg)
            if not members:
                del self.bridges[bridge]
        for recording, (holder, _) in list(self._tapes.items()):
            if holder == leg:
                self.end_tape(recording)
        self.mark()
        self.tell(port.LegEnded(time.time(), leg, cause, "fake"))

    def leg(self, leg: str) -> FakeLeg:
        found = self.legs.get(leg)
        if found is None:
            raise LegGone(leg)
        return found

    def begin_playback(self, playback: str, leg: str, media: tuple[str, ...]) -> None:
        if playback in self._playbacks:
            return
        found = self.leg(leg)
        found.music = False
        lengths = tuple(length_s(Path(f"{name}.wav")) for name in media)
        timer = asyncio.get_running_loop().call_later(sum(lengths), self.end_playback, playback, True)
        self._playbacks[playback] = FakePlayback(leg, media, lengths, time.monotonic(), timer)
        found.playing.append(playback)
        self.mark()

    def end_playback(self, playback: str, complete: bool) -> None:
        if playback not in self._playbacks:
            return
        playing = self._playbacks.pop(playback)
        playing.timer.cancel()
        leg = playing.leg
        if leg in self.legs and playback in self.legs[leg].playing:
            self.legs[leg].playing.remove(playback)
        self.mark()
        self.tell(port.PlaybackEnded(time.time(), playback, leg, complete))

    def begin_tape(self, recording: str, leg: str, received: str, sent: str) -> None:
        if recording not in self._tapes:
            self.leg(leg)
            self._tapes[recording] = (leg, Tape(Path(received), Path(sent)))
            self.mark()

    def pause_tape(self, recording: str, on: bool) -> None:
        if recording not in self._tapes:
            raise LegGone(recording)
        self._tapes[recording][1].paused = on
        self.mark()

    def end_tape(self, recording: str) -> None:
        if recording in self._tapes:
            self.mark()
            _, tape = self._tapes.pop(recording)
            self.tell(port.RecordingEnded(time.time(), recording, tape.close()))

    def mark(self) -> None:
        """Something that is heard has changed: tapes note it."""
        for leg, tape in self._tapes.values():
            if leg in self.legs:
                tape.mark(self.legs[leg].speaks, self._tone_to(leg))

    def _tone_to(self, leg: str) -> float:
        for heard in self.hears(leg):
            kind, _, other = heard.partition(":")
            if kind == "leg" and other in self.legs:
                return self.legs[other].speaks
        return 0.0


class FakeTelephony:
    capabilities = port.Capabilities(two_channel_recording=True, early_media=True, outlives_us=True)

    def __init__(self, engine: FakeEngine) -> None:
        self.engine = engine
        self.listener: Listener = lambda event: None
        self._stopped = True

    async def start(self, listener: Listener) -> None:
        self.listener, self._stopped = listener, False
        if self.engine.running:
            self.engine.attach(self)

    async def stop(self) -> None:
        self._stopped = True
        self.engine.detach(self)

    def hear(self, event: port.TelephonyEvent) -> None:
        if not self._stopped:
            self.listener(event)

    def _enter(self, verb: str, subject: str) -> None:
        if self._stopped or not self.engine.running:
            raise EngineUnavailable("not connected")
        self.engine.enter(verb, subject)

    async def ring(
        self,
        leg: str,
        target: str,
        *,
        caller: str,
        caller_name: str = "",
        timeout_s: float,
        headers: Sequence[tuple[str, str]] = (),
        early_media_to: str = "",
    ) -> None:
        self._enter("ring", leg)
        engine = self.engine
        if leg in engine.legs:
            return
        kind, _, rest = target.partition(":")
        there = rest in engine.registered if kind == "endpoint" else rest.rpartition("/")[0] in engine.trunks
        if not there:
            engine.tell(port.LegEnded(time.time(), leg, "unreachable" if kind == "endpoint" else "failed", "fake"))
            return
        found = FakeLeg(leg, False, "down", target=target, caller=caller, headers=tuple(headers))
        found.early_with = early_media_to
        engine.legs[leg] = found
        if early_media_to in engine.legs:
            engine.bridges[f"early-{leg}"] = {leg, early_media_to}
        found.timer = asyncio.get_running_loop().call_later(timeout_s, engine.end, leg, "no_answer")

    async def progress(self, leg: str) -> None:
        self._enter("progress", leg)
        self.engine.leg(leg)

    async def answer(self, leg: str) -> None:
        self._enter("answer", leg)
        found = self.engine.leg(leg)
        found.state = "up"
        for playback in found.playing.copy():
            self.engine.end_playback(playback, False)

    async def hang_up(self, leg: str, cause: str = "hangup") -> None:
        self._enter("hang_up", leg)
        if leg in self.engine.legs:
            self.engine.end(leg, "hangup" if self.engine.legs[leg].state == "up" else "cancelled")

    async def play(self, playback: str, leg: str, media: Sequence[str]) -> None:
        self._enter("play", playback)
        self.engine.begin_playback(playback, leg, tuple(media))

    async def stop_playing(self, playback: str) -> None:
        self._enter("stop_playing", playback)
        self.engine.end_playback(playback, False)

    async def music(self, leg: str, on: bool) -> None:
        self._enter("music", leg)
        self.engine.leg(leg).music = on

    async def bridge(self, bridge: str, legs: Sequence[str]) -> None:
        self._enter("bridge", bridge)
        engine = self.engine
        for found in [engine.leg(leg) for leg in legs]:
            for playback in found.playing.copy():
                engine.end_playback(playback, False)
            found.music = False
            engine.bridges.pop(f"early-{found.id}", None)
        engine.bridges[bridge] = set(legs)
        engine.mark()

    async def hold(self, bridge: str, held: str, on: bool) -> None:
        self._enter("hold", bridge)
        engine = self.engine
        if bridge not in engine.bridges:
            raise LegGone(bridge)
        (engine.bridges[bridge].discard if on else engine.bridges[bridge].add)(held)
        engine.leg(held).music = on
        engine.mark()

    async def unbridge(self, bridge: str) -> None:
        self._enter("unbridge", bridge)
        self.engine.bridges.pop(bridge, None)
        self.engine.mark()

    async def record(self, recording: str, leg: str, received: str, sent: str) -> None:
        self._enter("record", recording)
        self.engine.begin_tape(recording, leg, received, sent)

    async def pause_recording(self, recording: str, leg: str, on: bool) -> None:
        self._enter("pause_recording", recording)
        self.engine.pause_tape(recording, on)

    async def stop_recording(self, recording: str, leg: str) -> None:
        self._enter("stop_recording", recording)
        self.engine.end_tape(recording)

    async def put_endpoint(self, endpoint: port.Endpoint) -> None:
        self._enter("put_endpoint", endpoint.name)
        self.engine.endpoints[endpoint.name] = endpoint

    async def remove_endpoint(self, name: str) -> None:
        self._enter("remove_endpoint", name)
        self.engine.endpoints.pop(name, None)
        self.engine.registered.discard(name)

    async def put_trunk(self, trunk: port.Trunk) -> None:
        self._enter("put_trunk", trunk.trunk)
        self.engine.trunks[trunk.trunk] = trunk

    async def remove_trunk(self, trunk: str) -> None:
        self._enter("remove_trunk", trunk)
        self.engine.trunks.pop(trunk, None)

    async def online(self) -> set[str]:
        self._enter("online", "")
        return set(self.engine.registered)
