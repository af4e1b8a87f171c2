"""One step of one caller's self-service: what the interpreter puts out is journalled, then done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import zip_longest

import structlog

from ..core import commands as c
from ..errors import QingtingError
from ..flow import moves
from ..flow.interpreter import step
from ..speech.port import SpeechFailed
from ..telephony.port import EngineUnavailable
from .conversation import Dialogue, Post
from .means import Means
from .spoken import SpokenMessages
from .ways_out import WaysOut

log = structlog.get_logger(__name__)


class Steps:
    def __init__(
        self, means: Means, post: Post, ways: WaysOut, spoken: SpokenMessages, drop: Callable[[Dialogue], None]
    ) -> None:
        self._by = means
        self._post = post
        self._ways = ways
        self._spoken = spoken
        self._drop = drop

    async def take(self, dialogue: Dialogue, happened: moves.Input) -> None:
        state, outputs = step(dialogue.document, dialogue.state, happened)
        dialogue.state = state
        for output, after in zip_longest(outputs, outputs[1:]):
            await self._do(dialogue, state, output, after)
            if not self._by.lives(dialogue):
                return

    async def _do(
        self, dialogue: Dialogue, state: moves.State, output: moves.Output, after: moves.Output | None
    ) -> None:
        match output:
            case moves.Move(node=node, via=via):
                dialogue.quiet()
                moved = c.DialogueMoves(
                    dialogue.contact, dialogue.flow, dialogue.version, node, via, moves.dump(state)
                )
                if self._straight_on(dialogue, after):
                    self._post(dialogue.tenant, moved, "dialogue")
                else:
                    await self._tell(dialogue, moved)
                    await self._by.player.stop(dialogue.leg)
            case moves.SetLanguage(language=language):
                await self._tell(dialogue, c.SetLanguage(dialogue.contact, language))
            case moves.Speak():
                await self._speak(dialogue, output)
            case moves.Listen(timeout_s=timeout_s):
                dialogue.quiet()
                if self._by.player.playing(dialogue.leg):  # what was said is cut short by a digit
                    await self._by.player.stop(dialogue.leg)
                later = asyncio.get_running_loop().call_later
                dialogue.timer = later(timeout_s, self._by.feed, dialogue, moves.Silence(), state.step)
            case moves.CheckHours(hours=hours):
                dialogue.inbox.appendleft((self._hours(dialogue, hours), None))
            case moves.EnterQueue():
                await self._ways.enter_queue(dialogue, output)
                dialogue.known = True
            case moves.TakeDown():
                await self._ways.take_down(dialogue, output)
            case moves.Record():
                await self._spoken.record(dialogue, output)
            case moves.StopRecording():
                await self._spoken.stop(dialogue)
            case moves.TransferTo():
                await self._ways.transfer(dialogue, output)
            case moves.HangUp():
                await self.end(dialogue, "flow")

    def _straight_on(self, dialogue: Dialogue, after: moves.Output | None) -> bool:
        """Nothing is heard before the queue's own entry, which makes this step durable as well."""
        return (
            isinstance(after, moves.EnterQueue)
            and not self._by.player.playing(dialogue.leg)
            and not self._by.flows.consent(dialogue.tenant, after.queue)
            and not self._by.flows.asks_who_they_are(dialogue.tenant, after.queue)
        )

    async def _speak(self, dialogue: Dialogue, speak: moves.Speak) -> None:
        if speak.barge_in and any(isinstance(happened, moves.Key) for happened, _ in dialogue.inbox):
            return  # a key that came meanwhile would cut it at once
        try:
            media = await self._by.prompts.paths(speak.prompts, speak.language, dialogue.tenant)
        except SpeechFailed as e:
            log.warning("dialogue.unspoken", contact=dialogue.contact, why=str(e))
            dialogue.inbox.appendleft((moves.Trouble(), None))
            return
        if not self._by.lives(dialogue) or (dialogue.state is not None and dialogue.state.phase == "queued"):
            return  # an agent speaks with them
        await self._by.room.leave(dialogue.leg)
        at = dialogue.step
        words = words_of(dialogue.contact, at)
        await self._by.player.play(words, dialogue.leg, media, lambda: self._by.feed(dialogue, moves.Spoken(), at))

    def _hours(self, dialogue: Dialogue, hours: str) -> moves.HoursChecked:
        try:
            found = self._by.flows.hours(dialogue.tenant, hours, self._by.clock())
        except QingtingError as e:  # better a call too many than one too few
            log.error("dialogue.no_hours", contact=dialogue.contact, hours=hours, code=e.code)
            return moves.HoursChecked(True)
        return moves.HoursChecked(found == "open", found == "holiday")

    async def end(self, dialogue: Dialogue, cause: str) -> None:
        try:
            await self._by.submit(dialogue.tenant, c.ContactEnds(dialogue.contact, cause), "dialogue")
        except QingtingError as e:  # ended by the customer at the same moment; or the journal is down, and they go
            log.info("dialogue.end_not_taken", contact=dialogue.contact, code=e.code)
        if self._by.lives(dialogue):
            self._drop(dialogue)
            await self.hang_up(dialogue.leg)

    async def hang_up(self, leg: str) -> None:
        try:
            await self._by.telephony.hang_up(leg)
        except EngineUnavailable as e:
            log.warning("dialogue.engine_unavailable", leg=leg, why=str(e))

    async def _tell(self, dialogue: Dialogue, command: c.Command) -> None:
        await self._by.submit(dialogue.tenant, command, "dialogue")
        dialogue.known = True


def words_of(contact: str, step: int) -> str:
    return f"{contact}.p{step}"
