"""The world behind a voice engine, as the contract suite needs it: callers, phones, restarts.

`FakeWorld` speaks to the fake directly. In `AsteriskWorld` all far parties are played by a second Asterisk,
over real SIP and RTP.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from qingting.telephony import port
from qingting.telephony.asterisk.ari import path
from qingting.telephony.asterisk.driver import AsteriskTelephony
from qingting.telephony.asterisk.engine import Engine
from qingting.telephony.asterisk.music import Music
from qingting.telephony.fake import FakeEngine

from ..patience import PATIENCE_S
from . import tones

T = TypeVar("T")
LOOK_S = 0.015
SECRET = "correct horse"


class Heard:
    """All events of one telephony, and waiting for one."""

    def __init__(self) -> None:
        self.events: list[port.TelephonyEvent] = []
        self._more = asyncio.Event()

    def __call__(self, event: port.TelephonyEvent) -> None:
        self.events.append(event)
        self._more.set()

    async def wait(self, kind: type[T], which: Callable[[T], bool] = lambda event: True, since: int = 0) -> T:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                self._more.clear()
                for event in self.events[since:]:
                    if isinstance(event, kind) and which(event):
                        return event
                await self._more.wait()

    def of(self, leg: str) -> list[port.TelephonyEvent]:
        return [event for event in self.events if getattr(event, "leg", "") == leg]


class Party(Protocol):
    """Somebody at the far end of one leg."""

    async def ringing(self) -> None: ...
    async def answer(self) -> None: ...
    async def press(self, key: str) -> None: ...
    async def speak(self, hertz: int) -> None: ...
    async def hang_up(self, cause: str = "") -> None: ...
    async def hears(self, expected: set[int]) -> None:
        """Passes as soon as exactly these tones arrive."""
        ...


async def standing(telephony: port.Telephony, trunk: str, state: str) -> port.TrunkState:
    """Once the trunk stands so."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            found = (await telephony.trunks()).get(trunk)
            if found is not None and found.state == state:
                return found
            await asyncio.sleep(0.1)


class World(Protocol):
    telephony: port.Telephony
    heard: Heard
    folder: Path

    async def call(self, dialled: str, caller: str = "13800138000", asserted: str = "") -> Party: ...
    async def trunk(self, trunk: port.Trunk) -> None:
        """Make it lead to the far side, and be how the far side's calls come."""
        ...

    async def put_music(self, name: str, hertz: int) -> None: ...
    async def takes_registration(self, username: str, secret: str) -> None:
        """The far side lets this one register from now on."""
        ...

    async def phone(self, name: str, secret: str = SECRET) -> bool:
        """A phone registers; whether it was let in."""
        ...

    async def no_phone(self, name: str) -> None: ...
    async def party(self, leg: str) -> Party:
        """Who is being rung by our `leg`."""
        ...

    async def leave(self) -> None:
        """The program goes away …"""
        ...

    async def come_back(self) -> port.EngineUp:
        """… and another takes its place."""
        ...

    async def kill_engine(self) -> None:
        """Gone, and started again."""
        ...

    async def close(self) -> None: ...


# --- fake -------------------------------------------------------------------------------------------------


class FakeParty:
    def __init__(self, world: FakeWorld, leg: str) -> None:
        self.world, self.leg = world, leg

    async def ringing(self) -> None:
        self.world.engine.ringing(self.leg)

    async def answer(self) -> None:
        self.world.engine.answer(self.leg)

    async def press(self, key: str) -> None:
        self.world.engine.press(self.leg, key)

    async def speak(self, hertz: int) -> None:
        self.world.engine.speak(self.leg, hertz)

    async def hang_up(self, cause: str = "") -> None:
        self.world.engine.hang_up(self.leg, cause)

    async def hears(self, expected: set[int]) -> None:
        for _ in range(int(PATIENCE_S / LOOK_S)):
            if self._tones() == expected:
                return
            await asyncio.sleep(LOOK_S)
        raise AssertionError(f"expected {expected}, last heard {self._tones()}")

    def _tones(self) -> set[int]:
        found = set()
        for heard in self.world.engine.hears(self.leg):
            kind, _, what = heard.partition(":")
            if kind == "music":
                found.add(int(self.world.engine.music_tones[what]))
            elif kind == "ringing":
                found.add(tones.RINGING)
            elif kind == "play":
                found |= tones.heard(tones.read(Path(f"{what}.wav")))
            else:
                found |= {int(hertz) for hertz in self.world.engine.says(what)}
        return found


