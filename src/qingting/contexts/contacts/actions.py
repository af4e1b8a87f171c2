"""What people add to contacts, and what is taken away again."""

from __future__ import annotations

import time
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.access import Identity
from qingting.errors import Invalid
from qingting.records import new_id

from . import tables as t

NOTE_MOST = 4000
_AT_ONCE = 500


async def note(connection: AsyncConnection, who: Identity, contact: str, text: str, assignment: str = "") -> str:
    """Keep what somebody wrote about a contact; of an assignment there is one note, the last text. Returns its id.

    Raises `Invalid("request.invalid")`, field `note`, code `note.too_long`.
    """
    text = text.strip()
    if len(text) > NOTE_MOST:
        raise Invalid("request.invalid", fields={"note": "note.too_long"})
    c = t.note.c
    now = time.time()
    if assignment:
        own = (c.tenant == who.tenant, c.contact == contact, c.assignment == assignment)
        old: str | None = await connection.scalar(sa.select(c.id).where(*own))
        if old is not None:
            await connection.execute(t.note.update().where(*own).values(text=text, at=now, user_id=who.user))
            return old
    id = new_id()
    await connection.execute(
        t.note.insert().values(
            tenant=who.tenant, id=id, contact=contact, assignment=assignment, user_id=who.user, at=now, text=text
        )
    )
    return id


async def forget(connection: AsyncConnection, tenant: str, parties: Sequence[str]) -> int:
    """Erase here who the contacts of these references came from, and the notes about them. Returns how many contacts.

    The journal's own copy is erased by `Journal.erase`.
    """
    c = t.contact.c
    count = 0
    for start in range(0, len(parties), _AT_ONCE):
        theirs = (c.tenant == tenant, c.party.in_(list(parties[start : start + _AT_ONCE])))
        await connection.execute(
            sa.delete(t.note).where(t.note.c.tenant == tenant, t.note.c.contact.in_(sa.select(c.id).where(*theirs)))
        )
        count += (await connection.execute(t.contact.update().where(*theirs).values(number=None))).rowcount
    return count
