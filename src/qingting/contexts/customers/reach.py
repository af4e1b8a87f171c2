"""Where a customer is reached in writing: for self-service, which asks about one at a time."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from .model import MAIL
from .tables import address, customer, identity


class Reach(NamedTuple):
    """Empty where nothing is known."""

    address: str
    """Used last."""
    mail: str
    """The surest, then the oldest."""


_c, _a, _i = customer.c, address.c, identity.c
_records = sa.select(_c.id).where(_c.tenant == sa.bindparam("tenant"), _c.current == sa.bindparam("customer"))
_ADDRESS = (
    sa.select(_a.text)
    .where(_a.tenant == sa.bindparam("tenant"), _a.customer.in_(_records))
    .order_by(_a.used_at.desc(), _a.key)
    .limit(1)
)
_MAIL = (
    sa.select(_i.value)
    .where(_i.tenant == sa.bindparam("tenant"), _i.customer.in_(_records), _i.kind == MAIL)
    .order_by(_i.level.desc(), _i.at, _i.value)
    .limit(1)
)


async def reach(connection: AsyncConnection, tenant: str, customer: str) -> Reach:
    """`customer`: who stands for their records."""
    asked = {"tenant": tenant, "customer": customer}
    return Reach(await connection.scalar(_ADDRESS, asked) or "", await connection.scalar(_MAIL, asked) or "")
