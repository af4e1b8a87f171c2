"""What legs hear from us: one playback at a time each, and who wants to know when it ended."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from ..telephony.port import Telephony

LONGEST_S = 600.0
"""After so long a playback counts as ended, whatever the engine says: nobody is left in silence."""


class Player:
    def __init__(self, telephony: Telephony) -> None:
        self._telephony = telephony
        self._now: dict[str, tuple[str, asyncio.Future[bool], asyncio.TimerHandle]] = {}
        """By leg: the playback, its end, and the timer that ends it at the latest."""

    async def play(self, playback: str, leg: str, media: Sequence[str], then: Callable[[], None]) -> None:
        """`then` is called at its end, complete or not, but not when another one takes its place or it is stopped.

        Raises `LegGone` and `EngineUnavailable`.
        """
        ended = await self._begin(playback, leg, media)
        ended.add_done_callback(lambda end: then() if end.result() else None)

    async def play_to_end(self, playback: str, leg: str, media: Sequence[str]) -> bool:
        """False when the leg ended, or another playback took its place. Raises as `play`."""
        return await (await self._begin(playback, leg, media))

    def ended(self, playback: str, leg: str) -> None:
        if self.playing(leg) == playback:
            _, end, timer = self._now.pop(leg)
            timer.cancel()
            if not end.done():
                end.set_result(True)

    def playing(self, leg: str) -> str:
        """The leg's playback, or empty."""
        return self._now[leg][0] if leg in self._now else ""

    async def stop(self, leg: str) -> None:
        playback = self.forget(leg)
        if playback:
            await self._telephony.stop_playing(playback)

    def forget(self, leg: str) -> str:
        """Nobody waits for this leg's playback any more. Which one it was, or empty."""
        if leg not in self._now:
            return ""
        playback, end, timer = self._now.pop(leg)
        timer.cancel()
        if not end.done():
            end.set_result(False)
        return playback

    async def _begin(self, playback: str, leg: str, media: Sequence[str]) -> asyncio.Future[bool]:
        await self.stop(leg)
        loop = asyncio.get_running_loop()
        end: asyncio.Future[bool] = loop.create_future()
        self._now[leg] = playback, end, loop.call_later(LONGEST_S, self.ended, playback, leg)
        try:
            await self._telephony.play(playback, leg, media)
        except BaseException:
            if self.playing(leg) == playback:
                self.forget(leg)
            raise
        return end
