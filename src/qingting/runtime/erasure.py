"""A person asks to be forgotten: what they wait for is given up, what is known of them goes, which is on record.

What is to go is written down first, by ids alone. So an erasure whose process was killed is finished by the next one,
and what an older backup brings back is erased again.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from ..access import Audit, Identity
from ..contexts.contacts import api as contacts
from ..contexts.customers import api as customers
from ..contexts.retention.api import Erased, erasures
from ..core import commands as c
from ..errors import NotFound, QingtingError, Refused, Unavailable
from ..journal.port import Journal
from ..records import Records
from .centre import Centre, Room

log = structlog.get_logger(__name__)

CATCH_UP_S = 10.0
WHY = "erased"
LEFT_S = 120.0
"""One that is not done by then is done by whoever looks next."""
LOOK_S = 60.0
LOOK_SOON_S = 2.0
"""While one waits for the end of a conversation."""


class Places(NamedTuple):
    """Where a person's data is, beside the journal and the rows of contacts and customers."""

    recordings: Callable[[str, Sequence[str], Sequence[str]], Awaitable[int]]
    """(tenant, contacts, ids) → how many were removed."""
    imports: Callable[[str], Awaitable[int]]
    """(tenant) → how many files of customers were removed, whole: who stands in them cannot be told for sure."""


class Erasure:
    def __init__(
        self,
        records: Records,
        centre: Centre,
        audit: Audit,
        reached: Callable[[str, int], Awaitable[None]],
        places: Places,
        held_back: Callable[[AsyncConnection, str], Awaitable[frozenset[str]]],
        recorded: Callable[[str, Sequence[str], Sequence[str]], Awaitable[bool]],
    ) -> None:
        """`reached(tenant, seq)`: when the contacts' tables tell of that entry; `held_back`: ids that may not go;
        `recorded(tenant, contacts, ids)`: whether something of them is being recorded right now."""
        self._records, self._centre, self._audit = records, centre, audit
        self._reached, self._places, self._held_back = reached, places, held_back
        self._recorded = recorded
        self._waits = asyncio.Event()
        self._one_at_a_time = asyncio.Lock()

    async def __call__(
        self, who: Identity, customer: str, numbers: Sequence[str], recordings: bool
    ) -> dict[str, int]:
        """How many contacts, callbacks and messages, references, recordings, customers' records, files of customers.
        Doing it again is no harm.

        `numbers` in E.164, beside those of the customer. A conversation that goes on goes on; what is on the desk
        stays there until it is over, and what it has left by then is erased as well.
        Raises `customer.unknown`, `erasure.held`, `import.under_way`, `contacts.behind`, and `journal.failed`.
        """
        room = self._centre.room(who.tenant)
        async with self._one_at_a_time:
            wanted, ids = set(numbers), tuple[str, ...]()
            if customer:
                async with self._records.read() as connection:
                    known = await customers.standing(connection, who.tenant, customer)
                if known is None:
                    raise NotFound("customer.unknown", id=customer)
                wanted.update(known.numbers)
                ids = known.ids
            held = await self._held(room, wanted)
            async with self._records.read() as connection:
                back = await self._held_back(connection, who.tenant)
            if not back.isdisjoint({*ids, *held.contacts, *held.others}):
                raise Refused("erasure.held", "it is held back; lift what holds it first")
            files = await self._places.imports(who.tenant)  # refused: nothing has gone yet
            await self._give_up(room, who, held)
            held = await self._held(room, wanted)
            async with self._records.write() as connection:
                it = await erasures.begin(
                    connection, who.tenant, who.user, time.time(), ids, *held, recordings=recordings
                )
            told = await self._finish(who, it, files)
        room.pops.gather_again(held.contacts)
        return told

    async def run(self, system: Callable[[str], Identity]) -> None:
        """Until cancelled: what a process that died has begun is finished, and what was left for the end of a
        conversation."""
        while True:
            waits = 0
            self._waits.clear()
            try:
                await self.finish_left(system, time.time() - LEFT_S)
                waits = await self.finish_waiting(system)
            except (sa.exc.SQLAlchemyError, OSError) as error:
                log.warning("erasure.waits", error=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SOON_S if waits else LOOK_S):
                    await self._waits.wait()

    async def finish_left(self, system: Callable[[str], Identity], before: float) -> int:
        """How many there were that were asked for before."""
        async with self._one_at_a_time:
            async with self._records.read() as connection:
                left = await erasures.unfinished(connection, before)
            for it in left:
                try:
                    await self._finish(replace(system(it.tenant), user=it.user), it)
                except QingtingError as error:
                    log.warning("erasure.waits", tenant=it.tenant, erasure=it.id, code=error.code)
        return len(left)

    async def finish_waiting(self, system: Callable[[str], Identity]) -> int:
        """Of whom a conversation has ended since: what it left until then. How many wait."""
        async with self._one_at_a_time:
            async with self._records.read() as connection:
                waiting = await erasures.waiting(connection)
            left = len(waiting)
            for it in waiting:
                try:
                    if not await self._goes_on(it):
                        await self._finish_rest(replace(system(it.tenant), user=it.user), it)
                        left -= 1
                except QingtingError as error:
                    log.warning("erasure.waits", tenant=it.tenant, erasure=it.id, code=error.code)
        return left

    async def _goes_on(self, it: Erased) -> bool:
        open_ones = self._centre.room(it.tenant).live.engine.state.contacts
        if any(id in open_ones for id in it.contacts):
            return True
        return await self._recorded(it.tenant, it.contacts, it.others)

    async def _finish_rest(self, who: Identity, it: Erased) -> None:
        room = self._centre.room(it.tenant)
        await self._known_of(room)
        async with self._records.write() as connection:
            it = await erasures.more(connection, it, await contacts.refs_of(connection, it.tenant, it.contacts))
        told = await carry_out(self._records, room.live.journal, it, self._places)
        async with self._records.write() as connection:
            await erasures.waits_no_more(connection, it)
            await self._audit(connection, who, "customer.erased_rest", it.customers[0] if it.customers else "", told)

    async def _finish(self, who: Identity, it: Erased, files: int = 0) -> dict[str, int]:
        waiting = await self._goes_on(it)  # asked before: what ends meanwhile is looked at once more
        told = await carry_out(self._records, self._centre.room(it.tenant).live.journal, it, self._places)
        told["files"] += files
        async with self._records.write() as connection:
            if await erasures.done(connection, it, time.time(), waiting):
                # Of several records that stand together the one that was asked for is as good as any.
                await self._audit(connection, who, "customer.erased", it.customers[0] if it.customers else "", told)
        if waiting:
            self._waits.set()
        return told

    async def _held(self, room: Room, numbers: set[str]) -> contacts.Held:
        """What was decided up to now included."""
        await self._known_of(room)
        async with self._records.read() as connection:
            return await contacts.held_of(connection, room.tenant, numbers)

    async def _known_of(self, room: Room) -> None:
        """What was decided up to now stands in the contacts' tables."""
        try:
            async with asyncio.timeout(CATCH_UP_S):
                await self._reached(room.tenant, room.live.seq)
        except TimeoutError:
            raise Unavailable("contacts.behind", "what happened last is not known yet") from None

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


