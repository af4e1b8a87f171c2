"""What people add to a customer: tags, consents and refusals, notes. Each stands with the record it was added to."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.errors import NotFound, Refused
from qingting.records import new_id, tell

from . import tables as t
from .model import Consented, Tagged
from .storing import put

NOTES_MOST = 1000
"""Of one customer."""


async def set_tags(
    connection: AsyncConnection, tenant: str, ids: Sequence[str], wanted: Iterable[Tagged], user: str
) -> bool:
    """All that are by hand from now on, on records that stand together (`ids`, who stands for them first); what
    rules, computation or files say stays. Whether anything is another."""
    g = t.tag.c
    theirs = (g.tenant == tenant, g.customer.in_(ids), g.origin == "hand")
    rows = await connection.execute(sa.select(g.layer, g.tag).where(*theirs))
    before, after = {(row.layer, row.tag) for row in rows}, {(it.layer, it.tag): it for it in wanted}
    for layer, tag in before - after.keys():
        await connection.execute(sa.delete(t.tag).where(*theirs, g.layer == layer, g.tag == tag))
    mine = {"tenant": tenant, "customer": ids[0], "origin": "hand", "source": user, "at": time.time()}
    new = [mine | it._asdict() for key, it in after.items() if key not in before]
    await put(connection, t.tag, new)
    if new or before - after.keys():
        await tell(connection, tenant, "customers", "customer_tagged", {"customer": ids[0]})
        return True
    return False


async def tag_many(
    connection: AsyncConnection, tenant: str, ids: Iterable[str], given: Tagged, user: str
) -> list[str]:
    """A tag by hand to those who stand for themselves; who they are. Who has it keeps it as it is."""
    c = t.customer.c
    here = sa.select(c.id).where(c.tenant == tenant, c.current == c.id, c.id.in_(sorted(set(ids))))
    found = list((await connection.execute(here)).scalars())
    row = {"tenant": tenant, "origin": "hand", "source": user, "at": time.time()} | given._asdict()
    await put(connection, t.tag, [row | {"customer": id} for id in found])
    for id in found:
        await tell(connection, tenant, "customers", "customer_tagged", {"customer": id})
    return found


async def consent(
    connection: AsyncConnection, tenant: str, id: str, said: Consented, user: str, contact: str = ""
) -> None:
    """What they said is on record for good: of each purpose and medium what was said last holds."""
    row = {"tenant": tenant, "customer": id, "user_id": user, "contact": contact} | said._asdict()
    await put(connection, t.consent, [row])
    told = {"customer": id, "purpose": said.purpose, "medium": said.medium, "given": said.given}
    await tell(connection, tenant, "customers", "customer_consent", told)


async def add_note(
    connection: AsyncConnection, tenant: str, id: str, text: str, user: str, pinned: bool = False, contact: str = ""
) -> str:
    """Returns its id. Raises `Refused("note.too_many")`."""
    n = t.note.c
    count = await connection.scalar(
        sa.select(sa.func.count()).select_from(t.note).where(n.tenant == tenant, n.customer == id)
    )
    if (count or 0) >= NOTES_MOST:
        raise Refused("note.too_many", f"{NOTES_MOST} notes of a customer at most")
    made = {"tenant": tenant, "id": new_id(), "customer": id, "at": time.time(), "user_id": user}
    await connection.execute(t.note.insert().values(**made, contact=contact, pinned=pinned, text=text))
    return str(made["id"])


async def pin_note(connection: AsyncConnection, tenant: str, ids: Sequence[str], note: str, pinned: bool) -> None:
    """Raises `NotFound("note.unknown")`."""
    n = t.note.c
    mine = (n.tenant == tenant, n.id == note, n.customer.in_(ids))
    if (await connection.execute(t.note.update().where(*mine).values(pinned=pinned))).rowcount == 0:
        raise NotFound("note.unknown", id=note)


async def remove_note(connection: AsyncConnection, tenant: str, ids: Sequence[str], note: str) -> None:
    """Raises `NotFound("note.unknown")`."""
    n = t.note.c
    mine = (n.tenant == tenant, n.id == note, n.customer.in_(ids))
    if (await connection.execute(sa.delete(t.note).where(*mine))).rowcount == 0:
        raise NotFound("note.unknown", id=note)
