"""Follows each tenant's routing journal and keeps the tables of contacts true to it.

Entries are read at least once and count once: how far it came is written in the transaction of what it wrote.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.core.events import ContactEnded
from qingting.journal.port import Entry, Journal, PersonalData
from qingting.pacing import Pace
from qingting.records import Records, in_batches
from qingting.records_plain import execute_plain

from . import tables as t
from .fold import Touched, fold, touched
from .rows import Caller, Row, Rows

log = structlog.get_logger(__name__)

STREAM = "routing"
BATCH = 2000
"""Journal entries in one transaction."""
_STRETCH = 50
"""Entries or rows after which calls get their turn: a batch is long, and this is their loop."""
REST_S = (0.25, 2.0)
"""Between batches: ten calls' entries in one transaction cost little more than one call's in ten."""
_RETRY_S = 2.0
_LOOK_AROUND_S = 5.0


class Ended(NamedTuple):
    seq: int
    """The journal entry that ended it."""
    row: Mapping[str, Any]


Over = Callable[[AsyncConnection, str, Sequence[Ended]], Awaitable[None]]
"""(connection, tenant, contacts that are over from now on): in the transaction that folds their end. After contacts
were folded anew they come again, under the same entries: whoever keeps more than the contacts must know how far."""


class Overtaken(Exception):
    """Another process folds the same journal."""


class Projection:
    def __init__(self, journal: Journal, records: Records, over: Over | None = None) -> None:
        self.journal = journal
        self.records = records
        self._over = over
        self.failing: dict[str, str] = {}
        """Tenant → what kept its last batch from being written; for health."""
        self._moved = asyncio.Condition()
        self._done: dict[str, int] = {}

    async def run(self) -> None:
        """Until cancelled; also takes up tenants that begin meanwhile."""
        followed: set[str] = set()
        async with asyncio.TaskGroup() as tasks:
            while True:
                tenants = {tenant for tenant, stream in await self.journal.streams() if stream == STREAM}
                for tenant in sorted(tenants - followed):
                    tasks.create_task(self._follow(tenant), name=f"contacts of {tenant}")
                followed |= tenants
                await asyncio.sleep(_LOOK_AROUND_S)

    async def catch_up(self, tenant: str) -> int:
        """Fold in all that is there now; how many entries that was. Not beside `run()` of the same tenant."""
        count = 0
        while taken := await self._batch(tenant):
            count += taken
        return count

    async def reached(self, tenant: str, seq: int) -> None:
        """Waits until the tables tell of entry `seq`."""
        async with self._moved:
            await self._moved.wait_for(lambda: self._done.get(tenant, 0) >= seq)

    async def _follow(self, tenant: str) -> None:
        pace = Pace(*REST_S)
        while True:
            try:
                with pace.work():
                    taken = await self._batch(tenant)
                self.failing.pop(tenant, None)
                if taken < BATCH:  # else there is more already
                    await pace.rest()
            except Exception as e:  # told by health; nothing is lost, the journal keeps it until this works again
                self._done.pop(tenant, None)
                self.failing[tenant] = type(e).__name__
                log.exception("contacts.projection_failed", tenant=tenant)
                await asyncio.sleep(_RETRY_S)
                continue
            await self.journal.wait(tenant, STREAM, self._done.get(tenant, 0), 30.0)

    async def _batch(self, tenant: str) -> int:
        after = self._done.get(tenant)
        if after is None:
            async with self.records.read() as connection:
                after = await progress(connection, tenant)
        entries = [e async for e in self.journal.read(tenant, STREAM, after, after + BATCH)]
        if entries:
            events = [event for entry in entries for event in entry.events]
            ids = touched(events)
            callers = await self._callers(tenant, ids.parties)
            async with self.records.write() as connection:
                await _move_on(connection, tenant, after, entries[-1].seq)
                rows, stored = await _load(connection, tenant, ids)
                for some in in_batches(entries, _STRETCH):
                    _fold_all(rows, some, callers, tenant)
                    await asyncio.sleep(0)
                await _save(connection, tenant, rows, stored)
                if self._over is not None and (over := _ended_now(rows, stored[t.contact], entries)):
                    await self._over(connection, tenant, over)
        async with self._moved:
            self._done[tenant] = entries[-1].seq if entries else after
            self._moved.notify_all()
        return len(entries)

    async def _callers(self, tenant: str, parties: set[str]) -> dict[str, Caller]:
        if not parties:
            return {}
        return {ref: _caller(data) for ref, data in (await self.journal.personal(tenant, sorted(parties))).items()}


async def progress(connection: AsyncConnection, tenant: str) -> int:
    """The last journal entry that the tables tell of."""
    return await connection.scalar(sa.select(t.progress.c.seq).where(t.progress.c.tenant == tenant)) or 0


def _caller(data: PersonalData) -> Caller:
    number = data.value.get("number") or data.value.get("raw") or None
    return Caller(str(number)[:40] if number else None, bool(data.value.get("withheld")))


def _fold_all(rows: Rows, entries: Iterable[Entry], callers: dict[str, Caller], tenant: str) -> None:
    for entry in entries:
        for n, event in enumerate(entry.events):
            if not fold(rows, event, entry.seq * t.EVENTS_OF_AN_ENTRY + n, callers):
                log.warning("contacts.unknown", tenant=tenant, seq=entry.seq, kind=type(event).__name__)


def _ended_now(rows: Rows, stored: dict[str, Row], entries: Iterable[Entry]) -> list[Ended]:
    by = {it.contact: entry.seq for entry in entries for it in entry.events if isinstance(it, ContactEnded)}
    return [
        Ended(by[id], row)
        for id, row in rows.contacts.items()
        if row["ended_at"] is not None and (id not in stored or stored[id]["ended_at"] is None)
    ]


async def _move_on(connection: AsyncConnection, tenant: str, before: int, now: int) -> None:
    """First in the transaction: whoever else folds the same entries fails here instead of counting them twice."""
    if before == 0:
        await connection.execute(t.progress.insert().values(tenant=tenant, seq=now))
        return
    moved = await connection.execute(
        t.progress.update().where(t.progress.c.tenant == tenant, t.progress.c.seq == before).values(seq=now)
    )
    if moved.rowcount != 1:
        raise Overtaken(tenant)


async def _load(
    connection: AsyncConnection, tenant: str, ids: Touched
) -> tuple[Rows, dict[sa.Table, dict[str, Row]]]:
    """The rows in question, and copies of them as they are stored."""
    rows = Rows()
    rows.visits = await _some(connection, t.visit, tenant, ids.visits)
    rows.assignments = await _some(connection, t.assignment, tenant, ids.assignments)
    contacts = ids.contacts | {v["contact"] for v in rows.visits.values()}
    rows.contacts = await _some(connection, t.contact, tenant, contacts)
    queues = {v["queue"] for v in rows.visits.values()}  # by whose rules their waiting is judged
    rows.rules = await _some(connection, t.queue_rules, tenant, ids.queues | queues)
    return rows, {table: {id: dict(row) for id, row in held.items()} for table, held in _tables(rows)}


async def _some(connection: AsyncConnection, table: sa.Table, tenant: str, ids: set[str]) -> dict[str, Row]:
    wanted = sorted(ids)
    found: dict[str, Row] = {}
    for batch in in_batches(wanted):
        rows = await connection.execute(_those(table), {"tenant": tenant, "ids": batch})
        for row in rows.mappings():
            found[row["id"]] = {k: v for k, v in row.items() if k != "tenant"}
    return found


async def _save(connection: AsyncConnection, tenant: str, rows: Rows, stored: dict[sa.Table, dict[str, Row]]) -> None:
    async def write(statement: sa.Insert | sa.Update, which: Iterable[Row]) -> None:
        for some in in_batches(list(which), _STRETCH):
            await execute_plain(connection, statement, [row | {"tenant": tenant} for row in some])

    for table, held in _tables(rows):
        was = stored[table]
        await write(_insert(table), [row for id, row in held.items() if id not in was])
        await write(_changes(table), [row for id, row in held.items() if id in was and row != was[id]])
    await write(_insert(t.happening), rows.happenings)
    # What is pointed to again, as notes are that travel on, stands there already.
    await write(_REFER[connection.dialect.name], rows.references.values())
    await write(_ENDED, [{"holder": holder, "ended_at": at} for holder, at in rows.ended.items()])


# Made once: to build a statement takes longer than to run it.

_REFER = {
    dialect.dialect.name: dialect.insert(t.reference).on_conflict_do_nothing() for dialect in (postgresql, sqlite)
}
_ENDED = (
    t.reference.update()
    .where(t.reference.c.tenant == sa.bindparam("_tenant"), t.reference.c.holder == sa.bindparam("_holder"))
    .values(ended_at=sa.bindparam("_ended_at"))
)


@cache
def _insert(table: sa.Table) -> sa.Insert:
    return table.insert()


@cache
def _those(table: sa.Table) -> sa.Select[Any]:
    return sa.select(table).where(
        table.c.tenant == sa.bindparam("tenant"), table.c.id.in_(sa.bindparam("ids", expanding=True))
    )


@cache
def _changes(table: sa.Table) -> sa.Update:
    """Of all columns but the key."""
    own = table.update().where(table.c.tenant == sa.bindparam("_tenant"), table.c.id == sa.bindparam("_id"))
    columns = [column.name for column in table.c if column.name not in ("tenant", "id")]
    return own.values({name: sa.bindparam(f"_{name}") for name in columns})


def _tables(rows: Rows) -> list[tuple[sa.Table, dict[str, Row]]]:
    return [
        (t.queue_rules, rows.rules),
        (t.contact, rows.contacts),
        (t.visit, rows.visits),
        (t.assignment, rows.assignments),
    ]
