"""The ways out of a flow: into a queue, to a callback or a message, to somebody outside.

What was refused goes back into the dialogue as its next input; each may be done twice.
"""

from __future__ import annotations

import structlog

from ..core import commands as c
from ..errors import QingtingError, Refused, Unavailable
from ..flow import moves
from ..flow.document import Document
from ..flow.nodes import Queue
from ..speech.port import SpeechFailed
from ..telephony.port import EngineUnavailable, LegGone
from . import names
from .conversation import Dialogue, TakeDown
from .means import Means

log = structlog.get_logger(__name__)

RING_S = 40.0
"""How long a transfer's target may ring."""
OVER = ("contact.unknown", "contact.ended", "contact.wrong_state")
THERE_ALREADY = ("contact.in_queue", "visit.exists")


class WaysOut:
    def __init__(self, means: Means, take_down: TakeDown) -> None:
        self._by = means
        self._take_down = take_down
        self._transfers: dict[str, Dialogue] = {}
        """By the leg of the far end."""

    def clear(self) -> None:
        self._transfers.clear()

    # --- into a queue, and out of it for later --------------------------------------------------------------

    async def enter_queue(self, dialogue: Dialogue, asked: moves.EnterQueue) -> None:
        if not dialogue.consented and self._by.flows.consent(dialogue.tenant, asked.queue):
            await self._say_consent(dialogue)
            if not self._by.lives(dialogue):
                return
        dialogue.consented = True
        dialogue.first_words, dialogue.hint = asked.prompts, asked.hint
        if dialogue.visit and dialogue.queue != asked.queue:
            await self._leave_queue(dialogue)
            dialogue.since = None
        dialogue.queue = asked.queue
        if dialogue.since is None:
            dialogue.since = self._by.clock()
        visit = names.visit_of(dialogue.contact, asked.number)
        wants = await self._by.flows.wants(dialogue.tenant, dialogue.contact, asked.queue)
        if not self._by.lives(dialogue):
            return
        enter = c.EnterQueue(dialogue.contact, visit, asked.queue, asked.requires, asked.priority_s, wants=wants)
        try:
            await self._by.submit(dialogue.tenant, enter, "dialogue")
        except Refused as e:
            if e.code in OVER:
                raise
            if e.code in THERE_ALREADY:
                self._by.room.resume(dialogue.leg, asked.hint)
            else:
                log.warning("dialogue.queue_refused", contact=dialogue.contact, queue=asked.queue, code=e.code)
                dialogue.inbox.appendleft((moves.QueueRefused(e.code), None))

    async def take_down(self, dialogue: Dialogue, asked: moves.TakeDown) -> None:
        """Who waited waits on until it is taken down."""
        try:
            await self._take_down(
                dialogue.tenant,
                dialogue.contact,
                asked.kind,
                queue=asked.queue,
                fallback=dialogue.queue or first_queue(dialogue.document),
                since=dialogue.since,
                first=asked.first,
                demand=asked.demand,
                number=asked.number,
            )
        except Unavailable:
            raise
        except QingtingError as e:
            if e.code in OVER or e.code == "visit.wrong_state":  # they left, or an agent has just taken them
                raise
            if e.code != "callback.exists":
                log.info("dialogue.not_taken", contact=dialogue.contact, kind=asked.kind, code=e.code)
                dialogue.inbox.appendleft((moves.NotTaken(e.code), None))
                return
        await self._by.room.leave(dialogue.leg)
        self._by.room.forget(dialogue.leg)
        dialogue.visit = ""
        dialogue.inbox.appendleft((moves.Taken(), None))

    async def _say_consent(self, dialogue: Dialogue) -> None:
        """In full, before anybody can be connected."""
        assert dialogue.state is not None
        try:
            media = await self._by.prompts.standard("recording_consent", dialogue.state.language, dialogue.tenant)
        except SpeechFailed as e:
            log.error("dialogue.consent_unspoken", contact=dialogue.contact, why=str(e))
            return
        await self._by.player.play_to_end(consent_id(dialogue.contact, dialogue.step), dialogue.leg, media)

    async def _leave_queue(self, dialogue: Dialogue) -> None:
        await self._by.submit(dialogue.tenant, c.LeaveQueue(dialogue.visit, "flow"), "dialogue")

    # --- to somebody outside --------------------------------------------------------------------------------

    async def transfer(self, dialogue: Dialogue, asked: moves.TransferTo) -> None:
        way = await self._by.flows.outside(dialogue.tenant, asked.to)
        if way is None:
            log.warning("dialogue.transfer_not_allowed", contact=dialogue.contact)
            dialogue.inbox.appendleft((moves.TransferFailed("not_allowed"), None))
            return
        if dialogue.visit:
            await self._leave_queue(dialogue)
            dialogue.visit = ""
        target, shown = way
        leg = dialogue.other_leg = f"t-{dialogue.contact}.{asked.number}"
        dialogue.joined = False
        self._transfers[leg] = dialogue
        await self._by.telephony.ring(leg, target, caller=shown, timeout_s=RING_S, early_media_to=dialogue.leg)

    async def join(self, dialogue: Dialogue, leg: str) -> None:
        try:
            await self._by.telephony.bridge(f"b-{leg}", [dialogue.leg, leg])
        except (LegGone, EngineUnavailable) as e:
            log.info("dialogue.transfer_left", contact=dialogue.contact, why=str(e))

    def answered(self, leg: str) -> Dialogue | None:
        """Whose transfer's far end it is."""
        dialogue = self._transfers.get(leg)
        if dialogue is not None:
            dialogue.joined = True
        return dialogue

    def transfer_ended(self, leg: str) -> Dialogue | None:
        return self._transfers.pop(leg, None)

    def abandon(self, dialogue: Dialogue) -> str:
        """Its transfer is of no use any more; the leg to hang up, or empty."""
        return dialogue.other_leg if self._transfers.pop(dialogue.other_leg, None) is not None else ""


def consent_id(contact: str, step: int) -> str:
    """The playback's."""
    return f"{contact}.c{step}"


def first_queue(document: Document) -> str:
    """Of people, for who never waited; empty when the flow leads to none."""
    return document.person or next((it.queue for it in document.nodes.values() if isinstance(it, Queue)), "")
