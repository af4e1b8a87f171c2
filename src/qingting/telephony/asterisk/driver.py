"""`telephony.port.Telephony` on one Asterisk.

ARI does everything that it can; AMI the rest (two-channel recording, registrations, refused strangers). State
kept here is only what saves a request: which legs hear music or a prompt, what stands in which bridge. What
lives is the engine's to say, and `EngineUp` repeats it after every reconnect.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
import structlog

from qingting.telephony import port
from qingting.telephony.port import EngineUnavailable, LegGone, Listener, TelephonyEvent

from . import causes, endpoints, recording
from .ami import Ami
from .ari import Ari, Channel, Message, Reply, path
from .configure import LONGEST_CALL_S
from .layout import APPLICATION, SYSTEM

log = structlog.get_logger(__name__)

EVENTS = (
    "StasisStart",
    "StasisEnd",
    "ChannelStateChange",
    "ChannelDestroyed",
    "ChannelDtmfReceived",
    "PlaybackFinished",
    "ApplicationReplaced",
    "RESTResponse",
)
"""All that we listen to; the engine is told not to write the others. (Its filter would swallow answers as well.)"""

GONE = (400, 404, 409, 412, 422)
"""Answers of a request that a hang-up has overtaken."""

_KNOWN = "QINGTING_KNOWN"
"""A global variable that dies with the engine's process: set means that we, or who ran before us, met it."""
_OURS = re.compile(rf"{SYSTEM}-\d+\.\d+")
_NUMBER = re.compile(r"[+*#0-9A-Za-z._-]{1,64}")
_IDENTITY = re.compile(r"(?:sips?|tel):([+0-9A-Za-z.]+)")
_REFUSALS = {
    "InvalidAccountID": "unknown_source",
    "InvalidPassword": "wrong_secret",
    "ChallengeResponseFailed": "wrong_secret",
    "FailedACL": "address",
}


@dataclass
class _Leg:
    incoming: bool
    answered: bool = False
    ends_at: float = 0.0
    """When ringing times out, monotonic."""
    early: str = ""
    """The bridge by which early media is heard."""
    in_stasis_before_answer: bool = False
    we_hung_up: bool = False
    music: bool = False
    playing: list[str] = field(default_factory=list)