async def carry_out(records: Records, journal: Journal, it: Erased, places: Places) -> dict[str, int]:
    """Everything that is on record of it; the second time nothing is left. The rows go last, by which the rest is
    found."""
    held = contacts.Held(frozenset(it.contacts), frozenset(it.others), frozenset(it.refs))
    imports = await places.imports(it.tenant)
    await journal.erase(it.tenant, [*it.refs, *map(contacts.dialogue_of, it.contacts)])
    talks = it.contacts if it.recordings else ()
    removed = await places.recordings(it.tenant, talks, it.others)  # a message's recording has its id
    async with records.write() as connection:
        await contacts.forget(connection, it.tenant, held)
        gone = await customers.erase(connection, it.tenant, it.customers)
    if not await records.empty_log():
        log.info("erasure.log_held", erasure=it.id)  # until the next checkpoint
    return {
        "contacts": len(it.contacts),
        "callbacks": len(it.others),
        "references": len(it.refs),
        "recordings": removed,
        "records": gone,
        "files": imports,
    }


async def covered(connection: AsyncConnection, tenant: str, kind: str, id: str) -> frozenset[str] | None:
    """All that a hold on a `customer` or `contact` holds back; None: there is no such thing."""
    if kind == "contact":
        return await contacts.held_with(connection, tenant, id)
    known = await customers.standing(connection, tenant, id)
    if known is None:
        return None
    held = await contacts.held_of(connection, tenant, known.numbers)
    return frozenset(known.ids) | held.contacts | held.others
