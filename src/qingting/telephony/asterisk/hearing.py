"""What the engine says, as the port's events; and what stands where, as far as that saves us questions."""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from qingting.telephony import port

from . import causes
from .ari import Channel, Message
from .connection import Found
from .endpoints import TRUNK_PREFIX
from .keys import Keys
from .layout import SYSTEM

Tell = Callable[[port.TelephonyEvent], None]

_ARRIVED = re.compile(rf"{SYSTEM}-\d+\.\d+")
"""The engine's own ids: of legs that came. Ours are never of this form."""
_IDENTITY = re.compile(r"(?:sips?|tel):([+0-9A-Za-z.]+)")
_STATES = {"Up": "up", "Ringing": "ringing"}
_REFUSALS = {
    "InvalidAccountID": "unknown_source",
    "InvalidPassword": "wrong_secret",
    "ChallengeResponseFailed": "wrong_secret",
    "FailedACL": "address",
}
_COUNT_S = 1.0


@dataclass(slots=True)
class Leg:
    incoming: bool
    endpoint: str
    answered: bool = False
    rings_until: float = 0.0
    """Monotonic; 0 for legs that came."""
    bridge: str = ""
    """Where it is now; empty while it is in none (on hold, too)."""
    in_hand: asyncio.Event | None = None
    """For a leg that is ours before it is answered: set when it is. Only its state tells the answer then."""
    we_hung_up: bool = False
    ringback_to: str = ""
    """Who hears a ringing tone of ours until it is answered."""
    music: str = ""
    """The engine's class that it hears; empty for none."""
    playing: list[str] = field(default_factory=list)
    keys: Keys = field(default_factory=Keys)


