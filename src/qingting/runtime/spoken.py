"""A caller is recorded: out of the queue, a tone, their words; until a key, a silence, the bound, or their going."""

from __future__ import annotations

import asyncio

import structlog

from ..core import commands as c
from ..errors import QingtingError
from ..flow import moves
from ..speech.port import SpeechFailed
from ..telephony.port import EngineUnavailable, LegGone
from . import names
from .conversation import Dialogue, Voicemails
from .means import Means
from .ways_out import OVER, first_queue

log = structlog.get_logger(__name__)


class SpokenMessages:
    def __init__(self, means: Means, voicemails: Voicemails) -> None:
        self._by = means
        self._voicemails = voicemails
        self._running: dict[str, Dialogue] = {}
        """By message."""

    async def record(self, dialogue: Dialogue, asked: moves.Record) -> None:
        message, step = names.voicemail(dialogue.contact, dialogue.step), dialogue.step
        fallback = dialogue.queue or first_queue(dialogue.document)
        try:
            received, sent = await self._voicemails.begin(
                dialogue.tenant, dialogue.contact, message, queue=asked.queue, fallback=fallback, demand=asked.demand
            )
        except QingtingError as e:
            if e.code in OVER:
                raise
            log.warning("voicemail.not_begun", contact=dialogue.contact, code=e.code)
            dialogue.inbox.appendleft((moves.NotRecorded(e.code), None))
            return
        try:
            await self._leave_queue(dialogue)
            await self._tone(dialogue, step)
            if not self._by.lives(dialogue):
                raise LegGone(dialogue.leg)
            self._running[message], dialogue.voicemail = dialogue, message
            await self._by.telephony.record(message, dialogue.leg, received, sent, silence_s=asked.silence_s)
        except (LegGone, EngineUnavailable, QingtingError):  # nothing was said yet
            self._running.pop(message, None)
            await self._voicemails.end(dialogue.tenant, message, "not_started", silent=True)
            raise
        later = asyncio.get_running_loop().call_later
        dialogue.timer = later(asked.longest_s, self._by.feed, dialogue, moves.Silence(), step)

    async def stop(self, dialogue: Dialogue) -> None:
        dialogue.quiet()
        if dialogue.voicemail in self._running:
            await self._by.telephony.stop_recording(dialogue.voicemail, dialogue.leg)
            return
        message = self._voicemails.open(dialogue.tenant, dialogue.contact)
        if message:  # it began before this process
            await self._by.telephony.stop_recording(message, dialogue.leg)
            await self._voicemails.end(dialogue.tenant, message, "", silent=False)
        dialogue.inbox.appendleft((moves.Recorded(silent=not message), None))

    async def ended(self, message: str, error: str, silent: bool) -> None:
        """Told by the engine; of other recordings nothing is done."""
        dialogue = self._running.pop(message, None)
        if dialogue is None:
            return
        dialogue.quiet()
        dialogue.voicemail = ""
        await self._voicemails.end(dialogue.tenant, message, error, silent=silent)
        if self._by.lives(dialogue):
            over = moves.NotRecorded("recording.failed") if error else moves.Recorded(silent)
            self._by.feed(dialogue, over, None)

    async def _leave_queue(self, dialogue: Dialogue) -> None:
        """Nobody is to cut in while they speak."""
        if dialogue.visit:
            await self._by.submit(dialogue.tenant, c.LeaveQueue(dialogue.visit, "flow"), "dialogue")
            dialogue.visit = ""
        await self._by.room.leave(dialogue.leg)
        self._by.room.forget(dialogue.leg)

    async def _tone(self, dialogue: Dialogue, step: int) -> None:
        try:
            media = await self._by.prompts.tone()
        except SpeechFailed as e:
            log.warning("voicemail.no_tone", contact=dialogue.contact, why=str(e))
            return
        await self._by.player.play_to_end(f"{dialogue.contact}.t{step}", dialogue.leg, [media])
