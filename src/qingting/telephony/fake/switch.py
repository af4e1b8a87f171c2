"""What the fake engine is inside: legs, bridges, playbacks, tapes, and the one program that is connected."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import NamedTuple, Protocol

import structlog

from qingting.telephony import port
from qingting.telephony.port import LegGone

from .tape import Quiet, Tape, length_s

log = structlog.get_logger(__name__)

DEFAULT_MUSIC = "default"


@dataclass
class FakeLeg:
    id: str
    incoming: bool
    state: str
    arrival: port.LegArrived | None = None
    target: str = ""
    caller: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    music: str = ""
    """Which it hears: `default` or a name; empty for none."""
    ringback: bool = False
    early_with: str = ""
    playing: list[str] = field(default_factory=list)
    speaks: float = 0.0
    """What the party says, as a tone in hertz; 0 is silence."""
    timer: asyncio.TimerHandle | None = None
    ended: str = ""
    far: Line | None = None
    """The other end, where it is a leg of another engine (`name`)."""


class Line(NamedTuple):
    """Something of another engine: a trunk, a leg."""

    engine: Switch
    name: str


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


class Program(Protocol):
    """A program's connection, as far as the engine knows it."""

    def hear(self, event: port.TelephonyEvent) -> None: ...


class Switch:
    def __init__(self) -> None:
        self.legs: dict[str, FakeLeg] = {}
        self.gone: dict[str, FakeLeg] = {}
        """Legs that have ended, with how."""
        self.bridges: dict[str, set[str]] = {}
        self.endpoints: dict[str, port.Endpoint] = {}
        self.trunks: dict[str, port.Trunk] = {}
        self.registered: set[str] = set()
        self._reached: set[str] = set()
        self.lines: dict[str, Line] = {}
        """Trunks that lead to other engines."""
        self.registrars: dict[str, str] = {}
        """User name -> secret, of trunks that register somewhere."""
        self.music_tones = {DEFAULT_MUSIC: 1500.0}
        """What there is of music, each as a tone in hertz."""
        self.asked: list[tuple[str, ...]] = []
        """Every verb with its first argument, in order."""
        self.running = True
        self._numbers = itertools.count(1)
        self._met = False
        self._connection: Program | None = None
        self._waiting: Program | None = None
        self._kept: list[FakeLeg] = []
        self._playbacks: dict[str, FakePlayback] = {}
        self._tapes: dict[str, tuple[str, Tape]] = {}
        self._quiet: dict[str, Quiet] = {}
        """Tapes that end with a silence."""
        self._failures: dict[str, list[Exception]] = {}

    def attach(self, connection: Program) -> None:
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
                leg.music = ""
                now = time.time()
                leg.arrival = leg.arrival._replace(at=now, waited_s=now - leg.arrival.at)
                self.tell(leg.arrival)

    def detach(self, connection: Program) -> None:
        if self._connection is connection:
            self._connection = None

    def tell(self, event: port.TelephonyEvent) -> None:
        """In order, on the loop, after what is running now."""
        connection = self._connection
        if connection is not None:
            asyncio.get_running_loop().call_soon(connection.hear, event)

    def arrive(self, dialled: str, caller: str = "", source: str = "trunk:t1", asserted: str = "") -> str:
        """Somebody calls; returns the leg. Without a program it is kept by the fallback until one connects."""
        id = f"fake-{next(self._numbers)}"
        now = time.time()
        leg = FakeLeg(id, True, "down", port.LegArrived(now, id, dialled, caller, source, asserted, 0.0))
        self.legs[id] = leg
        if self._connection is None:
            leg.state, leg.music = "up", DEFAULT_MUSIC
            self._kept.append(leg)
        else:
            assert leg.arrival is not None
            self.tell(leg.arrival)
        return id

    def answer(self, leg: str) -> None:
        found = self.leg(leg)
        if found.timer is not None:
            found.timer.cancel()
        found.state = "up"
        self.settled(found)
        self.tell(port.LegAnswered(time.time(), leg))

    def enter(self, verb: str, subject: str) -> None:
        self.asked.append((verb, subject))
        if failures := self._failures.get(verb):
            raise failures.pop(0)

    def music_class(self, name: str) -> str:
        if name and name not in self.music_tones:
            log.warning("music.unknown", music=name, why="no such music: the default is played")
        return name if name in self.music_tones else DEFAULT_MUSIC

    def trunk_state(self, trunk: port.Trunk) -> port.TrunkState:
        """Names that end with `.invalid` are known to nobody (RFC 6761)."""
        if trunk.host.endswith(".invalid"):
            return port.TrunkState("unknown_host", f"no name server knows {trunk.host}")
        if trunk.site_of and self.reach(trunk) is None:
            return port.TrunkState("unreachable", f"the engine at {trunk.host} does not answer, or knows us not")
        if not trunk.register:
            return port.TrunkState("ready")
        taken = self.registrars.get(trunk.username) == trunk.secret
        return port.TrunkState("registered") if taken else port.TrunkState("refused", "user name, secret?")

    def reach(self, trunk: port.Trunk) -> Switch | None:
        """The engine of the site that a trunk leads to; None when it is away, knows us not, or has another secret."""
        line = self.lines.get(trunk.trunk)
        back = line.engine.trunks.get(line.name) if line is not None and line.engine.running else None
        known = back is not None and back.site_of != "" and back.secret == trunk.secret
        return line.engine if line is not None and known else None

    def rings_here(self, line: str, number: str) -> bool:
        """A number that is dialled by another site: is the phone that goes by it here?"""
        extension = f"{self.trunks[line].site_of}.{number}"
        found = [name for name, it in self.endpoints.items() if it.extension == extension]
        return any(name in self.registered for name in found)

    def sites_changed(self) -> None:
        """This engine has come or gone, or knows another one or no longer: both ends of each line look again."""
        for engine in (self, *(line.engine for line in self.lines.values())):
            engine.look_at_sites()

    def look_at_sites(self) -> None:
        """Says which have come or gone since the last look."""
        reached = {it.trunk for it in self.trunks.values() if it.site_of and self.reach(it) is not None}
        for trunk in sorted(reached ^ self._reached):
            self.tell(port.SiteChanged(time.time(), trunk, trunk in reached))
        self._reached = reached

    def settled(self, found: FakeLeg) -> None:
        """It was answered, or has ended: nobody hears it ring any more."""
        if found.early_with in self.legs:
            self.legs[found.early_with].ringback = False

    def end(self, leg: str, cause: str, told: str = "") -> None:
        """`told`: the cause that the other end is told, when that is a leg of another engine."""
        found = self.legs.pop(leg)
        self.settled(found)
        found.ended = cause
        self.gone[leg] = found
        if found.timer is not None:
            found.timer.cancel()
        for playback in found.playing.copy():
            self.end_playback(playback, False)
        for bridge, members in list(self.bridges.items()):
            if leg in members:
                members.discard(leg)
                if not members or bridge.startswith("early-"):
                    del self.bridges[bridge]
        for recording, (holder, _) in list(self._tapes.items()):
            if holder == leg:
                self.end_tape(recording)
        if found.far is not None and (other := found.far.engine.legs.get(found.far.name)) is not None:
            other.far = None
            found.far.engine.end(other.id, told or cause)
        self.mark()
        self.tell(port.LegEnded(time.time(), leg, cause, "fake"))

    def hears(self, leg: str) -> set[str]:
        """`music:<name>`, `ringing`, `play:<path>`, `leg:<id>`: all that reaches this party now."""
        found = self.leg(leg)
        heard = {f"music:{found.music}"} if found.music else set()
        far = [it for it in self.legs.values() if it.early_with == leg and it.state == "ringing" and not it.speaks]
        if found.ringback or any(leg in self.bridges.get(f"early-{it.id}", ()) for it in far):
            heard.add("ringing")
        for playback in found.playing[:1]:
            heard.add(f"play:{self._playbacks[playback].now()}")
        for members in self.bridges.values():
            if leg in members:
                heard |= {f"leg:{other}" for other in members if other != leg}
        return heard

    def leg(self, leg: str) -> FakeLeg:
        found = self.legs.get(leg)
        if found is None:
            raise LegGone(leg)
        return found

    def begin_playback(self, playback: str, leg: str, media: tuple[str, ...]) -> None:
        if playback in self._playbacks:
            return
        found = self.leg(leg)
        found.music = ""
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

    def begin_tape(self, recording: str, leg: str, received: str, sent: str, silence_s: float = 0.0) -> None:
        if recording not in self._tapes:
            self.leg(leg)
            for other in [name for name, (holder, _) in self._tapes.items() if holder == leg]:
                self.end_tape(other)
            self._tapes[recording] = (leg, Tape(Path(received), Path(sent)))
            if silence_s:
                self._quiet[recording] = Quiet(silence_s)
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
            quiet = self._quiet.pop(recording, None)
            if quiet is not None:
                quiet.stop()
            silent = quiet is not None and not quiet.spoken
            self.tell(port.RecordingEnded(time.time(), recording, tape.close(), silent))

    def mark(self) -> None:
        """Something that is heard has changed: tapes note it."""
        for recording, (leg, tape) in self._tapes.items():
            if leg in self.legs:
                says = self.says(leg)
                tape.mark(says, self.tones_to(leg))
                if recording in self._quiet:
                    self._quiet[recording].mark(bool(says), partial(self.end_tape, recording))

    def tones_to(self, leg: str) -> frozenset[float]:
        """What the parties say that this one hears, or the music."""
        heard = [it.partition(":")[2] for it in self.hears(leg) if it.startswith("leg:")]
        music = {self.music_tones[it] for it in (self.legs[leg].music,) if it}
        return frozenset(music).union(*(self.says(other) for other in heard if other in self.legs))

    def says(self, leg: str) -> frozenset[float]:
        found = self.legs[leg]
        if found.far is not None:
            return found.far.engine.tones_to(found.far.name)
        return frozenset({found.speaks} - {0.0})