class Hearing:
    def __init__(
        self,
        tell: Tell,
        leg_ended: Callable[[str, Leg, int], None],
        trunk_asked: Callable[[str, str], None],
    ) -> None:
        self.legs: dict[str, Leg] = {}
        self.bridges: dict[str, set[str]] = {}
        self.playbacks: dict[str, str] = {}
        """playback -> leg"""
        self.stopped: set[str] = set()
        """Playbacks that were told to stop: they do not end complete."""
        self.talks: Callable[[str, bool], None] = lambda leg, on: None
        """Told when a leg begins to talk and when it has been silent; only of legs for which that was asked."""
        self._tell = tell
        self._leg_ended = leg_ended
        self._trunk_asked = trunk_asked
        self._contacts: dict[str, set[str]] = {}
        self._online: dict[str, bool] = {}
        """What was told last."""
        self._refused: Counter[str] = Counter()

    def found(self, found: Found) -> port.EngineUp:
        """Ours, and those who wait for us. Who is still in the fallback will arrive by itself."""
        before, self.legs = self.legs, {}
        self.bridges = found.bridges
        if found.restarted:
            self.playbacks.clear()
            self.stopped.clear()
            self._contacts.clear()
        self._online.clear()
        where = {leg: bridge for bridge, members in found.bridges.items() for leg in members}
        now, legs = time.time(), []
        for channel in found.channels:
            incoming = _ARRIVED.fullmatch(channel.id) is not None
            if not channel.name.startswith("PJSIP/") or (incoming and channel.dialplan.app_name != "Stasis"):
                continue
            leg = self.legs[channel.id] = before.get(channel.id) or Leg(incoming, _endpoint(channel))
            leg.answered = channel.state == "Up"
            leg.bridge = where.get(channel.id, "")
            if leg.bridge and not leg.answered and leg.in_hand is None:  # it is heard before its answer
                leg.in_hand = asyncio.Event()
            arrival = arrived(channel, channel.dialplan.app_data.split(",")[1:], now) if incoming else None
            legs.append(port.LegState(channel.id, _STATES.get(channel.state, "down"), incoming, arrival))
        bridges = tuple((bridge, tuple(sorted(members))) for bridge, members in found.bridges.items())
        return port.EngineUp(now, found.restarted, tuple(legs), bridges)

    def leg(self, leg: str) -> Leg:
        """Raises `LegGone`."""
        state = self.legs.get(leg)
        if state is None:
            raise port.LegGone(leg)
        return state

    def message(self, message: Message) -> None:
        now = time.time()
        channel, playback = message.channel, message.playback
        if playback is not None:
            if message.type == "PlaybackFinished":
                self.played(now, playback.id, playback.state == "done")
        elif channel is None:
            return
        elif message.type == "StasisStart":
            self._entered(now, channel, message.args)
        elif message.type == "ChannelStateChange":
            self._changed(now, channel)
        elif message.type in ("ChannelTalkingStarted", "ChannelTalkingFinished"):
            self.talks(channel.id, message.type == "ChannelTalkingStarted")
        elif message.type == "ChannelDestroyed":
            self._ended(now, channel.id, message.cause, message.cause_txt)
        elif message.type == "StasisEnd":
            # The last that is heard of legs that came; of those that we rang, the cause follows.
            leg = self.legs.get(channel.id)
            if leg is not None and leg.incoming:
                self._ended(now, channel.id, causes.NORMAL, "")

    def manager_event(self, fields: dict[str, str]) -> None:
        kind = fields["Event"]
        if kind in ("DTMFBegin", "DTMFEnd"):
            self._keyed(kind, fields)
        elif kind == "ContactStatus":
            name, status = fields.get("EndpointName", ""), fields.get("ContactStatus", "")
            if name.startswith(TRUNK_PREFIX):
                self._trunk_asked(name, status)
            elif name:
                self._registered(name, fields.get("URI", ""), status)
        elif why := _REFUSALS.get(kind):
            if not self._refused:
                asyncio.get_running_loop().call_later(_COUNT_S, self._tell_refusals)
            self._refused[why] += 1

    def _keyed(self, kind: str, fields: dict[str, str]) -> None:
        name, key = fields.get("Uniqueid", ""), fields.get("Digit", "")
        leg = self.legs.get(name)
        if leg is None or fields.get("Direction") != "Received":
            return
        if kind == "DTMFBegin":
            counts = leg.keys.begins()
        else:
            counts = leg.keys.ends(key, int(fields.get("DurationMs", "0")), time.monotonic())
        if counts:
            self._tell(port.KeyPressed(time.time(), name, key))

    def _registered(self, name: str, uri: str, status: str) -> None:
        """A phone that comes back from another address is there before its old contact is removed."""
        contacts = self._contacts.setdefault(name, set())
        if status in ("Removed", "Unreachable"):
            contacts.discard(uri)
        else:
            contacts.add(uri)
        online = bool(contacts)
        if self._online.get(name) != online:
            self._online[name] = online
            self._tell(port.EndpointChanged(time.time(), name, online))

    def _tell_refusals(self) -> None:
        refused, self._refused = self._refused, Counter()
        for why, times in refused.items():
            self._tell(port.SourcesRefused(time.time(), why, times))

    def _entered(self, now: float, channel: Channel, args: list[str]) -> None:
        leg = self.legs.get(channel.id)
        if args and args[0] == "in":
            if leg is None:
                self.legs[channel.id] = Leg(True, _endpoint(channel), channel.state == "Up")
                self._tell(arrived(channel, args, now))
        elif leg is not None and leg.in_hand is not None:
            leg.in_hand.set()
        elif leg is not None and not leg.answered:
            leg.answered = True
            self._tell(port.LegAnswered(now, channel.id))

    def _changed(self, now: float, channel: Channel) -> None:
        leg = self.legs.get(channel.id)
        if leg is None or leg.incoming:
            return
        if channel.state == "Ringing":
            self._tell(port.LegRinging(now, channel.id))
        elif channel.state == "Up" and leg.in_hand is not None and not leg.answered:
            leg.answered = True
            self._tell(port.LegAnswered(now, channel.id))

    def _ended(self, now: float, name: str, code: int, words: str) -> None:
        leg = self.legs.pop(name, None)
        if leg is None:
            return
        for playback in leg.playing.copy():
            self.played(now, playback, False)
        if leg.bridge in self.bridges:
            self.bridges[leg.bridge].discard(name)
        self._leg_ended(name, leg, code)
        cause = causes.ended(
            code,
            answered=leg.answered,
            incoming=leg.incoming,
            we_hung_up=leg.we_hung_up,
            timed_out=0 < leg.rings_until <= time.monotonic(),
        )
        self._tell(port.LegEnded(now, name, cause, f"{code} {words}".strip()))

    def played(self, now: float, playback: str, complete: bool) -> None:
        name = self.playbacks.pop(playback, None)
        if name is None:
            return
        stopped = playback in self.stopped
        self.stopped.discard(playback)
        leg = self.legs.get(name)
        if leg is not None and playback in leg.playing:
            leg.playing.remove(playback)
        self._tell(port.PlaybackEnded(now, playback, name, complete and not stopped))


def _endpoint(channel: Channel) -> str:
    """`PJSIP/<endpoint>-0000002a`."""
    return channel.name.removeprefix("PJSIP/").rpartition("-")[0]


def arrived(channel: Channel, args: Sequence[str], now: float) -> port.LegArrived:
    """`args` of our dialplan: in, kept by the fallback or not, asserted identity."""
    kept, asserted = (*args[1:3], "", "")[:2]
    identity = _IDENTITY.search(asserted)
    caller = channel.caller.number
    began = datetime.fromisoformat(channel.creationtime).timestamp()
    return port.LegArrived(
        at=now,
        leg=channel.id,
        dialled=channel.dialplan.exten,
        caller="" if caller.lower() == "anonymous" else caller[:64],
        source=channel.accountcode,
        asserted=identity[1][:64] if identity else "",
        waited_s=max(0.0, now - began) if kept == "1" else 0.0,
    )