class FakeWorld:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.engine = FakeEngine()
        self.engine.music_tones["default"] = tones.MUSIC
        self.heard = Heard()
        self.telephony: port.Telephony = self.engine.telephony()

    async def start(self) -> None:
        await self.telephony.start(self.heard)
        await self.heard.wait(port.EngineUp)

    async def trunk(self, trunk: port.Trunk) -> None:
        await self.telephony.put_trunk(trunk._replace(host="127.0.0.1"))

    async def call(self, dialled: str, caller: str = "13800138000", asserted: str = "") -> Party:
        trunk = next(iter(self.engine.trunks.values()))
        identity = asserted if trunk.trust_identity else ""
        return FakeParty(self, self.engine.arrive(dialled, caller, f"trunk:{trunk.trunk}", identity))

    async def takes_registration(self, username: str, secret: str) -> None:
        self.engine.registrars[username] = secret

    async def put_music(self, name: str, hertz: int) -> None:
        self.engine.music_tones[name] = hertz

    async def phone(self, name: str, secret: str = SECRET) -> bool:
        since = len(self.heard.events)
        let_in = self.engine.register(name, secret)
        await self.heard.wait(port.EndpointChanged if let_in else port.SourcesRefused, since=since)
        return let_in

    async def no_phone(self, name: str) -> None:
        self.engine.unregister(name)

    async def party(self, leg: str) -> Party:
        return FakeParty(self, leg)

    async def leave(self) -> None:
        await self.telephony.stop()

    async def come_back(self) -> port.EngineUp:
        self.telephony, self.heard = self.engine.telephony(), Heard()
        await self.telephony.start(self.heard)
        return await self.heard.wait(port.EngineUp)

    async def kill_engine(self) -> None:
        self.engine.kill()
        self.engine.revive()

    async def close(self) -> None:
        for leg in list(self.engine.legs):
            self.engine.end(leg, "hangup")
        await self.telephony.stop()


# --- Asterisk ---------------------------------------------------------------------------------------------


class AsteriskParty:
    """One leg of the far engine, from the far side."""

    _count = itertools.count(1)

    def __init__(self, world: AsteriskWorld, leg: str) -> None:
        self.world, self.leg = world, leg
        self.far = world.far
        self._saying, self._tone = "", 0

    async def ringing(self) -> None:
        await self.far.progress(self.leg)

    async def answer(self) -> None:
        await self.far.answer(self.leg)
        await self.speak(0)

    async def press(self, key: str) -> None:
        before, self._saying = self._saying, ""
        if before:  # the far engine does one thing after the other
            await self.far.stop_playing(before)
        await self.far._connection.ask("POST", f"channels/{self.leg}/dtmf", {"dtmf": key})
        await self.speak(self._tone)

    async def speak(self, hertz: int) -> None:
        """Also silence is sent, as a telephone does."""
        if self.leg.startswith("far-"):
            await self.world.far_heard.wait(port.LegAnswered, lambda e: e.leg == self.leg)
        self._tone = hertz
        before, self._saying = self._saying, f"say-{next(self._count)}"
        if before:
            await self.far.stop_playing(before)
        await self.far.play(self._saying, self.leg, [str(self.world.sounds / f"say-{hertz}")])

    async def hang_up(self, cause: str = "") -> None:
        await self.far.hang_up(self.leg, cause or "hangup")

    async def hears(self, expected: set[int]) -> None:
        heard: set[int] | None = None
        try:
            async with asyncio.timeout(PATIENCE_S):
                while heard != expected:
                    heard = await self._listen()
        except TimeoutError:
            raise AssertionError(f"expected {expected}, last heard {heard}") from None

    async def _listen(self) -> set[int]:
        name = f"listen-{next(self._count)}"
        received, sent = self.world.folder / f"{name}-r.wav", self.world.folder / f"{name}-s.wav"
        await self.far.record(name, self.leg, str(received), str(sent))
        await asyncio.sleep(0.5)
        await self.far.stop_recording(name, self.leg)
        ended = await self.world.far_heard.wait(port.RecordingEnded, lambda e: e.recording == name)
        return tones.heard(tones.read(received)) if not ended.error else set()


