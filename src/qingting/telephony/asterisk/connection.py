"""The connections to one Asterisk, held as one: all are there, or none is.

Connects, asks what lives, says so, passes events on, and begins again whenever one is lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import msgspec
import structlog

from qingting.telephony.port import EngineUnavailable, LegGone

from .ami import Ami
from .ari import Ari, Channel, Message, Reply
from .ari_http import AriHttp
from .layout import APPLICATION

log = structlog.get_logger(__name__)

EVENTS = (
    "StasisStart",
    "StasisEnd",
    "ChannelStateChange",
    "ChannelDestroyed",
    "ChannelTalkingStarted",
    "ChannelTalkingFinished",
    "PlaybackFinished",
    "ApplicationReplaced",
    "RESTResponse",
)
"""All that we listen to; the engine is told not to write the others. (Its filter would swallow answers as well.)"""

GONE = (400, 404, 409, 412, 422)
"""Answers to a request that a hang-up has overtaken."""

_KNOWN = "QINGTING_KNOWN"
"""Dies with the engine's process: where it is set, we or who ran before us have met this very process."""

LANES = max(2, min(8, os.cpu_count() or 1))
"""Sockets on which requests go. The engine answers those of one socket one by one, and some wait for a channel; more
of them than processors cost both sides more than they bring."""

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 2.0


class Access(NamedTuple):
    """Where and how one Asterisk is spoken to; always on loopback."""

    http_port: int
    ari_secret: str
    ami_port: int
    ami_secret: str
    by_http: bool = False
    """Requests go over plain HTTP: the engine is too old to take them on the event socket."""


class Found(NamedTuple):
    """What lives in the engine at the moment of connecting."""

    restarted: bool
    channels: list[Channel]
    bridges: dict[str, set[str]]


class Connection:
    def __init__(
        self,
        access: Access,
        *,
        on_up: Callable[[Found], None],
        on_down: Callable[[str], None],
        on_message: Callable[[Message], None],
        on_manager_event: Callable[[dict[str, str]], None],
    ) -> None:
        self._access = access
        self._on_up, self._on_down = on_up, on_down
        self._on_message, self._on_manager_event = on_message, on_manager_event
        self._lanes: list[Ari | AriHttp] = []
        self._events: Ari | None = None
        """The socket that brings the events; one of the lanes, where the engine takes requests on it."""
        self._ami: Ami | None = None
        self._early: list[Message] | None = []
        """Events that came before `on_up`: they follow it."""
        self._lost: asyncio.Future[str] | None = None
        self._why = "not connected yet"
        self._keeper: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._keeper = asyncio.get_running_loop().create_task(self._keep(), name="engine-connection")

    async def stop(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
            self._keeper = None
        await self._disconnect()

    # --- asking -------------------------------------------------------------------------------------------

    def send(
        self,
        method: str,
        uri: str,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        *,
        lane: str = "",
    ) -> asyncio.Future[Reply]:
        """Sent before it returns; what names the same `lane` keeps its order. Raises `EngineUnavailable`."""
        if not self._lanes or self._early is not None:
            raise EngineUnavailable(self._why)
        return self._lanes[hash(lane) % LANES].send(method, uri, query, body)

    async def ask(
        self,
        method: str,
        uri: str,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        *,
        lane: str = "",
    ) -> Reply:
        """Raises `LegGone` for what a hang-up explains, `EngineUnavailable` for what it does not."""
        return judged(await self.send(method, uri, query, body, lane=lane), uri)

    async def manage(self, action: str, **fields: str) -> dict[str, str]:
        if self._ami is None or self._early is not None:
            raise EngineUnavailable(self._why)
        return await self._ami.ask(action, **fields)

    async def manage_list(self, action: str, item: str) -> list[dict[str, str]]:
        if self._ami is None or self._early is not None:
            raise EngineUnavailable(self._why)
        return await self._ami.ask_list(action, item)

    # --- being there --------------------------------------------------------------------------------------

    async def _keep(self) -> None:
        pause = FIRST_PAUSE_S
        while True:
            self._lost = asyncio.get_running_loop().create_future()
            try:
                found = await self._connect()
            except EngineUnavailable as e:
                log.info("engine.not_reached", why=str(e))
                await self._disconnect()
                await asyncio.sleep(pause)
                pause = min(pause * 1.6, LONGEST_PAUSE_S)
                continue
            pause = FIRST_PAUSE_S
            early, self._early = self._early or [], None
            self._on_up(found)
            for message in early:
                self._on_message(message)
            self._why = await self._lost
            await self._disconnect()
            self._on_down(self._why)

    async def _connect(self) -> Found:
        access = self._access
        self._early = []
        self._ami = Ami(self._on_manager_event, self._losing)
        await self._ami.connect(access.ami_port, APPLICATION, access.ami_secret)
        self._events = Ari(self._heard, self._losing)
        await self._events.connect(access.http_port, APPLICATION, access.ari_secret, APPLICATION)
        for n in range(LANES):
            await self._open_lane(n, access)
        ari = self._lanes[0]
        ari.send("PUT", f"applications/{APPLICATION}/eventFilter", None, {"allowed": [{"type": e} for e in EVENTS]})
        known = ari.send("GET", "asterisk/variable", {"variable": _KNOWN})
        ari.send("POST", "asterisk/variable", {"variable": _KNOWN, "value": "1"})
        channels, bridges = ari.send("GET", "channels"), ari.send("GET", "bridges")
        return Found(
            restarted='"1"' not in (await known).body,
            channels=msgspec.convert((await channels).read(), list[Channel]),
            bridges={bridge["id"]: set(bridge["channels"]) for bridge in (await bridges).read()},
        )

    async def _open_lane(self, n: int, access: Access) -> None:
        """Known before it is connected, so that it is closed whatever happens."""
        assert self._events is not None
        if access.by_http:
            http = AriHttp(self._losing)
            self._lanes.append(http)
            await http.connect(access.http_port, APPLICATION, access.ari_secret)
        elif n == 0:
            self._lanes.append(self._events)
        else:
            ari = Ari(self._heard, self._losing)
            self._lanes.append(ari)
            await ari.connect(access.http_port, APPLICATION, access.ari_secret, f"{APPLICATION}-{n}")

    async def _disconnect(self) -> None:
        self._early = []
        lanes, self._lanes = self._lanes, []
        events, self._events = self._events, None
        if events is not None and events not in lanes:
            events.close()
        ami, self._ami = self._ami, None
        for ari in lanes:
            ari.close()
        if ami is not None:
            await ami.close()

    def _heard(self, message: Message) -> None:
        if message.type == "ApplicationReplaced":
            self._losing("another program has taken the engine")
        elif self._early is not None:
            self._early.append(message)
        else:
            self._on_message(message)

    def _losing(self, why: str) -> None:
        if self._lost is not None and not self._lost.done():
            self._lost.set_result(why)


def judged(reply: Reply, what: str) -> Reply:
    if reply.ok:
        return reply
    if reply.status in GONE:
        raise LegGone(f"{what}: {reply.status} {reply.body[:200]}")
    raise EngineUnavailable(f"{what}: {reply.status} {reply.body[:200]}")
