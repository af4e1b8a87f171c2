"""Self-service over the telephony port: what the interpreter puts out is journalled, then done.

One `Dialogue` for each contact; its inputs are taken one after the other. A step is submitted as
`DialogueMoves` before anything of it is heard, so that a restart finds the caller where they are. Playback ids
follow from contact and step, visits from contact and count: doing it twice is recognised.

Whatever fails is said to the caller, and the call ends by it or goes to a person; nobody is left in silence.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

from ..core import commands as c
from ..errors import QingtingError, Refused, Unavailable
from ..flow import moves
from ..flow.document import facts_of
from ..flow.nodes import Queue
from ..speech.port import SpeechFailed
from ..speech.prompts import PromptStore
from ..telephony.port import EngineUnavailable, LegGone, Telephony
from .conversation import Dialogue, Flows, Outside, Post, Submit, TakeDown, Voicemails
from .means import Means
from .playing import Player
from .spoken import SpokenMessages
from .steps import Steps, words_of
from .waiting import QueueState, Treatment, WaitingRoom
from .ways_out import WaysOut, consent_id

log = structlog.get_logger(__name__)

INBOX_LIMIT = 64
"""Keys that may wait to be taken; more are those of a machine."""


class Dialogues:
    def __init__(
        self,
        telephony: Telephony,
        submit: Submit,
        post: Post,
        prompts: PromptStore,
        flows: Flows,
        clock: Callable[[], float],
        queue_state: QueueState,
        take_down: TakeDown,
        voicemails: Voicemails,
        outside: Outside,
    ) -> None:
        self._telephony = telephony
        self._submit = submit
        self._prompts = prompts
        self._flows = flows
        self._player = Player(telephony)
        self._room = WaitingRoom(telephony, self._player, prompts, queue_state)
        self._dialogues: dict[str, Dialogue] = {}
        self._outside = outside
        means = Means(
            telephony, submit, prompts, flows, clock, outside, self._player, self._room, self._lives, self._feed
        )
        self._ways = WaysOut(means, take_down)
        self._spoken = SpokenMessages(means, voicemails)
        self._steps = Steps(means, post, self._ways, self._spoken, self._drop)
        self._tasks: set[asyncio.Task[None]] = set()

    # --- asked by the shell ------------------------------------------------------------------------------

    async def ready(self, tenant: str, flow: str, version: int) -> bool:
        """Whether this flow can be begun at once: it is at hand from now on, and asks nothing of who calls."""
        try:
            return not facts_of(await self._flows.document(tenant, flow, version))
        except QingtingError:
            return False

    def at_work(self, leg: str) -> bool:
        return leg in self._dialogues

    async def start(
        self, contact: str, leg: str, tenant: str, flow: str, version: int, language: str, *, known: bool = True
    ) -> None:
        """Begin self-service. Its first step is decided at once; what is to be heard comes when that is durable, and
        the leg must have been answered by then. Returns when the first step is on its way.

        One that is not `known`, for the journal does not have it yet, raises `Unavailable` when its first step is not
        kept: nothing was said, and whoever let it in tells them.
        """
        await self._open(contact, leg, tenant, flow, version, language, moves.Started(language), None, known)

    async def restore(
        self, contact: str, leg: str, tenant: str, flow: str, version: int, language: str, state: str
    ) -> None:
        """Go on after a restart of either side: the node is repeated. `state` as the journal has it."""
        try:
            before = moves.load(state, await self._outside.remembered(tenant, contact))
        except ValueError:
            log.error("dialogue.state_unreadable", contact=contact)
            await self.start(contact, leg, tenant, flow, version, language)
            return
        for playback in (words_of(contact, before.step), consent_id(contact, before.step)):
            try:  # it may be playing still: the engine never stopped
                await self._telephony.stop_playing(playback)
            except (LegGone, EngineUnavailable) as e:
                log.debug("dialogue.not_playing", playback=playback, why=str(e))
        await self._open(contact, leg, tenant, flow, version, language, moves.Restarted(), before)

    async def wait(
        self, contact: str, leg: str, tenant: str, visit: str, queue: str, settings: Treatment, language: str
    ) -> None:
        """Entertain a waiting customer until `stop_waiting`. Safe to repeat for the same visit."""
        dialogue = self._dialogues.get(leg)
        if dialogue is None or dialogue.state is None:
            self._room.enter(leg, tenant, visit, settings, language, None)
            return
        dialogue.visit = visit
        first, dialogue.first_words = dialogue.first_words, ()
        language = dialogue.state.language
        if dialogue.state.phase == "queued":
            dialogue.quiet()
            self._room.enter(leg, tenant, visit, settings, language, first, hint=dialogue.hint)
        else:  # they listen to something else meanwhile, and come back by themselves
            self._room.enter(leg, tenant, visit, settings, language, None, quiet=True)

    async def stop_waiting(self, leg: str) -> None:
        """Returns when nothing of ours is to be heard on the leg: somebody is about to speak with them."""
        dialogue = self._dialogues.get(leg)
        if dialogue is not None and dialogue.state is not None and dialogue.state.phase != "queued":
            dialogue.quiet()
            dialogue.inbox.clear()
            dialogue.state = _back_in_queue(dialogue.state)
            await self._player.stop(leg)
        await self._room.leave(leg)

    async def recall(
        self, contact: str, leg: str, tenant: str, flow: str, version: int, language: str, state: str
    ) -> None:
        """They waited when the program went: keys work again. Nothing is said, that is for `wait`."""
        try:
            before = moves.load(state, await self._outside.remembered(tenant, contact))
            document = await self._flows.document(tenant, flow, version)
        except (ValueError, QingtingError) as e:  # they wait on, without keys
            log.warning("dialogue.not_recalled", contact=contact, why=type(e).__name__)
            return
        dialogue = self._dialogues[leg] = Dialogue(contact, leg, tenant, flow, version, document)
        dialogue.state, dialogue.kept = _back_in_queue(before), before.values
        node = document.nodes.get(dialogue.state.node)
        dialogue.hint, dialogue.consented = node.hint if isinstance(node, Queue) else (), True

    async def overflowed(self, contact: str, leg: str, tenant: str, queue: str, to: str, target: str) -> None:
        await self._room.leave(leg)
        self._room.forget(leg)
        dialogue = self._dialogues.get(leg)
        if dialogue is None:  # nobody knows what was to be said to them
            await self._give_up(contact, leg, tenant, "zh", "no_agents")
            return
        dialogue.queue, dialogue.visit = queue, ""
        dialogue.quiet()
        self._feed(dialogue, moves.Overflowed(to, target))

    async def greet(self, leg: str, tenant: str, queue: str, language: str) -> None:
        await self.say(leg, "callback_hello", language, tenant)
        if self._flows.consent(tenant, queue):
            await self.say(leg, "recording_consent", language, tenant)

    async def say(self, leg: str, prompt: str, language: str, tenant: str = "") -> None:
        """One standard prompt, to its end or the leg's. What cannot be said is logged."""
        try:
            media = await self._prompts.standard(prompt, language, tenant)
        except SpeechFailed as e:
            log.warning("dialogue.unspoken", prompt=prompt, why=str(e))
            return
        await self._player.play_to_end(f"{leg}.{prompt}", leg, media)

    async def close(self) -> None:
        """Forget everything; calls go on in the engine."""
        self._room.close()
        for dialogue in self._dialogues.values():
            dialogue.quiet()
            self._player.forget(dialogue.leg)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._dialogues.clear()
        self._ways.clear()

    # --- told by the engine ------------------------------------------------------------------------------

    def key(self, leg: str, key: str) -> None:
        dialogue = self._dialogues.get(leg)
        if dialogue is None or len(dialogue.inbox) >= INBOX_LIMIT:
            return
        if dialogue.state is None or dialogue.state.phase != "queued" or self._room.entertains(leg):
            # while they talk keys are no business of ours
            self._feed(dialogue, moves.Key(key))

    def playback_ended(self, playback: str, leg: str, complete: bool) -> None:
        self._player.ended(playback, leg)

    async def recorded(self, recording: str, error: str, silent: bool) -> None:
        """A recording has ended; those that are no messages are ignored."""
        await self._spoken.ended(recording, error, silent)

    def leg_answered(self, leg: str) -> None:
        dialogue = self._ways.answered(leg)
        if dialogue is not None:
            self._spawn(self._ways.join(dialogue, leg))

    def leg_ended(self, leg: str, cause: str = "") -> None:
        """A customer's, or the far end of a transfer; any other is ignored."""
        self._player.forget(leg)
        self._room.forget(leg)
        transfer = self._ways.transfer_ended(leg)
        if transfer is not None and self._lives(transfer):
            if transfer.joined or cause == "hangup":
                self._spawn(self._steps.end(transfer, "flow"))
            else:
                self._feed(transfer, moves.TransferFailed(cause))
        dialogue = self._dialogues.pop(leg, None)
        if dialogue is not None:
            dialogue.quiet()
            if (other := self._ways.abandon(dialogue)) != "":
                self._spawn(self._steps.hang_up(other))

    # --- one input after the other -----------------------------------------------------------------------

    async def _open(
        self,
        contact: str,
        leg: str,
        tenant: str,
        flow: str,
        version: int,
        language: str,
        first: moves.Input,
        state: moves.State | None,
        known: bool = True,
    ) -> None:
        self._forget(leg)
        try:
            document = await self._flows.document(tenant, flow, version)
        except QingtingError as e:
            log.error("dialogue.no_flow", contact=contact, flow=flow, version=version, code=e.code)
            await self._give_up(contact, leg, tenant, language)
            return
        dialogue = self._dialogues[leg] = Dialogue(contact, leg, tenant, flow, version, document)
        dialogue.state, dialogue.known = state, known
        dialogue.kept = state.values if state else ()
        if isinstance(first, moves.Started) and facts_of(document):
            first = first._replace(facts=await self._outside.facts(tenant, contact))
        dialogue.inbox.append((first, None))
        dialogue.busy = True
        await self._run(dialogue)

    def _forget(self, leg: str) -> None:
        dialogue = self._dialogues.pop(leg, None)
        if dialogue is not None:
            dialogue.quiet()
            self._ways.abandon(dialogue)

    def _feed(self, dialogue: Dialogue, happened: moves.Input, of_step: int | None = None) -> None:
        dialogue.inbox.append((happened, of_step))
        if not dialogue.busy:
            dialogue.busy = True
            self._spawn(self._run(dialogue))

    async def _run(self, dialogue: Dialogue) -> None:
        """Take inputs until there are none. A failure is the caller's to hear, and does not rise; but for `start`."""
        try:
            while dialogue.inbox and self._lives(dialogue):
                happened, of_step = dialogue.inbox.popleft()
                if of_step is None or of_step == dialogue.step:
                    await self._steps.take(dialogue, happened)
        except LegGone:
            log.debug("dialogue.leg_gone", contact=dialogue.contact)
            self._drop(dialogue)
        except EngineUnavailable as e:  # whoever reconciles with the engine restores it
            log.warning("dialogue.engine_unavailable", contact=dialogue.contact, why=str(e))
            self._drop(dialogue)
        except Refused as e:
            log.info("dialogue.over", contact=dialogue.contact, code=e.code)
            self._drop(dialogue)
        except Unavailable as e:
            if not dialogue.known:
                self._drop(dialogue)
                raise
            log.warning("dialogue.not_journalled", contact=dialogue.contact, code=e.code)
            await self._trouble(dialogue)
        except Exception:
            log.exception("dialogue.broken", contact=dialogue.contact, node=dialogue.state and dialogue.state.node)
            await self._trouble(dialogue)
        finally:
            dialogue.busy = False

    # --- ends of the call ----------------------------------------------------------------------------------

    async def _trouble(self, dialogue: Dialogue) -> None:
        language = dialogue.state.language if dialogue.state else dialogue.document.languages[0]
        if self._lives(dialogue):
            self._drop(dialogue)
            await self._give_up(dialogue.contact, dialogue.leg, dialogue.tenant, language)

    async def _give_up(
        self, contact: str, leg: str, tenant: str, language: str, why: str = "technical_trouble"
    ) -> None:
        """Say that it cannot be helped, and end the call."""
        try:
            await self.say(leg, why, language, tenant)
        except (LegGone, EngineUnavailable) as e:
            log.info("dialogue.left", contact=contact, why=str(e))
        try:
            await self._submit(tenant, c.ContactEnds(contact, "failed"), "dialogue")
        except QingtingError as e:
            log.info("dialogue.end_not_taken", contact=contact, code=e.code)
        await self._steps.hang_up(leg)

    # --- small things ------------------------------------------------------------------------------------

    def _lives(self, dialogue: Dialogue) -> bool:
        return self._dialogues.get(dialogue.leg) is dialogue

    def _drop(self, dialogue: Dialogue) -> None:
        if self._lives(dialogue):
            self._forget(dialogue.leg)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _back_in_queue(state: moves.State) -> moves.State:
    return state._replace(node=state.queue or state.node, phase="queued", typed="")