class AsteriskWorld:
    _calls = itertools.count(1)

    def __init__(
        self, folder: Path, near: Engine, far: Engine, sounds: Path, transport: str = "udp", by_http: bool = False
    ) -> None:
        self.folder, self.sounds, self.transport, self.by_http = folder, sounds, transport, by_http
        self.near, self.far_engine = near, far
        self.telephony: port.Telephony = self._near_telephony()
        self.far: AsteriskTelephony = far.new_telephony()
        self.heard, self.far_heard = Heard(), Heard()
        self._trunks: list[str] = []
        self._far_trunks = ["near"]
        self._far_phones: list[str] = []

    async def start(self) -> None:
        await self.telephony.start(self.heard)
        await self.far.start(self.far_heard)
        await self.heard.wait(port.EngineUp)
        await self.far_heard.wait(port.EngineUp)
        await self.far.put_trunk(port.Trunk("near", self.near.voice.sip_host, self._port(self.near), self.transport))

    async def trunk(self, trunk: port.Trunk) -> None:
        self._trunks.append(trunk.trunk)
        at = {
            "host": self.far_engine.voice.sip_host,
            "port": self._port(self.far_engine),
            "transport": self.transport,
        }
        await self.telephony.put_trunk(trunk._replace(**at))

    def _near_telephony(self) -> AsteriskTelephony:
        """As spoken to from the pages' side; by plain HTTP as if the engine were an old one."""
        return AsteriskTelephony(self.near._access._replace(by_http=self.by_http), Music(self.near.layout))

    def _port(self, engine: Engine) -> int:
        return engine.voice.sip_tls_port if self.transport == "tls" else engine.voice.sip_port

    async def call(self, dialled: str, caller: str = "13800138000", asserted: str = "") -> Party:
        leg = f"far-{next(self._calls)}"
        headers = [("P-Asserted-Identity", f"sip:{asserted}@carrier")] if asserted else []
        await self.far.ring(leg, f"trunk:near/{dialled}", caller=caller, timeout_s=60, headers=headers)
        return AsteriskParty(self, leg)

    async def takes_registration(self, username: str, secret: str) -> None:
        await self.far.put_endpoint(port.Endpoint(username, secret, "sip", "agent:far"))
        self._far_phones.append(username)

    async def put_music(self, name: str, hertz: int) -> None:
        folder = self.near.layout.tunes / name
        folder.mkdir(parents=True, exist_ok=True)
        tones.write(folder / "tune.wav", hertz, 30)

    async def phone(self, name: str, secret: str = SECRET) -> bool:
        self._far_trunks.append(name)
        since = len(self.heard.events)
        line = port.Trunk(
            name, self.near.voice.sip_host, self.near.voice.sip_port, register=True, username=name, secret=secret
        )
        await self.far.put_trunk(line)
        outcome: tuple[type[port.TelephonyEvent], ...] = (port.EndpointChanged, port.SourcesRefused)
        got = await self.heard.wait(port.TelephonyEvent, lambda e: isinstance(e, outcome), since)
        if isinstance(got, port.SourcesRefused):
            return False
        await standing(self.far, name, "registered")  # who has not read yet that it is in leaves without a word
        return True

    async def no_phone(self, name: str) -> None:
        self._far_trunks.remove(name)
        await self.far.remove_trunk(name)

    async def party(self, leg: str) -> Party:
        known = {e.leg for e in self.far_heard.events if isinstance(e, port.LegEnded)}
        arrived = await self.far_heard.wait(port.LegArrived, lambda e: e.leg not in known)
        self.far_heard.events.remove(arrived)
        return AsteriskParty(self, arrived.leg)

    async def leave(self) -> None:
        await self.telephony.stop()

    async def come_back(self) -> port.EngineUp:
        self.telephony, self.heard = self._near_telephony(), Heard()
        await self.telephony.start(self.heard)
        return await self.heard.wait(port.EngineUp)

    async def kill_engine(self) -> None:
        await self.near.process.kill()
        await self.near.process.start()

    async def close(self) -> None:
        """Leaves both engines as they were found."""
        for trunk in self._far_trunks:
            await self.far.remove_trunk(trunk)
        for phone in self._far_phones:
            await self.far.remove_endpoint(phone)
        for trunk in self._trunks:
            await self.telephony.remove_trunk(trunk)
        for telephony in (self.far, self.telephony):
            assert isinstance(telephony, AsteriskTelephony)
            await _hang_up_all(telephony)
            await telephony.stop()


async def _hang_up_all(telephony: AsteriskTelephony) -> None:
    for _ in range(100):
        channels = (await telephony._connection.ask("GET", "channels")).read()
        if not channels:
            return
        for channel in channels:
            await telephony._connection.send("DELETE", path("channels", channel["id"]))
        await asyncio.sleep(0.05)
    raise AssertionError(f"channels that do not end: {channels}")
