"""The port's verbs on the fake engine."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence

from qingting.telephony import port
from qingting.telephony.port import EngineUnavailable, LegGone, Listener

from .switch import FakeLeg, Line, Switch


class FakeTelephony:
    capabilities = port.Capabilities(two_channel_recording=True, early_media=True, outlives_us=True)

    def __init__(self, engine: Switch) -> None:
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
        trunk = engine.trunks.get(rest.rpartition("/")[0])
        site = engine.reach(trunk) if trunk is not None and trunk.site_of else None
        if kind == "endpoint":
            there = rest in engine.registered
        elif trunk is not None and trunk.site_of:
            there = site is not None and site.rings_here(engine.lines[trunk.trunk].name, rest.rpartition("/")[2])
        else:
            there = trunk is not None and engine.trunk_state(trunk).state != "unknown_host"
        if not there:
            failed = kind == "trunk" and (trunk is None or not trunk.site_of)
            engine.tell(port.LegEnded(time.time(), leg, "failed" if failed else "unreachable", "fake"))
            return
        found = FakeLeg(leg, False, "down", target=target, caller=caller, headers=tuple(headers))
        found.early_with = early_media_to
        engine.legs[leg] = found
        if early_media_to in engine.legs and trunk is not None and not trunk.early_media:
            engine.legs[early_media_to].ringback = True
        elif early_media_to in engine.legs:
            for members in engine.bridges.values():
                members.discard(early_media_to)
            engine.bridges[f"early-{leg}"] = {leg, early_media_to}
        if kind == "trunk" and site is None and (line := engine.lines.get(rest.rpartition("/")[0])) is not None:
            there_leg = line.engine.arrive(rest.rpartition("/")[2], caller, f"trunk:{line.name}")
            found.far = Line(line.engine, there_leg)
            line.engine.leg(there_leg).far = Line(engine, leg)
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
        if found.far is not None:
            found.far.engine.answer(found.far.name)

    async def hang_up(self, leg: str, cause: str = "hangup") -> None:
        self._enter("hang_up", leg)
        if leg in self.engine.legs:
            up = self.engine.legs[leg].state == "up"
            self.engine.end(leg, "hangup" if up else "cancelled", told="hangup" if up else cause)

    async def play(self, playback: str, leg: str, media: Sequence[str]) -> None:
        self._enter("play", playback)
        self.engine.begin_playback(playback, leg, tuple(media))

    async def stop_playing(self, playback: str) -> None:
        self._enter("stop_playing", playback)
        self.engine.end_playback(playback, False)

    async def music(self, leg: str, on: bool, name: str = "") -> None:
        self._enter("music", leg)
        self.engine.leg(leg).music = self.engine.music_class(name) if on else ""
        self.engine.mark()

    async def bridge(self, bridge: str, legs: Sequence[str]) -> None:
        self._enter("bridge", bridge)
        engine = self.engine
        for found in [engine.leg(leg) for leg in legs]:
            for playback in found.playing.copy():
                engine.end_playback(playback, False)
            found.music = ""
            found.ringback = False
            engine.bridges.pop(f"early-{found.id}", None)
        for members in engine.bridges.values():
            members.difference_update(legs)
        engine.bridges[bridge] = set(legs)
        engine.mark()

    async def hold(self, bridge: str, held: str, on: bool, music: str = "") -> None:
        self._enter("hold", bridge)
        engine = self.engine
        if bridge not in engine.bridges:
            raise LegGone(bridge)
        engine.leg(held)
        if on == (held in engine.bridges[bridge]):
            for members in engine.bridges.values():
                members.discard(held)
            if not on:
                engine.bridges[bridge].add(held)
        engine.leg(held).music = engine.music_class(music) if on else ""
        engine.mark()

    async def unbridge(self, bridge: str) -> None:
        self._enter("unbridge", bridge)
        self.engine.bridges.pop(bridge, None)
        self.engine.mark()

    async def record(self, recording: str, leg: str, received: str, sent: str, *, silence_s: float = 0.0) -> None:
        self._enter("record", recording)
        self.engine.begin_tape(recording, leg, received, sent, silence_s)

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
        self.engine.sites_changed()

    async def remove_trunk(self, trunk: str) -> None:
        self._enter("remove_trunk", trunk)
        self.engine.trunks.pop(trunk, None)
        self.engine.sites_changed()

    async def trunks(self) -> dict[str, port.TrunkState]:
        self._enter("trunks", "")
        return {name: self.engine.trunk_state(trunk) for name, trunk in self.engine.trunks.items()}

    async def online(self) -> set[str]:
        self._enter("online", "")
        return set(self.engine.registered)
