"""What may be done with customers, each in the transaction that it is given."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from qingting.errors import Invalid, NotFound, Refused
from qingting.records import new_id, tell

from . import queries
from .model import Known, name_key
from .queries import Customer
from .tables import customer, identity
from .upserting import identity_row

Attributes = dict[str, str | float]


async def create(
    connection: AsyncConnection,
    tenant: str,
    name: str,
    numbers: Iterable[str],
    note: str = "",
    since: str = "",
    attributes: Attributes | None = None,
) -> Customer:
    """`numbers` in E.164. Raises `Invalid("request.invalid")`, field `numbers`, code `number.taken`."""
    now = time.time()
    made = Customer(new_id(), 1, name, tuple(sorted(set(numbers))), note, since, attributes or {})
    await connection.execute(
        customer.insert().values(
            tenant=tenant, id=made.id, current=made.id, version=1, **_columns(made), created_at=now, changed_at=now
        )
    )
    await _keep_numbers(connection, tenant, made)
    await tell(connection, tenant, "customers", "customer_created", {"customer": made.id})
    return made


async def replace(
    connection: AsyncConnection,
    tenant: str,
    id: str,
    version: int,
    name: str,
    numbers: Iterable[str],
    note: str,
    since: str = "",
    attributes: Attributes | None = None,
) -> Customer:
    """Raises `Refused("changed_meanwhile")`, `NotFound("customer.unknown")`, or as `create`."""
    made = Customer(id, version + 1, name, tuple(sorted(set(numbers))), note, since, attributes or {})
    done = await connection.execute(
        customer.update()
        .where(customer.c.tenant == tenant, customer.c.id == id, customer.c.version == version)
        .values(version=made.version, **_columns(made), changed_at=time.time())
    )
    if done.rowcount == 0:
        if await queries.by_id(connection, tenant, id) is None:
            raise NotFound("customer.unknown", id=id)
        raise Refused("changed_meanwhile", "somebody else changed it meanwhile")
    await _keep_numbers(connection, tenant, made)
    await tell(connection, tenant, "customers", "customer_changed", {"customer": id})
    return made


async def remember(connection: AsyncConnection, tenant: str, number: str, name: str = "", note: str = "") -> Customer:
    """The customer of a number, made if there is none; one who exists stays as they are."""
    found = (await queries.by_numbers(connection, tenant, [number])).get(number)
    return found or await create(connection, tenant, name, [number], note)


async def remove(connection: AsyncConnection, tenant: str, id: str) -> None:
    """Them and their numbers, for good."""
    await connection.execute(sa.delete(customer).filter_by(tenant=tenant, id=id))
    await tell(connection, tenant, "customers", "customer_removed", {"customer": id})


def _columns(made: Customer) -> dict[str, Any]:
    return {
        "name": made.name,
        "name_key": name_key(made.name),
        "note": made.note,
        "since": made.since,
        "attributes": made.attributes,
    }


async def _keep_numbers(connection: AsyncConnection, tenant: str, made: Customer) -> None:
    owners = await queries.by_numbers(connection, tenant, made.numbers)
    if any(owner.id != made.id for owner in owners.values()):
        raise Invalid("request.invalid", fields={"numbers": "number.taken"})
    await connection.execute(sa.delete(identity).filter_by(tenant=tenant, customer=made.id, kind="phone"))
    if made.numbers:
        await connection.execute(
            identity.insert(),
            [
                {"tenant": tenant, "customer": made.id} | identity_row(Known("phone", n), "desk", time.time())
                for n in made.numbers
            ],
        )
