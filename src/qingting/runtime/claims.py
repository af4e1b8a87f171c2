"""Who sees to a message: one person at a time, until they are done, give it back, sign out, or have had it too long.

Going offline and the limit are the core's; that the last session of a person ended is told to it here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import structlog

from ..access import Identity
from ..contexts.people import api as people
from ..core import commands as c
from ..core.model import Message
from ..errors import QingtingError, Refused
from .centre import Room
from .live import Live

log = structlog.get_logger(__name__)

LIMIT_S = 1800.0
"""Whoever needs longer than this for one message has forgotten it, or takes it once more."""


class Claims:
    def __init__(self, people_: people.People, room: Callable[[str], Room], lives: Mapping[str, Live]) -> None:
        self._people = people_
        self._room = room
        self._lives = lives
        people_.on_session_end(self.ended)

    async def claim(self, who: Identity, message: Message, over: bool) -> None:
        """Raises `message.claimed` with the `name` of who has it, unless `over`; `message.unknown`."""
        live = self._room(who.tenant).live
        agent = who.agent if who.agent in live.engine.state.agents else ""
        await self.ask(who, c.ClaimMessage(message.id, who.user, agent, LIMIT_S, over))

    async def ask(self, who: Identity, command: c.ClaimMessage | c.ReleaseMessage | c.CloseMessage) -> None:
        """Raises as the core does, with the `name` of who has it."""
        try:
            await self._room(who.tenant).live.submit(command, cause="callbacks")
        except Refused as refusal:
            if refusal.code != "message.claimed":
                raise
            by = refusal.detail["by"]
            name = (await self.names(who.tenant, [by])).get(by, "")
            raise Refused(refusal.code, refusal.message, name=name, since=refusal.detail["since"]) from refusal

    async def names(self, tenant: str, users: list[str]) -> dict[str, str]:
        """By user; those who are gone are not told."""
        if not users:
            return {}
        async with self._people.records.read() as connection:
            found = await people.people_names(connection, tenant, users)
        return {it.id: it.display_name or it.name for it in found}

    async def ended(self, end: people.SessionEnd) -> None:
        """Who is signed in nowhere any more sees to nothing."""
        live = self._lives.get(end.tenant)
        mine = [it.id for it in live.engine.state.messages.values() if it.by == end.user] if live is not None else []
        if live is None or not mine or await people.is_signed_in(self._people, end.tenant, end.user):
            return
        for message in mine:
            try:
                await live.submit(c.ReleaseMessage(message, end.user, "signed_out"), cause="callbacks")
            except QingtingError as error:  # done or taken over at this moment; else the limit ends it
                log.info("claims.not_released", message=message, code=error.code)
