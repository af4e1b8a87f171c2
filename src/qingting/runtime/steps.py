"""One step of one caller's self-service: what the interpreter puts out is journalled, then done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from itertools import zip_longest

import structlog

from ..core import commands as c
from ..errors import QingtingError
from ..flow import moves, values
from ..flow.interpreter import step
from ..flow.nodes import Prompt
from ..journal.port import PersonalData
from ..speech.port import SpeechFailed
from ..telephony.port import EngineUnavailable
from . import names
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
                told = self._new_values(dialogue, state)
                moved = c.DialogueMoves(
                    dialogue.contact, dialogue.flow, dialogue.version, node, via, moves.dump(state),
                    told[0].ref if told else "",
                )  # fmt: skip
                if self._straight_on(dialogue, after):
                    self._post(dialogue.tenant, moved, "dialogue", told)
                else:
                    await self._tell(dialogue, moved, told)
                    await self._by.player.stop(dialogue.leg)
            case moves.SetLanguage(language=language):
                spoken = c.SetLanguage(dialogue.contact, language)
                if isinstance(after, moves.Move):
                    self._post(dialogue.tenant, spoken, "dialogue")
                else:
                    await self._tell(dialogue, spoken)
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
            case moves.Look(at=at):
                loads = self._by.outside.loads(dialogue.tenant, at)
                dialogue.inbox.appendleft((moves.Looked(loads), None))
            case moves.Request() | moves.Write() | moves.SendCode() | moves.Check():
                await self._ask_outside(dialogue, output)
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
        """Nothing is heard before the next entry, which makes this step durable as well."""
        if isinstance(after, moves.Move | moves.SetLanguage):
            return True
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

    async def _ask_outside(
        self,
        dialogue: Dialogue,
        asked: moves.Request | moves.Write | moves.SendCode | moves.Check,
    ) -> None:
        """The caller hears something meanwhile, if the flow says so; keys wait."""
        tenant, contact = dialogue.tenant, dialogue.contact
        answer: moves.Input
        match asked:
            case moves.Request():
                heard = asyncio.ensure_future(self._meanwhile(dialogue, asked.prompts, asked.language))
                try:
                    answer = await self._by.outside.request(tenant, contact, asked)
                    await heard
                finally:
                    heard.cancel()
            case moves.Write():
                answer = await self._by.outside.write(tenant, contact, asked)
            case moves.SendCode():
                answer = await self._by.outside.send_code(tenant, contact, asked)
            case moves.Check():
                answer = await self._by.outside.check(tenant, contact, asked)
        dialogue.inbox.appendleft((answer, None))

    async def _meanwhile(self, dialogue: Dialogue, prompts: Sequence[Prompt], language: str) -> None:
        if not prompts:
            return
        try:
            media = await self._by.prompts.paths(prompts, language, dialogue.tenant)
        except SpeechFailed as e:
            log.warning("dialogue.unspoken", contact=dialogue.contact, why=str(e))
            return
        if self._by.lives(dialogue):
            await self._by.player.play_to_end(words_of(dialogue.contact, dialogue.step), dialogue.leg, media)

    def _new_values(self, dialogue: Dialogue, state: moves.State) -> list[PersonalData]:
        """What is remembered of the caller now, where that has changed; it goes with the step that says so."""
        if state.values == dialogue.kept:
            return []
        dialogue.kept = state.values
        ref = names.remembered(dialogue.contact)
        return [PersonalData(ref, "dialogue", "self-service", {"values": values.dump(state.values)})]

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

    async def _tell(self, dialogue: Dialogue, command: c.Command, personal: Sequence[PersonalData] = ()) -> None:
        await self._by.submit(dialogue.tenant, command, "dialogue", personal)
        dialogue.known = True


def words_of(contact: str, step: int) -> str:
    return f"{contact}.p{step}"