class AsteriskTelephony:
    capabilities = port.Capabilities(two_channel_recording=True, early_media=True, outlives_us=True)

    def __init__(self, http_port: int, ari_secret: str, ami_port: int, ami_secret: str) -> None:
        self._http_port, self._ari_secret = http_port, ari_secret
        self._ami_port, self._ami_secret = ami_port, ami_secret
        self._listener: Listener = lambda event: None
        self._ari: Ari | None = None
        self._ami: Ami | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._lost = asyncio.Event()
        self._why = ""
        self._early: list[Message] | None = None
        self._legs: dict[str, _Leg] = {}
        self._bridges: dict[str, set[str]] = {}
        self._playbacks: dict[str, str] = {}
        self._stopped: set[str] = set()
        self._recordings: dict[str, tuple[str, str, str, str]] = {}
        self._refused: Counter[str] = Counter()
        self._finishing: set[asyncio.Task[None]] = set()

    # --- life ---------------------------------------------------------------------------------------------

    async def start(self, listener: Listener) -> None:
        self._listener = listener
        self._keeper = asyncio.get_running_loop().create_task(self._keep(), name="telephony")

    async def stop(self) -> None:
        for task in (self._keeper, *self._finishing):
            if task is not None:
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
        self._keeper = None
        await self._disconnect()

    async def _keep(self) -> None:
        pause = 0.1
        while True:
            try:
                up = await self._connect()
            except EngineUnavailable as e:
                log.info("engine_not_reached", why=str(e))
                await self._disconnect()
                await asyncio.sleep(pause)
                pause = min(pause * 1.6, 2.0)
                continue
            pause = 0.1
            self._tell(up)
            early, self._early = self._early or [], None
            for message in early:
                self._heard(message)
            while not self._lost.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._lost.wait(), 1.0)
                self._tell_refusals()
            await self._disconnect()
            self._tell(port.EngineDown(time.time(), self._why))

    async def _connect(self) -> port.EngineUp:
        self._lost.clear()
        self._early = []
        self._ami = Ami(self._ami_event, self._losing)
        await self._ami.connect(self._ami_port, APPLICATION, self._ami_secret)
        ari = self._ari = Ari(self._event, self._losing)
        await ari.connect(self._http_port, APPLICATION, self._ari_secret, APPLICATION)
        allowed = {"allowed": [{"type": kind} for kind in EVENTS]}
        ari.send("PUT", f"applications/{APPLICATION}/eventFilter", body=allowed)
        known = ari.send("GET", "asterisk/variable", {"variable": f"GLOBAL({_KNOWN})"})
        ari.send("POST", "asterisk/variable", {"variable": f"GLOBAL({_KNOWN})", "value": "1"})
        channels, bridges = ari.send("GET", "channels"), ari.send("GET", "bridges")
        restarted = '"1"' not in (await known).body
        legs = self._living([_channel(c) for c in (await channels).read()])
        self._bridges = {b["id"]: set(b["channels"]) for b in (await bridges).read()}
        present = tuple((bridge, tuple(sorted(members))) for bridge, members in self._bridges.items())
        return port.EngineUp(time.time(), restarted, legs, present)

    def _living(self, channels: list[Channel]) -> tuple[port.LegState, ...]:
        """Ours and those who wait in Stasis; who is still in the fallback will arrive by itself."""
        before, self._legs = self._legs, {}
        legs = []
        for channel in channels:
            if not channel.name.startswith("PJSIP/"):
                continue
            incoming = _OURS.fullmatch(channel.id) is not None
            if incoming and channel.dialplan.app_name != "Stasis":
                continue
            state = {"Up": "up", "Ringing": "ringing", "Ring": "down"}.get(channel.state, "down")
            leg = self._legs[channel.id] = before.get(channel.id) or _Leg(incoming)
            leg.answered = state == "up"
            arrival = None
            if incoming:
                arrival = _arrival(channel, channel.dialplan.app_data.split(",")[1:], time.time())
            legs.append(port.LegState(channel.id, state, incoming, arrival))
        return tuple(legs)

    async def _disconnect(self) -> None:
        ari, self._ari = self._ari, None
        ami, self._ami = self._ami, None
        if ari is not None:
            ari.close()
        if ami is not None:
            await ami.close()

    def _losing(self, why: str) -> None:
        if not self._lost.is_set():
            self._why = why
            self._lost.set()

    def _tell(self, event: TelephonyEvent) -> None:
        self._listener(event)

    # --- what the engine says -----------------------------------------------------------------------------

    def _event(self, message: Message) -> None:
        if self._early is not None:
            self._early.append(message)
        else:
            self._heard(message)

    def _heard(self, message: Message) -> None:
        now = time.time()
        channel = message.channel
        match message.type:
            case "StasisStart" if channel is not None:
                self._entered(now, channel, message.args)
            case "ChannelStateChange" if channel is not None:
                leg = self._legs.get(channel.id)
                if leg is None or leg.incoming:
                    return
                if channel.state == "Ringing":
                    self._tell(port.LegRinging(now, channel.id))
                elif channel.state == "Up" and leg.in_stasis_before_answer and not leg.answered:
                    leg.answered = True
                    self._tell(port.LegAnswered(now, channel.id))
            case "StasisEnd" if channel is not None:
                # For legs that came, the engine's last word; of those that we rang, it tells the cause afterwards.
                if (leg := self._legs.get(channel.id)) is not None and leg.incoming:
                    self._ended(now, channel.id, causes.NORMAL, "")
            case "ChannelDestroyed" if channel is not None:
                self._ended(now, channel.id, message.cause, message.cause_txt)
            case "ChannelDtmfReceived" if channel is not None:
                self._tell(port.KeyPressed(now, channel.id, message.digit))
            case "PlaybackFinished" if message.playback is not None:
                self._played(now, message.playback.id, message.playback.state == "done")
            case "ApplicationReplaced":
                self._losing("another program has taken the engine")

    def _entered(self, now: float, channel: Channel, args: list[str]) -> None:
        if args and args[0] == "in":
            if channel.id not in self._legs:
                self._legs[channel.id] = _Leg(incoming=True, answered=channel.state == "Up")
                self._tell(_arrival(channel, args, now))
            return
        leg = self._legs.get(channel.id)
        if leg is not None and not leg.answered and not leg.in_stasis_before_answer:
            leg.answered = True
            self._tell(port.LegAnswered(now, channel.id))

    def _ended(self, now: float, name: str, code: int, words: str) -> None:
        leg = self._legs.pop(name, None)
        if leg is None:
            return
        for playback in leg.playing.copy():
            self._played(now, playback, False)
        for bridge, members in list(self._bridges.items()):
            if name in members:
                members.discard(name)
                if not members:
                    self._drop_bridge(bridge)
        for key, (holder, *_) in list(self._recordings.items()):
            if holder == name:
                self._finish(key)
        cause = causes.ended(
            code,
            answered=leg.answered,
            incoming=leg.incoming,
            we_hung_up=leg.we_hung_up,
            timed_out=0 < leg.ends_at <= time.monotonic() + 0.5,
        )
        self._tell(port.LegEnded(now, name, cause, f"{code} {words}"))

    def _played(self, now: float, playback: str, complete: bool) -> None:
        name = self._playbacks.pop(playback, None)
        if name is None:
            return
        stopped = playback in self._stopped
        self._stopped.discard(playback)
        leg = self._legs.get(name)
        if leg is not None and playback in leg.playing:
            leg.playing.remove(playback)
        self._tell(port.PlaybackEnded(now, playback, name, complete and not stopped))

    def _ami_event(self, fields: dict[str, str]) -> None:
        kind = fields["Event"]
        if kind == "ContactStatus":
            status = fields.get("ContactStatus", "")
            if name := fields.get("EndpointName", ""):
                online = status not in ("Removed", "Unreachable")
                self._tell(port.EndpointChanged(time.time(), name, online))
        elif why := _REFUSALS.get(kind):
            self._refused[why] += 1

    def _tell_refusals(self) -> None:
        for why, count in self._refused.items():
            self._tell(port.SourcesRefused(time.time(), why, count))
        self._refused.clear()

    # --- asking -------------------------------------------------------------------------------------------

    def _send(
        self, method: str, uri: str, query: dict[str, str] | None = None, body: dict[str, object] | None = None
    ) -> asyncio.Future[Reply]:
        if self._ari is None or self._early is not None:
            raise EngineUnavailable(self._why or "not connected yet")
        return self._ari.send(method, uri, query, body)

    async def _ask(
        self, method: str, uri: str, query: dict[str, str] | None = None, body: dict[str, object] | None = None
    ) -> Reply:
        """`LegGone` for what a hang-up explains, `EngineUnavailable` for what nothing explains."""
        return _judge(await self._send(method, uri, query, body), f"{method} {uri}")

    # --- legs ---------------------------------------------------------------------------------------------

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
        if leg in self._legs:
            return
        seconds = max(1, int(timeout_s + 0.999))
        state = _Leg(incoming=False, ends_at=time.monotonic() + timeout_s)
        variables = {"TIMEOUT(absolute)": str(LONGEST_CALL_S)}
        variables |= {f"PJSIP_HEADER(add,{_token(name)})": _text(value) for name, value in headers}
        body: dict[str, object] = {"variables": variables}
        query = {"endpoint": _target(target), "app": APPLICATION, "appArgs": "out", "channelId": leg}
        query["callerId"] = f'"{_text(caller_name)}" <{_text(caller)}>'
        self._legs[leg] = state
        if early_media_to:
            reply = await self._dial_with_early_media(leg, state, query, body, early_media_to, seconds)
        else:
            reply = await self._send("POST", "channels", query | {"timeout": str(seconds)}, body)
        if reply.ok or reply.status == 409:
            return
        self._legs.pop(leg, None)
        cause = "unreachable" if reply.status == 500 else "failed"
        self._tell(port.LegEnded(time.time(), leg, cause, f"{reply.status} {reply.body[:120]}"))

    async def _dial_with_early_media(
        self, leg: str, state: _Leg, query: dict[str, str], body: dict[str, object], hearer: str, seconds: int
    ) -> Reply:
        """A leg that is in a bridge before it is dialled: what the far side says before the answer is heard."""
        state.in_stasis_before_answer = True
        state.early = bridge = f"early-{leg}"
        caller = query.pop("callerId")
        variables = body["variables"]
        assert isinstance(variables, dict)
        variables["CALLERID(all)"] = caller
        reply = await self._send("POST", "channels/create", query, body)
        if not reply.ok:
            return reply
        self._bridges[bridge] = {leg, hearer}
        self._send("POST", path("bridges", bridge), {"type": "mixing"})
        self._send("POST", path("bridges", bridge, "addChannel"), {"channel": f"{hearer},{leg}"})
        return await self._send("POST", path("channels", leg, "dial"), {"timeout": str(seconds), "caller": hearer})

    async def progress(self, leg: str) -> None:
        await self._ask("POST", path("channels", leg, "ring"))

    async def answer(self, leg: str) -> None:
        await self._ask("POST", path("channels", leg, "answer"))
        if (state := self._legs.get(leg)) is not None:
            state.answered = True

    async def hang_up(self, leg: str, cause: str = "hangup") -> None:
        if (state := self._legs.get(leg)) is not None:
            state.we_hung_up = True
        reply = await self._send("DELETE", path("channels", leg), {"reason_code": str(causes.REASON.get(cause, 16))})
        if not reply.ok and reply.status != 404:
            _judge(reply, "hang up")

    # --- what a party hears -------------------------------------------------------------------------------

    async def play(self, playback: str, leg: str, media: Sequence[str]) -> None:
        state = self._legs.get(leg)
        if state is None:
            raise LegGone(leg)
        if playback in self._playbacks:
            return
        self._quiet(leg, state)
        self._playbacks[playback] = leg
        state.playing.append(playback)
        sounds = ",".join(f"sound:{_media(name)}" for name in media)
        try:
            await self._ask("POST", path("channels", leg, "play", playback), {"media": sounds})
        except (LegGone, EngineUnavailable):
            self._playbacks.pop(playback, None)
            if playback in state.playing:
                state.playing.remove(playback)
            raise

    async def stop_playing(self, playback: str) -> None:
        if playback in self._playbacks:
            self._stopped.add(playback)
            with contextlib.suppress(LegGone):
                await self._ask("DELETE", path("playbacks", playback))

    async def music(self, leg: str, on: bool) -> None:
        state = self._legs.get(leg)
        if state is None:
            raise LegGone(leg)
        if state.music != on:
            state.music = on
            await self._ask("POST" if on else "DELETE", path("channels", leg, "moh"))

    def _quiet(self, leg: str, state: _Leg) -> None:
        """Before a leg hears something else. Not waited for: the engine keeps the order."""
        if state.music:
            state.music = False
            self._send("DELETE", path("channels", leg, "moh"))

    # --- who hears whom -----------------------------------------------------------------------------------

    async def bridge(self, bridge: str, legs: Sequence[str]) -> None:
        want = set(legs)
        members = self._bridges.get(bridge)
        if missing := [leg for leg in legs if leg not in self._legs]:
            raise LegGone(missing[0])
        waiting = []
        for leg in legs:
            state = self._legs[leg]
            for playback in state.playing:  # a prompt would keep the leg from joining until it ends
                self._stopped.add(playback)
                self._send("DELETE", path("playbacks", playback))
            self._quiet(leg, state)
        if members is None:
            members = self._bridges[bridge] = set()
            waiting.append(self._send("POST", path("bridges", bridge), {"type": "mixing"}))
        if leaving := members - want:
            members -= leaving
            waiting.append(
                self._send("POST", path("bridges", bridge, "removeChannel"), {"channel": ",".join(leaving)})
            )
        if joining := [leg for leg in legs if leg not in members]:
            members |= want
            waiting.append(self._send("POST", path("bridges", bridge, "addChannel"), {"channel": ",".join(joining)}))
        for other in [self._legs[leg].early for leg in legs if self._legs[leg].early]:
            self._forget_early(other)
        replies = [await reply for reply in waiting]
        if replies and not replies[-1].ok:
            members -= set(joining)
            _judge(replies[-1], "bridge")

    async def hold(self, bridge: str, held: str, on: bool) -> None:
        state = self._legs.get(held)
        if state is None:
            raise LegGone(held)
        members = self._bridges.setdefault(bridge, set())
        if on and held in members:
            members.discard(held)
            self._send("POST", path("bridges", bridge, "removeChannel"), {"channel": held})
            await self.music(held, True)
        elif not on and held not in members:
            self._quiet(held, state)
            members.add(held)
            await self._ask("POST", path("bridges", bridge, "addChannel"), {"channel": held})

    async def unbridge(self, bridge: str) -> None:
        if bridge in self._bridges:
            await self._drop_bridge(bridge)

    def _drop_bridge(self, bridge: str) -> asyncio.Future[Reply]:
        self._bridges.pop(bridge, None)
        return self._send("DELETE", path("bridges", bridge))

    def _forget_early(self, bridge: str) -> None:
        for leg in self._bridges.get(bridge, ()):
            if leg in self._legs:
                self._legs[leg].early = ""
        if bridge in self._bridges:
            self._drop_bridge(bridge)

    # --- recording ----------------------------------------------------------------------------------------

    async def record(self, recording: str, leg: str, received: str, sent: str) -> None:
        if recording in self._recordings:
            return
        reply = await self._ami_ask("MixMonitor", Channel=leg, Options=f"r({received})t({sent})S")
        if reply.get("Response") != "Success":
            raise LegGone(f"{leg}: {reply.get('Message', '')}")
        self._recordings[recording] = (leg, received, sent, reply.get("MixMonitorID", ""))

    async def pause_recording(self, recording: str, leg: str, on: bool) -> None:
        state = "1" if on else "0"
        reply = await self._ami_ask("MixMonitorMute", Channel=leg, Direction="both", State=state)
        if reply.get("Response") != "Success":
            raise LegGone(f"{leg}: {reply.get('Message', '')}")

    async def stop_recording(self, recording: str, leg: str) -> None:
        if recording in self._recordings:
            await self._ami_ask("StopMixMonitor", Channel=leg)
            self._finish(recording)

    def _finish(self, key: str) -> None:
        _, received, sent, _ = self._recordings.pop(key)
        task = asyncio.get_running_loop().create_task(self._await_files(key, (received, sent)))
        self._finishing.add(task)
        task.add_done_callback(self._finishing.discard)

    async def _await_files(self, key: str, files: tuple[str, str]) -> None:
        error = ""
        for _ in range(50):
            error = next((p for p in map(recording.problem, files) if p), "")
            if not error:
                break
            await asyncio.sleep(0.1)
        self._tell(port.RecordingEnded(time.time(), key, error))

    async def _ami_ask(self, action: str, **fields: str) -> dict[str, str]:
        if self._ami is None:
            raise EngineUnavailable(self._why or "not connected yet")
        return await self._ami.ask(action, **fields)

    # --- who may connect ----------------------------------------------------------------------------------

    async def put_endpoint(self, endpoint: port.Endpoint) -> None:
        await self._put(endpoints.of_endpoint(endpoint))

    async def remove_endpoint(self, name: str) -> None:
        await self._remove(endpoints.ENDPOINT_KINDS, name)

    async def put_trunk(self, trunk: port.Trunk) -> None:
        await self._put(endpoints.of_trunk(trunk))

    async def remove_trunk(self, trunk: str) -> None:
        await self._remove(endpoints.TRUNK_KINDS, endpoints.trunk_endpoint(trunk))

    async def _put(self, objects: list[endpoints.Object]) -> None:
        replies = []
        for kept in objects:
            fields = [{"attribute": name, "value": value} for name, value in kept.fields]
            uri = path("asterisk", "config", "dynamic", kept.module, kept.kind, kept.id)
            replies.append((kept.kind, self._send("PUT", uri, body={"fields": fields})))
        for kind, reply in replies:
            if not (said := await reply).ok:
                raise EngineUnavailable(f"the engine did not take {kind}: {said.status} {said.body[:200]}")

    async def _remove(self, kinds: Sequence[tuple[str, str]], name: str) -> None:
        uris = [path("asterisk", "config", "dynamic", module, kind, name) for module, kind in kinds]
        for reply in [self._send("DELETE", uri) for uri in uris]:
            await reply

    async def online(self) -> set[str]:
        known = (await self._ask("GET", "endpoints/PJSIP")).read()
        return {endpoint["resource"] for endpoint in known if _is_online(endpoint)}


