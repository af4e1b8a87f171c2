"""Messages that are spoken: taken before the first word, so that whatever breaks, somebody knows that they called.

A message that turns out to hold no word is closed again. The number is the one that they call from, if they show it.
"""

from __future__ import annotations

from collections.abc import Mapping

import structlog

from ..core import commands as c
from ..errors import NotFound, QingtingError, Refused, Unavailable
from .later import MOST_OPEN
from .live import Live
from .tapes import Tapes

log = structlog.get_logger(__name__)


class Voicemails:
    def __init__(self, lives: Mapping[str, Live], tapes: Tapes) -> None:
        self._lives = lives
        self._tapes = tapes
        self._running: set[str] = set()

    def runs(self, recording: str) -> bool:
        return recording in self._running

    async def begin(
        self, tenant: str, contact: str, message: str, *, queue: str, fallback: str, demand: str
    ) -> tuple[str, str]:
        """`queue` empty: where they wait, else `fallback`.

        Raises `voicemail.no_room` when the disk is full, `message.too_many`, `contact.unknown`, `queue.unknown` …
        """
        live = self._live(tenant)
        state = live.engine.state
        known = state.contacts.get(contact)
        if known is None or known.ended:
            raise NotFound("contact.unknown", "they have left")
        if len(state.messages) >= MOST_OPEN:
            raise Unavailable("message.too_many", "more messages are waiting than can be seen to")
        if not await self._tapes.room():
            raise Unavailable("voicemail.no_room", "the disk is nearly full: no message can be recorded")
        visit = state.visits.get(known.visit)
        to = queue or (visit.queue if visit is not None else "") or fallback
        await live.submit(c.TakeMessage(message, to, known.party, "", contact, demand, message), cause="flow")
        self._running.add(message)
        return await self._tapes.begin(tenant, message, contact, "", known.line)

    async def end(self, tenant: str, message: str, error: str, *, silent: bool) -> None:
        self._running.discard(message)
        await self._tapes.finish(tenant, message, error)
        if silent:
            try:
                command = c.CloseMessage(message, "system", "empty", over=True)
                await self._live(tenant).submit(command, cause="voicemail")
            except Refused as e:  # somebody was quicker
                log.info("voicemail.not_closed", message=message, code=e.code)
            except QingtingError as e:  # it stays, and a person closes it
                log.warning("voicemail.not_closed", message=message, code=e.code)

    def open(self, tenant: str, contact: str) -> str:
        messages = self._live(tenant).engine.state.messages.values()
        return next((it.id for it in messages if it.contact == contact and it.recording), "")

    def _live(self, tenant: str) -> Live:
        if tenant not in self._lives:
            raise Unavailable("tenant.closed", "this tenant is not served here")
        return self._lives[tenant]
