"""`telephony.port.Telephony` on one Asterisk: the verbs.

Requests are few, because each costs both sides CPU time: what is known from before is not asked again, and
requests that depend on each other are sent at once, because the engine keeps their order.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import time
from collections.abc import Sequence
from functools import partial

import structlog

from qingting.telephony import port
from qingting.telephony.port import EngineUnavailable, LegGone, Listener

from . import causes, endpoints, sites
from .ari import Reply, path
from .bridges import Bridges
from .configure import LONGEST_CALL_S
from .connection import Access, Connection, Found
from .hearing import Hearing, Leg
from .layout import APPLICATION
from .music import Music
from .recording import Recordings
from .registry import Registry
from .sound import Sound
from .trunks import Trunks

log = structlog.get_logger(__name__)

_NAME = re.compile(r"[+*#0-9A-Za-z._-]{1,64}")
IN_HAND_S = 5.0
"""A leg that was made is in the application's hands within a millisecond."""


class AsteriskTelephony:
    capabilities = port.Capabilities(two_channel_recording=True, early_media=True, outlives_us=True)

    def __init__(self, access: Access, music: Music) -> None:
        self._listener: Listener = lambda event: None
        self._hearing = Hearing(self._tell, self._leg_ended, self._trunk_asked)
        self._connection = Connection(
            access,
            on_up=self._up,
            on_down=lambda why: self._tell(port.EngineDown(time.time(), why)),
            on_message=self._hearing.message,
            on_manager_event=self._hearing.manager_event,
        )
        self._sound = Sound(self._connection, self._hearing, music)
        self._bridges = Bridges(self._connection, self._hearing, self._sound)
        self._recordings = Recordings(self._connection, self._tell)
        self._hearing.talks = self._recordings.talks
        self._registry = Registry(self._connection)
        self._trunks = Trunks(self._connection, self._registry)
        self._leaving: set[str] = set()
        """Endpoints that are removed when their call has ended."""

    async def start(self, listener: Listener) -> None:
        self._listener = listener
        self._connection.start()

    async def stop(self) -> None:
        await self._connection.stop()
        await self._recordings.close()

    def _tell(self, event: port.TelephonyEvent) -> None:
        if isinstance(event, port.LegAnswered):
            self._sound.stop_ringback(self._hearing.legs[event.leg])
            self._trunks.answered(self._hearing.legs[event.leg].endpoint)
        self._listener(event)

    def _up(self, found: Found) -> None:
        if found.restarted:
            self._recordings.engine_restarted()
            self._registry.engine_restarted()
        self._trunks.engine_found(found.restarted)
        self._tell(self._hearing.found(found._replace(bridges=self._bridges.found(found.bridges))))

    def _trunk_asked(self, name: str, status: str) -> None:
        if (news := self._trunks.asked(name, status)) is not None:
            self._tell(port.SiteChanged(time.time(), *news))

    def _leg_ended(self, leg: str, state: Leg, cause: int) -> None:
        if not state.answered:
            self._trunks.ended(state.endpoint, cause)
        self._recordings.leg_ended(leg)
        self._sound.stop_ringback(state)
        if state.endpoint in self._leaving and not self._talks(state.endpoint):
            self._leaving.discard(state.endpoint)
            self._registry.forget(endpoints.ENDPOINT_KINDS, state.endpoint)
        self._bridges.leg_ended(state)

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
        if leg in self._hearing.legs:
            return
        address = _address(target)
        if not address:
            self._tell(port.LegEnded(time.time(), leg, "failed", "no such target"))
            return
        seconds = str(max(1, int(timeout_s + 0.999)))
        variables = {"TIMEOUT(absolute)": str(LONGEST_CALL_S)}
        variables |= {f"PJSIP_HEADER(add,{_token(name)})": _text(value) for name, value in headers}
        query = {"endpoint": address, "app": APPLICATION, "appArgs": "out", "channelId": leg}
        caller_id = f'"{_text(caller_name)}" <{_text(caller)}>'
        state = self._hearing.legs[leg] = Leg(
            False, address.removeprefix("PJSIP/"), rings_until=time.monotonic() + timeout_s - 0.1
        )
        try:
            if early_media_to and not self._trunks.passes_early_media(address.rpartition("@")[2]):
                self._sound.ringback(leg, state, early_media_to)
                early_media_to = ""
            if early_media_to:
                variables |= {"CALLERID(all)": caller_id, "CONNECTEDLINE(all,i)": caller_id}
                reply = await self._dial_with_early_media(leg, state, query, variables, early_media_to, seconds)
            else:
                query |= {"timeout": seconds, "callerId": caller_id}
                reply = await self._connection.send("POST", "channels", query, {"variables": variables}, lane=leg)
        except EngineUnavailable:
            self._hearing.legs.pop(leg, None)
            raise
        if not reply.ok and self._hearing.legs.pop(leg, None) is not None:
            cause = "unreachable" if reply.status == 500 else "failed"
            self._tell(port.LegEnded(time.time(), leg, cause, f"{reply.status} {reply.body[:120]}"))

    async def _dial_with_early_media(
        self, leg: str, state: Leg, query: dict[str, str], variables: dict[str, str], hearer: str, seconds: str
    ) -> Reply:
        """Bridged before it is dialled, so that what the far side says before the answer is heard."""
        send = partial(self._connection.send, lane=leg)
        state.in_hand = asyncio.Event()
        created = await send("POST", "channels/create", query, {"variables": variables})
        if not created.ok:
            return created
        with contextlib.suppress(TimeoutError):  # then the next request fails, and says why
            async with asyncio.timeout(IN_HAND_S):
                await state.in_hand.wait()
        hears = self._bridges.early(leg, hearer)
        dialled = await send("POST", path("channels", leg, "dial"), {"timeout": seconds})
        if not dialled.ok:
            send("DELETE", path("channels", leg))
            self._bridges.not_early(leg)
        elif not (said := await hears).ok:
            log.warning("engine.no_early_media", leg=leg, status=said.status, why=said.body[:120])
        return dialled

    async def progress(self, leg: str) -> None:
        await self._connection.ask("POST", path("channels", leg, "ring"), lane=leg)

    async def answer(self, leg: str) -> None:
        state = self._hearing.leg(leg)
        self._sound.stop_prompts(state, leg)
        self._connection.send("POST", path("channels", leg, "answer"), lane=leg)
        state.answered = True

    async def hang_up(self, leg: str, cause: str = "hangup") -> None:
        state = self._hearing.legs.get(leg)
        if state is None:
            return  # every leg that lives is known
        state.we_hung_up = True
        with contextlib.suppress(LegGone):
            code = str(causes.REASON.get(cause, causes.NORMAL))
            await self._connection.ask("DELETE", path("channels", leg), {"reason_code": code}, lane=leg)

    # --- what a party hears -------------------------------------------------------------------------------

    async def play(self, playback: str, leg: str, media: Sequence[str]) -> None:
        await self._sound.play(playback, leg, media)

    async def stop_playing(self, playback: str) -> None:
        await self._sound.stop_playing(playback)

    async def music(self, leg: str, on: bool, name: str = "") -> None:
        await self._sound.music(leg, on, name, leg)

    # --- who hears whom -----------------------------------------------------------------------------------

    async def bridge(self, bridge: str, legs: Sequence[str]) -> None:
        await self._bridges.join(bridge, legs)

    async def hold(self, bridge: str, held: str, on: bool, music: str = "") -> None:
        await self._bridges.hold(bridge, held, on, music)

    async def unbridge(self, bridge: str) -> None:
        await self._bridges.dissolve(bridge)

    # --- recording ----------------------------------------------------------------------------------------

    async def record(self, recording: str, leg: str, received: str, sent: str, *, silence_s: float = 0.0) -> None:
        await self._recordings.start(recording, leg, received, sent, silence_s)

    async def pause_recording(self, recording: str, leg: str, on: bool) -> None:
        await self._recordings.pause(leg, on)

    async def stop_recording(self, recording: str, leg: str) -> None:
        with contextlib.suppress(LegGone):
            await self._recordings.stop(recording, leg)

    # --- who may connect ----------------------------------------------------------------------------------

    async def put_endpoint(self, endpoint: port.Endpoint) -> None:
        self._leaving.discard(endpoint.name)
        await self._registry.put(endpoints.of_endpoint(endpoint))
        await asyncio.gather(*self._registry.tell(sites.variables(endpoint)))

    async def remove_endpoint(self, name: str) -> None:
        if self._talks(name):
            self._leaving.add(name)  # a phone that the engine does not know cannot even hang up
        else:
            await self._registry.remove(endpoints.ENDPOINT_KINDS, name)

    def _talks(self, endpoint: str) -> bool:
        return any(leg.endpoint == endpoint for leg in self._hearing.legs.values())

    async def put_trunk(self, trunk: port.Trunk) -> None:
        await self._trunks.put(trunk)

    async def remove_trunk(self, trunk: str) -> None:
        await self._trunks.remove(trunk)

    async def trunks(self) -> dict[str, port.TrunkState]:
        return await self._trunks.states()

    async def online(self) -> set[str]:
        return await self._registry.online()


def _address(target: str) -> str:
    """`endpoint:<name>`, `trunk:<id>/<number>` as the engine dials it; empty for anything else."""
    kind, _, rest = target.partition(":")
    if kind == "endpoint" and _NAME.fullmatch(rest):
        return f"PJSIP/{rest}"
    trunk, slash, number = rest.rpartition("/")
    if kind == "trunk" and slash and _NAME.fullmatch(number):
        return f"PJSIP/{number}@{endpoints.trunk_endpoint(trunk)}"
    return ""


def _text(text: str) -> str:
    """Safe inside a header: no quotes, brackets or line breaks."""
    return re.sub(r'["<>\\\r\n,;]', " ", text)[:120]


def _token(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]{1,40}", name):
        raise ValueError("not a header name")
    return name
