"""A telephone booth: the telephony port as a test's hands and ears. Playbacks end when the test says so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from qingting.telephony.port import (
    Capabilities,
    Endpoint,
    EngineUnavailable,
    LegGone,
    Listener,
    Trunk,
)


class Booth:
    capabilities = Capabilities(two_channel_recording=False, early_media=True, outlives_us=False)

    def __init__(self) -> None:
        self.legs: set[str] = set()
        self.away = False
        """The engine cannot be reached."""
        self.heard: list[tuple[str, str, tuple[str, ...]]] = []
        """Playback, leg, files."""
        self.playing: dict[str, str] = {}
        """Playback by leg."""
        self.with_music: set[str] = set()
        self.rung: list[tuple[str, str, str]] = []
        self.bridges: dict[str, tuple[str, ...]] = {}
        self.hung_up: list[str] = []
        self.on_play: Callable[[str, str], None] = lambda playback, leg: None
        self.ended: Callable[[str, str, bool], None] = lambda playback, leg, complete: None

    def _check(self, leg: str) -> None:
        if self.away:
            raise EngineUnavailable("the booth is away")
        if leg not in self.legs:
            raise LegGone(leg)

    # --- the test's hands --------------------------------------------------------------------------------

    def finish(self, leg: str) -> None:
        """What the leg hears comes to its end."""
        self.ended(self.playing.pop(leg), leg, True)

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not true():  # noqa: ASYNC110  the booth has no event for everything a test may wait for
                await asyncio.sleep(0.002)

    async def until_heard(self, leg: str, media: Sequence[str]) -> None:
        await self.until(lambda: leg in self.playing and self.files(self.playing[leg]) == tuple(media))

    def files(self, playback: str) -> tuple[str, ...]:
        return next(files for name, _, files in reversed(self.heard) if name == playback)

    # --- the port ----------------------------------------------------------------------------------------

    async def start(self, listener: Listener) -> None: ...

    async def stop(self) -> None: ...

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
        if leg not in self.legs:
            self.legs.add(leg)
            self.rung.append((leg, target, caller))

    async def progress(self, leg: str) -> None:
        self._check(leg)

    async def answer(self, leg: str) -> None:
        self._check(leg)

    async def hang_up(self, leg: str, cause: str = "hangup") -> None:
        if leg in self.legs:
            self.legs.discard(leg)
            self.hung_up.append(leg)

    async def play(self, playback: str, leg: str, media: Sequence[str]) -> None:
        self._check(leg)
        assert leg not in self.playing, f"{leg} hears {self.playing[leg]} already"
        assert leg not in self.with_music
        self.on_play(playback, leg)
        self.heard.append((playback, leg, tuple(media)))
        self.playing[leg] = playback

    async def stop_playing(self, playback: str) -> None:
        for leg, now in list(self.playing.items()):
            if now == playback:
                del self.playing[leg]
                asyncio.get_running_loop().call_soon(self.ended, playback, leg, False)

    async def music(self, leg: str, on: bool) -> None:
        self._check(leg)
        (self.with_music.add if on else self.with_music.discard)(leg)

    async def bridge(self, bridge: str, legs: Sequence[str]) -> None:
        for leg in legs:
            self._check(leg)
        self.bridges[bridge] = tuple(legs)

    async def hold(self, bridge: str, held: str, on: bool) -> None: ...

    async def unbridge(self, bridge: str) -> None: ...

    async def record(self, recording: str, leg: str, received: str, sent: str) -> None: ...

    async def pause_recording(self, recording: str, leg: str, on: bool) -> None: ...

    async def stop_recording(self, recording: str, leg: str) -> None: ...

    async def put_endpoint(self, endpoint: Endpoint) -> None: ...

    async def remove_endpoint(self, name: str) -> None: ...

    async def put_trunk(self, trunk: Trunk) -> None: ...

    async def remove_trunk(self, trunk: str) -> None: ...

    async def online(self) -> set[str]:
        return set()
