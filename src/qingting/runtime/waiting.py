"""What a waiting customer hears: first words, music, and now and then their place and how long it may take.

A place that rose is never said, nor a wait that grew: nothing is said then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import structlog

from ..flow.nodes import Prompt
from ..speech.port import SpeechFailed
from ..speech.prompts import PromptStore
from ..speech.standard import say_place, say_wait
from ..telephony.port import EngineUnavailable, LegGone, Telephony
from .playing import Player

log = structlog.get_logger(__name__)

MUSIC_AFTER_S = 0.4
"""Who is offered and answered at once hears no music at all."""


class Treatment(Protocol):
    """A queue's settings, as far as waiting customers hear them."""

    @property
    def announce_place(self) -> bool: ...
    @property
    def announce_wait(self) -> bool: ...
    @property
    def announce_every_s(self) -> float: ...
    @property
    def music(self) -> str: ...


class Place(NamedTuple):
    place: int
    """1 is next."""
    wait_s: float | None
    """Not exceeded nine times in ten; None: nobody can tell closely enough."""


QueueState = Callable[[str, str], Place | None]
"""Tenant and visit → its place now; None when it does not wait, because an agent's phone is ringing for it."""


class _Waiter:
    def __init__(self, leg: str, tenant: str, visit: str, treatment: Treatment, language: str, known: bool) -> None:
        self.leg = leg
        self.tenant = tenant
        self.visit = visit
        self.treatment = treatment
        self.language = language
        self.hint: Sequence[Prompt] = ()
        """Said after each announcement."""
        # After a restart nobody knows what was said before: only "you are next" cannot be a rise.
        self.last_place = 1_000_000 if known else 1
        self.last_minutes = 1_000_000 if known else 0
        self.said = 0
        self.playback = ""
        """Asked for and not known to have ended."""
        self.music = False
        self.later: asyncio.TimerHandle | None = None
        self.task: asyncio.Task[None] | None = None

    @property
    def entertained(self) -> bool:
        """Or about to be."""
        return self.later is not None or (self.task is not None and not self.task.done())

    def stop(self) -> asyncio.Task[None] | None:
        """The task that is ending now, if it had begun."""
        later, self.later = self.later, None
        if later is not None:
            later.cancel()
        task, self.task = self.task, None
        if task is not None:
            task.cancel()
        return task


class WaitingRoom:
    def __init__(self, telephony: Telephony, player: Player, prompts: PromptStore, queue_state: QueueState) -> None:
        self._telephony = telephony
        self._player = player
        self._prompts = prompts
        self._queue_state = queue_state
        self._waiters: dict[str, _Waiter] = {}

    def enter(
        self,
        leg: str,
        tenant: str,
        visit: str,
        treatment: Treatment,
        language: str,
        first: Sequence[Prompt] | None,
        *,
        hint: Sequence[Prompt] = (),
        quiet: bool = False,
    ) -> None:
        """Begin, or go on for the same visit. `first`: words to begin with; None: they waited before a restart.

        `quiet`: they listen to something else; `resume` begins.
        """
        waiter = self._waiters.get(leg)
        if waiter is not None and waiter.visit == visit:
            waiter.treatment, waiter.language = treatment, language
            if not waiter.entertained and not quiet:
                self._begin(waiter, ())
            return
        if waiter is not None:
            waiter.stop()
        waiter = self._waiters[leg] = _Waiter(leg, tenant, visit, treatment, language, first is not None)
        waiter.hint = hint
        if quiet:
            return
        if first:
            self._begin(waiter, first)
        else:
            waiter.later = asyncio.get_running_loop().call_later(MUSIC_AFTER_S, self._begin, waiter, ())

    def resume(self, leg: str, hint: Sequence[Prompt]) -> None:
        """After they listened to something else, or when nothing is heard for whatever reason."""
        waiter = self._waiters.get(leg)
        if waiter is not None and not waiter.entertained:
            waiter.hint = hint
            self._begin(waiter, ())

    def entertains(self, leg: str) -> bool:
        waiter = self._waiters.get(leg)
        return waiter is not None and waiter.entertained

    def _begin(self, waiter: _Waiter, first: Sequence[Prompt]) -> None:
        waiter.later, waiter.task = None, asyncio.create_task(self._entertain(waiter, first))

    async def leave(self, leg: str) -> None:
        """Silence: somebody is about to speak with them. The visit may come back, and its place is remembered."""
        waiter = self._waiters.get(leg)
        task = waiter.stop() if waiter is not None else None
        if waiter is None or task is None:
            return
        await asyncio.wait([task])
        self._player.forget(leg)
        try:
            if waiter.playback:
                await self._telephony.stop_playing(waiter.playback)
            if waiter.music:
                await self._telephony.music(leg, False)
        except (LegGone, EngineUnavailable) as e:
            log.debug("waiting.left", leg=leg, why=str(e))
        waiter.music, waiter.playback = False, ""

    def forget(self, leg: str) -> None:
        waiter = self._waiters.pop(leg, None)
        if waiter is not None:
            waiter.stop()

    def close(self) -> None:
        for leg in list(self._waiters):
            self.forget(leg)

    async def _entertain(self, waiter: _Waiter, first: Sequence[Prompt]) -> None:
        try:
            if first:
                await self._say(waiter, await self._paths(waiter, first))
            await self._say(waiter, await self._news(waiter))
            while True:
                if not waiter.music:
                    waiter.music = True
                    await self._telephony.music(waiter.leg, True, waiter.treatment.music)
                await asyncio.sleep(waiter.treatment.announce_every_s)
                await self._say(waiter, await self._news(waiter))
        except LegGone:
            log.debug("waiting.leg_gone", leg=waiter.leg)
        except EngineUnavailable as e:  # whoever reconciles with the engine enters them again
            log.warning("waiting.engine_unavailable", leg=waiter.leg, why=str(e))
            waiter.music = False
        except Exception:
            log.exception("waiting.failed", leg=waiter.leg)

    async def _say(self, waiter: _Waiter, media: Sequence[str]) -> None:
        if not media:
            return
        if waiter.music:
            await self._telephony.music(waiter.leg, False)
            waiter.music = False
        waiter.said += 1
        waiter.playback = f"{waiter.visit}.w{waiter.said}"
        await self._player.play_to_end(waiter.playback, waiter.leg, media)
        waiter.playback = ""

    async def _paths(self, waiter: _Waiter, prompts: Sequence[Prompt]) -> list[str]:
        try:
            return await self._prompts.paths(prompts, waiter.language, waiter.tenant)
        except SpeechFailed as e:  # there is music still
            log.warning("waiting.unspoken", leg=waiter.leg, why=str(e))
            return []

    async def _news(self, waiter: _Waiter) -> list[str]:
        now = self._queue_state(waiter.tenant, waiter.visit)
        if now is None:
            return []
        say = []
        if waiter.treatment.announce_place and now.place <= waiter.last_place:
            waiter.last_place = now.place
            say.append(say_place(now.place))
        if waiter.treatment.announce_wait and now.wait_s is not None:
            name, values = say_wait(now.wait_s)
            minutes = values.get("minutes", {"wait_short": 0, "wait_one": 1}.get(name, 1000))
            if minutes <= waiter.last_minutes:
                waiter.last_minutes = minutes
                say.append((name, values))
        try:
            media = [await self._prompts.standard(name, waiter.language, waiter.tenant, **v) for name, v in say]
        except SpeechFailed as e:
            log.warning("waiting.unspoken", leg=waiter.leg, why=str(e))
            return []
        return [*(path for paths in media for path in paths), *await self._paths(waiter, waiter.hint)]
