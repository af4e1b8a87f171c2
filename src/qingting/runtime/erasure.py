"""A person asks to be forgotten: what they wait for is given up, what is known of them goes, which is on record."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import structlog

from ..access import Audit, Identity
from ..contexts.contacts import api as contacts
from ..contexts.customers import api as customers
from ..core import commands as c
from ..errors import NotFound, Refused, Unavailable
from ..records import Records
from .centre import Centre, Room

log = structlog.get_logger(__name__)

CATCH_UP_S = 10.0
WHY = "erased"


class Erasure:
    def __init__(
        self,
        records: Records,
        centre: Centre,
        audit: Audit,
        reached: Callable[[str, int], Awaitable[None]],
        remove_recordings: Callable[[str, Sequence[str], Sequence[str]], Awaitable[int]],
    ) -> None:
        """`reached(tenant, seq)`: when the contacts' tables tell of that entry; `remove_recordings(tenant, contacts,
        ids)` returns how many."""
        self._records, self._centre, self._audit = records, centre, audit
        self._reached, self._remove_recordings = reached, remove_recordings

    async def __call__(
        self, who: Identity, customer: str, numbers: Sequence[str], recordings: bool
    ) -> dict[str, int]:
        """How many contacts, callbacks and messages, references, recordings. Doing it again is no harm.

        `numbers` in E.164, beside those of the customer. A conversation that goes on goes on; what is on the desk
        stays there until it is over. Raises `customer.unknown`, `contacts.behind`, and `journal.failed`.
        """
        room = self._centre.room(who.tenant)
        wanted = set(numbers)
        if customer:
            async with self._records.read() as connection:
                known = await customers.by_id(connection, who.tenant, customer)
            if known is None:
                raise NotFound("customer.unknown", id=customer)
            wanted.update(known.numbers)
        held = await self._held(room, wanted)
        await self._give_up(room, who, held)
        held = await self._held(room, wanted)
        await room.live.journal.erase(who.tenant, sorted(held.refs))
        talks = sorted(held.contacts) if recordings else []
        spoken = sorted(held.others)  # a message's recording has its id
        removed = await self._remove_recordings(who.tenant, talks, spoken)
        told = {
            "contacts": len(held.contacts),
            "callbacks": len(held.others),
            "references": len(held.refs),
            "recordings": removed,
        }
        async with self._records.write() as connection:
            await contacts.forget(connection, who.tenant, held)
            if customer:
                await customers.remove(connection, who.tenant, customer)
            await self._audit(connection, who, "customer.erased", customer, told)
        room.pops.gather_again(held.contacts)
        return told

    async def _held(self, room: Room, numbers: set[str]) -> contacts.Held:
        """What was decided up to now included."""
        try:
            async with asyncio.timeout(CATCH_UP_S):
                await self._reached(room.tenant, room.live.seq)
        except TimeoutError:
            raise Unavailable("contacts.behind", "what happened last is not known yet") from None
        async with self._records.read() as connection:
            return await contacts.held_of(connection, room.tenant, numbers)

    @staticmethod
    async def _give_up(room: Room, who: Identity, held: contacts.Held) -> None:
        """Nobody can be called back, or answered, who is not known."""
        state = room.live.engine.state
        asked: list[c.Command] = [c.CancelCallback(id, WHY) for id in held.others if id in state.callbacks]
        asked += [c.CloseMessage(id, who.user, WHY, over=True) for id in held.others if id in state.messages]
        for command in asked:
            try:
                await room.live.submit(command, cause="erasure")
            except Refused as refusal:  # they are being connected right now, or it was over at this moment
                log.info("erasure.goes_on", code=refusal.code)
