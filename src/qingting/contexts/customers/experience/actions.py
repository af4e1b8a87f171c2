"""A moment is written down; somebody sees to a customer whose line falls. Each in the transaction it is given."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.errors import NotFound, Refused
from qingting.records import new_id

from ..record import Whole
from . import tables as t

MOMENTS_MOST = 2000
"""Of one record."""
RESULTS: Mapping[str, float | None] = {"delighted": 5.0, "satisfied": 4.0, "unhappy": 2.0, "not_reached": None}
"""How a recovery ended → what it is worth as a point; None: nobody knows."""


class Moment(NamedTuple):
    situation: str
    score: float | None
    at: float
    origin: str
    reference: str = ""
    """The other system's own key; empty: none."""
    contact: str = ""
    line: str = ""
    note: str = ""


async def state(connection: AsyncConnection, tenant: str, id: str, said: Moment, user: str) -> str:
    """Returns the moment's id; one of this origin and reference that is there already is written over, if it is this
    customer's. Raises `Refused("moment.too_many" | "moment.of_another")`."""
    m = t.moment.c
    values = {
        **said._asdict(),
        "reference": said.reference or None,
        "user_id": user,
        "written_at": time.time(),
    }
    if said.reference:
        same = (m.tenant == tenant, m.origin == said.origin, m.reference == said.reference)
        held = (await connection.execute(sa.select(m.id, m.customer).where(*same))).first()
        if held is not None:
            if held.customer != id:
                raise Refused("moment.of_another", "this reference is of another customer's moment")
            await connection.execute(t.moment.update().where(*same).values(**values))
            return str(held.id)
    count = sa.select(sa.func.count()).select_from(t.moment).where(m.tenant == tenant, m.customer == id)
    if (await connection.scalar(count) or 0) >= MOMENTS_MOST:
        raise Refused("moment.too_many", f"{MOMENTS_MOST} moments of a customer at most")
    made = new_id()
    await connection.execute(t.moment.insert().values(tenant=tenant, id=made, customer=id, **values))
    return made


async def remove(connection: AsyncConnection, tenant: str, it: Whole, moment: str) -> None:
    """It was written down by mistake. Raises `NotFound("moment.unknown")`."""
    m = t.moment.c
    mine = (m.tenant == tenant, m.id == moment, m.customer.in_(it.ids))
    if (await connection.execute(sa.delete(t.moment).where(*mine))).rowcount == 0:
        raise NotFound("moment.unknown", id=moment)


async def under_way(connection: AsyncConnection, tenant: str, it: Whole) -> Any:
    """The recovery that somebody is at, or None. Taken for writing: two who come at once come one after the other."""
    r = t.recovery.c
    query = sa.select(t.recovery).where(r.tenant == tenant, r.customer.in_(it.ids), r.done_at.is_(None))
    return (await connection.execute(query.order_by(r.taken_at).limit(1).with_for_update())).first()


async def take(connection: AsyncConnection, tenant: str, it: Whole, user: str, over: bool = False) -> str:
    """`user` sees to it from now on; `over`: also when a colleague does already. Returns the recovery's id.

    Raises `Refused("recovery.taken")` with `user`, `since`."""
    held = await under_way(connection, tenant, it)
    r = t.recovery.c
    if held is not None and held.user_id == user:
        return str(held.id)
    if held is not None:
        if not over:
            raise Refused("recovery.taken", "somebody sees to it", user=held.user_id, since=held.taken_at)
        mine = (r.tenant == tenant, r.id == held.id)
        await connection.execute(t.recovery.update().where(*mine).values(user_id=user, taken_at=time.time()))
        return str(held.id)
    made = {"tenant": tenant, "id": new_id(), "customer": it.one["id"], "user_id": user, "taken_at": time.time()}
    await connection.execute(t.recovery.insert().values(**made, done_at=None, result=""))
    return str(made["id"])


async def give_back(connection: AsyncConnection, tenant: str, it: Whole) -> None:
    """Nobody sees to it any more. Raises `NotFound("recovery.unknown")`."""
    held = await under_way(connection, tenant, it)
    if held is None:
        raise NotFound("recovery.unknown", id=it.one["id"])
    await connection.execute(sa.delete(t.recovery).filter_by(tenant=tenant, id=held.id))


async def finish(connection: AsyncConnection, tenant: str, it: Whole, result: str, note: str, user: str) -> str:
    """It is done, with a `result` of `RESULTS`, which is a point of the line. Returns the moment's id.

    Raises `NotFound("recovery.unknown")`, `Refused("moment.too_many")`."""
    held = await under_way(connection, tenant, it)
    if held is None:
        raise NotFound("recovery.unknown", id=it.one["id"])
    now = time.time()
    r = t.recovery.c
    done = t.recovery.update().where(r.tenant == tenant, r.id == held.id)
    await connection.execute(done.values(done_at=now, result=result))
    said = Moment("recovery", RESULTS[result], now, "recovery", held.id, note=note)
    return await state(connection, tenant, it.one["id"], said, user)