# --- small translations -----------------------------------------------------------------------------------


def _is_online(endpoint: dict[str, str]) -> bool:
    return endpoint["state"] == "online" and not endpoint["resource"].startswith(endpoints.TRUNK_PREFIX)


def _judge(reply: Reply, what: str) -> Reply:
    if reply.ok:
        return reply
    if reply.status in GONE:
        raise LegGone(f"{what}: {reply.status} {reply.body[:200]}")
    raise EngineUnavailable(f"{what}: {reply.status} {reply.body[:200]}")


def _arrival(channel: Channel, args: Sequence[str], now: float) -> port.LegArrived:
    """`args` of our dialplan: in, source, kept by the fallback or not, asserted identity."""
    source, kept, asserted = (*args[1:4], "", "", "")[:3]
    identity = _IDENTITY.search(asserted)
    caller = channel.caller.number
    waited = max(0.0, now - datetime.fromisoformat(channel.creationtime).timestamp()) if kept == "1" else 0.0
    return port.LegArrived(
        at=now,
        leg=channel.id,
        dialled=channel.dialplan.exten,
        caller="" if caller.lower() == "anonymous" else caller[:64],
        source=source,
        asserted=identity[1][:64] if identity else "",
        waited_s=waited,
    )


def _channel(tree: dict[str, object]) -> Channel:
    return msgspec.convert(tree, Channel)


def _target(target: str) -> str:
    kind, _, rest = target.partition(":")
    if kind == "endpoint" and _NUMBER.fullmatch(rest):
        return f"PJSIP/{rest}"
    trunk, slash, number = rest.rpartition("/")
    if kind == "trunk" and slash and _NUMBER.fullmatch(number):
        return f"PJSIP/{number}@{endpoints.trunk_endpoint(trunk)}"
    raise LegGone(f"no such target: {kind}")


def _media(name: str) -> str:
    if "," in name or not name.startswith("/"):
        raise ValueError("media are absolute paths without a comma")
    return name


def _text(text: str) -> str:
    """Safe inside a header: no quotes, brackets or line breaks."""
    return re.sub(r'["<>\\\r\n,;]', " ", text)[:120]


def _token(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]{1,40}", name):
        raise ValueError("not a header name")
    return name
