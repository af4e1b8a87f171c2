"""What contacts, callbacks and messages keep: found when it is old; erased in the journal first, then the rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.contexts.retention.api import Kind, Old, Page, Position, Tell
from qingting.journal.port import Journal
from qingting.records import Records, in_batches

from . import tables as t
from .references import dialogue_of


def kinds(records: Records, journal: Journal) -> list[Kind]:
    """`callers`: what contacts know of people, while the contacts stay for figures; `contacts`: all of them;
    `requests`: callbacks and messages, and whose they were; `dialogues`: what self-service remembers of somebody."""
    return [
        Kind("callers", "callers_days", partial(_holders, True), partial(_erase_callers, records, journal)),
        Kind("contacts", "contacts_days", _contacts, partial(_erase_contacts, records, journal)),
        Kind("requests", "requests_days", partial(_holders, False), partial(_erase_requests, records, journal)),
        Kind("dialogues", "dialogues_days", _dialogues, partial(_erase_dialogues, records, journal)),
    ]


async def held_with(connection: AsyncConnection, tenant: str, contact: str) -> frozenset[str] | None:
    """A contact, and the callbacks and messages that came of it; None when there is none."""
    c, r = t.contact.c, t.reference.c
    if await connection.scalar(sa.select(c.id).where(c.tenant == tenant, c.id == contact)) is None:
        return None
    came = await connection.execute(sa.select(r.holder).where(r.tenant == tenant, r.contact == contact))
    return frozenset(came.scalars()) | {contact}


async def in_touch(connection: AsyncConnection, tenant: str, numbers: Iterable[str], since: float) -> set[str]:
    """Those numbers that had a contact since, or wait for a callback or an answer to their message."""
    c, r, found = t.contact.c, t.reference.c, set[str]()
    for some in in_batches(sorted(set(numbers))):
        called = sa.select(c.number).where(c.tenant == tenant, c.number.in_(some), c.arrived_at >= since)
        late = sa.or_(r.ended_at.is_(None), r.ended_at >= since)
        asked = sa.select(r.number).where(r.tenant == tenant, r.number.in_(some), r.kind == "caller", late)
        for query in (called, asked):
            found.update((await connection.execute(query.distinct())).scalars())
    return found


# --- found -------------------------------------------------------------------------------------------------------


async def _contacts(
    connection: AsyncConnection, tenant: str, before: float, after: Position | None, limit: int
) -> Page:
    c = t.contact.c
    old = (c.tenant == tenant, c.arrived_at < before, c.ended_at < before)
    query = sa.select(c.arrived_at, c.id).where(*old).order_by(c.arrived_at, c.id).limit(limit)
    if after is not None:
        query = query.where(sa.tuple_(c.arrived_at, c.id) > sa.tuple_(*map(sa.literal, after)))
    rows = (await connection.execute(query)).all()
    return Page([Old(id) for _, id in rows], tuple(rows[-1]) if len(rows) == limit else None)


async def _holders(
    of_contacts: bool, connection: AsyncConnection, tenant: str, before: float, after: Position | None, limit: int
) -> Page:
    """Who holds what is known of somebody and was over before: contacts, or callbacks and messages."""
    r = t.reference.c
    known = sa.exists().where(t.contact.c.tenant == tenant, t.contact.c.id == r.holder)
    old = (r.tenant == tenant, r.ended_at < before, known if of_contacts else ~known)
    key = (r.ended_at, r.holder, r.contact)
    query = sa.select(*key).where(*old).distinct().order_by(*key).limit(limit)
    if after is not None:
        query = query.where(sa.tuple_(*key) > sa.tuple_(*map(sa.literal, after)))
    rows = (await connection.execute(query)).all()
    found = {holder: Old(holder, frozenset({contact} - {""})) for _, holder, contact in rows}
    return Page(list(found.values()), tuple(rows[-1]) if len(rows) == limit else None)


async def _dialogues(
    connection: AsyncConnection, tenant: str, before: float, after: Position | None, limit: int
) -> Page:
    r = t.reference.c
    old = (r.tenant == tenant, r.kind == "dialogue", r.ended_at < before)
    query = sa.select(r.ended_at, r.holder).where(*old).order_by(r.ended_at, r.holder).limit(limit)
    if after is not None:
        query = query.where(sa.tuple_(r.ended_at, r.holder) > sa.tuple_(*map(sa.literal, after)))
    rows = (await connection.execute(query)).all()
    return Page([Old(holder) for _, holder in rows], tuple(rows[-1]) if len(rows) == limit else None)


# --- erased ------------------------------------------------------------------------------------------------------


async def _erase_contacts(records: Records, journal: Journal, tenant: str, ids: Sequence[str], tell: Tell) -> None:
    await _erase_known(records, journal, tenant, ids)
    async with records.write() as connection:
        for table in (t.note, t.happening, t.assignment, t.visit):
            await connection.execute(sa.delete(table).where(table.c.tenant == tenant, table.c.contact.in_(ids)))
        await connection.execute(_rows_of(tenant, ids))
        c = t.contact.c
        gone = await connection.execute(sa.delete(t.contact).where(c.tenant == tenant, c.id.in_(ids)))
        await tell(connection, gone.rowcount)


async def _erase_callers(records: Records, journal: Journal, tenant: str, ids: Sequence[str], tell: Tell) -> None:
    await _erase_known(records, journal, tenant, ids)
    async with records.write() as connection:
        await nobody(connection, tenant, ids)
        await connection.execute(_rows_of(tenant, ids))
        await tell(connection, len(ids))


async def _erase_requests(records: Records, journal: Journal, tenant: str, ids: Sequence[str], tell: Tell) -> None:
    await _erase_known(records, journal, tenant, ids)
    async with records.write() as connection:
        await connection.execute(_rows_of(tenant, ids))
        await tell(connection, len(ids))


async def _erase_dialogues(records: Records, journal: Journal, tenant: str, ids: Sequence[str], tell: Tell) -> None:
    r = t.reference.c
    theirs = (r.tenant == tenant, r.kind == "dialogue", r.holder.in_(ids))
    await journal.erase(tenant, list(map(dialogue_of, ids)))
    async with records.write() as connection:
        gone = await connection.execute(sa.delete(t.reference).where(*theirs))
        await tell(connection, gone.rowcount)


async def nobody(connection: AsyncConnection, tenant: str, contacts: Sequence[str]) -> None:
    """These contacts are of nobody from now on; what happened in them stays."""
    await connection.execute(sa.delete(t.note).where(t.note.c.tenant == tenant, t.note.c.contact.in_(contacts)))
    theirs = (t.contact.c.tenant == tenant, t.contact.c.id.in_(contacts))
    await connection.execute(t.contact.update().where(*theirs).values(number=None, withheld=False))


async def _erase_known(records: Records, journal: Journal, tenant: str, holders: Sequence[str]) -> None:
    """What nobody else holds: who is called back twice is known until the last of it goes."""
    r, other = t.reference.c, t.reference.alias().c
    held = sa.exists().where(other.tenant == tenant, other.ref == r.ref, other.holder.not_in(holders))
    async with records.read() as connection:
        mine = sa.select(r.ref).where(r.tenant == tenant, r.holder.in_(holders), ~held).distinct()
        refs = list((await connection.execute(mine)).scalars())
    await journal.erase(tenant, [*refs, *map(dialogue_of, holders)])


def _rows_of(tenant: str, holders: Sequence[str]) -> sa.Delete:
    return sa.delete(t.reference).where(t.reference.c.tenant == tenant, t.reference.c.holder.in_(holders))
