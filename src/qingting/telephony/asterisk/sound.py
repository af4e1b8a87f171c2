"""What one party hears from the engine itself: prompts, music, a ringing tone."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence

from qingting.telephony.port import EngineUnavailable, LegGone

from .ari import path
from .connection import Connection
from .hearing import Hearing, Leg
from .music import Music


class Sound:
    """Requests that name the same `lane` keep their order."""

    def __init__(self, connection: Connection, hearing: Hearing, classes: Music) -> None:
        self._connection = connection
        self._hearing = hearing
        self._classes = classes

    async def play(self, playback: str, leg: str, media: Sequence[str]) -> None:
        state = self._hearing.leg(leg)
        if playback in self._hearing.playbacks:
            return
        sounds = ",".join(f"sound:{_media(name)}" for name in media)
        self.silence(leg, state, leg)
        self._hearing.playbacks[playback] = leg
        state.playing.append(playback)
        try:
            await self._connection.ask("POST", path("channels", leg, "play", playback), {"media": sounds}, lane=leg)
        except (LegGone, EngineUnavailable):
            if self._hearing.playbacks.pop(playback, None) is not None and playback in state.playing:
                state.playing.remove(playback)
            raise

    async def stop_playing(self, playback: str) -> None:
        leg = self._hearing.playbacks.get(playback)
        if leg is not None:
            self._hearing.stopped.add(playback)
            with contextlib.suppress(LegGone):
                await self._connection.ask("DELETE", path("playbacks", playback), lane=leg)

    async def music(self, leg: str, on: bool, name: str, lane: str) -> None:
        if on and self._classes.is_stale():
            await self._learn_music()
        state = self._hearing.leg(leg)
        wanted = self._classes.engine_class(name) if on else ""
        if state.music != wanted:
            state.music = wanted
            query = {"mohClass": wanted} if on else None
            await self._connection.ask("POST" if on else "DELETE", path("channels", leg, "moh"), query, lane=lane)

    async def _learn_music(self) -> None:
        if await asyncio.to_thread(self._classes.refresh):
            await self._connection.manage("Reload", Module="res_musiconhold")

    def stop_prompts(self, state: Leg, lane: str) -> None:
        """What waits for a leg (to answer, to join) waits until its prompt has ended, and so do all other legs."""
        for playback in state.playing:
            self._hearing.stopped.add(playback)
            self._connection.send("DELETE", path("playbacks", playback), lane=lane)

    def silence(self, leg: str, state: Leg, lane: str) -> None:
        """No more music, because something else follows; the engine keeps the order."""
        if state.music:
            state.music = ""
            self._connection.send("DELETE", path("channels", leg, "moh"), lane=lane)

    def ringback(self, leg: str, state: Leg, hearer: str) -> None:
        """`hearer` hears our own tone while `leg` is rung."""
        state.ringback_to = hearer
        self._connection.send("POST", path("channels", hearer, "ring"), lane=leg)

    def stop_ringback(self, state: Leg) -> None:
        hearer, state.ringback_to = state.ringback_to, ""
        if hearer in self._hearing.legs:
            with contextlib.suppress(EngineUnavailable):  # then it has ended anyway
                self._connection.send("DELETE", path("channels", hearer, "ring"), lane=hearer)


def _media(name: str) -> str:
    if "," in name or not name.startswith("/"):
        raise ValueError("media are absolute paths without a comma")
    return name
