"""Trunks in the engine: whence their calls come (by name or address), how they stand, which are still there.

The engine looks a host up once and refuses one that nobody knows. So we look them up, give it addresses, and are
asked now and then to do it again: a carrier that moves is followed, and one that was not there at first comes in.
No OPTIONS are sent to carriers: the engine would place no calls by one that does not answer them. Engines of our own
sites do answer, and are asked: an agent there is offered nothing while theirs is away.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Sequence

from qingting.telephony.port import LegGone, Trunk, TrunkState

from . import endpoints
from .ari import path
from .connection import Connection
from .registry import Registry

LOOK_UP_S = 5.0
_ANSWERS = {"Reachable": True, "Unreachable": False, "Removed": False}
_NO_WAY = frozenset({18, 27, 34, 38, 41, 42, 58})
"""Q.850 causes by which a call did not reach the far side's switch, whatever number it was for."""


class Trunks:
    def __init__(self, connection: Connection, registry: Registry) -> None:
        self._connection = connection
        self._registry = registry
        self._put: dict[str, Trunk] = {}
        """By the engine's name."""
        self._addresses: dict[str, set[str]] = {}
        """All that its host ever meant, so that a name server that tells some of many in turn changes nothing."""
        self._left: dict[str, str] | None = None
        """Engine's name -> id of those that an earlier program put there; None: not asked yet."""
        self._faults: dict[str, str] = {}
        self._reached: set[str] = set()
        """Sites whose engine answered last."""

    async def put(self, trunk: Trunk) -> None:
        name = endpoints.trunk_endpoint(trunk.trunk)
        found = await look_up(trunk.host)
        before = self._put.get(name)
        known = self._addresses.setdefault(name, set()) if before and before.host == trunk.host else set()
        self._addresses[name] = known | set(found)
        await self._registry.put(endpoints.of_trunk(trunk, sorted(self._addresses[name])))
        self._put[name] = trunk
        if self._left:
            self._left.pop(name, None)

    async def remove(self, trunk: str) -> None:
        name = endpoints.trunk_endpoint(trunk)
        for known in (self._put, self._addresses, self._faults, self._left or {}):
            known.pop(name, None)
        self._reached.discard(name)
        await self._registry.remove(endpoints.TRUNK_KINDS, name)

    async def states(self) -> dict[str, TrunkState]:
        if self._left is None:
            self._left = await self._ask_who_is_left()
        told = {id: TrunkState("ready") for id in self._left.values()}
        registrations = await self._registrations() if any(it.register for it in self._put.values()) else {}
        self._reached = await self._registry.answering([name for name, it in self._put.items() if it.site_of])
        return told | {it.trunk: self._state(name, it, registrations) for name, it in self._put.items()}

    def passes_early_media(self, name: str) -> bool:
        return name not in self._put or self._put[name].early_media

    def answered(self, endpoint: str) -> None:
        """The way is good."""
        if self._faults:
            self._faults.pop(endpoint.rpartition("@")[2], None)

    def ended(self, endpoint: str, cause: int) -> None:
        """A call by it, not answered."""
        name = endpoint.rpartition("@")[2]
        if name in self._put and cause in _NO_WAY:
            self._faults[name] = str(cause)

    def asked(self, name: str, status: str) -> tuple[str, bool] | None:
        """A far engine was asked whether it is there: (trunk, whether it is), when that is news."""
        trunk = self._put.get(name)
        there = _ANSWERS.get(status)
        if trunk is None or not trunk.site_of or there is None or there == (name in self._reached):
            return None
        (self._reached.add if there else self._reached.discard)(name)
        return trunk.trunk, there

    def engine_found(self, restarted: bool) -> None:
        self._reached.clear()
        self._left = {} if restarted else None
        if restarted:
            self._put.clear()
            self._faults.clear()

    # inside

    def _state(self, name: str, trunk: Trunk, registrations: dict[str, str]) -> TrunkState:
        if not self._addresses.get(name):
            return TrunkState("unknown_host", f"no name server knows {trunk.host}")
        if trunk.site_of and name not in self._reached:
            return TrunkState(
                "unreachable", f"the engine at {trunk.host}:{trunk.port} does not answer, or knows us not"
            )
        if trunk.register:
            match registrations.get(name, ""):
                case "Registered":
                    return TrunkState("registered")
                case "Rejected":
                    return TrunkState("refused", "the far side does not take our registration: user name, secret?")
                case _:
                    return TrunkState("registering", "no answer to our registration yet")
        if fault := self._faults.get(name):
            return TrunkState("failing", f"the last call by it came to nothing (Q.850 cause {fault})")
        return TrunkState("ready")

    async def _registrations(self) -> dict[str, str]:
        listed = await self._connection.manage_list("PJSIPShowRegistrationsOutbound", "OutboundRegistrationDetail")
        return {it.get("ObjectName", ""): it.get("Status", "") for it in listed}

    async def _ask_who_is_left(self) -> dict[str, str]:
        listed = await self._connection.manage_list("PJSIPShowEndpoints", "EndpointList")
        left = {}
        for name in (it.get("ObjectName", "") for it in listed):
            if name.startswith(endpoints.TRUNK_PREFIX) and name not in self._put:
                uri = path("asterisk", "config", "dynamic", "res_pjsip", "endpoint", name)
                try:
                    fields = (await self._connection.ask("GET", uri, lane=name)).read()
                except LegGone:
                    continue
                owner = next((str(it["value"]) for it in fields if it["attribute"] == "accountcode"), "")
                left[name] = owner.removeprefix("trunk:") if owner.startswith("trunk:") else owner.partition("/")[2]
        return left


async def look_up(host: str) -> Sequence[str]:
    """Its addresses; none when nobody knows it."""
    try:
        return [str(ipaddress.ip_address(host.strip("[]")))]
    except ValueError:
        pass
    try:
        async with asyncio.timeout(LOOK_UP_S):
            found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError, TimeoutError):
        return []
    return [str(it[4][0]) for it in found]
