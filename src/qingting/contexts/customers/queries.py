"""Who is known by what, in short: asked for each caller."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from ...records import in_batches
from .merged import as_one
from .model import PHONE
from .tables import customer, identity


class Customer(NamedTuple):
    id: str
    version: int
    name: str
    numbers: tuple[str, ...]
    """E.164, sorted."""
    note: str
    since: str
    """Day since which they are a customer, as 2021-05-01; empty: not known."""
    attributes: dict[str, str | float]
    """What rules of routing may ask for: codes and numbers."""

    def years(self, today: dt.date) -> int | None:
        """Whole years as a customer."""
        if not self.since:
            return None
        began = dt.date.fromisoformat(self.since)
        return today.year - began.year - ((today.month, today.day) < (began.month, began.day))


# Made once: they are asked for each caller, and to build one takes longer than to run it. Few as well: on SQLite each
# statement is a way to another thread and back, which takes longer than to find a row.
_tenant: sa.BindParameter[str] = sa.bindparam("tenant")
_some: sa.BindParameter[str] = sa.bindparam("some", expanding=True)
_kind: sa.BindParameter[str] = sa.bindparam("kind")
_i, _c = identity.c, customer.c

# A number may be of many (a household, a careless file): whoever is surest, of equals the oldest.
_turn = sa.func.row_number().over(partition_by=_i.value, order_by=(_i.level.desc(), _i.customer)).label("turn")
_known_by = (
    sa.select(_i.value, _i.customer, _turn)
    .where(_i.tenant == _tenant, _i.kind == _kind, _i.value.in_(_some))
    .subquery("known_by")
)
_known, _owner = _known_by.c, customer.alias("owner")
_is_owner = sa.and_(_known.turn == 1, _owner.c.tenant == _tenant, _owner.c.id == _known.customer)
# SQLite would rather walk through all phones when it could find a kind, and
# through all identities when an index held all that is asked: kinds are told apart here, and the level comes along.
_of_record = sa.and_(_i.tenant == _c.tenant, _i.customer == _c.id)
_what = (*_c, _i.kind.label("identity_kind"), _i.value.label("identity"), _i.level.label("identity_level"))
_BY_IDS = (
    sa.select(*_what)
    .outerjoin_from(customer, identity, _of_record)
    .where(_c.tenant == _tenant, _c.current.in_(_some))
)
_BY_IDENTITIES = (
    sa.select(_known.value.label("asked"), *_what)
    .join_from(_known_by, _owner, _is_owner)
    .join(customer, sa.and_(_c.tenant == _tenant, _c.current == _owner.c.current))
    .outerjoin(identity, _of_record)
)
_CURRENT = sa.select(_c.current).where(_c.tenant == _tenant, _c.id == sa.bindparam("id"))


async def current(connection: AsyncConnection, tenant: str, id: str) -> str | None:
    """Who stands for the record of this id."""
    found: str | None = await connection.scalar(_CURRENT, {"tenant": tenant, "id": id})
    return found


async def by_id(connection: AsyncConnection, tenant: str, id: str) -> Customer | None:
    """Who stands for the record of this id."""
    now = await current(connection, tenant, id)
    return None if now is None else (await by_ids(connection, tenant, [now])).get(now)


async def by_numbers(connection: AsyncConnection, tenant: str, numbers: Iterable[str]) -> dict[str, Customer]:
    """Customers by each number that is known."""
    owner, groups = await groups_by(connection, tenant, PHONE, numbers)
    customers = {id: group.customer() for id, group in groups.items()}
    return {number: customers[id] for number, id in owner.items()}


async def by_ids(connection: AsyncConnection, tenant: str, ids: Iterable[str]) -> dict[str, Customer]:
    """Of those who stand for themselves."""
    groups: dict[str, Group] = {}
    for some in in_batches(sorted(set(ids))):
        rows = (await connection.execute(_BY_IDS, {"tenant": tenant, "some": some})).mappings()
        groups |= _groups(rows)
    return {id: group.customer() for id, group in groups.items()}


class Group(NamedTuple):
    """Records that stand together."""

    records: dict[str, Mapping[str, Any]]
    """Rows of `customer` by their id."""
    phones: dict[str, int]
    """E.164 → the highest level of theirs."""

    def one(self) -> dict[str, Any]:
        return as_one(list(self.records.values()))

    def customer(self) -> Customer:
        one = self.one()
        told = (one["note"], one["since"], one["attributes"])
        return Customer(one["id"], one["version"], one["name"], tuple(sorted(self.phones)), *told)


async def groups_by(
    connection: AsyncConnection, tenant: str, kind: str, values: Iterable[str]
) -> tuple[dict[str, str], dict[str, Group]]:
    """Identity → the customer who is found by it, and who that is: (owners, groups by their ids)."""
    owner: dict[str, str] = {}
    groups: dict[str, Group] = {}
    for some in in_batches(sorted({value for value in values if value})):
        asked = {"tenant": tenant, "kind": kind, "some": some}
        rows = (await connection.execute(_BY_IDENTITIES, asked)).mappings().all()
        owner.update({row["asked"]: row["current"] for row in rows})
        groups |= _groups(rows)
    return owner, groups


def _groups(rows: Iterable[sa.RowMapping]) -> dict[str, Group]:
    """`rows`: records, once for each identity that they have."""
    groups: dict[str, Group] = {}
    for row in rows:
        group = groups.get(row["current"]) or groups.setdefault(row["current"], Group({}, {}))
        group.records[row["id"]] = cast(Mapping[str, Any], row)
        if row["identity_kind"] == PHONE:
            group.phones[row["identity"]] = max(row["identity_level"], group.phones.get(row["identity"], 0))
    return groups
