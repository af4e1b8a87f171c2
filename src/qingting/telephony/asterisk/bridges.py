"""Who hears whom: a leg is in one bridge at most, and the engine takes it out of the one before by itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from functools import partial
from itertools import count

from qingting.telephony.port import LegGone

from .ari import Reply, path
from .connection import Connection, judged
from .hearing import Hearing, Leg
from .sound import Sound

EARLY = "early-"
"""Bridges by which early media is heard; they end when both have gone elsewhere."""
PAIR = 2
"""A bridge of so many passes sound on, one of more mixes it."""
TRIES = "~"
"""Parts a bridge's name from which of that name it is."""


class Bridges:
    def __init__(self, connection: Connection, hearing: Hearing, sound: Sound) -> None:
        self._connection = connection
        self._hearing = hearing
        self._sound = sound
        self._ids: dict[str, str] = {}
        """What the engine calls each: it refuses the name of one that it has not wholly forgotten."""
        self._tries = count(time.time_ns() // 1_000_000)

    def found(self, there: dict[str, set[str]]) -> dict[str, set[str]]:
        """By our names. Whose legs ended while nobody listened, ends."""
        self._ids = {bridge.partition(TRIES)[0]: bridge for bridge, members in there.items() if members}
        for bridge, members in there.items():
            if not members:
                self._connection.send("DELETE", path("bridges", bridge))
        return {name: there[bridge] for name, bridge in self._ids.items()}

    async def join(self, bridge: str, legs: Sequence[str]) -> None:
        states = [self._hearing.leg(leg) for leg in legs]
        bridges, send = self._hearing.bridges, partial(self._connection.send, lane=bridge)
        for leg, state in zip(legs, states, strict=True):
            self._sound.stop_prompts(state, bridge)
            self._sound.silence(leg, state, bridge)
        asked = []
        if bridge not in bridges:
            asked.append(self._make(bridge, bridge))
        members, there = bridges[bridge], self._ids[bridge]
        joining = [leg for leg in legs if leg not in members]
        leaving = members.difference(legs)
        if len(members) == PAIR < len(legs) and not leaving:
            # Asterisk 22.10 sends browsers' calls no sound any more when the bridge begins to mix under them.
            joining, leaving = list(legs), set(members)
        for leg in leaving:
            self._leaves(leg)
        left = {self._enters(bridge, leg) for leg in joining}
        if leaving:
            asked.append(send("POST", path("bridges", there, "removeChannel"), {"channel": ",".join(leaving)}))
        if joining:
            asked.append(send("POST", path("bridges", there, "addChannel"), {"channel": ",".join(joining)}))
        for before in left:
            if before.startswith(EARLY) and not bridges.get(before, True):
                self._drop(before, bridge)  # on this lane: ended beside it, it would take the legs along
        replies = [await reply for reply in asked]
        if joining and not replies[-1].ok:
            for leg in joining:
                self._leaves(leg)
            judged(replies[-1], "bridge")

    def _enters(self, bridge: str, leg: str) -> str:
        """Returns where it was: the engine takes it out of there by itself."""
        before = self._leaves(leg)
        self._hearing.bridges[bridge].add(leg)
        if leg in self._hearing.legs:
            self._hearing.legs[leg].bridge = bridge
        return before

    def _leaves(self, leg: str) -> str:
        state = self._hearing.legs.get(leg)
        if state is None:
            return ""
        before, state.bridge = state.bridge, ""
        self._hearing.bridges.get(before, set()).discard(leg)
        return before

    def early(self, leg: str, hearer: str) -> asyncio.Future[Reply]:
        """Before `leg` is dialled: what the far side says before the answer is heard by `hearer`."""
        bridge = f"{EARLY}{leg}"
        self._make(bridge, leg)
        for party in (leg, hearer):
            self._enters(bridge, party)
        # The far side is shown the trunk's number: neither the bridge nor the dial may put the hearer's in its place.
        joined = {"channel": f"{hearer},{leg}", "inhibitConnectedLineUpdates": "true"}
        return self._connection.send("POST", path("bridges", self._ids[bridge], "addChannel"), joined, lane=leg)

    def not_early(self, leg: str) -> None:
        """It could not be dialled."""
        self._drop(f"{EARLY}{leg}", leg)

    def leg_ended(self, state: Leg) -> None:
        """A bridge ends with the last leg that ends in it, early media with its first."""
        members = self._hearing.bridges.get(state.bridge)
        if members is not None and (not members or state.bridge.startswith(EARLY)):
            self._drop(state.bridge, state.bridge)

    async def hold(self, bridge: str, held: str, on: bool, music: str = "") -> None:
        state = self._hearing.leg(held)
        members = self._hearing.bridges.get(bridge)
        if members is None:
            raise LegGone(bridge)
        self._sound.stop_prompts(state, bridge)
        send, there = partial(self._connection.send, lane=bridge), self._ids[bridge]
        if on and held in members:
            self._leaves(held)
            send("POST", path("bridges", there, "removeChannel"), {"channel": held})
            await self._sound.music(held, True, music, bridge)
        elif not on and held not in members:
            self._sound.silence(held, state, bridge)
            self._enters(bridge, held)
            judged(await send("POST", path("bridges", there, "addChannel"), {"channel": held}), "resume")

    async def dissolve(self, bridge: str) -> None:
        if bridge in self._hearing.bridges:
            await self._drop(bridge, bridge)

    def _make(self, bridge: str, lane: str) -> asyncio.Future[Reply]:
        self._hearing.bridges[bridge] = set()
        self._ids[bridge] = f"{bridge}{TRIES}{next(self._tries)}"
        return self._connection.send("POST", path("bridges", self._ids[bridge]), {"type": "mixing"}, lane=lane)

    def _drop(self, bridge: str, lane: str) -> asyncio.Future[Reply]:
        legs, there = self._hearing.legs, self._ids.pop(bridge)
        inside = self._hearing.bridges.pop(bridge) & legs.keys()
        for leg in inside:
            legs[leg].bridge = ""
        # A bridge that ends around a leg may take it along out of the next one; who is hung up has no next one.
        if stay := [leg for leg in inside if not legs[leg].we_hung_up]:
            leave = {"channel": ",".join(stay)}
            self._connection.send("POST", path("bridges", there, "removeChannel"), leave, lane=lane)
        return self._connection.send("DELETE", path("bridges", there), lane=lane)
