"""What people add to contacts."""

from __future__ import annotations

import time

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.access import Identity
from qingting.errors import Invalid
from qingting.records import new_id

from . import tables as t

NOTE_MOST = 4000


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
